"""Comparing two versions, and what each change touches: one word, four uses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oarlock.agreement import compare, read_text, seal
from oarlock.agreement.comparing import Change
from oarlock.agreement.dependencies import rests_on, uses
from oarlock.agreement.nodes import Scalar, walk
from oarlock.agreement.termtexts import Detail, details
from oarlock.ground.problems import UserProblem


@pytest.fixture(scope="module")
def changes(brightwater, spoilt):  # type: ignore[no-untyped-def]
    def between(*edits: tuple[str, str]) -> list[Change]:
        return list(compare(read_text(brightwater.encode()), read_text(spoilt(*edits).encode())).changes)

    return between


def test_a_text_and_itself_do_not_differ(brightwater: str) -> None:
    same = compare(read_text(brightwater.encode()), seal(read_text(brightwater.encode())))
    assert same.changes == () and same.same_bytes


def test_layout_and_comments_are_no_change_but_void_signatures(brightwater: str) -> None:
    commented = compare(read_text(brightwater.encode()), read_text(("# signed?\n\n" + brightwater).encode()))
    assert commented.changes == () and not commented.same_bytes


def test_a_changed_definition_lists_everything_it_touches(changes) -> None:  # type: ignore[no-untyped-def]
    (change,) = changes(("when: fit >= 40 and engagement >= 40", "when: fit >= 40 and engagement >= 50"))
    assert (change.term, change.kind, change.same_meaning) == ("stages.mql", "changed", False)
    assert change.in_words == (
        "stages.mql changed: when: was fit >= 40 and engagement >= 40, is now fit >= 40 and engagement >= 50"
    )
    assert {use.kind for use in change.touches} == {
        "stage",
        "hand-off",
        "promise",
        "goal",
        "scorecard",
        "pay",
        "process",
    }
    assert {"promises.marketing.mql.entered", "goals.mql-2026q4", "scorecard.mql.entered", "pay.marketing"} <= {
        use.term for use in change.touches
    }


def test_a_rule_spelt_otherwise_means_the_same(changes) -> None:  # type: ignore[no-untyped-def]
    (change,) = changes(("when: fit >= 40 and engagement >= 40", "when: (fit >= 40) AND engagement>=40"))
    assert change.same_meaning and "not in its meaning" in change.in_words
    (words,) = changes(("Fits our customer and has shown", "Fits our customers and has shown"))
    assert not words.same_meaning


def test_amounts_with_and_without_underscores_are_the_same(changes) -> None:  # type: ignore[no-untyped-def]
    assert [c.same_meaning for c in changes(("9_000_000 EUR", "9000000 EUR"))] == [True]


def test_a_number_of_the_ideal_customer_touches_through_the_score(changes) -> None:  # type: ignore[no-untyped-def]
    (change,) = changes(("between 50 and 5000", "between 20 and 5000"))
    through = {use.term: use.through for use in change.touches}
    assert change.term == "icp"
    assert through["scoring.fit"] == () and through["stages.mql"] == ("scoring.fit",)
    assert "pay.marketing" in through


def test_what_is_new_and_what_is_gone_are_said(changes) -> None:  # type: ignore[no-untyped-def]
    found = changes(
        ("  outbound:    {name: Outbound, owner: sales}\n", ""),
        (
            "  disqualified: {final: true, recorded_as",
            "  lost: {final: true}\n  disqualified: {final: true, recorded_as",
        ),
    )
    assert [(c.term, c.kind) for c in found] == [("sources.outbound", "removed"), ("detours.lost", "added")]


def test_a_step_put_in_between_moves_no_other(changes) -> None:  # type: ignore[no-untyped-def]
    (change,) = changes(("  - name: German-speaking", "  - to: queue vip\n    when: icp\n  - name: German-speaking"))
    assert change.term == "routing" and [(d.key, d.old) for d in change.details] == [("2", None)]


def test_a_promise_is_known_by_its_metric(changes) -> None:  # type: ignore[no-untyped-def]
    (change,) = changes(("accept_met, at_least: 95%, excused", "accept_met, at_least: 90%, excused"))
    assert change.term == "promises.sales.mql-to-sdr.accept_met"
    assert [(d.key, d.old, d.new) for d in change.details] == [("at_least", "95%", "90%")]


def test_stages_in_another_order_are_said_to_have_moved(brightwater: str) -> None:
    start, end = brightwater.index("  opportunity:\n"), brightwater.index("detours:")
    opportunity, customer = brightwater[start:end].split("  customer:\n")
    swapped = brightwater[:start] + "  customer:\n" + customer + opportunity + brightwater[end:]
    found = compare(read_text(brightwater.encode()), read_text(swapped.encode())).changes
    assert [(c.kind, c.details[0].new) for c in found] == [("moved", "lead > mql > sal > sql > customer > opportunity")]


def test_a_short_form_and_its_long_form_do_not_differ(changes) -> None:  # type: ignore[no-untyped-def]
    assert changes(("  - revenue\n", "  - {metric: revenue}\n")) == []
    words = "Somebody who told us who they are. A name on a bought list is not a lead."
    assert changes((f"  lead: {words}", f"  lead: {{means: {words}}}")) == []


def test_a_draft_with_errors_can_be_compared_too(changes) -> None:  # type: ignore[no-untyped-def]
    assert "stages.mql" in {c.term for c in changes(("fit >= 40 and", "fitt >= 40 and"))}


def test_what_is_no_agreement_cannot_be_compared(brightwater: str) -> None:
    with pytest.raises(UserProblem) as problem:
        compare(read_text(brightwater.encode()), read_text(b"[", "new.yaml"))
    assert problem.value.code == "cannot-compare" and "new.yaml" in problem.value.what


def test_a_calendar_knows_its_users(brightwater: str) -> None:
    found = {use.term for use in uses(seal(read_text(brightwater.encode())), "calendars.berlin")}
    assert found == {"pools.dach", "routing.2", "users.lena", "cadence.revenue-meeting"}


def test_what_a_field_decides_is_found_through_all_rules(brightwater: str) -> None:
    terms = seal(read_text(brightwater.encode()))
    found = {use.term: use.through for use in uses(terms, "person.job_level")}
    assert found["stages.mql"] == ("rules.decides", "scoring.fit")
    assert {use.term for use in rests_on(terms, "stages.lead")} == {"rules.reachable", "person.email", "person.consent"}


def test_a_rule_over_the_whole_score_rests_on_both_its_parts(spoilt: Callable[..., str]) -> None:
    text = spoilt(("when: fit >= 40 and engagement >= 40", "when: score >= 80"))
    found = {use.term for use in rests_on(seal(read_text(text.encode())), "stages.mql")}
    assert {"scoring.fit", "scoring.engagement"} <= found


def test_a_detail_says_what_was_and_what_is() -> None:
    assert [Detail("within", *pair).in_words for pair in (("1", "2"), (None, "2"), ("1", None))] == [
        "within: was 1, is now 2", "within: now 2", "within: was 1, is gone",
    ]  # fmt: skip
    assert Detail("", "EUR", "USD").in_words == "was EUR, is now USD"
    assert list(details({"a": [1]}, {"a": [1]})) == [] and list(details("a", "a")) == []


def test_a_line_fewer_is_shown_whole(changes) -> None:  # type: ignore[no-untyped-def]
    (change,) = changes(("    accept: {within: 1 business hours}\n", "    accept: {within: 2 business hours}\n"))
    assert [(d.key, d.old, d.new) for d in change.details] == [
        ("accept.within", "1 business hours", "2 business hours")
    ]
    (change,) = changes(("{at: 75%, do: remind owner}, ", ""))
    assert [(d.key, d.old) for d in change.details] == [("on_breach.1", "{at: 75%, do: remind owner}")]


def test_no_value_can_be_altered_without_a_change_that_says_so(brightwater: str) -> None:
    old = read_text(brightwater.encode())
    lines = brightwater.split("\n")
    values = [node for _, node in walk(old.root) if isinstance(node, Scalar) and node.style not in ("|", ">")]
    missed = []
    for value in values[::8]:
        line, column = value.text_place.line - 1, value.text_place.column - 1
        assert lines[line][column:].startswith(value.text)
        altered = lines[line][:column] + "7" + lines[line][column:]
        new = read_text("\n".join([*lines[:line], altered, *lines[line + 1 :]]).encode())
        if not compare(old, new).changes:
            missed.append(altered)
    assert len(values) > 350 and missed == []
