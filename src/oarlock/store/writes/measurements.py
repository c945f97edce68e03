"""Keep what a job measured. A measurement is a cache: the same key is the same figures, and old ones are let go.

No audit line is written: nothing is decided here, and everything can be computed anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from oarlock.store.models import Measurement
from oarlock.store.writes.audit import Acting

KEPT = 50
"""So many measurements are kept, the latest made, beside those under the versions in force."""


def keep(
    key: str, kind: str, *, asked: str, versions: str, as_known: datetime, seconds: float, body: str, rows: str,
    acting: Acting, now: datetime,
) -> None:  # fmt: skip
    """Keep a measurement under its key; made twice, the later one stands."""
    assert acting.actor, "somebody asked for it"
    with transaction.atomic():
        Measurement.objects.update_or_create(
            key=key,
            defaults={
                "kind": kind, "asked": asked, "versions": versions, "as_known": as_known, "made_at": now,
                "seconds": seconds, "body": body, "rows": rows,
            },
        )  # fmt: skip


def sweep(*, versions: str, acting: Acting, now: datetime) -> set[str]:
    """Let old measurements go; the names of the rows' files that are still used.

    `versions` names the versions in force: the latest KEPT of those are kept beside the latest KEPT of all.
    """
    assert acting.actor, "somebody asked for it"
    with transaction.atomic():
        recent = Measurement.objects.filter(made_at__lte=now).order_by("-made_at")
        keys = {*recent.values_list("key", flat=True)[:KEPT]}
        keys |= {*recent.filter(versions=versions).values_list("key", flat=True)[:KEPT]}
        Measurement.objects.filter(made_at__lte=now).exclude(key__in=keys).delete()
        names = Measurement.objects.values_list("rows", flat=True)
        return {name for rows in names for name in rows.split()}
