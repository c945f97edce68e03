"""Chance, the same on every machine: one numbered PCG64 stream a table and batch, and draws that need no libm.

Everything is made from uniform doubles and integers, which numpy fixes bit by bit; skewed lengths come from a
table of quantiles, so that no processor's own logarithm can move a byte of a file.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STREAMS = {
    "accounts": 1,
    "people": 2,
    "touches": 3,
    "recorded": 4,
    "handoffs": 5,
    "deals": 6,
    "activities": 7,
    "history": 8,
    "campaigns": 9,
    "stages": 10,
    "values": 11,
    "contacts": 12,
    "events": 13,
    "early": 14,
}
"""One number a stream: adding a draw to one table leaves the others as they were."""

_STEPS = 2048
_NORMAL = tuple(NormalDist().inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS))


def stream(seed: int, table: str, batch: int = 0) -> np.random.Generator:
    """The generator of one table and batch."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, STREAMS[table], batch])))


@cache
def _quantiles(median: float, spread: float) -> Floats:
    """The middle of each step of a log-normal, rounded so that no libm can move it."""
    return np.array([round(median * math.exp(spread * z), 6) for z in _NORMAL])


def skewed(rng: np.random.Generator, count: int, median: float, spread: float) -> Floats:
    """Lengths with a long tail (log-normal by 2,048 quantiles, blurred evenly within 1 %), in the median's unit."""
    lengths = _quantiles(median, spread)[rng.integers(0, _STEPS, count)]
    return np.asarray(lengths * (0.995 + 0.01 * rng.random(count)), dtype=np.float64)


def picked(rng: np.random.Generator, count: int, weights: npt.ArrayLike) -> Ints:
    """Indices drawn with these weights."""
    heights = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.asarray(np.searchsorted(heights / heights[-1], rng.random(count), side="right"), dtype=np.int64)


def picked_by(rng: np.random.Generator, rows: Ints, weights: npt.ArrayLike) -> Ints:
    """Indices drawn with a row of weights each: `weights` is a table, `rows` says which row counts."""
    heights = np.cumsum(np.asarray(weights, dtype=np.float64), axis=1)
    heights = heights / heights[:, -1:]
    return np.asarray((heights[rows] <= rng.random(rows.size)[:, None]).sum(axis=1), dtype=np.int64)


def chance(rng: np.random.Generator, odds: npt.ArrayLike, count: int) -> Flags:
    """True with the given odds (one number, or one each)."""
    return np.asarray(rng.random(count) < np.asarray(odds), dtype=np.bool_)


def whole(values: Floats) -> Ints:
    """Rounded down to whole numbers."""
    return np.asarray(np.floor(values), dtype=np.int64)
