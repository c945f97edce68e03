"""The year of a European company: which days are busy, office hours in Berlin, and the working clock.

Times are whole seconds since 1970 in UTC; `wall` and `from_wall` go to Berlin's clocks and back. Eighteen months,
from 2025-05-01 up to the end of 2026-10-31.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from oarlock.demo.draws import Floats, Ints, chance, picked, whole
from oarlock.ground.public_holidays import public_holidays
from oarlock.ground.working_time import Calendar, parse_hours
from oarlock.tables.working_columns import deadline_many

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY, MICRO = 3_600, 86_400, 1_000_000
NEVER = 2**40
"""Later than everything: "it did not happen"."""


def instant(year: int, month: int, day: int) -> int:
    """Midnight in Berlin, as seconds UTC."""
    return int(datetime(year, month, day, tzinfo=BERLIN).timestamp())


FIRST_DAY, LAST_DAY = date(2025, 5, 1), date(2026, 10, 31)
START, END = instant(2025, 5, 1), instant(2026, 11, 1) - 1
CHANGE = instant(2026, 2, 1)
"""From here on the second version of the agreement is in force."""

DAYS = (LAST_DAY - FIRST_DAY).days + 1
_AXIS_DAYS = 1_900
_AXIS_WALL = int(datetime(2024, 7, 1, tzinfo=UTC).timestamp())

OFFICE = Calendar("Europe/Berlin", parse_hours({"mon-thu": "09:00-12:30, 13:30-17:30", "fri": "09:00-15:00"}), "DE-BE")
"""The calendar `berlin` of the agreement."""


@cache
def _offsets() -> tuple[Ints, Ints]:
    """Berlin's offset in seconds for each hour of the axis: by the clock on the wall, and by UTC."""
    begin = datetime(2024, 7, 1, tzinfo=UTC)
    by_utc, by_wall = [], []
    for hour in range(_AXIS_DAYS * 24):
        there = begin + timedelta(hours=hour)
        by_utc.append((there.astimezone(BERLIN).utcoffset() or timedelta()).seconds)
        by_wall.append((there.replace(tzinfo=BERLIN).utcoffset() or timedelta()).seconds)
    return np.array(by_wall, dtype=np.int64), np.array(by_utc, dtype=np.int64)


def wall(at: Ints) -> Ints:
    """What the clocks in Berlin show, as seconds since 1970."""
    return np.asarray(at + _offsets()[1][(at - _AXIS_WALL) // HOUR], dtype=np.int64)


def from_wall(shown: Ints) -> Ints:
    """The instant at which Berlin's clocks show this (the earlier one where there are two)."""
    return np.asarray(shown - _offsets()[0][(shown - _AXIS_WALL) // HOUR], dtype=np.int64)


def day_number(at: Ints) -> Ints:
    """Days since 1970 on Berlin's calendar."""
    return np.asarray(wall(at) // DAY, dtype=np.int64)


def weekday(day: Ints) -> Ints:
    """Monday 0 to Sunday 6, of a day number (1970-01-01 was a Thursday)."""
    return np.asarray((day + 3) % 7, dtype=np.int64)


@cache
def _season() -> Floats:
    """How busy each day of the history is: weekdays, holidays, August, Christmas, and a company that grows."""
    weights = []
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        busy = (1.0, 1.12, 1.1, 1.05, 0.8, 0.16, 0.14)[day.weekday()]
        busy *= 0.25 if day in public_holidays("DE-BE", day.year) else 1.0
        busy *= 0.55 if day.month == 8 else 1.0
        busy *= 0.2 if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 6) else 1.0
        weights.append(busy * (1.0 + 0.35 * number / DAYS))
    return np.array(weights)


def season(shape: Floats | None = None) -> Floats:
    """The weight of each day, times a shape of one's own (a fair, a webinar)."""
    return _season() if shape is None else np.asarray(_season() * shape, dtype=np.float64)


_HOURS = (2, 1, 1, 1, 1, 3, 8, 25, 80, 120, 130, 115, 70, 85, 120, 115, 95, 60, 30, 20, 16, 14, 9, 5)


def office_second(rng: np.random.Generator, count: int) -> Ints:
    """Seconds after midnight: mostly office hours, some evenings, few nights."""
    return picked(rng, count, _HOURS) * HOUR + rng.integers(0, HOUR, count)


def on_days(rng: np.random.Generator, count: int, weights: Floats) -> Ints:
    """Instants within the history on days drawn by weight."""
    first = (FIRST_DAY - date(1970, 1, 1)).days
    day = first + picked(rng, count, weights)
    return np.minimum(from_wall(day * DAY + office_second(rng, count)), END)


def settled(rng: np.random.Generator, at: Ints) -> Ints:
    """The same instants as people live them: fewer on weekends, in August and at Christmas, most in office hours."""
    count = at.size
    shown = wall(at)
    day = shown // DAY
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    of_month = day - day.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    still = ((month == 11) & (of_month >= 19)) | ((month == 0) & (of_month < 6))
    day = day + np.where(still & chance(rng, 0.7, count), 19, 0)
    day = day + np.where((month == 7) & chance(rng, 0.35, count), 30, 0)
    resting = (weekday(day) >= 5) & chance(rng, 0.78, count)
    day = day + np.where(resting, 7 - weekday(day) + rng.integers(0, 5, count), 0)
    moved = chance(rng, 0.93, count)
    second = np.where(moved, office_second(rng, count), shown % DAY)
    there = from_wall(day * DAY + second)
    return np.where(there > END, at, there)


def after_work(at: Ints, seconds: Ints) -> Ints:
    """The instant at which so many working seconds have passed."""
    return np.asarray(deadline_many(OFFICE, at * MICRO, seconds * MICRO) // MICRO, dtype=np.int64)


def quarter_end(at: Ints) -> Ints:
    """The last day (midnight, wall seconds) of the quarter an instant lies in."""
    months = day_number(at).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    following = (months // 3 * 3 + 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray((following - 1) * DAY, dtype=np.int64)


def seconds(days: Floats) -> Ints:
    """Days as whole seconds."""
    return whole(days * DAY)
