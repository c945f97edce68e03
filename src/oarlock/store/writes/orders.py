"""Orders for work that takes a while. A worker claims an order by compare-and-set and keeps the claim fresh; a worker
that dies lets it lapse, and the next one takes it. Doing an order twice must be harmless: kinds are made so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Worker, WorkOrder
from oarlock.store.writes.audit import Acting, note

CLAIM = timedelta(seconds=15)
"""How long a claim holds without being renewed."""
ATTEMPTS = 5
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Order:
    """One claimed order, for whoever does it."""

    id: str
    kind: str
    asked: Mapping[str, Any]
    by: str
    attempts: int


def order(
    kind: str, key: str, asked: Mapping[str, object], *, acting: Acting, now: datetime, due_at: datetime | None = None
) -> str:
    """Wish for a piece of work; the id of its order. The same kind and key while one waits is that same order."""
    with transaction.atomic():
        waiting = WorkOrder.objects.filter(kind=kind, key=key, state__in=("open", "taken")).first()
        if waiting is not None:
            return waiting.id
        made = WorkOrder.objects.create(
            id=new_id(now, os.urandom(10)), kind=kind, key=key, asked=json.dumps(dict(asked)), by=acting.actor,
            made_at=now, due_at=due_at or now,
        )  # fmt: skip
        return made.id


def once(kind: str, turn: str, asked: Mapping[str, object], *, acting: Acting, now: datetime) -> str | None:
    """The order of a turn that comes by itself, its id made of kind and turn; None where it was ever made before.

    Any number may try at once: the id is a key, so one of them makes it, even where that one is done already.
    """
    _, made = WorkOrder.objects.get_or_create(
        id=_id_of(kind, turn),
        defaults={
            "kind": kind, "key": turn, "asked": json.dumps(dict(asked)), "by": acting.actor, "made_at": now,
            "due_at": now,
        },
    )  # fmt: skip
    return _id_of(kind, turn) if made else None


def made(kind: str, turn: str) -> bool:
    """Whether that turn's order was made."""
    return WorkOrder.objects.filter(id=_id_of(kind, turn)).exists()


def _id_of(kind: str, turn: str) -> str:
    return f"{kind}@{turn}"[:36]


def claim(worker: str, now: datetime) -> Order | None:
    """The order that has waited longest, now this worker's until `now + CLAIM`; None where nothing waits."""
    free = Q(state="open") | Q(state="taken", taken_until__lt=now)
    for waiting in WorkOrder.objects.filter(free, due_at__lte=now).order_by("due_at", "id")[:5]:
        taken = WorkOrder.objects.filter(free, id=waiting.id, attempts=waiting.attempts).update(
            state="taken", taken_by=worker, taken_until=now + CLAIM, attempts=F("attempts") + 1
        )
        if not taken:
            continue
        if waiting.attempts + 1 > ATTEMPTS:
            fail(waiting.id, "Every worker that tried it died.", worker=worker, now=now)
            continue
        return Order(waiting.id, waiting.kind, json.loads(waiting.asked), waiting.by, waiting.attempts + 1)
    return None


def keep(order_id: str, *, worker: str, now: datetime, words: str = "", share: float | None = None) -> bool:
    """Renew the claim and tell how far the work is. False: it was taken over, and this worker must stop."""
    told: dict[str, Any] = {"words": words, "share": share} if words else {}
    mine = WorkOrder.objects.filter(id=order_id, state="taken", taken_by=worker)
    return mine.update(taken_until=now + CLAIM, **told) == 1


def give_back(order_id: str, *, worker: str, now: datetime) -> bool:
    """This worker must go and has not done it: the order is free again at once, and the try does not count."""
    mine = WorkOrder.objects.filter(id=order_id, state="taken", taken_by=worker)
    return mine.update(state="open", taken_until=None, attempts=F("attempts") - 1, words="", share=None) == 1


def beat(worker: str, *, now: datetime) -> None:
    """This worker is alive."""
    if not Worker.objects.filter(name=worker).update(seen_at=now):
        Worker.objects.update_or_create(name=worker, defaults={"began_at": now, "seen_at": now})


def gone(worker: str, *, now: datetime) -> None:
    """This worker stops; with it those that died an hour ago or more are forgotten."""
    Worker.objects.filter(Q(name=worker) | Q(seen_at__lt=now - FORGOTTEN)).delete()


def finish(order_id: str, result: Mapping[str, object], *, worker: str, now: datetime) -> bool:
    """The work is done. False where another worker had taken it over."""
    mine = WorkOrder.objects.filter(id=order_id, state="taken", taken_by=worker)
    return mine.update(state="done", result=json.dumps(dict(result)), share=1.0, finished_at=now) == 1


def retry(order_id: str, *, acting: Acting, now: datetime) -> None:
    """Do an order that failed after all, from the beginning. UserProblem `nothing-failed`."""
    with transaction.atomic():
        failed = (
            WorkOrder.objects.select_for_update().filter(id=order_id[:36].replace("\0", ""), state="failed").first()
        )
        if failed is None:
            raise UserProblem("nothing-failed", "There is no such order that failed.", "", "Load the page again.")
        if WorkOrder.objects.filter(kind=failed.kind, key=failed.key, state__in=("open", "taken")).exists():
            raise UserProblem("nothing-failed", "The same is being done already.", "", "Load the page again.")
        told = {"state": "open", "due_at": now, "attempts": 0, "words": "", "share": None, "finished_at": None}
        WorkOrder.objects.filter(id=failed.id).update(**told, taken_until=None)
        note("retried", "order", failed.id, {"kind": failed.kind}, acting=acting, now=now)


def fail(order_id: str, why: str, *, worker: str, now: datetime) -> bool:
    """The work cannot be done; `why` is a sentence for whoever wished for it."""
    mine = WorkOrder.objects.filter(id=order_id, state="taken", taken_by=worker)
    return mine.update(state="failed", words=why, finished_at=now) == 1
