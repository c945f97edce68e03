"""Working time: one by one, over columns, and the two look-ups in a sorted array that any solution needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np

from oarlock.ground.intervals import instant_of
from oarlock.ground.working_time import Calendar, deadline, elapsed, parse_hours
from oarlock.tables.working_columns import deadline_many, elapsed_many

SCALAR_ROWS = 20_000
COLUMN_ROWS = 1_000_000
REPEATS = 3


def run() -> list[tuple[str, float, str]]:
    """(name, value, unit) for a calendar with lunch breaks and holidays, over three years and up to 60 days."""
    hours = parse_hours({"mon-thu": "09:00-12:30, 13:30-17:30", "fri": "09:00-15:00"})
    calendar = Calendar("Europe/Berlin", hours, "DE-BE")
    random = np.random.Generator(np.random.PCG64(7))
    starts = random.integers(1_700_000_000, 1_790_000_000, COLUMN_ROWS) * 1_000_000
    ends = starts + random.integers(0, 60 * 86_400, COLUMN_ROWS) * 1_000_000
    spans = random.integers(0, 80 * 3_600, COLUMN_ROWS) * 1_000_000
    pairs = [(instant_of(int(s)), instant_of(int(e))) for s, e in zip(starts[:SCALAR_ROWS], ends, strict=False)]
    limits = [
        (instant_of(int(s)), timedelta(microseconds=int(d))) for s, d in zip(starts[:SCALAR_ROWS], spans, strict=False)
    ]
    openings = np.sort(random.integers(1_700_000_000, 1_800_000_000, 2_000) * 1_000_000)
    one_by_one = _rate(lambda: [elapsed(calendar, s, e) for s, e in pairs], SCALAR_ROWS)
    dated = _rate(lambda: [deadline(calendar, s, d) for s, d in limits], SCALAR_ROWS)
    columns = _rate(lambda: elapsed_many(calendar, starts, ends), COLUMN_ROWS)
    dated_columns = _rate(lambda: deadline_many(calendar, starts, spans), COLUMN_ROWS)
    floor = _rate(lambda: (np.searchsorted(openings, starts), np.searchsorted(openings, ends)), COLUMN_ROWS)
    return [
        ("working time, elapsed, one by one", one_by_one, "rows/s"),
        ("working time, deadline, one by one", dated, "rows/s"),
        ("working time, elapsed over columns", columns, "rows/s"),
        ("working time, deadline over columns", dated_columns, "rows/s"),
        ("floor: two searchsorted alone", floor, "rows/s"),
        ("working time, elapsed over columns, time against the floor", floor / columns, "x"),
    ]


def _rate(work: Callable[[], object], rows: int) -> float:
    """Rows a CPU second, the median of a few runs after one to warm up."""
    work()
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return rows / sorted(times)[REPEATS // 2]
