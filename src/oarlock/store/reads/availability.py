"""Who is away and when, as said here or read from their calendars; where those are read; and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from oarlock.ground.intervals import Interval
from oarlock.store.models import Away, Feed, Turn

KEPT = 100
"""So many absences of one person are shown."""


@dataclass(frozen=True, slots=True)
class Absent:
    """One absence; `own`: said here by hand, so that it can be taken back."""

    id: str
    begins: datetime
    ends: datetime
    why: str
    own: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The address somebody's absences are read from, and how the last reading went."""

    address: str
    read_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class Given:
    """Where somebody stands in one pool: what they got on `day` (days since 1970 in the pool's zone)."""

    pool: str
    credit: float
    day: int
    given: int


def absences(users: Collection[str], since: datetime) -> dict[str, tuple[Interval, ...]]:
    """When these people are away from then on, as calendars take it."""
    found: dict[str, list[Interval]] = {}
    rows = Away.objects.filter(user__in=users, ends__gt=since).order_by("user", "begins") if users else ()
    for away in rows:
        found.setdefault(away.user, []).append(Interval(away.begins, away.ends))
    return {user: tuple(times) for user, times in found.items()}


def absent(user: str, since: datetime) -> tuple[Absent, ...]:
    """One person's absences that are not over by then, the next one first."""
    rows = Away.objects.filter(user=user, ends__gt=since).order_by("begins", "id")[:KEPT]
    return tuple(Absent(a.id, a.begins, a.ends, a.why, a.origin == "hand") for a in rows)


def calendar(user: str) -> Calendar | None:
    """Where one person's absences are read from."""
    found = Feed.objects.filter(user=user).first()
    return Calendar(found.address, found.read_at, found.words) if found else None


def turns(user: str) -> tuple[Given, ...]:
    """Where one person stands in their pools."""
    rows = Turn.objects.filter(user=user).order_by("pool")
    return tuple(Given(t.pool, t.credit, t.day, t.given) for t in rows)
