"""What the workers do: who is alive, what runs, what waits and what failed, and when each recurring job last ran."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from oarlock.store.models import Worker, WorkOrder
from oarlock.store.reads.workers import ALIVE

FAILED = 50
"""Failed orders a page lists, the newest first."""
LOOKED_AT = 2_000
"""So many of the newest orders are looked through for the last run of each recurring job."""


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A worker: since when, when it last said that it is alive, and whether that is recent."""

    name: str
    began_at: datetime
    seen_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order under way, or one that failed and why."""

    id: str
    kind: str
    by: str
    worker: str
    words: str
    share: float | None
    attempts: int
    made_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Orders of one kind that are due, and since when the oldest of them."""

    kind: str
    many: int
    since: datetime


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last order of a recurring job; `state` empty where it never ran."""

    kind: str
    state: str = ""
    made_at: datetime | None = None
    finished_at: datetime | None = None
    words: str = ""


def workers(now: datetime) -> list[WorkerRow]:
    """Workers, those that are alive first."""
    rows = [WorkerRow(w.name, w.began_at, w.seen_at, w.seen_at >= now - ALIVE) for w in Worker.objects.all()[:100]]
    return sorted(rows, key=lambda row: (not row.alive, row.name))


def running() -> list[OrderRow]:
    """Orders under way, the longest first."""
    return [_row(o) for o in WorkOrder.objects.filter(state="taken").order_by("made_at")[:100]]


def failed() -> list[OrderRow]:
    """Orders that failed, the newest first."""
    return [_row(o) for o in WorkOrder.objects.filter(state="failed").order_by("-finished_at", "id")[:FAILED]]


def waiting(now: datetime) -> list[WaitingRow]:
    """Orders that are due and nobody does, by kind, the oldest first."""
    due = WorkOrder.objects.filter(state="open", due_at__lte=now)
    by_kind = due.values("kind").annotate(many=Count("id"), since=Min("due_at")).order_by("since")
    return [WaitingRow(each["kind"], each["many"], each["since"]) for each in by_kind]


def last_runs(kinds: Collection[str]) -> list[LastRun]:
    """The last run of each recurring kind, in the order in which they are named."""
    found: dict[str, LastRun] = {}
    newest = WorkOrder.objects.filter(kind__in=list(kinds), id__contains="@").order_by("-made_at", "-id")
    for order in newest[:LOOKED_AT]:
        run = LastRun(order.kind, order.state, order.made_at, order.finished_at, order.words)
        found.setdefault(order.kind, run)
    return [found.get(kind, LastRun(kind)) for kind in dict.fromkeys(kinds)]


def _row(o: WorkOrder) -> OrderRow:
    return OrderRow(o.id, o.kind, o.by, o.taken_by, o.words, o.share, o.attempts, o.made_at, o.finished_at)
