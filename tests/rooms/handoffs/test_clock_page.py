"""The worked tables of docs/why/clock.md are run, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oarlock import handoffs
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.clocks import upcoming
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import HandedOff

from .brightwater import AGREED, TERM, at, hours, kinds, offered

PAGE = Path(__file__).parents[3] / "docs" / "why" / "clock.md"
SELLERS = ("lena", "jonas", "amelie")


def table(*heads: str) -> list[list[str]]:
    """The rows of the page's table with these column heads."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    first = lines.index(f"| {' | '.join(heads)} |") + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def instant(told: str) -> datetime:
    found = at(told.split(" ", 1)[1])
    assert f"{datetime.fromisoformat(told.split(' ')[1]):%a}" == told[:3], f"{told}: another day of the week"
    return found


HOURS = table("calendar", "hours", "holidays")
POINTS = table("calendar", "offered", "75%", "100%", "200%", "because")
PASSED = table("dated", "fact", "to", "reason", "due")
SAID = table("so far", "says", "comes of it", "because")


def test_the_page_has_its_tables() -> None:
    assert (len(HOURS), len(POINTS), len(PASSED), len(SAID)) == (4, 8, 11, 26)


@pytest.mark.parametrize(("name", "said", "region"), HOURS, ids=[row[0] for row in HOURS])
def test_the_calendars_of_the_page_are_those_of_the_tests(name: str, said: str, region: str) -> None:
    agreed = next(calendar for calendar in AGREED.calendars if calendar.key == name)
    assert agreed.hours == tuple(tuple(part.split(": ")) for part in said.split("; "))
    assert (agreed.holidays or "") == region


@pytest.mark.parametrize(
    ("calendar", "then", "three", "full", "twice", "because"), POINTS, ids=[f"{r[0]} {r[1]}" for r in POINTS]
)
def test_things_happen_when_the_page_says(
    calendar: str, then: str, three: str, full: str, twice: str, because: str
) -> None:
    term = replace(TERM, calendar=calendar)
    open_hours = hours(None, term)
    move = handoffs.offer(
        id="h", term=term, person_id="p", cycle=1, terms=AGREED, owner="lena", pool=None, queue=None, holders=(),
        decision_id=None, now=instant(then), calendar=open_hours,
    )  # fmt: skip
    points = []
    for step in range(4):
        point = upcoming(replace(move.handoff, step=step), term, open_hours)
        assert point is not None
        points.append((point.at, point.words))
    expected = [(three, "accept 75%"), (full, "accept ends"), (full, "accept 100%"), (twice, "accept 200%")]
    assert points == [(instant(told), words) for told, words in expected], because


def unanswered(
    look: Callable[[datetime], datetime], until: datetime
) -> tuple[HandedOver, list[HandedOff], list[handoffs.Wish]]:
    """Offered on Monday at ten to Lena, and nobody answers. Workers look at `look(last time)`, up to `until`."""
    move = offered(at("2026-10-05 10:00 +02:00"))
    state, facts, wishes, now = move.handoff, [*move.facts], [*move.wishes], move.handoff.offered_at
    while now < until:
        now = min(look(now), until)
        while True:
            move = handoffs.breach(state, AGREED, now, hours(state.owner))
            state, facts, wishes = move.handoff, [*facts, *move.facts], [*wishes, *move.wishes]
            if not move.wishes or move.wishes[-1].do != "reassign":
                break
            wish, to = move.wishes[-1], next((s for s in SELLERS if s not in state.holders), None)
            move = handoffs.reassign(state, to, None, "waiting", wish.why, AGREED, now, hours(to), at=wish.at)
            state, facts, wishes = move.handoff, [*facts, *move.facts], [*wishes, *move.wishes]
    return state, facts, wishes


@pytest.mark.parametrize("minutes", [7, 60, 3 * 1440])
def test_a_lead_nobody_answers_goes_where_the_page_says_whenever_a_worker_looks(minutes: int) -> None:
    until = at("2026-10-08 10:00 +02:00")
    state, facts, wishes = unanswered(lambda now: now + timedelta(minutes=minutes), until)
    told = [(f.at, f.kind, f.to or "", f.reason or "", f.due_at) for f in facts]
    assert told == [(instant(a), kind, to, why, instant(due) if due else None) for a, kind, to, why, due in PASSED]
    assert (state.owner, state.queue, state.holders, state.breached) == (None, "waiting", SELLERS, ("accept",))
    assert [(wish.do, wish.to) for wish in wishes if wish.do == "notify"] == [("notify", "olive"), ("notify", "sam")]
    assert len({wish.key for wish in wishes}) == len(wishes), "each wish is granted once"


def said(state: HandedOver, words: str, now: datetime) -> handoffs.Move:
    """Do what these words say."""
    who, verb, *rest = (
        words.replace(":", " :").replace("gives back", "gives-back").replace("lets lapse", "lapses").split(" ")
    )
    reason = " ".join(rest[1:]) or None
    calendar = hours(state.owner)
    return {
        "accepts": lambda: handoffs.accept(state, who, AGREED, now, calendar),
        "rejects": lambda: handoffs.reject(state, who, reason, AGREED, now, calendar),
        "gives-back": lambda: handoffs.give_back(state, who, reason, AGREED, now, calendar),
        "takes": lambda: handoffs.take(state, who, AGREED, now, hours(who)),
        "releases": lambda: handoffs.reassign(state, None, None, "waiting", "by hand", AGREED, now, calendar, by=who),
        "recycles": lambda: handoffs.recycle(state, who, reason, AGREED, now, calendar),
        "lapses": lambda: handoffs.lapse(state, who, AGREED, now, calendar),
        "appeals": lambda: handoffs.appeal(state, who, now),
    }[verb]()  # fmt: skip


@pytest.mark.parametrize(("so_far", "says", "comes", "because"), SAID, ids=[f"{r[0]} - {r[1]}" for r in SAID])
def test_what_somebody_says_comes_to_what_the_page_says(so_far: str, says: str, comes: str, because: str) -> None:
    now = at("2026-10-05 10:00 +02:00")
    state = offered(now).handoff
    for words in filter(None, so_far.split("; ")):
        now += timedelta(minutes=5)
        state = said(state, words, now).handoff
    now += timedelta(minutes=5)
    try:
        move = said(state, says, now)
    except UserProblem as problem:
        assert problem.code == comes, because
        assert problem.what and (problem.why or problem.next_step)
        return
    assert (", ".join(kinds(move.facts)) or "nothing new") == comes, because
    assert move.handoff == state if comes == "nothing new" else True
