"""The openings of a calendar, a year at a time: sorted, disjoint, with running totals, worked out once and kept.

Promises: an instant is open if the clock on the wall, taken at the furthest it has shown, stands in a block of that
day. So an hour that clocks skip is not worked, and one they repeat belongs to the block that runs through it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from oarlock.ground.calendars import Calendar
from oarlock.ground.intervals import Pair, instant_of, joined, micros, without
from oarlock.ground.problems import UserProblem
from oarlock.ground.public_holidays import public_holidays
from oarlock.ground.zones import first_instant, zone_of

FIRST_YEAR, LAST_YEAR = 1970, 2099
"""Beyond these, public holidays are not known, so working time is not either."""

FIRST, LAST = (micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (FIRST_YEAR, LAST_YEAR + 1))
PATIENCE = 10
"""A calendar without an opening in so many years in a row never opens."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Openings:
    """The openings of one year's days, in microseconds since 1970; `before[i]` is the working time of the year
    before opening i, and its last element is the year's total."""

    starts: array[int]
    ends: array[int]
    before: array[int]

    @property
    def total(self) -> int:
        """The year's working time."""
        return self.before[-1]

    def worked(self, at: int) -> int:
        """The year's working time before that instant."""
        last = bisect_right(self.starts, at) - 1
        return self.before[last] + min(at, self.ends[last]) - self.starts[last] if last >= 0 else 0

    def when(self, worked: int) -> int:
        """The first instant by which so much of the year has been worked; 0 < worked <= total."""
        last = bisect_right(self.before, worked - 1) - 1
        return self.starts[last] + worked - self.before[last]

    def between(self, low: int, high: int) -> Iterator[Pair]:
        """The openings that have something of low to high in them, cut to it."""
        if low >= high:
            return
        first, last = bisect_right(self.ends, low), bisect_left(self.starts, high)
        for start, end in zip(self.starts[first:last], self.ends[first:last], strict=True):
            yield max(start, low), min(end, high)


@lru_cache(maxsize=2048)
def year_of(calendar: Calendar, year: int) -> Openings:
    """The openings of the days of that year, by the calendar's own dates."""
    absent = joined(absence.pair for absence in calendar.absences)
    open_pairs = list(without(joined(_blocks_of(calendar, year)), absent))
    starts = array("q", [start for start, _ in open_pairs])
    ends = array("q", [end for _, end in open_pairs])
    before = array("q", accumulate((end - start for start, end in open_pairs), initial=0))
    return Openings(starts, ends, before)


def _blocks_of(calendar: Calendar, year: int) -> Iterator[Pair]:
    closed = calendar.closed | (public_holidays(calendar.holidays, year) if calendar.holidays else frozenset())
    day = date(year, 1, 1)
    while day.year == year:
        if day not in closed:
            yield from blocks_on(calendar, day)
        day += ONE_DAY


def blocks_on(calendar: Calendar, day: date) -> Iterator[Pair]:
    """That weekday's blocks as instants, before holidays and absences; a block that clocks skip whole is left out."""
    zone = zone_of(calendar.time_zone)
    for block in calendar.hours[day.weekday()]:
        start = micros(first_instant(day, block.start, zone))
        end = micros(first_instant(day + ONE_DAY if block.ends_at_midnight else day, block.end, zone))
        if start < end:
            yield start, end


def check_instant(at: int) -> None:
    """Pass, or UserProblem `time-out-of-calendar`."""
    if not FIRST <= at < LAST:
        raise UserProblem(
            "time-out-of-calendar",
            f"A time lies outside the years {FIRST_YEAR} to {LAST_YEAR}.",
            "Public holidays, and so working time, are known for these years only.",
            "Look for a mistaken date, or a placeholder such as 9999-12-31.",
        )


def years_around(low: int, high: int) -> range:
    """The years whose days may hold an instant from low to high (microseconds), in any zone: none is a day off."""
    check_instant(low)
    check_instant(high)
    return range((instant_of(low) - ONE_DAY).year, (instant_of(high) + ONE_DAY).year + 1)


def search(calendar: Calendar, at: int) -> Iterator[Openings]:
    """The openings of year after year from that instant on, to look for something after it.

    Ends with a UserProblem: `calendar-never-opens` after ten years in a row without an opening after the instant,
    `deadline-too-far` after the last year.
    """
    quiet = 0
    for year in range(years_around(at, at).start, LAST_YEAR + 1):
        openings = year_of(calendar, year)
        yield openings
        quiet = quiet + 1 if openings.worked(at) == openings.total else 0
        if quiet > PATIENCE:
            raise never_opens(at)
    raise too_far(at)


def never_opens(at: int) -> UserProblem:
    """What is said of a calendar without an opening in ten years."""
    return UserProblem(
        "calendar-never-opens",
        f"The calendar does not open within {PATIENCE} years after {instant_of(at).date().isoformat()}.",
        "A clock that runs in working time would never end.",
        "Look at its hours, the days it is closed and the absences.",
    )


def too_far(at: int) -> UserProblem:
    """What is said of a deadline after the last year."""
    return UserProblem(
        "deadline-too-far",
        f"A limit counted from {instant_of(at).date().isoformat()} ends after the year {LAST_YEAR}.",
        "Public holidays, and so working time, are not known after it.",
        "Write a shorter limit, or look for a mistaken date.",
    )
