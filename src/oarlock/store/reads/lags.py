"""What waits, lags or failed, as a page and a monitor want it: counts that stop at MANY, and the oldest of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from oarlock.store.models import Arrival, DeadLetter, Handoff, Notice, Worker, WorkOrder
from oarlock.store.reads.workers import ALIVE

MANY = 10_000
"""No count goes further."""
LATELY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Queue:
    """Some that wait: how many (at most MANY are counted), and since when the oldest of them."""

    many: int
    since: datetime | None

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.many >= MANY


@dataclass(frozen=True, slots=True)
class Lags:
    """Everything that can lag: `clocks` are past due and not acted on; `letters` are dead ones nobody answered yet."""

    workers: int
    orders: Queue
    orders_taken: int
    orders_failed: int
    clocks: Queue
    open_handoffs: int
    notices: Queue
    notices_failed: int
    letters: Queue
    arrived_lately: int
    arrived_last: datetime | None


def lags(now: datetime) -> Lags:
    """All of it; each by an index, none longer than MANY rows."""
    return Lags(
        workers=Worker.objects.filter(seen_at__gte=now - ALIVE).count(),
        orders=_queue(WorkOrder.objects.filter(state="open", due_at__lte=now), "due_at"),
        orders_taken=_many(WorkOrder.objects.filter(state="taken")),
        orders_failed=_many(WorkOrder.objects.filter(state="failed")),
        clocks=_queue(Handoff.objects.filter(due_at__isnull=False, due_at__lte=now), "due_at"),
        open_handoffs=_many(Handoff.objects.filter(ended_at__isnull=True)),
        notices=_queue(Notice.objects.filter(state__in=("waiting", "taken"), due_at__lte=now), "due_at"),
        notices_failed=_many(Notice.objects.filter(state="failed")),
        letters=_queue(DeadLetter.objects.filter(state="open"), "at"),
        arrived_lately=_many(Arrival.objects.filter(at__gte=now - LATELY)),
        arrived_last=Arrival.objects.aggregate(last=Max("at"))["last"],
    )


def _many(rows: QuerySet[Any]) -> int:
    return rows[:MANY].count()


def _queue(rows: QuerySet[Any], by: str) -> Queue:
    return Queue(_many(rows), rows.order_by(by).values_list(by, flat=True).first())
