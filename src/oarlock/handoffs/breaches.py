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
        at = state.falling_due(point.at)
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
    state: HandedOver, term: Handoff, at: datetime, now: datetime, calendar: Calendar, only: str | None = None
) -> tuple[HandedOver, tuple[HandedOff, ...]]:
    """The same with every limit (or that one) that ran out before `at`, when the clock stops, and that no worker has
    noticed. A reminder that was never sent is no fact; that the time was over is one."""
    facts: list[HandedOff] = []
    limits = [limit for limit in _limits(state, term) if only in (None, limit)]
    over = [(end, limit) for limit in limits if (end := end_of(state, limit)) is not None and end < at]
    for end, limit in sorted(over):
        facts.append(ran_out(state, limit, state.falling_due(end), now))
        state = learn(state, facts[-1], term, calendar)
    return state, tuple(facts)


def _limits(state: HandedOver, term: Handoff) -> list[str]:
    """Limits of the running clock that have not run out, as far as was noticed."""
    clock = running(state, term)
    if clock is None:
        return []
    main = main_limit(clock, term)
    left = [main] if state.step <= [do for _, do in marks(term, clock)].index(ENDS) else []
    aside = clock == "work" and main == "work" and state.first_touch_at is None
    return [*(["first_touch"] if aside and "first_touch" not in state.breached else []), *left]


def redated(state: HandedOver, terms: Terms, old: Calendar, new: Calendar, now: datetime) -> Move:
    """The same in another calendar from now on. What was due by now in the old hours comes first, as `breach` has it;
    if it wishes to reassign, the rest waits for that: then call again.

    A limit that still runs ends where the new calendar puts it, though not before now: no change of hours makes anybody
    late in the past. One that ran out keeps its date, and every old date stays in the earlier facts.
    """
    term, before = term_of(state.key, terms), breach(state, terms, now, old)
    if before.wishes and before.wishes[-1].do == "reassign":
        return before
    state, facts, at = before.handoff, before.facts, before.handoff.moment(now)
    for limit in _limits(state, term):
        due_at = end_from(term, limit, start_of(state, limit, term), new)
        if due_at is None or max(due_at, at) == end_of(state, limit):
            continue
        due_at = max(due_at, at)
        fact = fact_of(state, "redated", at, now, limit, due_at, by=CLOCK, reason=limit, due_at=due_at)
        facts, state = (*facts, fact), learn(state, fact, term, new)
    return Move(dated(state, term, new), facts, before.wishes)
