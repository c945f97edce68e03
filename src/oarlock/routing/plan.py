"""The terms of routing made ready to be walked: steps with their receivers, members with their hours and absences.

Promise: made once for one sealed agreement and then only read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal as OneOf
from typing import cast
from zoneinfo import ZoneInfo

from oarlock.agreement.handling import Absence, Hours, Pool, Step
from oarlock.agreement.leaders import User
from oarlock.agreement.terms import Terms
from oarlock.agreement.tree import Node
from oarlock.ground.calendars import Calendar
from oarlock.ground.hours import parse_hours
from oarlock.ground.intervals import Pair, joined, micros
from oarlock.ground.zones import first_instant

Kind = OneOf["account-owner", "pool", "user", "queue"]
OF_SOURCE = -1
"""The place of a lead source's own receiver: before the first step."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may get leads, as one step reaches them. `calendar` None: at every hour; `away` in microseconds."""

    user: str
    weight: float = 1.0
    calendar: Calendar | None = None
    skills: frozenset[str] = frozenset()
    away: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Crew:
    """A pool with its members ready."""

    pool: Pool
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One step ready to be tried: `target` is the pool, user or queue it names."""

    number: int
    name: str
    to: str
    kind: Kind
    target: str
    rule: str | None
    tree: Node | None
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that `choose` asks of the terms. `of_source` maps every word a source is recorded as to its own step."""

    ways: tuple[Way, ...]
    of_source: Mapping[str, Way]
    crews: Mapping[str, Crew]
    members: Mapping[str, Member]
    users: Mapping[str, str]

    def ways_for(self, source: str | None) -> Sequence[Way]:
        """The steps in the order in which they are tried for a lead of that source."""
        first = self.of_source.get(source or "")
        return (first, *self.ways) if first else self.ways


_PLANS: dict[int, tuple[Terms, Plan]] = {}
_KEPT = 64


def plan_of(terms: Terms) -> Plan:
    """The plan of these terms, made once.

    Kept by identity: hashing the whole agreement would cost more than a decision. The terms are held beside it, so
    that no other can come to have their identity.
    """
    held = _PLANS.get(id(terms))
    if held is not None and held[0] is terms:
        return held[1]
    made = _made(terms)
    if len(_PLANS) >= _KEPT:
        _PLANS.clear()  # in one go: several threads may be here
    _PLANS[id(terms)] = (terms, made)
    return made


def _made(terms: Terms) -> Plan:
    calendars = {hours.key: calendar_of(hours, terms) for hours in terms.calendars}
    users = {user.key: user for user in terms.users}
    crews = {pool.key: _crew(pool, users, calendars, terms) for pool in terms.pools}
    through_pools = {m.user: m for crew in reversed(crews.values()) for m in crew.members}
    alone = {key: _member(key, 1.0, None, users, calendars, terms) for key in users}
    return Plan(
        ways=tuple(_way(number, step) for number, step in enumerate(terms.routing)),
        of_source=_of_source(terms),
        crews=crews,
        members=alone | through_pools,
        users={word: user.key for user in reversed(terms.users) for word in (*user.recorded_as, user.key)},
    )


def _way(number: int, step: Step) -> Way:
    kind, _, target = step.to.partition(" ")
    rule, tree = (step.rule.text, step.rule.tree) if step.rule else (None, None)
    return Way(number, step.name or "", step.to, cast(Kind, kind), target, rule, tree, frozenset(step.needs))


def _of_source(terms: Terms) -> dict[str, Way]:
    """What a source is called in the agreement comes before what the CRM calls another one."""
    found: dict[str, Way] = {}
    sources = [source for source in terms.sources if source.to]
    for words in ([(s.key, s) for s in sources], [(word, s) for s in sources for word in s.recorded_as]):
        for word, source in words:
            found.setdefault(word, _way(OF_SOURCE, Step(source.to or "", name=source.name or source.key)))
    return found


def _crew(pool: Pool, users: Mapping[str, User], calendars: Mapping[str, Calendar], terms: Terms) -> Crew:
    return Crew(pool, tuple(_member(key, w, pool.calendar, users, calendars, terms) for key, w in pool.members))


def _member(
    key: str, weight: float, of_pool: str | None, users: Mapping[str, User], calendars: Mapping[str, Calendar],
    terms: Terms,
) -> Member:  # fmt: skip
    """A person's own working hours come before their pool's."""
    user = users.get(key)
    calendar = calendars.get((user.calendar if user else None) or of_pool or "")
    zone = ZoneInfo(calendar.time_zone) if calendar else terms.zone
    away = [absence_pair(absence, zone) for absence in terms.absences if absence.who == key]
    return Member(key, weight, calendar, frozenset(user.skills if user else ()), tuple(joined(away)))


def absence_pair(absence: Absence, zone: ZoneInfo) -> Pair:
    """From the first instant of its first day up to the end of its last, by the clock of that zone."""
    return _midnight(absence.from_, zone), _midnight(absence.until + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> int:
    at: datetime = first_instant(day, time(), zone)
    return micros(at)


def calendar_of(hours: Hours, terms: Terms) -> Calendar:
    """Working hours as they were agreed, ready to compute with."""
    return Calendar(
        hours.time_zone or terms.time_zone, parse_hours(dict(hours.hours)), hours.holidays or "",
        frozenset(hours.closed),
    )  # fmt: skip
