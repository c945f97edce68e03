"""Close a month, and note what became different since. A closing is never changed; adjustments stand beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Adjustment, Closing
from oarlock.store.writes.audit import Acting, note


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of a closed month that would be another today; `cause` is plain data without identity."""

    figure: str
    frozen: str
    today: str
    cause: Mapping[str, object]


def close(month: str, body: bytes, *, version: int, as_known: datetime, acting: Acting, now: datetime) -> str:
    """Freeze the figures of a month as exact bytes; their SHA-256. UserProblem `conflict-closed` where it is closed."""
    digest = sha256(body).hexdigest()
    try:
        with transaction.atomic():
            if Closing.objects.filter(month=month).exists():
                raise closed_already(month)
            Closing.objects.create(
                month=month, closed_at=now, by=acting.actor, version=version, as_known=as_known, body=body, hash=digest
            )
            detail = {"hash": digest, "version": version, "as_known": as_known.isoformat(), "bytes": len(body)}
            note("closed", "month", month, detail, acting=acting, now=now)
    except IntegrityError as error:
        raise closed_already(month) from error
    return digest


def adjust(month: str, found: Iterable[Difference], *, acting: Acting, now: datetime) -> int:
    """Note the differences of a closed month as they are today; how many are news.

    A figure that came back to its frozen value is noted once more, so that the list tells the whole way.
    """
    with transaction.atomic():
        told = {a.figure: a for a in Adjustment.objects.filter(month=month).order_by("id")}
        today = {d.figure: d for d in found}
        news = [d for d in today.values() if d.figure not in told or told[d.figure].today != d.today]
        back = [a for f, a in told.items() if f not in today and a.today != a.frozen]
        news += [Difference(a.figure, a.frozen, a.frozen, {"back": True}) for a in back]
        Adjustment.objects.bulk_create(
            Adjustment(
                month=month, figure=d.figure, frozen=d.frozen, today=d.today, noticed_at=now,
                cause=json.dumps(dict(d.cause), sort_keys=True),
            )
            for d in news
        )  # fmt: skip
        if news:
            note("adjusted", "month", month, {"figures": len(news)}, acting=acting, now=now)
        return len(news)


def closed_already(month: str) -> UserProblem:
    """A month is closed once."""
    return UserProblem(
        "conflict-closed", f"{month} is closed already.", "A closed month is never changed.",
        "Later corrections show beside it as adjustments.",
    )  # fmt: skip
