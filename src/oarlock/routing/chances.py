"""How likely so large a deviation is by chance: the upper tail of the chi-square distribution, and its statistic.

Plain Python, to ten digits and more; no table of critical values.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log

_SMALL = 1e-14
RANK = 1e-9
"""A pivot below this part of the largest is nothing: that direction cannot vary."""


def above(statistic: float, freedom: int) -> float:
    """The chance that a chi-square of so many degrees of freedom is at least that: 3.84 of 1 is 0.05."""
    if statistic <= 0 or freedom < 1:
        return 1.0
    shape, at = freedom / 2, statistic / 2
    front = exp(-at + shape * log(at) - lgamma(shape))
    return 1 - front * _series(shape, at) if at < shape + 1 else front * _fraction(shape, at)


def _series(shape: float, at: float) -> float:
    """The lower incomplete gamma function over its front: converges quickly below its mean."""
    term = total = 1 / shape
    n = 0
    while term >= total * _SMALL:
        n += 1
        term *= at / (shape + n)
        total += term
    return total


def _fraction(shape: float, at: float) -> float:
    """The upper one, by its continued fraction (Lentz): converges quickly above its mean."""
    b = at + 1 - shape
    c, d = 1e300, 1 / b
    value, change, n = d, 0.0, 0
    while abs(change - 1) >= _SMALL:
        n += 1
        a = -n * (n - shape)
        b += 2
        d = 1 / (a * d + b)
        c = b + a / c
        change = c * d
        value *= change
    return value


def distance(gaps: Sequence[float], spread: Sequence[Sequence[float]]) -> tuple[float, int]:
    """How far the gaps are from nothing, measured by how they vary together (a covariance), and in how many directions
    they can vary at all: elimination with the largest pivot first, until what is left is nothing."""
    left, rows = list(gaps), [list(row) for row in spread]
    largest = max((row[i] for i, row in enumerate(rows)), default=0.0)
    free, statistic, directions = set(range(len(left))), 0.0, 0
    while free:
        pivot = max(sorted(free), key=lambda i: rows[i][i])
        width = rows[pivot][pivot]
        if width <= RANK * largest or width <= 0:
            break
        statistic, directions = statistic + left[pivot] ** 2 / width, directions + 1
        free.remove(pivot)
        for i in free:
            factor = rows[i][pivot] / width
            left[i] -= factor * left[pivot]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[pivot], strict=True)]
    return statistic, directions
