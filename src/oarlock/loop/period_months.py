"""Which months a period is made of, by its name."""

from __future__ import annotations

from collections.abc import Sequence


def months_in(months: Sequence[str], period: str) -> tuple[str, ...] | None:
    """The months of that period (a month, a quarter); None for the whole."""
    if period == "all":
        return None
    if "-Q" in period:
        year, _, quarter = period.partition("-Q")
        return tuple(m for m in months if m[:4] == year and (int(m[5:7]) + 2) // 3 == int(quarter))
    return tuple(m for m in months if m == period)
