"""The agreement in plain English, and single terms by the words people use."""

from __future__ import annotations

import pytest

from oarlock.agreement import Terms, explain, explain_term, read_text, seal
from oarlock.agreement.explaining import as_text, explanation_as_text
from oarlock.ground.problems import UserProblem


@pytest.fixture(scope="module")
def terms(brightwater: str) -> Terms:
    return seal(read_text(brightwater.encode()))


def test_every_part_is_told(terms: Terms) -> None:
    assert [section.title for section in explain(terms).sections] == [
        "Who leads", "Words", "Definitions", "Lead sources", "The funnel", "Ways off the funnel", "Hand-offs",
        "Who gets a lead", "Promises", "Goals", "Scorecard", "Pay", "Meetings", "Processes",
    ]  # fmt: skip


def test_sections_without_terms_are_left_out() -> None:
    small = (
        "oarlock: 1\ncompany: X\nin_force: 2026-01-01\ntime_zone: UTC\ncurrency: EUR\n"
        "stages:\n  a: {owner: sales, kind: inventory}\n  b: {owner: joint, kind: inventory}\n"
    )
    document = explain(seal(read_text(small.encode())))
    assert [section.title for section in document.sections] == ["The funnel"]
    assert "Somebody enters when the CRM records b or B." in document.sections[0].terms[1].lines
    assert "Both teams answer for it; people may wait here." in document.sections[0].terms[1].lines


def test_a_stage_is_told_in_words_and_as_its_rule(terms: Terms) -> None:
    text = explanation_as_text(explain_term(terms, "mql"))
    for line in (
        "Fits our customer and has shown real interest lately.",
        "Somebody enters when fit is at least 40 and engagement is at least 40.",
        "Rule: fit >= 40 and engagement >= 40",
        "promises.marketing.mql.entered",
        "touches:webinar.attended",
    ):
        assert line in text


def test_the_whole_text_has_no_line_over_a_hundred_but_for_rules(terms: Terms) -> None:
    long = [line for line in as_text(explain(terms)).splitlines() if len(line) > 100]
    assert all(line.strip().startswith("Rule:") for line in long)


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("mql", "stages.mql"), ("MQL", "stages.mql"), ("stages.mql", "stages.mql"), ("icp", "icp"),
        ("Marketing qualified lead", "stages.mql"), ("MQL to SDR", "handoffs.mql-to-sdr"), ("dach", "pools.dach"),
        ("mql.entered", "metrics.mql.entered"), ("revenue", "metrics.revenue"), ("person.email", "person.email"),
        ("berlin", "calendars.berlin"), ("recycled", "detours.recycled"), ("fit", "scoring.fit"),
        ("budget_cut", "excuses.budget_cut"), ("mara", "leadership.people.mara"), ("lead", "stages.lead"),
        ("person.job_level", "person.job_level"), ("pipeline", "vocabulary.pipeline"),
    ],
)  # fmt: skip
def test_people_find_a_term_by_the_word_they_use(terms: Terms, word: str, term: str) -> None:
    assert explain_term(terms, word).term == term


def test_a_misspelt_term_comes_with_the_nearest(terms: Terms) -> None:
    with pytest.raises(UserProblem) as problem:
        explain_term(terms, "recyceld")
    assert (problem.value.code, problem.value.next_step) == ("unknown-term", 'Did you mean "recycled"?')


def test_the_words_of_a_field_of_ones_own_are_told(terms: Terms) -> None:
    assert explain_term(terms, "person.job_level").told.means == "How high the person stands in the company."


def test_fewer_clocks_and_no_caps_are_told_as_they_are(spoilt) -> None:  # type: ignore[no-untyped-def]
    def told(*edits: tuple[str, str]) -> dict[str, tuple[str, ...]]:
        document = explain(seal(read_text(spoilt(*edits).encode())))
        return {one.term: one.lines for section in document.sections for one in section.terms}

    few = told(("first_touch: 4 business hours, attempts: 5, within", "within"),
               ("cap: {per_day: 15, open: 40}, calendar: berlin, ", ""))  # fmt: skip
    assert "It is worked within 8 business days." in few["handoffs.mql-to-sdr"]
    assert few["pools.dach"] == ("Members and weights: lena (2) and jonas (1).",)
    none = told(("    work:   {first_touch: 4 business hours, attempts: 5, within: 8 business days}\n", ""))
    assert not any("worked" in line or "attempts" in line for line in none["handoffs.mql-to-sdr"])
    unclocked = told(("    accept: {within: 1 business hours}\n", ""),
                     ("    on_breach: [{at: 75%, do: remind owner}, {at: 100%, do: reassign}, "
                      "{at: 200%, do: notify manager}]\n", ""))  # fmt: skip
    assert not any("accept" in line for line in unclocked["handoffs.mql-to-sdr"])
