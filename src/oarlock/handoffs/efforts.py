"""Work on a hand-off and how it ends without an answer of its owner: touched, worked, converted, lapsed, recycled.

Any seller's activity with the person counts, as the person was reached whoever did it; the time to the first one is
the speed to lead. An activity is no answer: the clock to accept goes on.
"""

from __future__ import annotations

from datetime import datetime

from oarlock.agreement.terms import Terms
from oarlock.ground.calendars import Calendar
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.answers import check_reason, end
from oarlock.handoffs.breaches import settled
from oarlock.handoffs.clocks import running, term_of
from oarlock.handoffs.history import dated, touched
from oarlock.handoffs.moves import Move, fact_of
from oarlock.handoffs.offers import enough, refuse_ended, told
from oarlock.handoffs.state import HandedOver


def act(state: HandedOver, by: str, at: datetime, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """A seller did something with the person at `at`, which may lie back. Each activity is told once.

    The last of the agreed attempts (one, where none are agreed) makes it worked. What lies before the offer or after
    the end counts for nothing.
    """
    term, at = term_of(state.key, terms), min(at, now)
    state, facts = settled(state, term, at, now, calendar, "first_touch")
    state = touched(state, at)
    if running(state, term) != "accept" and state.state in ("offered", "accepted"):
        state, more = enough(state, by, at, term, now, calendar)
        facts = (*facts, *more)
    return Move(dated(state, term, calendar), facts)


def convert(state: HandedOver, terms: Terms, now: datetime, calendar: Calendar, by: str | None = None) -> Move:
    """It became what it was for. One that has ended stays as it ended: no move."""
    return end(state, "converted", by, None, terms, now, calendar) if state.open else Move(state)


def lapse(state: HandedOver, by: str, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """Nobody answered, and nobody will: given up. UserProblem `already-answered`, `handoff-ended`."""
    if state.state == "lapsed":
        return Move(state)
    refuse_ended(state, "let it lapse")
    if state.answered_at is not None:
        raise UserProblem(
            "already-answered", f"This hand-off was answered on {told(state.answered_at)}.",
            "Only what nobody answered lapses.", "Give it back, or recycle it.",
        )  # fmt: skip
    return end(state, "lapsed", by, None, terms, now, calendar)


def recycle(state: HandedOver, by: str, reason: str | None, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """Back to marketing, to be won again later: the reason's detour says when the person wakes. Also after it lapsed
    or was returned. UserProblem `handoff-ended`, `unknown-reason`, `final-reason`."""
    if state.state == "recycled":
        return Move(state)
    if state.state not in ("lapsed", "returned"):
        refuse_ended(state, "recycle it")
    term = term_of(state.key, terms)
    if reason is not None:
        check_reason(reason, [*dict.fromkeys([*term.return_reasons, *(known for known, _ in term.reject_reasons)])])
        _refuse_final(reason, terms)
    return end(state, "recycled", by, reason, terms, now, calendar)


def _refuse_final(reason: str, terms: Terms) -> None:
    detour = terms.detour_for(reason)
    if detour is not None and detour.final:
        raise UserProblem(
            "final-reason", f"`{reason}` leads to `{detour.key}`, from which nobody comes back.",
            "Who is recycled comes back.", "Reject it for that reason, or recycle it for another one.",
        )  # fmt: skip


def appeal(state: HandedOver, by: str, now: datetime) -> Move:
    """The team that handed over does not agree with how it ended. The words are kept as a remark; one appeal a
    hand-off is one fact. UserProblem `nothing-to-appeal`."""
    if state.state not in ("rejected", "returned", "lapsed"):
        raise UserProblem(
            "nothing-to-appeal", f"This hand-off is {state.state}.",
            "Only what was rejected, returned or left to lapse can be appealed.", "",
        )  # fmt: skip
    fact = fact_of(state, "appealed", state.moment(now), now, by=by, reason=state.reason)
    return Move(state, (fact,))
