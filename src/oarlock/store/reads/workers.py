"""Whether anybody does the orders: the workers that are alive, and how many orders wait for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from oarlock.store.models import Worker, WorkOrder

ALIVE = timedelta(seconds=15)
"""A worker that said nothing for so long counts as dead."""
MANY = 1_000


@dataclass(frozen=True, slots=True)
class Workers:
    """`alive` workers; `waiting` orders that are due (at most MANY are counted); the oldest of them is `since`."""

    alive: int
    waiting: int
    since: datetime | None


def workers(now: datetime) -> Workers:
    """Workers and waiting orders; two queries."""
    alive = Worker.objects.filter(seen_at__gte=now - ALIVE).count()
    due = Q(state="open") | Q(state="taken", taken_until__lt=now)
    waiting = list(
        WorkOrder.objects.filter(due, due_at__lte=now).order_by("due_at").values_list("due_at", flat=True)[:MANY]
    )
    return Workers(alive, len(waiting), waiting[0] if waiting else None)
