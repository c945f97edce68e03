"""What happens by itself as clocks run: limits run out, owners are reminded, leads are passed on, managers are told.

Everything is dated when it was due and not when somebody noticed, in order and once; workers that stood still for three
days make the same facts as if they had run. A breach step that passes a lead on stops the run: whoever asked routing
says `reassign` (or that there is nobody), and then runs on.
"""

from __future__ import annotations

from datetime import datetime

from oarlock.agreement.terms import Handoff, Terms
from oarlock.ground.calendars import Calendar
from oarlock.handoffs.clocks import (
    ENDS,
    Point,
    end_from,
    end_of,
    main_limit,
    marks,
    running,
    span_of,
    start_of,
    term_of,
    upcoming,
)
from oarlock.handoffs.history import dated, learn
from oarlock.handoffs.moves import CLOCK, Move, Wish, fact_of
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import HandedOff


def breach(state: HandedOver, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """All that was due by `now`. If the last wish is `reassign`, the rest waits for it: then call again."""
    term = term_of(state.key, terms)
    facts: list[HandedOff] = []
    wishes: list[Wish] = []
    while (point := upcoming(state, term, calendar)) is not None and point.at <= now:
        at = max(point.at, state.last_at or point.at)
        if point.do not in (ENDS, "lapse"):
            wishes.append(_wish(state, point, at, terms))
        if point.do == "reassign":
            break
        facts.append(_fact(state, point, at, now, wishes))
        state = learn(state, facts[-1], term, calendar)
    return Move(dated(state, term, calendar), tuple(facts), tuple(wishes))


def _fact(state: HandedOver, point: Point, at: datetime, now: datetime, wishes: list[Wish]) -> HandedOff:
    if point.do == ENDS:
        return ran_out(state, point.limit, at, now)
    if point.do == "lapse":
        return fact_of(state, "lapsed", at, now, by=CLOCK)
    kind = "reminded" if wishes[-1].do == "remind" else "notified"
    which = (point.limit, len(state.holders), point.index)
    return fact_of(state, kind, at, now, *which, by=CLOCK, to=wishes[-1].to, reason=point.words)


def ran_out(state: HandedOver, limit: str, at: datetime, now: datetime) -> HandedOff:
    """The fact that a limit ran out for whoever had the lead."""
    which = (limit, len(state.holders))
    return fact_of(state, "breached", at, now, *which, by=CLOCK, to=state.owner, reason=limit, due_at=at)


def _wish(state: HandedOver, point: Point, at: datetime, terms: Terms) -> Wish:
    key = f"{state.id}:{point.limit}:{len(state.holders)}:{point.index}"
    verb, _, whom = point.do.partition(" ")
    if verb == "reassign":
        return Wish(key, "reassign", None, at, point.words)
    to = {"owner": state.owner, "manager": manager_of(state, terms)}.get(whom, whom)
    return Wish(key, "remind" if verb == "remind" else "notify", to or terms.notices.queue_owner, at, point.words)


def manager_of(state: HandedOver, terms: Terms) -> str | None:
    """Who answers for its owner: the pool's manager, else whom the owner reports to, else the team's leader."""
    of_pool = next((pool.manager for pool in terms.pools if pool.key == state.pool), None)
    of_owner = next((user.reports_to for user in terms.users if user.key == state.owner), None)
    role = f"{term_of(state.key, terms).to}-leader"
    leader = next((person.key for person in terms.leadership.people if person.role == role), None)
    return of_pool or of_owner or leader


def settled(
    state: HandedOver, term: Handoff, at: datetime, now: datetime, calendar: Calendar
) -> tuple[HandedOver, tuple[HandedOff, ...]]:
    """The same with every limit that ran out before `at` and that no worker has noticed. Steps nobody has taken are
    not told: a reminder that was never sent is no fact, but that the time was over is."""
    facts: list[HandedOff] = []
    for limit in _unnoticed(state, term, at):
        end = end_of(state, limit) or at
        facts.append(ran_out(state, limit, max(end, state.last_at or end), now))
        state = learn(state, facts[-1], term, calendar)
    return state, tuple(facts)


def _unnoticed(state: HandedOver, term: Handoff, at: datetime) -> list[str]:
    """Limits of the running clock that ended before that instant, without the fact of it, in order."""
    over = [(end, limit) for limit in _limits(state, term) if (end := end_of(state, limit)) is not None and end < at]
    return [limit for _, limit in sorted(over)]


def _limits(state: HandedOver, term: Handoff) -> list[str]:
    """Limits of the running clock that have not run out, as far as was noticed."""
    clock = running(state, term)
    if clock is None:
        return []
    main = main_limit(clock, term)
    left = [main] if state.step <= [do for _, do in marks(term, clock)].index(ENDS) else []
    aside = clock == "work" and main == "work" and state.first_touch_at is None
    return [*(["first_touch"] if aside and "first_touch" not in state.breached else []), *left]


def redated(state: HandedOver, terms: Terms, now: datetime, calendar: Calendar) -> Move:
    """The same in another calendar from now on: limits still running end where that calendar puts them, though not
    before now, for no change of hours makes anybody late in the past. The old dates stay in the earlier facts."""
    term, at = term_of(state.key, terms), max(now, state.last_at or now)
    state, facts = settled(state, term, at, now, calendar)
    for limit in _limits(state, term):
        old, new = end_of(state, limit), end_from(term, limit, start_of(state, limit, term), calendar)
        if span_of(term, limit) is None or new is None or old is None or max(new, at) == old:
            continue
        fact = fact_of(state, "redated", at, now, limit, max(new, at), by=CLOCK, reason=limit, due_at=max(new, at))
        facts, state = (*facts, fact), learn(state, fact, term, calendar)
    return Move(dated(state, term, calendar), facts)
