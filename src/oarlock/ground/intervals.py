"""Intervals of time, half-open: the start belongs to it, the end does not.

The arithmetic is over pairs of whole microseconds since 1970 (UTC), so that it is exact and cheap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Pair = tuple[int, int]
"""Start and end in microseconds since 1970, start before end."""


def micros(instant: datetime) -> int:
    """Microseconds since 1970. A time without a zone is a mistake of the caller's: ValueError."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone")
    return (instant - EPOCH) // MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """The instant (aware, UTC) so many microseconds after 1970 began."""
    return EPOCH + timedelta(microseconds=microseconds)


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to and without `end`; both aware, start before end."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if micros(self.start) >= micros(self.end):
            raise ValueError(f"an interval ends after it starts: {self.start} .. {self.end}")

    @property
    def pair(self) -> Pair:
        """The same in microseconds."""
        return micros(self.start), micros(self.end)


def joined(pairs: Iterable[Pair]) -> list[Pair]:
    """Sorted and disjoint: pairs that overlap or touch become one. `(0, 5), (3, 8), (8, 9)` is `(0, 9)`."""
    out: list[Pair] = []
    for start, end in sorted(pairs):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def without(pairs: Iterable[Pair], gaps: list[Pair]) -> Iterator[Pair]:
    """What is left of the pairs outside the gaps; both sorted and disjoint. `(0, 9)` without `(2, 3)`: two pairs."""
    past = 0
    for start, end in pairs:
        while past < len(gaps) and gaps[past][1] <= start:
            past += 1
        yield from _pieces(start, end, gaps, past)


def _pieces(start: int, end: int, gaps: list[Pair], first: int) -> Iterator[Pair]:
    for at in range(first, len(gaps)):
        gap_start, gap_end = gaps[at]
        if gap_start >= end:
            break
        if start < gap_start:
            yield start, gap_start
        start = gap_end
    if start < end:
        yield start, end
