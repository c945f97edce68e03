"""Closed months in the store: closed once, never changed, with adjustments beside them; and measurements that are let
go when they are old."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from oarlock.ground.problems import UserProblem
from oarlock.jobs.verifying import verify
from oarlock.store.models import AuditLine, Closing, Measurement
from oarlock.store.reads import closings as reads
from oarlock.store.writes import closings, measurements
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.closings import Difference

from .test_tamper import unguarded

NOW = datetime(2026, 10, 3, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def closed(month: str = "2026-09", body: bytes = b'{"a":1}') -> str:
    return closings.close(month, body, version=2, as_known=NOW, acting=SYSTEM, now=NOW)


def test_a_month_is_closed_once_and_its_bytes_stay() -> None:
    digest = closed()
    with pytest.raises(UserProblem) as refused:
        closed(body=b"other")
    assert refused.value.code == "conflict-closed"
    assert (reads.exact("2026-09"), digest) == (b'{"a":1}', reads.closed_months()[0].hash)
    line = AuditLine.objects.get(verb="closed")
    assert (line.subject, digest in line.detail) == ("2026-09", True)


def test_the_database_itself_refuses_to_change_a_closed_month() -> None:
    closed()
    with pytest.raises(DatabaseError), transaction.atomic():
        Closing.objects.update(body=b"cooked")
    with pytest.raises(DatabaseError), transaction.atomic():
        Closing.objects.all().delete()
    assert reads.first_changed() is None


@pytest.mark.django_db(transaction=True)
def test_verify_names_the_first_closed_month_that_was_changed_and_one_that_was_taken_away(home: Path) -> None:
    for month in ("2026-07", "2026-08", "2026-09"):
        closed(month)
    assert verify(home).findings == ()
    unguarded("closings")
    Closing.objects.filter(month="2026-08").update(body=b"cooked")
    assert [(f.place, f.fact) for f in verify(home).findings] == [("closings", "2026-08")]
    Closing.objects.filter(month="2026-08").update(hash=sha256(b"cooked").hexdigest())
    Closing.objects.filter(month="2026-09").delete()
    assert [(f.place, f.fact) for f in verify(home).findings] == [("closings", "2026-08"), ("closings", "2026-09")]


def test_an_adjustment_is_noted_once_again_when_it_moves_and_gone_when_it_comes_back() -> None:
    closed()

    def noted(*found: Difference) -> int:
        return closings.adjust("2026-09", found, acting=SYSTEM, now=NOW)

    assert noted(Difference("entered.mql", "31", "32", {"lost": 0})) == 1
    assert noted(Difference("entered.mql", "31", "32", {"lost": 0})) == 0
    assert noted(Difference("entered.mql", "31", "33", {"lost": 0})) == 1
    assert [(a.figure, a.frozen, a.today) for a in reads.adjustments("2026-09")] == [("entered.mql", "31", "33")]
    assert noted() == 1
    assert reads.adjustments("2026-09") == ()
    assert AuditLine.objects.filter(verb="adjusted").count() == 3


def test_the_latest_measurements_and_those_of_the_versions_in_force_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurements, "KEPT", 3)
    for n in range(8):
        measurements.keep(
            f"{n:064d}", "funnel", asked="{}", versions="1" if n < 4 else "1 2", as_known=NOW, seconds=1.0, body="{}",
            rows=f"lives-{n}.parquet", acting=SYSTEM, now=NOW + timedelta(minutes=n),
        )  # fmt: skip
    later = NOW + timedelta(hours=1)
    assert measurements.sweep(versions="1", acting=SYSTEM, now=later) == {
        f"lives-{n}.parquet" for n in (1, 2, 3, 5, 6, 7)
    }
    assert Measurement.objects.count() == 6
