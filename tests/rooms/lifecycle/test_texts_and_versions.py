"""Small things a life stands on: texts of the lake as values, and which version judges when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

import pytest

from oarlock.agreement import read_text, seal
from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import Type, Value
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle import Versions, follow
from oarlock.lifecycle.judging import Moment, engagement, faded, typed
from oarlock.lifecycle.telling import as_text
from oarlock.records.facts import Appeared, Changed, Fact

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@cache
def terms(in_force: date, number: int = 1) -> Terms:
    text = f"oarlock: 1\ncompany: Two\nin_force: {in_force}\ntime_zone: UTC\ncurrency: EUR\n" + STAGES
    return seal(read_text(text.encode()), number)


STAGES = """
leadership:
  people:
    mara: {name: Mara, role: marketing-leader}
    sam: {name: Sam, role: sales-leader}
  signers: [mara, sam]
stages:
  lead: {owner: marketing, kind: inventory, when: person.email is not null, means: Somebody.}
  buyer: {owner: sales, kind: inventory, when: person.country = 'DE', means: A buyer.}
"""


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (None, "number", None),
        ("12", "text", "12"),
        ("12.50", "number", 12.5),
        ("-.5e1", "number", -5.0),
        ("1e999", "number", None),
        ("12 ", "number", None),
        ("nan", "number", None),
        ("true", "flag", True),
        ("false", "flag", False),
        ("True", "flag", None),
        ("2026-03-04T13:00:00+01:00", "time", NOON),
        ("2026-03-04 12:00:00.000000Z", "time", NOON),
        ("2026-03-04", "time", None),
        ("2026-02-31T12:00:00Z", "time", None),
    ],
)
def test_a_text_of_the_lake_is_a_value_of_its_type_or_unknown(text: str | None, kind: Type, value: Value) -> None:
    assert typed(text, kind) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (12, "12"),
        (0.1, "0.1"),
        (Decimal("99.90"), "99.90"),
        (NOON.astimezone(timezone(timedelta(hours=1))), "2026-03-04T13:00:00+01:00"),
    ],
)
def test_a_value_is_written_as_the_lake_writes_it(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_points_halve_with_every_half_life_and_stay_where_there_is_none() -> None:
    assert (faded(40, 60 * DAY, 30 * DAY), faded(40, 0 * DAY, 30 * DAY), faded(40, 60 * DAY, None)) == (10, 40, 40)


def test_engagement_is_the_faded_sum_of_what_has_points_to_six_decimals() -> None:
    scoring = Scoring(engagement=(("form", 10.0), ("click", 3.0)), half_life=30 * DAY)
    touches = ((NOON - 30 * DAY, "form"), (NOON, "click"), (NOON, "nothing"))
    assert engagement(scoring, touches, NOON) == 8.0
    assert engagement(scoring, ((NOON - DAY, "form"),), NOON) == round(10 * 2 ** (-1 / 30), 6)


def test_a_count_takes_the_last_days_with_both_their_ends() -> None:
    at = [NOON - 7 * DAY, NOON - 7 * DAY - timedelta(microseconds=1), NOON, NOON + timedelta(microseconds=1)]
    moment = Moment(NOON, terms(date(2026, 1, 1)), {}, tuple((t, "form") for t in at), ((NOON, "call"),))
    assert moment.count("touches", "form", 7) == 2
    assert moment.count("touches", "*", 8) == 3
    assert (moment.count("touches", "call", 7), moment.count("activities", "call", 7)) == (0, 1)


def test_each_instant_is_judged_by_the_version_in_force_then_and_the_first_judges_what_was_before() -> None:
    first, second = terms(date(2026, 1, 1)), terms(date(2026, 7, 1), 2)
    versions = Versions.of(second, first)
    july = datetime(2026, 7, 1, tzinfo=UTC)
    assert versions.latest is second
    asked = [datetime(2025, 1, 1, tzinfo=UTC), july - timedelta(microseconds=1), july, july + DAY]
    assert [versions.at(instant).number for instant in asked] == [1, 1, 2, 2]


def test_versions_without_numbers_of_their_own_are_numbered_in_their_order() -> None:
    versions = Versions.of(terms(date(2026, 7, 1)), terms(date(2026, 1, 1)), terms(date(2026, 3, 1)))
    assert [(t.number, t.in_force.month) for t in versions.all] == [(1, 1), (2, 3), (3, 7)]
    kept = Versions.of(terms(date(2026, 1, 1), 7), terms(date(2026, 7, 1), 3))
    assert [t.number for t in kept.all] == [7, 3]


def test_nobody_is_judged_by_no_agreement_nor_by_two_at_once() -> None:
    with pytest.raises(UserProblem) as none:
        Versions.of()
    with pytest.raises(UserProblem) as two:
        Versions.of(terms(date(2026, 1, 1)), terms(date(2026, 1, 1), 2))
    assert (none.value.code, two.value.code) == ("no-agreement", "same-date")
    assert "2026-01-01" in two.value.what


def test_a_deal_speaks_through_its_states_and_not_through_its_bare_changes() -> None:
    facts: list[Fact] = [
        Appeared(id="1", at=NOON, recorded_at=NOON, person_id="ann", values=(("person.email", "a@b.example"),)),
        Changed(id="2", at=NOON + DAY, recorded_at=NOON + DAY, entity="opportunity", entity_id="o", field="country",
                value="DE"),
        Changed(id="3", at=NOON + 2 * DAY, recorded_at=NOON + 2 * DAY, entity="person", entity_id="ann",
                field="country", value="DE"),
    ]  # fmt: skip
    found = follow(facts, Versions.of(terms(date(2026, 1, 1))), NOON + 9 * DAY, person_id="ann")
    assert [(e.stage, e.at) for e in found] == [("lead", NOON), ("buyer", NOON + 2 * DAY)]
