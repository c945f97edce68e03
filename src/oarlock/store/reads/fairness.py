"""Decisions of routing as the fairness of pools reads them, and fairness that was measured and kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from oarlock.loop.figures import AgreementUsed
from oarlock.routing.fairness import Fairness, Share
from oarlock.store.models import Decision
from oarlock.store.reads.measurements import Kept, agreement_of


def latest_decision() -> str:
    """The id of the latest decision; empty where there is none."""
    return Decision.objects.order_by("-at", "-decision_id").values_list("decision_id", flat=True).first() or ""


def bodies(start: datetime, end: datetime) -> Iterator[tuple[str, str]]:
    """(pool, body) of every decision of a pool from start up to end."""
    rows = Decision.objects.filter(at__gte=start, at__lt=end, pool__isnull=False).order_by("at", "decision_id")
    for pool, body in rows.values_list("pool", "body").iterator(chunk_size=2_000):
        yield pool or "", body


@dataclass(frozen=True, slots=True)
class PoolFairness:
    """How a pool was shared; `rests`: on its `decisions`, or on `hand-offs` alone."""

    rests: str
    fairness: Fairness


@dataclass(frozen=True, slots=True)
class FairnessFigures:
    """All pools in a period."""

    agreement: AgreementUsed
    as_known: datetime
    period: str
    pools: tuple[PoolFairness, ...]


def fairness(measured: Kept) -> FairnessFigures:
    """A fairness of its plain form."""
    body = measured.body["figures"]
    pools = (
        PoolFairness(
            p["rests"], Fairness(**{**p["fairness"], "members": tuple(Share(**m) for m in p["fairness"]["members"])})
        )
        for p in body["pools"]
    )
    known = datetime.fromisoformat(body["as_known"])
    return FairnessFigures(agreement_of(body["agreement"]), known, body["period"], tuple(pools))
