"""The year of a European company: which days are busy, office hours in Berlin, and the working clock.

Times are whole seconds since 1970 in UTC; `wall` and `from_wall` go to Berlin's clocks and back. Eighteen months,
from 2025-05-01 up to the end of 2026-10-31.
"""

# ruff: noqa: SIM905 -- a list of days is read and mended as text
from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np

from oarlock.demo.draws import Floats, Ints, chance, picked, whole

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY = 3_600, 86_400
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
_AXIS_FROM = date(2024, 7, 1)
_AXIS_DAYS = 1_900
_AXIS_WALL = int(datetime(2024, 7, 1, tzinfo=UTC).timestamp())

HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2025-05-01 2025-05-29 2025-06-09 2025-10-03 2025-12-25 2025-12-26 2026-01-01 2026-03-08 2026-04-03 "
        "2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-10-03"
    ).split()
)
"""Berlin's public holidays, written out: a data package that is mended later must not move a byte."""


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
        busy *= 0.25 if day in HOLIDAYS else 1.0
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


@cache
def _openings() -> tuple[Ints, Ints, Ints]:
    """The working blocks of the axis: start and end (UTC), and working seconds before each."""
    blocks = []
    for number in range(_AXIS_DAYS):
        day = _AXIS_FROM + timedelta(days=number)
        if day.weekday() >= 5 or day in HOLIDAYS:
            continue
        midnight = _AXIS_WALL + number * DAY
        hours = ((9.0, 15.0),) if day.weekday() == 4 else ((9.0, 12.5), (13.5, 17.5))
        blocks += [(midnight + int(begin * HOUR), midnight + int(end * HOUR)) for begin, end in hours]
    edges = from_wall(np.array(blocks, dtype=np.int64))
    lengths = edges[:, 1] - edges[:, 0]
    return edges[:, 0], edges[:, 1], np.concatenate([[0], np.cumsum(lengths)[:-1]])


def worked(at: Ints) -> Ints:
    """What the working clock shows at an instant: working seconds since the axis began."""
    start, end, before = _openings()
    block = np.maximum(np.searchsorted(start, at, side="right") - 1, 0)
    return np.asarray(before[block] + np.clip(at, start[block], end[block]) - start[block], dtype=np.int64)


def after_work(at: Ints, seconds: Ints) -> Ints:
    """The instant at which so many working seconds have passed."""
    start, _, before = _openings()
    due = worked(at) + seconds
    block = np.searchsorted(before, due, side="left") - 1
    return np.asarray(start[block] + due - before[block], dtype=np.int64)


def quarter_end(at: Ints) -> Ints:
    """The last day (midnight, wall seconds) of the quarter an instant lies in."""
    months = day_number(at).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    following = (months // 3 * 3 + 3).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return np.asarray((following - 1) * DAY, dtype=np.int64)


def seconds(days: Floats) -> Ints:
    """Days as whole seconds."""
    return whole(days * DAY)
