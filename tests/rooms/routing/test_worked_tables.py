"""The worked tables of docs/why/routing.md, row by row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oarlock.ground.intervals import Interval, micros
from oarlock.routing import Decision, Roster, Turn, choose, looking
from oarlock.routing.plan import Member
from oarlock.routing.rotation import turn
from oarlock.routing.warming import share

from .worked import PAGE, instant, lead_of, roster_of, table, terms_of

TERMS = terms_of()
CASES = table("case | at | lead")
NOBODY_IN_HOURS = {
    "at night, the next morning's": "Tue 2026-10-06 08:00",
    "at night, not always the early riser": "Tue 2026-10-06 08:00",
    "Saturday afternoon": "Mon 2026-10-05 09:00",
    "Christmas Day": "Mon 2026-12-28 09:00",
    "who leaves in the morning": "Mon 2026-10-19 09:00",
    "who is back in the morning": "Mon 2026-10-26 09:00",
    "rather off hours than again": "Mon 2026-10-05 15:00",
}


def decided(row: list[str]) -> Decision:
    lead, facts = lead_of(row[2])
    return choose(lead, TERMS, roster_of(row[3]), instant(row[1]), looking(facts))


@pytest.mark.parametrize("row", CASES, ids=[row[0] for row in CASES])
def test_a_lead_goes_where_the_page_says_for_the_reason_it_says(row: list[str]) -> None:
    decision = decided(row)
    passed = dict.fromkeys(f"{s.user} {s.why}" for step in decision.steps for s in step.skipped)
    assert [decision.owner or f"queue {decision.queue}", decision.because, ", ".join(passed)] == row[4:]


@pytest.mark.parametrize("row", CASES, ids=[row[0] for row in CASES])
def test_the_record_says_when_nobody_was_in_hours_and_until_when(row: list[str]) -> None:
    opens = NOBODY_IN_HOURS.get(row[0])
    last = decided(row).steps[-1]
    assert last.opens == (instant(opens) if opens else None)


@pytest.mark.parametrize("row", table("weights"), ids=[row[0] for row in table("weights")])
def test_turns_go_as_the_page_says_and_repeat(row: list[str]) -> None:
    weights = {who: float(weight) for who, _, weight in (part.partition(" ") for part in row[0].split(", "))}
    credits, run = dict.fromkeys(weights, 0.0), row[1].split()
    given = []
    for _ in range(3 * len(run)):
        chosen, credits = turn(credits, weights)
        given.append(chosen)
    assert given == run * 3


def test_whoever_was_away_comes_back_to_their_turn_and_not_to_a_pile() -> None:
    credits = {"lena": 0.0, "jonas": 0.0, "piet": 0.0}
    for _, available, to, *owed in table("lead"):
        chosen, credits = turn(credits, dict.fromkeys(available.split(), 1.0))
        told = [f"{credit + 0.0:.2f}".replace("-0.00", "0.00") for credit in credits.values()]
        assert (chosen, told) == (to, owed)


@pytest.mark.parametrize("row", table("who | after"), ids=[f"{row[0]}, {row[1]}" for row in table("who | after")])
def test_a_share_rises_as_the_page_says(row: list[str]) -> None:
    now = datetime(2026, 10, 5, 8, tzinfo=UTC)
    began = now - timedelta(days=int(row[1].split()[0]))
    roster = Roster({("dach", "nora"): Turn()})
    if row[0] == "a newcomer":
        roster = Roster({("dach", "nora"): Turn(since=began)})
    elif row[0].startswith("back from"):
        roster = Roster(absences={"nora": (Interval(began - timedelta(days=int(row[0].split()[2])), began),)})
    assert share(Member("nora"), roster, "dach", timedelta(weeks=4), micros(now)) == float(row[2])


def test_every_table_marked_as_worked_is_run_by_one_of_these() -> None:
    assert (
        PAGE.count("\n| case | at | lead |") == PAGE.count("\n| weights |") == PAGE.count("\n| lead | available |") == 1
    )
