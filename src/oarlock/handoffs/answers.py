"""What people say to a hand-off: yes, no with a reason, or back with a reason.

The same answer of the same person twice is one answer and no new fact; another one is refused, by name and date. The
first answer stands: who wins is decided by the one row that both change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oarlock.agreement.terms import Terms
from oarlock.ground.calendars import Calendar
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean
from oarlock.handoffs.breaches import settled
from oarlock.handoffs.clocks import term_of
from oarlock.handoffs.history import dated, learn
from oarlock.handoffs.moves import Move, fact_of
from oarlock.handoffs.offers import refuse_ended, said_yes, told
from oarlock.handoffs.state import HandedOver


def accept(state: HandedOver, by: str, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """Yes. UserProblem `already-answered`, `handoff-ended`, `nobody-has-it`."""
    if state.state in ("accepted", "worked", "converted") and by in (state.answered_by, state.owner):
        return Move(state)
    _refuse_answered(state)
    if state.owner is None:
        raise UserProblem(
            "nobody-has-it", "This hand-off waits in the queue.", "Somebody has to have it before it is accepted.",
            "Take it from the queue: that says yes at once.",
        )  # fmt: skip
    return said_yes(state, by, terms, now, calendar)


def reject(state: HandedOver, by: str, reason: str | None, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """No, for a reason of the agreement. UserProblem `already-answered`, `handoff-ended`, `unknown-reason`."""
    if state.state == "rejected" and (state.answered_by or state.owner, state.reason) == (by, reason):
        return Move(state)
    _refuse_answered(state)
    term = term_of(state.key, terms)
    check_reason(reason, [known for known, _ in term.reject_reasons])
    return end(state, "rejected", by, reason, terms, now, calendar)


def give_back(state: HandedOver, by: str, reason: str | None, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """Back to the team that handed over, after having said yes: no rejection. UserProblem `not-accepted-yet`,
    `handoff-ended`, `unknown-reason`. Where the agreement has no reasons to return, those to reject will do."""
    if (state.state, state.owner, state.reason) == ("returned", by, reason):
        return Move(state)
    refuse_ended(state, "give it back")
    term = term_of(state.key, terms)
    if state.state == "offered" and term.accept_within is not None:
        raise UserProblem(
            "not-accepted-yet", "This hand-off has not been accepted.",
            "Only what was accepted can be given back.", "Reject it, with one of the reasons.",
        )  # fmt: skip
    check_reason(reason, term.return_reasons or [known for known, _ in term.reject_reasons])
    return end(state, "returned", by, reason, terms, now, calendar)


def end(
    state: HandedOver, kind: str, by: str | None, reason: str | None, terms: Terms, now: datetime, calendar: Calendar
) -> Move:
    """The hand-off after its end of that kind, every limit that had run out told before it."""
    term, at = term_of(state.key, terms), state.moment(now)
    state, facts = settled(state, term, at, now, calendar)
    fact = fact_of(state, kind, at, now, by=by, to=state.owner, reason=reason)
    return Move(dated(learn(state, fact, term, calendar), term, calendar), (*facts, fact))


def check_reason(reason: str | None, known: Sequence[str]) -> None:
    """Pass, or UserProblem `unknown-reason`. Where the agreement names no reasons, any will do."""
    if known and reason not in known:
        said = f"`{reason[:80]}` is not a reason here." if reason else "A reason is missing."
        listed = f"The reasons of the agreement are: {', '.join(known)}."
        raise UserProblem("unknown-reason", said, "Reasons are counted, so they are the agreed ones.",
                          " ".join(filter(None, (did_you_mean(reason or "", known), listed))))  # fmt: skip


def _refuse_answered(state: HandedOver) -> None:
    """UserProblem `already-answered`, else `handoff-ended`. Work on one that asks for no answer answers it."""
    answered = state.answered_at or (state.first_touch_at if state.state == "worked" else None)
    if answered is not None:
        who, what = state.answered_by or state.owner or "Somebody", state.state
        answer = what if what in ("accepted", "rejected") else f"yes, and it is now {what}"
        raise UserProblem(
            "already-answered", f"{who} answered this hand-off on {told(answered)}: {answer}.",
            "An answer stands, and the clock has stopped with it.",
            "Nothing is left to do." if not state.open else "Whoever has it can give it back with a reason.",
        )  # fmt: skip
    refuse_ended(state, "answer it")
