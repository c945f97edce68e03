"""The clocks on a hand-off: which one runs, from when to when, and the points on it at which something happens.

`accept` runs until somebody answers, `work` from then on until the agreed attempts are made. A hand-off that asks for
no answer in time is on its work clock from the beginning. A point lies where its share of the clock's working time has
passed: one search in a calendar, however long ago the clock started. docs/why/clock.md says all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from oarlock.agreement.terms import Handoff, Terms, WorkingSpan
from oarlock.ground.calendars import Calendar
from oarlock.ground.problems import UserProblem
from oarlock.ground.spans import Span
from oarlock.ground.working_time import deadline, elapsed
from oarlock.ground.working_time import due as due_of
from oarlock.handoffs.state import HandedOver

ENDS = "ends"
"""What happens at the end of a limit: it has run out, which is a fact of its own."""


@dataclass(frozen=True, slots=True)
class Point:
    """The `share` of `limit` (`accept`, `first_touch`, `work`) at which `do` is done: a breach step, or `ends`.

    `index` is its place among the points of its clock, or -1 for the first touch's end.
    """

    at: datetime
    limit: str
    share: float
    do: str
    index: int

    @property
    def words(self) -> str:
        """`accept 75%`, `accept ends`."""
        return words_of(self.limit, self.share, self.do)


def words_of(limit: str, share: float, do: str) -> str:
    """How facts and rows name a point."""
    return f"{limit} {ENDS if do == ENDS else f'{share * 100:g}%'}"


def term_of(key: str, terms: Terms) -> Handoff:
    """The hand-off of that key. UserProblem `unknown-handoff`: the version does not have it."""
    if (term := terms.handoff(key)) is not None:
        return term
    known = ", ".join(h.key for h in terms.handoffs) or "none"
    raise UserProblem(
        "unknown-handoff", f"Version {terms.number} of the agreement has no hand-off `{key[:80]}`.",
        f"It has: {known}.", "Judge a hand-off by the version it was offered under.",
    )  # fmt: skip


def running(state: HandedOver, term: Handoff) -> str | None:
    """The clock that runs: `accept`, `work`, or None."""
    if not state.open or state.state not in ("offered", "accepted"):
        return None
    if state.state == "offered" and term.accept_within is not None:
        return "accept"
    touched_is_all = term.work_within is None and state.first_touch_at is not None
    return None if touched_is_all else "work"


def main_limit(clock: str, term: Handoff) -> str:
    """The limit whose time the steps of a clock divide: of the work clock the whole work, else the first touch."""
    return "first_touch" if clock == "work" and term.work_within is None else clock


def end_of(state: HandedOver, limit: str) -> datetime | None:
    """When that limit runs out."""
    ends = {"accept": state.accept_due_at, "first_touch": state.first_touch_due_at, "work": state.work_due_at}
    return ends[limit]


def start_of(state: HandedOver, limit: str, term: Handoff) -> datetime:
    """From when that limit counts: from when its owner had it, and work not before it was accepted, where that is
    asked for. The first touch is owed to the person once: passing them on does not put it off."""
    held = state.held_since or state.offered_at
    begun = (state.answered_at if term.accept_within is not None else None) or state.offered_at
    return begun if limit == "first_touch" else max(held, begun)


def span_of(term: Handoff, limit: str) -> WorkingSpan | None:
    """The time the agreement gives for it."""
    spans = {"accept": term.accept_within, "first_touch": term.first_touch_within, "work": term.work_within}
    return spans[limit]


def end_from(term: Handoff, limit: str, start: datetime, calendar: Calendar) -> datetime | None:
    """When the limit runs out that starts then; None where the agreement sets none."""
    span = span_of(term, limit)
    return None if span is None else due_of(calendar, start, Span(span.amount, span.unit, span.working))


def marks(term: Handoff, clock: str) -> list[tuple[float, str]]:
    """The shares of a clock's time at which something happens, in order; at 100% the end comes before the steps."""
    steps = [(step.at, 1, step.do) for step in term.on_breach if step.clock == clock]
    ordered = sorted([(1.0, 0, ENDS), *steps], key=lambda mark: mark[:2])
    return [(share, do) for share, _, do in ordered]


def upcoming(state: HandedOver, term: Handoff, calendar: Calendar) -> Point | None:
    """The next point at which something happens by itself, be it in the past; None where nothing does."""
    clock = running(state, term)
    if clock is None:
        return None
    points = [p for p in (_first_touch(state), _next(state, term, clock, calendar)) if p is not None]
    return min(points, key=lambda point: point.at, default=None)


def _first_touch(state: HandedOver) -> Point | None:
    """The end of the time to the first touch, which may be that of the whole clock. It can be late once."""
    at = state.first_touch_due_at
    if at is None or state.first_touch_at is not None or "first_touch" in state.breached:
        return None
    return Point(at, "first_touch", 1.0, ENDS, -1)


def _next(state: HandedOver, term: Handoff, clock: str, calendar: Calendar) -> Point | None:
    limit, coming = main_limit(clock, term), marks(term, clock)
    end = end_of(state, limit)
    if end is None or state.step >= len(coming):
        return None
    share, do = coming[state.step]
    span = span_of(term, limit)
    working = span is None or span.working
    return Point(
        _at(share, start_of(state, limit, term), end, calendar if working else None), limit, share, do, state.step
    )


def _at(share: float, start: datetime, end: datetime, calendar: Calendar | None) -> datetime:
    """Where that share of the time from start to end has passed; beyond the end for more than 1. None: plain time."""
    if share == 1.0:
        return end
    length = max(end - start if calendar is None else elapsed(calendar, start, end), timedelta())
    begin, part = (start, length * share) if share < 1.0 else (end, length * (share - 1.0))
    at = begin + part if calendar is None else deadline(calendar, begin, part)
    return min(at, end) if share < 1.0 else at


def due(state: HandedOver, terms: Terms, calendar: Calendar) -> tuple[datetime, str] | None:
    """The next instant at which something happens by itself, and what; None where nothing does."""
    point = upcoming(state, term_of(state.key, terms), calendar)
    return None if point is None else (point.at, point.words)
