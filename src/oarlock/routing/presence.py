"""Who could have a lead now: not let go, not who just had it, here, with the skills, with room, in working hours.

Everybody is judged at the instant at which they would work on it: now where their hours are open, else when they next
open. So whoever is back from leave in the morning may be given a lead of the night before, and whoever leaves may not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from oarlock.agreement.handling import Cap
from oarlock.ground.calendars import Calendar
from oarlock.ground.intervals import MICROSECOND, Pair, instant_of, joined, micros
from oarlock.ground.problems import UserProblem
from oarlock.ground.working_time import next_opening, openings
from oarlock.routing.decisions import Skipped
from oarlock.routing.plan import Member
from oarlock.routing.roster import Lead, Roster, Turn

SOON = timedelta(hours=2) // MICROSECOND
"""Where nobody is in hours, turns are among those who open so soon after the first: an early riser does not get all of
the night's leads, and nobody waits for another continent."""
_DAY = timedelta(days=1) // MICROSECOND
_NO_TURN = Turn()


@dataclass(frozen=True, slots=True)
class Present:
    """Those who could have it, in the pool's order; those who were passed over; `opens` where nobody is in hours."""

    members: tuple[Member, ...]
    skipped: tuple[Skipped, ...]
    opens: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What everybody is judged by in one step: `last` holders are out, `needs` are skills."""

    lead: Lead
    roster: Roster
    now: int
    needs: frozenset[str] = frozenset()
    pool: str | None = None
    cap: Cap | None = None
    last: int | None = None


def present(members: Sequence[Member], asked: Asked) -> Present:
    """Whoever never had the lead comes before who had it; and in hours before off hours."""
    works = _works(members, asked.now)
    passed = {member.user: _hindrance(member, works[member.user], asked) for member in members}
    could = [member for member in members if passed[member.user] is None]
    fresh = [member for member in could if member.user not in asked.lead.holders]
    if fresh and len(fresh) < len(could):
        passed |= {m.user: Skipped(m.user, "had-it") for m in could if m.user in asked.lead.holders}
        could = fresh
    opens = {member.user: works[member.user] or 0 for member in could}
    first = min(opens.values(), default=0)
    latest = first if first <= asked.now else first + SOON
    passed |= {user: Skipped(user, "off-hours", f"opens {_instant(at)}") for user, at in opens.items() if at > latest}
    kept = tuple(member for member in could if passed[member.user] is None)
    return Present(kept, tuple(s for s in passed.values() if s), first if first > asked.now else None)


def _works(members: Sequence[Member], now: int) -> dict[str, int | None]:
    """When each works next; most have the same hours."""
    opens = {calendar: opening(calendar, now) for calendar in {member.calendar for member in members}}
    return {member.user: opens[member.calendar] for member in members}


def _hindrance(member: Member, works: int | None, asked: Asked) -> Skipped | None:
    """The first thing that keeps this member from the lead, hours apart (they depend on the others)."""
    user, holders = member.user, asked.lead.holders
    if user in asked.roster.inactive:
        return Skipped(user, "inactive")
    if holders and user in (holders if asked.last is None else holders[-max(asked.last, 1) :]):
        return Skipped(user, "had-it")
    if works is None:
        return Skipped(user, "off-hours")
    if (back := away_until(user, member.away, asked.roster, works)) is not None:
        return Skipped(user, "away", f"until {_instant(back)}")
    if missing := asked.needs - member.skills:
        return Skipped(user, "skill", ", ".join(sorted(missing)))
    return _full(user, asked) if asked.cap else None


def _full(user: str, asked: Asked) -> Skipped | None:
    """A member who has all the leads the pool's cap allows."""
    assert asked.cap is not None, "asked only where there is one"
    held, given = asked.roster.open_.get(user, 0), turn_of(asked.roster, asked.pool, user).given_today
    if asked.cap.open is not None and held >= asked.cap.open:
        return Skipped(user, "open-cap", f"{held} of {asked.cap.open} open")
    if asked.cap.per_day is not None and given >= asked.cap.per_day:
        return Skipped(user, "day-cap", f"{given} of {asked.cap.per_day} today")
    return None


def turn_of(roster: Roster, pool: str | None, user: str) -> Turn:
    """Where that member stands in that pool; who never stood in it has nothing."""
    return roster.turns.get((pool or "", user), _NO_TURN)


def away_until(user: str, agreed: Sequence[Pair], roster: Roster, at: int) -> int | None:
    """The end of the absence that covers the instant, None where the user is here."""
    pairs = absences_of(user, agreed, roster)
    return next((end for start, end in pairs if start <= at < end), None) if pairs else None


def absences_of(user: str, agreed: Sequence[Pair], roster: Roster) -> Sequence[Pair]:
    """Absences of the agreement and of the roster, sorted, those that touch as one."""
    told = roster.absences.get(user)
    if not told:
        return agreed
    from_roster: list[Pair] = [interval.pair for interval in told]
    return sorted_pairs((*agreed, *from_roster))


@lru_cache(maxsize=4096)
def sorted_pairs(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    """Sorted and disjoint; the same absences are asked about by lead after lead."""
    return tuple(joined(pairs))


def opening(calendar: Calendar | None, at: int) -> int | None:
    """The instant (microseconds) at which somebody with these hours works next: that one where it is open; None where
    it never is."""
    if calendar is None:
        return at
    return next((max(start, at) for start, end in _ahead(calendar, at // _DAY) if at < end), None)


@lru_cache(maxsize=2048)
def _ahead(calendar: Calendar, day: int) -> tuple[Pair, ...]:
    """The openings within that day (UTC) and the first after it: leads of one day ask for the same ones."""
    begins, ends = instant_of(day * _DAY), instant_of((day + 1) * _DAY)
    today = tuple(interval.pair for interval in openings(calendar, begins, ends))
    try:
        after = next_opening(calendar, ends)
    except UserProblem:  # it never opens again: whoever has these hours is passed over as off hours
        return today
    return (*today, (micros(after), micros(after) + 1))


def _instant(at: int) -> str:
    return instant_of(at).isoformat(timespec="minutes")
