"""A hand-off as its facts leave it. Every move makes its facts and then learns them here, so state = fold(facts).

Facts do not tell the pool, the queue, the decision, nor who had the person before this hand-off: those stay as given.
Attempts and the first touch are told by the activities of sellers with that person while it was open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from oarlock.agreement.terms import Handoff, Terms
from oarlock.ground.calendars import Calendar
from oarlock.handoffs.clocks import ENDS, end_from, main_limit, marks, running, term_of, upcoming, words_of
from oarlock.handoffs.state import ENDED, HandedOver, State
from oarlock.records.facts import Acted, HandedOff


def fold(
    facts: Iterable[HandedOff | Acted], key: str, versions: Mapping[int, Terms],
    calendars: Callable[[HandedOff | None, str | None], Calendar],
) -> HandedOver:  # fmt: skip
    """One hand-off from its facts and its person's activities, in any order, each once or several times.

    `versions` are the agreement's by number; `calendars` says in which hours the clocks of an owner ran at that fact
    (None: now). The version first named judges all of it, else the earliest.
    """
    told = {fact.id: fact for fact in facts}
    ordered = sorted(told.values(), key=lambda fact: fact.order)
    first = next(fact for fact in ordered if isinstance(fact, HandedOff))
    named = (f.agreement for f in ordered if isinstance(f, HandedOff) and f.agreement in versions)
    terms = versions[next((number for number in named if number is not None), min(versions))]
    term, calendar = term_of(key, terms), calendars(first, first.to)
    state = begun(first, key, terms.number, term, calendar)
    for fact in ordered:
        if isinstance(fact, Acted):
            state = touched(state, min(fact.at, fact.recorded_at))
        elif fact is not first:
            calendar = calendars(fact, fact.to if fact.kind == "reassigned" else state.owner)
            state = learn(state, fact, term, calendar)
    return dated(state, term, calendars(None, state.owner))


def begun(fact: HandedOff, key: str, agreement: int, term: Handoff, calendar: Calendar) -> HandedOver:
    """The hand-off that this fact, as a rule `offered`, begins."""
    state = HandedOver(
        id=fact.handoff_id, key=key, person_id=fact.person_id, cycle=fact.cycle or 1, agreement=agreement,
        state="offered", owner=fact.to, pool=None, queue=None, holders=(fact.to,) if fact.to else (),
        offered_at=fact.at, held_since=fact.at if fact.to else None, last_at=fact.at,
    )  # fmt: skip
    return _started(state, fact.at, fact.due_at, term, calendar)


def learn(state: HandedOver, fact: HandedOff, term: Handoff, calendar: Calendar) -> HandedOver:
    """The hand-off with one more fact in it. What comes after its end changes no more than how it ended."""
    if fact.kind == "appealed":
        return state
    state = replace(state, last_at=max(state.last_at or fact.at, fact.at))
    match fact.kind:
        case "offered" | "reassigned":
            return _held(state, fact, term, calendar)
        case "accepted":
            return _accepted(state, fact, term, calendar)
        case "worked":
            return _worked(state, fact.at, term)
        case "breached":
            return _breached(state, fact, term)
        case "reminded" | "notified":
            return _passed(state, fact.reason, term)
        case "redated":
            return _redated(state, fact)
    ended = next((kind for kind in ENDED if kind == fact.kind), None)
    return state if ended is None else _ended(state, fact, ended)


def touched(state: HandedOver, at: datetime) -> HandedOver:
    """The hand-off after a seller's activity with its person, which may be learned late."""
    if at < state.offered_at or (state.ended_at is not None and at > state.ended_at):
        return state
    in_time = state.first_touch_due_at is not None and at <= state.first_touch_due_at
    breached = tuple(limit for limit in state.breached if not (in_time and limit == "first_touch"))
    first = min(at, state.first_touch_at or at)
    last = max(at, state.last_touch_at or at)
    return replace(state, first_touch_at=first, last_touch_at=last, attempts=state.attempts + 1, breached=breached)


def dated(state: HandedOver, term: Handoff, calendar: Calendar) -> HandedOver:
    """The same with the next instant at which something happens by itself."""
    point = upcoming(state, term, calendar)
    return replace(state, due_at=point.at if point else None, due_what=point.words if point else "")


def _started(state: HandedOver, at: datetime, due_at: datetime | None, term: Handoff, calendar: Calendar) -> HandedOver:
    """Its clock starts anew at that instant; `due_at` is the date that was recorded. The first touch keeps its date:
    it is owed to the person once, whoever has them."""
    clock = running(state, term)
    if clock is None:
        return replace(state, step=0)
    if clock == "accept":
        return replace(state, step=0, accept_due_at=due_at or end_from(term, "accept", at, calendar))
    main = main_limit(clock, term)
    first = end_from(term, "first_touch", at, calendar) if main == "work" else due_at
    work = (due_at or end_from(term, "work", at, calendar)) if main == "work" else None
    first = state.first_touch_due_at or first or end_from(term, "first_touch", at, calendar)
    return replace(state, step=0, first_touch_due_at=first, work_due_at=work)


def _held(state: HandedOver, fact: HandedOff, term: Handoff, calendar: Calendar) -> HandedOver:
    """Somebody has it now, or nobody: then the clock goes on as it ran."""
    if not state.open:
        return state
    if fact.to is None:
        return _passed(replace(state, owner=None), fact.reason, term)
    held = replace(state, owner=fact.to, holders=(*state.holders, fact.to), held_since=fact.at)
    if running(state, term) == "work" and main_limit("work", term) == "first_touch":
        return _passed(held, fact.reason, term)
    return _started(held, fact.at, fact.due_at, term, calendar)


def _accepted(state: HandedOver, fact: HandedOff, term: Handoff, calendar: Calendar) -> HandedOver:
    if not state.open or state.state != "offered":
        return state
    accepted = replace(state, state="accepted", answered_at=fact.at, answered_by=fact.by)
    return accepted if term.accept_within is None else _started(accepted, fact.at, fact.due_at, term, calendar)


def _worked(state: HandedOver, at: datetime, term: Handoff) -> HandedOver:
    """Worked; not late after all where the attempts were made in time and learned of after it ran out."""
    if not state.open:
        return state
    ran_out = state.step > [do for _, do in marks(term, "work")].index(ENDS)
    in_time = ran_out and state.work_due_at is not None and at <= state.work_due_at
    breached = tuple(limit for limit in state.breached if not (in_time and limit == "work"))
    return replace(state, state="worked", breached=breached, step=0)


def _breached(state: HandedOver, fact: HandedOff, term: Handoff) -> HandedOver:
    limit = fact.reason or ""
    touched_before = state.first_touch_at is not None and state.first_touch_at <= fact.at
    if (limit == "first_touch" and touched_before) or (limit == "work" and state.state == "worked"):
        return state
    state = _passed(state, words_of(limit, 1.0, ENDS), term)
    return replace(state, breached=tuple(dict.fromkeys((*state.breached, limit))))


def _passed(state: HandedOver, words: str | None, term: Handoff) -> HandedOver:
    """The point of the running clock that is called so lies behind; other words pass nothing."""
    clock = running(state, term)
    if clock is None:
        return state
    limit = main_limit(clock, term)
    places = [n for n, (share, do) in enumerate(marks(term, clock)) if words_of(limit, share, do) == words]
    coming = [n for n in places if n >= state.step] or places
    return replace(state, step=max(state.step, coming[0] + 1)) if coming else state


def _redated(state: HandedOver, fact: HandedOff) -> HandedOver:
    match fact.reason:
        case "accept":
            return replace(state, accept_due_at=fact.due_at)
        case "first_touch":
            return replace(state, first_touch_due_at=fact.due_at)
        case "work":
            return replace(state, work_due_at=fact.due_at)
    return state


def _ended(state: HandedOver, fact: HandedOff, kind: State) -> HandedOver:
    """How it ended, and when first; a rejection is an answer."""
    answered = kind == "rejected" and state.answered_at is None
    return replace(
        state, state=kind, step=0, reason=fact.reason or state.reason, ended_at=state.ended_at or fact.at,
        answered_at=fact.at if answered else state.answered_at, answered_by=fact.by if answered else state.answered_by,
    )  # fmt: skip
