"""Whatever happens to a hand-off, in whatever order and whatever the clock does: its state is the fold of its facts."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock import handoffs
from oarlock.ground.calendars import Calendar
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import Acted, HandedOff

from .brightwater import AGREED, TERM, UNASKED, agreed, at, hours, offered

TRIES = 5_000 if os.environ.get("OARLOCK_HEAVY") else 100
BEGIN = at("2026-10-02 15:30 +02:00")
SELLERS = ("lena", "jonas", "amelie")
OTHER_HOURS = agreed(calendars=tuple(replace(c, key="office") if c.key == "watch" else c
                                     for c in AGREED.calendars if c.key != "office"), number=2)  # fmt: skip


@dataclass
class Run:
    """A hand-off that lives: its state as the moves left it, and all facts of it with the hours of that time."""

    term_key: str
    state: HandedOver
    now: datetime
    facts: list[HandedOff | Acted] = field(default_factory=list)
    hours_at: dict[str, Calendar] = field(default_factory=dict)
    changed: bool = False
    serial: int = 0

    def calendar(self, owner: str | None) -> Calendar:
        terms = OTHER_HOURS if self.changed else AGREED
        term = terms.handoff(self.term_key)
        assert term is not None
        return hours(owner, term, terms)

    def keep(self, move: handoffs.Move, calendar: Calendar) -> handoffs.Move:
        self.state = move.handoff
        self.facts += move.facts
        self.hours_at |= {fact.id: calendar for fact in move.facts}
        return move

    def do(self, verb: str, who: str, ago: int) -> None:
        calendar, terms = self.calendar(self.state.owner), AGREED
        moves: dict[str, Callable[[], handoffs.Move]] = {
            "accept": lambda: handoffs.accept(self.state, who, terms, self.now, calendar),
            "reject": lambda: handoffs.reject(self.state, who, "no-budget", terms, self.now, calendar),
            "give back": lambda: handoffs.give_back(self.state, who, RETURN[self.term_key],
                                                    terms, self.now, calendar),
            "convert": lambda: handoffs.convert(self.state, terms, self.now, calendar),
            "lapse": lambda: handoffs.lapse(self.state, who, terms, self.now, calendar),
            "recycle": lambda: handoffs.recycle(self.state, who, None, terms, self.now, calendar),
            "appeal": lambda: handoffs.appeal(self.state, who, self.now),
        }  # fmt: skip
        if verb in moves:
            self.keep(moves[verb](), calendar)
        elif verb == "act":
            self.act(who, self.now - timedelta(minutes=ago), calendar)
        elif verb == "clock":
            self.clock(who)
        elif verb == "hours":
            self.clock(who)
            old, self.changed = self.calendar(self.state.owner), not self.changed
            new = self.calendar(self.state.owner)
            self.keep(handoffs.redated(self.state, terms, old, new, self.now), new)
        else:
            self.give(verb, who)

    def act(self, who: str, then: datetime, calendar: Calendar) -> None:
        self.serial += 1
        self.facts.append(
            Acted(id=f"a{self.serial}", at=then, recorded_at=max(self.now, then), person_id="p1", kind="call")
        )
        self.keep(handoffs.act(self.state, who, then, AGREED, self.now, calendar), calendar)

    def give(self, verb: str, who: str) -> None:
        to = None if verb == "release" else who
        calendar = self.calendar(to)
        if verb == "take":
            self.keep(handoffs.take(self.state, who, AGREED, self.now, calendar), calendar)
        else:
            move = handoffs.reassign(self.state, to, None, "waiting", "by hand", AGREED, self.now, calendar, by="sam")
            self.keep(move, calendar)

    def clock(self, who: str, wishes: list[handoffs.Wish] | None = None) -> None:
        """All that was due, as a worker does it: whoever routing finds gets what has to be passed on."""
        for _ in range(20):
            calendar = self.calendar(self.state.owner)
            move = self.keep(handoffs.breach(self.state, AGREED, self.now, calendar), calendar)
            wishes = [] if wishes is None else wishes
            wishes += move.wishes
            if not move.wishes or move.wishes[-1].do != "reassign":
                return
            wish = move.wishes[-1]
            to = next((s for s in SELLERS if s not in self.state.holders), None)
            calendar = self.calendar(to)
            move = handoffs.reassign(self.state, to, None, "waiting", wish.why, AGREED, self.now, calendar, at=wish.at)
            wishes += self.keep(move, calendar).wishes
        pytest.fail("the clock never comes to its end")


RETURN = {"mql-to-sdr": "wrong region", "trial": "not-icp"}
VERBS = st.sampled_from(
    ["accept", "reject", "give back", "convert", "lapse", "recycle", "appeal", "act", "act", "act", "clock", "clock",
     "hours", "take", "release", "reassign"]
)  # fmt: skip
MINUTES = st.one_of(st.integers(-90, 240), st.sampled_from([0, 1, 1440, 4320, 20_160]))
OPERATIONS = st.lists(st.tuples(VERBS, st.sampled_from(SELLERS), MINUTES, st.integers(0, 300)), max_size=14)


def run_of(key: str, first: str | None, operations: list[tuple[str, str, int, int]]) -> Run:
    term = TERM if key == TERM.key else UNASKED
    move = offered(BEGIN, first, term)
    run = Run(key, move.handoff, BEGIN)
    run.keep(move, run.calendar(first))
    for verb, who, minutes, ago in operations:
        run.now += timedelta(minutes=minutes)
        try:
            run.do(verb, who, ago)
        except UserProblem as problem:
            assert problem.what and problem.code, "refused, and said why"
        check(run)
    return run


def check(run: Run) -> None:
    state = run.state
    assert (state.ended_at is not None) == (state.state not in ("offered", "accepted", "worked"))
    assert state.due_at is None or state.open
    times = [t for t in (state.held_since, state.answered_at, state.first_touch_at, state.ended_at) if t is not None]
    assert all(t >= state.offered_at for t in times), "nothing takes less than no time"
    made = [fact for fact in run.facts if isinstance(fact, HandedOff) and fact.kind != "appealed"]
    assert len({fact.id for fact in run.facts if fact.kind == "appealed"}) <= 1, "appealed often is appealed once"
    ids = [fact.id for fact in made]
    assert len(ids) == len(set(ids)), "no fact twice"
    assert all(fact.recorded_at >= fact.at for fact in made)
    assert len([f for f in made if f.kind in ("rejected", "returned", "lapsed", "converted")]) <= 1
    assert all(f.at >= f.due_at for f in made if f.kind == "breached" and f.due_at), "nobody is late before the time"
    if not any(isinstance(fact, Acted) for fact in run.facts):
        assert [f.at for f in made] == sorted(f.at for f in made), "facts stand in the order they were made"


@settings(max_examples=TRIES, deadline=None)
@given(st.sampled_from([TERM.key, UNASKED.key]), st.sampled_from([*SELLERS, None]), OPERATIONS, st.randoms())
def test_a_handoff_is_the_fold_of_its_facts_in_any_order_and_some_of_them_twice(
    key: str, first: str | None, operations: list[tuple[str, str, int, int]], chance: random.Random
) -> None:
    run = run_of(key, first, operations)
    facts = [*run.facts, *run.facts[::3]]
    chance.shuffle(facts)
    folded = handoffs.fold(
        facts, key, {1: AGREED}, lambda f, who: run.calendar(who) if f is None else run.hours_at[f.id]
    )
    stood = run.state
    assert replace(folded, pool=stood.pool, queue=stood.queue, decision_id=stood.decision_id) == stood


def worked_off(looks: list[datetime], first: datetime, owner: str | None) -> tuple[Run, list[handoffs.Wish]]:
    """A hand-off that nobody answers, with workers who look at these times."""
    move = offered(first, owner)
    run, wishes = Run(TERM.key, move.handoff, first), [*move.wishes]
    run.keep(move, run.calendar(owner))
    for now in looks:
        run.now = now
        run.clock("", wishes)
    return run, wishes


@settings(max_examples=TRIES // 4, deadline=None)
@given(
    st.integers(0, 500_000), st.sampled_from([*SELLERS, None]), st.lists(st.integers(0, 15_000), max_size=20),
    st.integers(0, 15_000),
)  # fmt: skip
def test_workers_who_stood_still_make_the_facts_they_would_have_made(
    begin: int, owner: str | None, looks: list[int], last: int
) -> None:
    first = at("2026-01-01 00:00 +01:00") + timedelta(minutes=begin)
    end = first + timedelta(minutes=last)
    often = [min(first + timedelta(minutes=minute), end) for minute in sorted(looks)]
    awake, wished = worked_off([*often, end], first, owner)
    asleep, wished_late = worked_off([end], first, owner)
    assert asleep.state == awake.state
    assert wished_late == wished
    assert [replace(fact, recorded_at=end) for fact in awake.facts] == [
        replace(fact, recorded_at=end) for fact in asleep.facts
    ]
