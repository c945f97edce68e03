"""Kept measurements, as the figures they were: a funnel by period, a closed loop, a drift. And orders under way.

A body never changes under its key, so what was read once is kept in the process.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from oarlock.loop.figures import AgreementUsed, Drift, DriftCounts, Flow, VersionUsed
from oarlock.loop.period_figures import Closed, Entered, FunnelFigures, Looped, LoopFigures, Step
from oarlock.loop.reporting import Shown
from oarlock.store.models import Measurement, WorkOrder


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart of a measurement: whose it is, its title, the drawing, and its specification as JSON."""

    key: str
    team: str
    title: str
    svg: str
    spec: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What every measurement has: its key, when it was made and how long it took, charts, and the rows' files."""

    key: str
    kind: str
    asked: Mapping[str, Any]
    as_known: datetime
    made_at: datetime
    seconds: float
    charts: tuple[Drawn, ...]
    files: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """How an order stands: `open`, `taken`, `done` or `failed`; `words` say what is being done, or why it failed."""

    id: str
    state: str
    share: float | None
    words: str

    @property
    def percent(self) -> int:
        """How far it is, of 100."""
        return round((self.share or 0) * 100)


def kept(key: str) -> Kept | None:
    """The measurement of that key; None where it is not there (any more)."""
    found = Measurement.objects.filter(key=key).values_list("made_at", flat=True).first()
    return None if found is None else _read(key, found)


@lru_cache(maxsize=24)
def _read(key: str, made_at: datetime) -> Kept:
    found = Measurement.objects.get(key=key)
    body = json.loads(found.body)
    return Kept(
        found.key, found.kind, json.loads(found.asked), found.as_known, made_at, found.seconds,
        tuple(Drawn(**chart) for chart in body.get("charts", ())), body.get("files", {}), body,
    )  # fmt: skip


def under_way(kind: str, key: str) -> UnderWay | None:
    """The latest order of that kind and key."""
    found = WorkOrder.objects.filter(kind=kind, key=key).order_by("-made_at", "-id")
    row = found.values_list("id", "state", "share", "words").first()
    return UnderWay(*row) if row else None


def lately(kinds: Collection[str], most: int = 5) -> tuple[UnderWay, ...]:
    """The latest orders of these kinds that are not done."""
    found = WorkOrder.objects.filter(kind__in=kinds).exclude(state="done").order_by("-made_at", "-id")
    return tuple(UnderWay(*row) for row in found.values_list("id", "state", "share", "words")[:most])


def funnel(measured: Kept) -> FunnelFigures:
    """The funnel by period."""
    return _funnel(measured.key, measured.made_at)


@lru_cache(maxsize=12)
def _funnel(key: str, made_at: datetime) -> FunnelFigures:
    return funnel_of(_read(key, made_at).body["figures"])


def funnel_of(body: Mapping[str, Any]) -> FunnelFigures:
    """Figures of their plain form."""
    return FunnelFigures(
        agreement=agreement_of(body["agreement"]),
        as_known=datetime.fromisoformat(body["as_known"]),
        stages=tuple(Shown(**s) for s in body["stages"]),
        handed=body["handed"],
        where=tuple((field, value) for field, value in body["where"]),
        months=tuple(body["months"]),
        entries=tuple(Entered(**e) for e in body["entries"]),
        steps=tuple(Step(**s) for s in body["steps"]),
        flows=tuple(Flow(**f) for f in body["flows"]),
        balance=dict(body["balance"]),
        closed=tuple(Closed(**{**c, "revenue": Decimal(c["revenue"])}) for c in body["closed"]),
        queries=dict(body["queries"]),
    )


def agreement_of(body: Mapping[str, Any]) -> AgreementUsed:
    """Which agreement judged, of its plain form."""
    versions = tuple(VersionUsed(**{**v, "in_force": date.fromisoformat(v["in_force"])}) for v in body["versions"])
    return AgreementUsed(**{**body, "in_force": date.fromisoformat(body["in_force"]), "versions": versions})


def loop(measured: Kept) -> LoopFigures:
    """A closed loop."""
    return _loop(measured.key, measured.made_at)


@lru_cache(maxsize=12)
def _loop(key: str, made_at: datetime) -> LoopFigures:
    return loop_of(_read(key, made_at).body["figures"])


def loop_of(body: Mapping[str, Any]) -> LoopFigures:
    """Figures of their plain form."""
    rows = (Looped(**{**r, "revenue": Decimal(r["revenue"]), "cost": Decimal(r["cost"])}) for r in body["rows"])
    return LoopFigures(body["by"], tuple(rows), dict(body["queries"]))


@dataclass(frozen=True, slots=True)
class DriftByMonth:
    """The four counts of one stage in one month (of the recorded instant, else of the defined one)."""

    month: str
    counts: DriftCounts


@dataclass(frozen=True, slots=True)
class DriftFigures:
    """A drift, its trend, and the stages it is of."""

    drift: Drift
    trend: tuple[DriftByMonth, ...]
    stages: tuple[Shown, ...]


def drift(measured: Kept) -> DriftFigures:
    """A drift."""
    return _drift(measured.key, measured.made_at)


@lru_cache(maxsize=8)
def _drift(key: str, made_at: datetime) -> DriftFigures:
    body = _read(key, made_at).body["figures"]
    plain = body["drift"]
    found = Drift(
        agreement_of(plain["agreement"]), datetime.fromisoformat(plain["as_known"]),
        tuple(DriftCounts(**c) for c in plain["stages"]),
        {by: tuple(DriftCounts(**c) for c in counts) for by, counts in plain["by"].items()},
        (), dict(plain["queries"]),
    )  # fmt: skip
    trend = tuple(DriftByMonth(t["month"], DriftCounts(**t["counts"])) for t in body["trend"])
    return DriftFigures(found, trend, tuple(Shown(**s) for s in body["stages"]))
