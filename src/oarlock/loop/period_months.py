"""Which months a period is made of, by its name; and which is the last whole one, on every page the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

KNOWN_TO_ITS_END = timedelta(days=1)
"""Nothing happens in the last hours of many a month: so much may lie between the last fact and the month's end."""


def months_in(months: Sequence[str], period: str) -> tuple[str, ...] | None:
    """The months of that period (a month, a quarter); None for the whole."""
    if period == "all":
        return None
    if "-Q" in period:
        year, _, quarter = period.partition("-Q")
        return tuple(m for m in months if m[:4] == year and (int(m[5:7]) + 2) // 3 == int(quarter))
    return tuple(m for m in months if m == period)


def months_over(months: Sequence[str], as_known: datetime, zone: str, now: datetime) -> tuple[str, ...]:
    """The months that are over by now and known to their end, oldest first; over is what is over in the zone."""
    until = min(now, as_known + KNOWN_TO_ITS_END).astimezone(ZoneInfo(zone))
    return tuple(sorted(m for m in months if m < f"{until:%Y-%m}"))
