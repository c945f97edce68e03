"""Closed months: which there are, their frozen figures, and what would be different today."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from oarlock.loop.period_figures import FunnelFigures, LoopFigures
from oarlock.store.models import Adjustment, Closing
from oarlock.store.reads.measurements import funnel_of, loop_of


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month without its figures."""

    month: str
    closed_at: datetime
    by: str
    version: int
    as_known: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """The figures of a closed month, as they were frozen."""

    about: ClosedMonth
    funnel: FunnelFigures
    loops: Mapping[str, LoopFigures]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A figure of a closed month that would be another today, and why."""

    month: str
    figure: str
    frozen: str
    today: str
    cause: Mapping[str, Any]
    noticed_at: datetime


_ABOUT = ("month", "closed_at", "by", "version", "as_known", "hash")


def closed_months() -> tuple[ClosedMonth, ...]:
    """Every closed month, newest first."""
    return tuple(ClosedMonth(*row) for row in Closing.objects.order_by("-month").values_list(*_ABOUT))


def closed_month(month: str) -> ClosedMonth | None:
    """That month, if it is closed."""
    row = Closing.objects.filter(month=month).values_list(*_ABOUT).first()
    return ClosedMonth(*row) if row else None


def frozen(about: ClosedMonth) -> Frozen:
    """The figures of a closed month."""
    return _frozen(about)


@lru_cache(maxsize=24)
def _frozen(about: ClosedMonth) -> Frozen:
    body = json.loads(exact(about.month))
    loops = {field: loop_of(loop) for field, loop in body["loops"].items()}
    return Frozen(about, funnel_of(body["funnel"]), loops, body)


def exact(month: str) -> bytes:
    """The exact bytes that were frozen."""
    return bytes(Closing.objects.values_list("body", flat=True).get(month=month))


def adjustments(month: str) -> tuple[Adjusted, ...]:
    """What would be different today, by figure; what came back to its frozen value is left out."""
    latest = {a.figure: a for a in Adjustment.objects.filter(month=month).order_by("id")}
    return tuple(
        Adjusted(a.month, a.figure, a.frozen, a.today, json.loads(a.cause), a.noticed_at)
        for _, a in sorted(latest.items())
        if a.today != a.frozen
    )


def first_changed() -> str | None:
    """The first closed month whose bytes are no longer those its hash is of; None where all hold."""
    for month, body, digest in Closing.objects.order_by("month").values_list("month", "body", "hash").iterator():
        if sha256(bytes(body)).hexdigest() != digest:
            return str(month)
    return None
