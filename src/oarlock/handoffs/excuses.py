"""What excuses a promise that was not kept, as far as facts alone can say it: more came than was agreed, or too late.

Pure, over rows. An excused case leaves numerator and denominator and is counted apart, whether or not it was kept: who
answered a lead too many in time has done more than was owed, and gains nothing by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from oarlock.agreement.handling import Pool
from oarlock.agreement.terms import Handoff, Terms
from oarlock.ground.calendars import Calendar
from oarlock.ground.spans import Span
from oarlock.ground.working_time import due


@dataclass(frozen=True, slots=True)
class Offered:
    """One hand-off as it was offered, to whom of which pool (None: to nobody's pool)."""

    id: str
    pool: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """How many cases count, how many of these were kept, and how many are excused."""

    kept: int
    counted: int
    excused: int


def capacity(pool: Pool, day: date, terms: Terms) -> int | None:
    """How many leads the pool's members may get on that day, those who are away not counted; None: no cap."""
    if pool.cap is None or pool.cap.per_day is None:
        return None
    away = {absence.who for absence in terms.absences if absence.from_ <= day <= absence.until}
    return pool.cap.per_day * sum(member not in away for member, _ in pool.members)


def over_capacity(offers: Iterable[Offered], terms: Terms) -> frozenset[str]:
    """Ids of those offered when their pool had been given all its caps allow on that day (of the agreement's zone), in
    the order of the offers. `offers` are all of a day, if any of it."""
    days: dict[tuple[str, date], list[Offered]] = defaultdict(list)
    for offer in offers:
        if offer.pool is not None:
            days[offer.pool, offer.at.astimezone(terms.zone).date()].append(offer)
    surplus: set[str] = set()
    for (key, day), given in days.items():
        pool = next((pool for pool in terms.pools if pool.key == key), None)
        if pool is not None and (room := capacity(pool, day, terms)) is not None:
            surplus |= {offer.id for offer in sorted(given, key=lambda o: (o.at, o.id))[room:]}
    return frozenset(surplus)


def offered_late(
    term: Handoff, terms: Terms, entered_at: datetime | None, offered_at: datetime, calendar: Calendar
) -> bool:
    """Whether it was offered later than its stage lets people wait in it, where it says so."""
    stage = terms.stage(term.at)
    if entered_at is None or stage is None or stage.within is None:
        return False
    within = Span(stage.within.amount, stage.within.unit, stage.within.working)
    return offered_at > due(calendar, entered_at, within)


def counted(cases: Iterable[tuple[str, bool]], excused: frozenset[str]) -> Kept:
    """Of cases (id, kept) those that count."""
    listed = list(cases)
    owed = [kept for id, kept in listed if id not in excused]
    return Kept(sum(owed), len(owed), len(listed) - len(owed))
