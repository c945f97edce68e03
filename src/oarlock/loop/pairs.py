"""Which conversions are shown, and at how many days the fair estimate of them is read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

HORIZONS = (30, 60, 90)
"""Days at which the Kaplan-Meier estimate is read."""


def pairs(stages: Sequence[str]) -> list[tuple[str, str]]:
    """Each adjacent pair, and first to last where that is another one."""
    adjacent = list(pairwise(stages))
    return adjacent + ([(stages[0], stages[-1])] if len(stages) > 2 else [])
