"""What clocks do by themselves: all that was due on one hand-off, and its dates anew where another calendar holds."""

from __future__ import annotations

from oarlock.desk import notices
from oarlock.desk.case import Case
from oarlock.desk.passing import pass_on
from oarlock.handoffs import breach, calendar_for, redated

BOUND = 200
"""A lead is passed on so often at once; what is left of a long standstill is due at once again."""


def due(handoff_id: str, case: Case) -> None:
    """All that was due by now, each dated when it was due; passed on where the agreement says so, then further."""
    for _ in range(BOUND):
        state = case.handoffs.get(handoff_id)
        if state is None or not state.open:
            return
        terms = case.terms_of(state)
        move = breach(state, terms, case.now, case.calendar(state))
        state = case.put(move)
        passing = [wish for wish in move.wishes if wish.do == "reassign"]
        for wish in move.wishes:
            if wish.do != "reassign":
                case.tell(notices.granted(wish, state, terms))
        if not passing:
            return
        pass_on(state, passing[0], case)


def redate(handoff_id: str, case: Case) -> None:
    """Its running clocks by the hours that hold now, where they were others when it was last heard of."""
    due(handoff_id, case)
    state = case.handoffs.get(handoff_id)
    if state is None or not state.open:
        return
    terms, before = case.terms_of(state), case.versions.at(state.last_at or state.offered_at)
    term = before.handoff(state.key)
    old = calendar_for(term, state.owner, state.pool, before) if term else case.calendar(state)
    new = case.calendar(state)
    if old != new:
        case.put(redated(state, terms, old, new, case.instant))
