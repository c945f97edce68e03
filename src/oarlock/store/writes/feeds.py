"""Absences read from somebody's calendar: its address locked with the keys of the house, what it said as it is now.

Promises: what a reading found takes the place of what the one before found, in one transaction; an absence said by hand
is never touched; a reading that failed changes no absence, and its words say why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction

from oarlock.ground.ids import fact_id
from oarlock.ground.intervals import Interval
from oarlock.store.models import Away, Feed
from oarlock.store.safe import lock, unlock
from oarlock.store.writes.audit import SYSTEM

ORIGIN = "feed"
LOCKED = "/#locked:"
"""What stands between the host, which may be shown, and the whole address, locked."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whose absences are read, and from where as the store keeps it."""

    user: str
    kept: str


def named() -> bool:
    """Whether anybody named a calendar."""
    return Feed.objects.exists()


def locked(address: str, home: Path) -> str:
    """An address as the store may keep it: its host in clear, and the whole of it locked."""
    return f"https://{urlsplit(address).hostname or ''}{LOCKED}{lock(home, address)}"


def calendars(home: Path) -> list[Calendar]:
    """Every calendar there is to read. An address that lies in clear is locked on the way."""
    for user, address in Feed.objects.exclude(address__contains=LOCKED).values_list("user", "address"):
        Feed.objects.filter(user=user, address=address).update(address=locked(address, home))
    return [Calendar(*row) for row in Feed.objects.order_by("user").values_list("user", "address")]


def address_of(calendar: Calendar, home: Path) -> str:
    """The whole address. UserProblem `cannot-unlock`."""
    return unlock(home, calendar.kept.partition(LOCKED)[2])


def read(user: str, absences: Sequence[Interval], *, now: datetime) -> int:
    """What a reading found: how many absences are kept. Those that are over stay as they were."""
    rows = {fact_id("away", user, each.start, each.end): each for each in absences if each.end > now}
    with transaction.atomic():
        if not Feed.objects.filter(user=user).update(read_at=now, words=""):
            return 0
        Away.objects.filter(user=user, origin=ORIGIN, ends__gt=now).exclude(id__in=list(rows)).delete()
        made = (
            Away(id=id, user=user, begins=each.start, ends=each.end, origin=ORIGIN, made_at=now, by=SYSTEM.actor)
            for id, each in rows.items()
        )
        Away.objects.bulk_create(made, ignore_conflicts=True)
    return len(rows)


def failed(user: str, words: str, *, now: datetime) -> None:
    """A reading came to nothing; what the last good one found stays."""
    Feed.objects.filter(user=user).update(read_at=now, words=words)
