"""Working time: how much of it lies between two instants, and when so much of it has passed.

Promises, for every calendar and zone (docs/why/working-time.md says each in full, with its cases):
`elapsed(c, s, deadline(c, s, d)) == d`; `deadline` is monotone in start and span; a clock that starts outside hours
starts at the next opening; a calendar that never opens is a UserProblem, never an endless search.
Arithmetic over whole openings; instants are aware and compared to the microsecond.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from oarlock.ground.calendars import ALWAYS, Calendar
from oarlock.ground.hours import Block, parse_hours
from oarlock.ground.intervals import MICROSECOND, Interval, Pair, instant_of, joined, micros
from oarlock.ground.openings import (
    LAST,
    LAST_YEAR,
    ONE_DAY,
    PATIENCE,
    check_instant,
    never_opens,
    search,
    too_far,
    year_of,
    years_around,
)
from oarlock.ground.spans import Span
from oarlock.ground.zones import first_instant, zone_of

__all__ = [
    "ALWAYS", "Block", "Calendar", "Interval", "deadline", "deadline_days", "due", "elapsed", "is_open",
    "next_opening", "openings", "parse_hours",
]  # fmt: skip


def openings(calendar: Calendar, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """When the calendar is open from start up to end, cut to them, in UTC; openings that touch are one."""
    pairs = joined(_open_between(calendar, micros(start), micros(end)))
    return tuple(Interval(instant_of(opened), instant_of(closed)) for opened, closed in pairs)


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The working time from start to end; negative where end comes first."""
    low, high = micros(start), micros(end)
    if low > high:
        return -elapsed(calendar, end, start)
    years = [year_of(calendar, year) for year in years_around(low, high)]
    return MICROSECOND * sum(year.worked(high) - year.worked(low) for year in years)


def deadline(calendar: Calendar, start: datetime, span: timedelta) -> datetime:
    """The first instant, not before start, by which so much working time has passed since start.

    Example: open Monday to Friday 9 to 17, from Saturday 15:00, 4 hours: Monday 13:00. A span that ends with an
    opening is due at that closing, not at the next opening. A negative span is a mistake of the caller's.
    """
    left, at = span // MICROSECOND, micros(start)
    if left < 0:
        raise ValueError(f"a deadline lies ahead: {span}")
    if left == 0:
        return start.astimezone(UTC)
    years = search(calendar, at)
    year = next(years)
    while year.total - year.worked(at) < left:
        left -= year.total - year.worked(at)
        year = next(years)
    return instant_of(year.when(year.worked(at) + left))


def deadline_days(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The closing of the n-th working day after the day of start.

    The day of start does not count, whatever its hour and whether it is worked or not. A working day is a date on
    which the calendar opens at all; its closing is the end of its last opening.
    """
    if days < 1:
        raise ValueError(f"a deadline lies at least one working day ahead, not {days}")
    closings = _closings(calendar, start)
    for _ in range(days - 1):
        next(closings)
    return instant_of(next(closings))


def due(calendar: Calendar, start: datetime, span: Span) -> datetime:
    """When a length written in an agreement ends: working days, working time, or plain time by the clock."""
    if span.working and span.unit == "days":
        return deadline_days(calendar, start, int(span.amount))
    if span.working:
        return deadline(calendar, start, span.length)
    return start.astimezone(UTC) + span.length


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the calendar is open at that instant; the instant of closing is not open."""
    return any(_open_between(calendar, micros(at), micros(at) + 1))


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """That instant if it is open, else the start of the next opening."""
    instant = micros(at)
    years = search(calendar, instant)
    year = next(years)
    while year.total == year.worked(instant):
        year = next(years)
    return instant_of(next(year.between(instant, LAST))[0])


def _open_between(calendar: Calendar, low: int, high: int) -> Iterator[Pair]:
    for year in years_around(low, high):
        yield from year_of(calendar, year).between(low, high)


def _first_day_after(calendar: Calendar, at: datetime) -> date:
    """The first date that has not begun: dates never go back, even where clocks are set back over midnight."""
    tomorrow = at.astimezone(zone_of(calendar.time_zone)).date() + ONE_DAY
    return tomorrow + ONE_DAY if _midnight(calendar, tomorrow) <= micros(at) else tomorrow


def _midnight(calendar: Calendar, day: date) -> int:
    return micros(first_instant(day, time(), zone_of(calendar.time_zone)))


def _closings(calendar: Calendar, start: datetime) -> Iterator[int]:
    """The closing of each working day after the day of start, without end but by a UserProblem."""
    check_instant(micros(start))
    day, quiet = _first_day_after(calendar, start), 0
    begins = _midnight(calendar, day)
    while day.year <= LAST_YEAR:
        ends = _midnight(calendar, day + ONE_DAY)
        today = [*year_of(calendar, day.year).between(begins, ends)]
        quiet = 0 if today else quiet + 1
        if quiet > PATIENCE * 366:
            raise never_opens(micros(start))
        yield from (closing for _, closing in today[-1:])
        day, begins = day + ONE_DAY, ends
    raise too_far(micros(start))
