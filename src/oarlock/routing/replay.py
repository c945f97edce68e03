"""Leads of the past routed again under other terms: who would have got what, and what that would have meant.

    again(past, terms, roster) -> Replay

Turns, caps and open hand-offs move on from lead to lead as they would have, from a roster as it stood before the first.
Promise: the same leads, terms and roster give the same replay; nothing of what happened is changed by it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from oarlock.agreement.terms import Terms
from oarlock.routing.choosing import choose
from oarlock.routing.decisions import Because, Decision
from oarlock.routing.fairness import Fairness, Given, given_by, measure
from oarlock.routing.looks import Look
from oarlock.routing.plan import plan_of
from oarlock.routing.roster import Lead, Roster, Turn


@dataclass(frozen=True, slots=True)
class Past:
    """A lead as it was offered: what was known of it then, who got it, and how long it stayed open (None: it still
    is)."""

    id: str
    at: datetime
    lead: Lead
    look: Look
    was: str | None
    held: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """One lead under the other terms."""

    id: str
    at: datetime
    was: str | None
    would: str | None
    because: Because
    pool: str | None
    queue: str | None


@dataclass(frozen=True, slots=True)
class Load:
    """How many leads a member had in the week that began on that Monday, and would have had."""

    user: str
    week: date
    was: int
    would: int


@dataclass(frozen=True, slots=True)
class Missed:
    """How many answers of a member could be expected too late, if everybody answered as they did: the part of their
    measured answers beyond the limit, for every lead. `measured`: how many answers that rests on (0: everybody's)."""

    user: str
    measured: int
    was: float
    would: float


@dataclass(frozen=True, slots=True)
class Speeds:
    """How long each member's answers took, and the promised limits, in the same (working) time; None: no limit."""

    answers: Mapping[str, Sequence[timedelta]] = field(default_factory=dict)
    limit_was: timedelta | None = None
    limit_would: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of it. `waited_*` count leads for which nobody was found; `fairness` is of the pools under the other
    terms; `missed` is empty where nothing was measured or promised."""

    leads: tuple[Again, ...]
    load: tuple[Load, ...]
    fairness: tuple[Fairness, ...]
    missed: tuple[Missed, ...]

    @property
    def moved(self) -> int:
        """Leads that would have gone to somebody else."""
        return sum(lead.was != lead.would for lead in self.leads)

    @property
    def waited_was(self) -> int:
        """Leads that nobody got."""
        return sum(lead.was is None for lead in self.leads)

    @property
    def waited_would(self) -> int:
        """Leads that nobody would have got at once."""
        return sum(lead.would is None for lead in self.leads)


def again(past: Iterable[Past], terms: Terms, roster: Roster, speeds: Speeds = Speeds()) -> Replay:
    """Every lead in the order in which it was offered."""
    stage, leads, given = _Stage(terms, roster), list[Again](), defaultdict[str, list[Given]](list)
    for one in sorted(past, key=lambda p: (p.at, p.id)):
        decision = stage.route(one)
        leads.append(Again(one.id, one.at, one.was, decision.owner, decision.because, decision.pool, decision.queue))
        turned = given_by(decision)
        if turned and decision.pool:
            given[decision.pool].append(turned)
    fairness = tuple(measure(pool, given[pool]) for pool in sorted(given))
    return Replay(tuple(leads), _load(leads, terms.zone), fairness, _missed(leads, speeds))


class _Stage:
    """The pools as they would stand at each lead: what the next decision sees of those before it."""

    def __init__(self, terms: Terms, roster: Roster) -> None:
        self.terms, self.roster = terms, roster
        self.turns, self.open = dict(roster.turns), Counter(roster.open_)
        self.given: Counter[tuple[str, str, date]] = Counter()
        self.ends: list[tuple[datetime, str]] = []
        self.zones = {key: _zone(terms, key) for key in plan_of(terms).crews}

    def route(self, one: Past) -> Decision:
        while self.ends and self.ends[0][0] <= one.at:
            self.open[heappop(self.ends)[1]] -= 1
        today = {pool: one.at.astimezone(zone).date() for pool, zone in self.zones.items()}
        turns = {
            (pool, user): replace(turn, given_today=self.given[pool, user, today[pool]])
            for (pool, user), turn in self.turns.items()
            if pool in today
        }
        decision = choose(one.lead, self.terms, replace(self.roster, turns=turns, open_=self.open), one.at, one.look)
        self._take(decision, one, today)
        return decision

    def _take(self, decision: Decision, one: Past, today: Mapping[str, date]) -> None:
        if decision.owner is None:
            return
        self.open[decision.owner] += 1
        if one.held is not None:
            heappush(self.ends, (one.at + one.held, decision.owner))
        if decision.pool is not None:
            self.given[decision.pool, decision.owner, today[decision.pool]] += 1
            for user, credit in decision.credits.items():
                known = self.turns.get((decision.pool, user), Turn())
                self.turns[decision.pool, user] = replace(known, credit=credit)


def _zone(terms: Terms, pool: str) -> ZoneInfo:
    """Where a pool's day begins: by its own working hours, else by the agreement's."""
    key = plan_of(terms).crews[pool].pool.calendar
    hours = next((h for h in terms.calendars if h.key == key), None)
    return ZoneInfo(hours.time_zone) if hours and hours.time_zone else terms.zone


def _load(leads: Sequence[Again], zone: ZoneInfo) -> tuple[Load, ...]:
    was = Counter((one.was, _week(one.at, zone)) for one in leads if one.was)
    would = Counter((one.would, _week(one.at, zone)) for one in leads if one.would)
    return tuple(Load(user, week, was[user, week], would[user, week]) for user, week in sorted({*was, *would}))


def _week(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _missed(leads: Sequence[Again], speeds: Speeds) -> tuple[Missed, ...]:
    """Nothing where no answer was measured, or neither side promises a time."""
    everybody = [took for answers in speeds.answers.values() for took in answers]
    if not everybody or (speeds.limit_was is None and speeds.limit_would is None):
        return ()
    was, would = Counter(one.was for one in leads), Counter(one.would for one in leads)
    return tuple(
        Missed(
            user,
            len(answers := speeds.answers.get(user, ())),
            was[user] * _late(answers or everybody, speeds.limit_was),
            would[user] * _late(answers or everybody, speeds.limit_would),
        )
        for user in sorted({user for user in (*was, *would) if user})
    )


def _late(answers: Sequence[timedelta], limit: timedelta | None) -> float:
    return 0.0 if limit is None else sum(took > limit for took in answers) / len(answers)
