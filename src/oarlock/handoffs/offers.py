"""Putting a lead before somebody: the offer, passing it on, and taking it from the queue.

Passing on starts the running clock anew for whoever has it now. Where nobody is left the lead waits in a queue that
can be seen, its clock goes on as it ran, and whoever looks after queues is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oarlock.agreement.terms import Handoff, Terms
from oarlock.ground.calendars import Calendar
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.breaches import settled
from oarlock.handoffs.clocks import end_from, end_of, main_limit, running, term_of
from oarlock.handoffs.history import begun, dated, learn
from oarlock.handoffs.moves import CLOCK, Move, Wish, fact_of
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import HandedOff

ROUTING = "routing"
NOBODY = "nobody"
TAKEN = "taken"


def offer(
    *, id: str, term: Handoff, person_id: str, cycle: int, terms: Terms, owner: str | None, pool: str | None,
    queue: str | None, holders: tuple[str, ...], decision_id: str | None, now: datetime, calendar: Calendar,
) -> Move:  # fmt: skip
    """A new hand-off. `holders` had the person before; `calendar` is that of `calendar_for` this owner and pool."""
    empty = HandedOver(id, term.key, person_id, cycle, terms.number, "offered", owner, pool, queue, holders, now)
    main = "accept" if term.accept_within is not None else main_limit("work", term)
    due_at = end_from(term, main, now, calendar)
    fact = fact_of(empty, "offered", now, now, by=ROUTING, to=owner, due_at=due_at)
    state = begun(fact, term.key, terms.number, term, calendar)
    whole = (*holders, owner) if owner else holders
    state = replace(state, pool=pool, queue=queue if owner is None else None, decision_id=decision_id, holders=whole)
    return Move(dated(state, term, calendar), (fact,), _waiting(state, now, terms))


def _waiting(state: HandedOver, at: datetime, terms: Terms) -> tuple[Wish, ...]:
    """Whoever looks after queues hears of a lead that nobody has."""
    if state.owner is not None:
        return ()
    return (Wish(f"{state.id}:{NOBODY}:{len(state.holders)}", "notify", terms.notices.queue_owner, at, NOBODY),)


def reassign(
    state: HandedOver, to: str | None, pool: str | None, queue: str | None, why: str, terms: Terms, now: datetime,
    calendar: Calendar, *, by: str = CLOCK, at: datetime | None = None, decision_id: str | None = None,
) -> Move:  # fmt: skip
    """Give it to somebody else, or (None) to nobody: then it waits in `queue`. `calendar` is the new owner's.

    For a breach step `why` and `at` are those of its wish, so that it is dated when it was due. Passing it to whom has
    it already is no move. UserProblem `handoff-ended`.
    """
    term = term_of(state.key, terms)
    refuse_ended(state, "pass it on")
    if to is not None and to == state.owner:
        return Move(state)
    at = state.moment(now) if at is None else state.falling_due(at)
    state, facts = settled(state, term, at, now, calendar)
    fact = _given(state, term, to, why, at, now, calendar, by)
    state = learn(state, fact, term, calendar)
    state = replace(state, pool=pool, queue=queue if to is None else None, decision_id=decision_id or state.decision_id)
    return Move(dated(state, term, calendar), (*facts, fact), _waiting(state, at, terms))


def _given(
    state: HandedOver, term: Handoff, to: str | None, why: str, at: datetime, now: datetime, calendar: Calendar,
    by: str,
) -> HandedOff:  # fmt: skip
    """The fact of passing on: with the date that holds from here on."""
    clock, due_at = running(state, term), None
    if clock is not None:
        main = main_limit(clock, term)
        stays = to is None or main == "first_touch"
        due_at = end_of(state, main) if stays else end_from(term, main, at, calendar)
    return fact_of(state, "reassigned", at, now, to, at, by=by, to=to, reason=why, due_at=due_at)


def take(state: HandedOver, by: str, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """Take it from the queue. Whoever takes it has said yes to it. UserProblem `handoff-ended`, `already-taken`."""
    if state.open and state.owner == by:
        return Move(state)
    refuse_ended(state, "take it")
    if state.owner is not None:
        raise UserProblem(
            "already-taken", f"{state.owner} has had this hand-off since {told(state.held_since or state.offered_at)}.",
            "One lead is one person's at a time.", "Take another one, or ask them to pass it on.",
        )  # fmt: skip
    given = reassign(state, by, state.pool, None, TAKEN, terms, now, calendar, by=by)
    if given.handoff.state != "offered":
        return given
    yes = said_yes(given.handoff, by, terms, now, calendar)
    return Move(yes.handoff, (*given.facts, *yes.facts))


def said_yes(state: HandedOver, by: str, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """Accepted; and worked at once where the agreed attempts were made before anybody said yes."""
    term, at = term_of(state.key, terms), state.moment(now)
    state, facts = settled(state, term, at, now, calendar)
    main = main_limit("work", term)
    due_at = end_from(term, main, at, calendar) if term.accept_within is not None else end_of(state, main)
    fact = fact_of(state, "accepted", at, now, len(state.holders), by=by, to=state.owner, due_at=due_at)
    state = learn(state, fact, term, calendar)
    state, more = enough(state, by, at, term, now, calendar)
    return Move(dated(state, term, calendar), (*facts, fact, *more))


def enough(
    state: HandedOver, by: str, at: datetime, term: Handoff, now: datetime, calendar: Calendar
) -> tuple[HandedOver, tuple[HandedOff, ...]]:
    """Worked, if the agreed attempts (one, where none are agreed) have been made; else as it was."""
    if state.attempts < (term.attempts or 1):
        return state, ()
    at = max(t for t in (at, state.answered_at, state.held_since, state.last_touch_at) if t is not None)
    state, facts = settled(state, term, at, now, calendar)
    fact = fact_of(state, "worked", at, now, by=by)
    return learn(state, fact, term, calendar), (*facts, fact)


def refuse_ended(state: HandedOver, what: str) -> None:
    """UserProblem `handoff-ended`: nothing more can happen to it."""
    if state.ended_at is not None:
        raise UserProblem(
            "handoff-ended", f"This hand-off ended on {told(state.ended_at)}: it was {state.state}.",
            f"Nobody can {what} any more.", "The person comes back with a new hand-off, if at all.",
        )  # fmt: skip


def told(at: datetime) -> str:
    """An instant in a sentence."""
    return f"{at:%Y-%m-%d at %H:%M} UTC"
