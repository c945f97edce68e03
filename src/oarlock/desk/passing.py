"""Putting a lead before somebody: `routing` chooses, `handoffs` moves, the decision is kept and its receiver told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from oarlock.agreement.terms import Handoff
from oarlock.desk import notices
from oarlock.desk.case import Case
from oarlock.desk.rosters import after
from oarlock.desk.situation import Routed
from oarlock.ground.ids import fact_id
from oarlock.handoffs import Move, Wish, reassign, take
from oarlock.handoffs import offer as offered
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.entries import Entry
from oarlock.routing import choose, looking, taken
from oarlock.routing.decisions import Decision
from oarlock.routing.roster import Lead

BY_HAND = "by hand"
"""Why a lead went to whom somebody named."""


def id_of(term: Handoff, entry: Entry) -> str:
    """What the hand-off of that entry is known by: its key first, so that its facts tell which it is."""
    return f"{term.key}.{fact_id('handoff', entry.person_id, term.key, entry.cycle, entry.at)}"


def offer(entry: Entry, term: Handoff, case: Case) -> None:
    """A new hand-off of whoever made that entry."""
    at, id = case.instant, id_of(term, entry)
    decision = _chosen((), at, case)
    routed = _keep(id, decision, case)
    calendar = case.hours(term.key, decision.owner, decision.pool, case.terms)
    move = offered(
        id=id, term=term, person_id=entry.person_id, cycle=entry.cycle, terms=case.terms, owner=decision.owner,
        pool=decision.pool, queue=decision.queue, holders=(), decision_id=routed.id, now=at, calendar=calendar,
    )  # fmt: skip
    _given(case.put(move), move.wishes, decision, case)


def pass_on(state: HandedOver, wish: Wish, case: Case) -> HandedOver:
    """Somebody else is to have it, chosen among those who never had it; where nobody is left it waits."""
    terms = case.terms_of(state)
    decision = _chosen(state.holders, wish.at, case)
    routed = _keep(state.id, decision, case)
    calendar = case.hours(state.key, decision.owner, decision.pool, terms)
    queue = decision.queue or state.queue
    move = reassign(
        state, decision.owner, decision.pool, queue, wish.why, terms, case.now, calendar, at=wish.at,
        decision_id=routed.id,
    )  # fmt: skip
    after_it = case.put(move)
    _given(after_it, move.wishes, decision, case)
    return after_it


def _chosen(holders: tuple[str, ...], at: datetime, case: Case) -> Decision:
    values = case.lived.life.values
    lead = Lead(
        case.situation.person_id, values.get("account.owner_id"), values.get("person.source"), holders,
        values.get("person.language"),
    )  # fmt: skip
    return choose(lead, case.terms, case.roster, at, looking(case.moment(at)))


def _keep(handoff_id: str, decision: Decision, case: Case) -> Routed:
    """The decision stands: it is kept for ever, and the pool's turns have moved on."""
    routed = Routed(fact_id("decision", handoff_id, decision.at, len(case.decisions)), handoff_id, decision)
    case.decisions.append(routed)
    case.roster = after(case.roster, decision)
    return routed


def _given(state: HandedOver, wishes: tuple[Wish, ...], decision: Decision, case: Case) -> None:
    terms = case.terms_of(state)
    case.tell(notices.offered(state, terms))
    for wish in wishes:
        case.tell(notices.granted(wish, state, terms))


def given_to(state: HandedOver, to: str, by: str, case: Case) -> HandedOver:
    """Somebody who may passes it on to a person they name."""
    terms = case.terms_of(state)
    calendar = case.hours(state.key, to, state.pool, terms)
    move = reassign(state, to, state.pool, None, BY_HAND, terms, case.instant, calendar, by=by)
    after_it = case.put(move)
    if move.facts:
        case.tell(notices.offered(after_it, terms))
    return after_it


def take_it(state: HandedOver, by: str, case: Case) -> HandedOver:
    """Somebody takes it from the queue: a decision like any other, kept for ever."""
    terms, at = case.terms_of(state), case.instant
    move = take(state, by, terms, at, case.hours(state.key, by, state.pool, terms))
    if not move.facts:
        return state
    routed = _keep(state.id, taken(by, state.queue, terms, at), case)
    return case.put(Move(replace(move.handoff, decision_id=routed.id), move.facts, move.wishes))
