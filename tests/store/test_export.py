"""From the store to the lake: each live fact once, whatever dies, and under a seal from then on."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from oarlock.engines.writing import Session
from oarlock.jobs.exporting import export
from oarlock.jobs.loading import load
from oarlock.jobs.verifying import verify
from oarlock.store.models import Activity, AuditLine, Load, Seal, Touch
from oarlock.store.writes import loads
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW, lake_says

pytestmark = pytest.mark.django_db(transaction=True)


def arrive(count: int, prefix: str = "live") -> int:
    """So many touches and one activity come in by hand."""
    brought = json.dumps({"touches": count, "activities": 1})
    number = Load.objects.create(kind=loads.LIVE, begun_at=NOW, finished_at=NOW, rows=brought).number
    Touch.objects.bulk_create(
        Touch(
            touch_id=f"{prefix}-{n:05}", person_id="p-0000001", at=NOW + timedelta(microseconds=n), recorded_at=NOW,
            kind="a.b", cost="12.50", load=number,
        )
        for n in range(count)
    )  # fmt: skip
    call = Activity(activity_id=f"{prefix}-call", at=NOW, recorded_at=NOW, kind="call", minutes=7.25, load=number)
    call.save(force_insert=True)
    return number


@pytest.fixture
def filled(home: Path) -> Path:
    load(home, acting=SYSTEM, now=NOW)
    return home


def in_lake(home: Path) -> int:
    return int(lake_says(home, "SELECT count(*) FROM touches WHERE starts_with(touch_id, 'live')")[0][0])


def test_what_came_in_live_lies_in_the_lake_as_it_was(filled: Path) -> None:
    arrive(3)
    assert export(filled, acting=SYSTEM, now=NOW).rows == {"touches": 3, "activities": 1}
    told = lake_says(
        filled,
        'SELECT touch_id, person_id, epoch_us("at") - epoch_us(recorded_at), kind, CAST(cost AS VARCHAR), url'
        " FROM touches"
        " WHERE starts_with(touch_id, 'live') ORDER BY ALL",
    )
    assert told == [(f"live-{n:05}", "p-0000001", n, "a.b", "12.50", None) for n in range(3)]
    assert lake_says(filled, "SELECT kind, minutes FROM activities WHERE activity_id = 'live-call'") == [("call", 7.25)]


def test_exporting_again_does_nothing(filled: Path) -> None:
    arrive(3)
    export(filled, acting=SYSTEM, now=NOW)
    lines = AuditLine.objects.count()
    assert export(filled, acting=SYSTEM, now=NOW).number is None
    assert (in_lake(filled), AuditLine.objects.count()) == (3, lines)


@pytest.mark.parametrize("where", ["before the lake knows", "after the lake knows"])
def test_an_export_that_dies_brings_every_fact_once_when_it_is_run_again(
    where: str, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Death(BaseException):
        pass

    def dying(*args: object, **named: object) -> None:
        raise Death

    arrive(3)
    with monkeypatch.context() as patch:
        if where.startswith("before"):
            patch.setattr(Session, "finish", dying)
        else:
            patch.setattr(loads, "finish_export", dying)
        with pytest.raises(Death):
            export(filled, acting=SYSTEM, now=NOW)
    assert in_lake(filled) == (0 if where.startswith("before") else 3)
    export(filled, acting=SYSTEM, now=NOW)
    assert in_lake(filled) == 3
    assert verify(filled).findings == ()


def test_live_facts_are_sealed_when_they_leave_and_tampering_is_found_from_then_on(filled: Path) -> None:
    number = arrive(1500)
    assert verify(filled).findings == ()
    export(filled, acting=SYSTEM, now=NOW)
    assert sorted(Seal.objects.filter(load_id=number, table="touches").values_list("rows", flat=True)) == [500, 1000]
    assert verify(filled).findings == ()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO erasing VALUES ('x')")
        cursor.execute("UPDATE touches SET kind = 'other' WHERE touch_id = 'live-00007'")
        cursor.execute("DELETE FROM erasing")
    assert [f.fact for f in verify(filled).findings] == ["live-00007"]


def test_a_fact_slipped_in_under_a_live_load_is_found_by_its_count(filled: Path) -> None:
    number = arrive(2)
    Touch.objects.create(touch_id="live-zzz", person_id="p", at=NOW, recorded_at=NOW, load=number)
    assert [f.place for f in verify(filled).findings] == ["touches"]


def test_a_load_after_an_export_brings_nothing_twice(filled: Path) -> None:
    arrive(3)
    export(filled, acting=SYSTEM, now=NOW)
    before = Touch.objects.count()
    assert load(filled, acting=SYSTEM, now=NOW).number is None
    assert Touch.objects.count() == before
