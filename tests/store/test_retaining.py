"""What is over is let go each night; what waits, failed lately or was never answered stays."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oarlock.jobs.retaining import ARRIVALS, NOTICES, retain
from oarlock.store.models import Arrival, DeadLetter, Notice
from oarlock.store.writes import retaining
from oarlock.store.writes.notices import wish

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=100)


def notice(state: str, at: datetime) -> None:
    made = wish("offered", "lena", f"handoff:{state}-{at:%j}", "A lead", {}, at)
    Notice.objects.filter(id=made).update(state=state)


@pytest.mark.django_db
def test_settled_notices_go_after_their_time_and_what_waits_never(tmp_path: Path) -> None:
    for state in ("sent", "failed", "unwanted", "gathered", "waiting", "taken"):
        notice(state, LONG_AGO)
        notice(state, NOON - NOTICES + timedelta(days=1))
    assert retain(tmp_path, NOON)["notices"] == 4
    assert sorted(n.state for n in Notice.objects.all() if n.made_at == LONG_AGO) == ["taken", "waiting"]


@pytest.mark.django_db
def test_keys_of_arrivals_go_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "AT_ONCE", 3)
    old = [Arrival(key=f"form:{n}", fingerprint="f", at=LONG_AGO, answer="{}") for n in range(8)]
    Arrival.objects.bulk_create([*old, Arrival(key="new", fingerprint="f", at=NOON - ARRIVALS, answer="{}")])
    assert retain(tmp_path, NOON)["arrivals"] == 8
    assert [a.key for a in Arrival.objects.all()] == ["new"]


@pytest.mark.django_db
def test_a_dead_letter_nobody_answered_stays(tmp_path: Path) -> None:
    for state in ("open", "taken-in", "dropped"):
        answered = None if state == "open" else LONG_AGO
        DeadLetter.objects.create(
            id=state,
            source="form",
            at=LONG_AGO,
            body="{}",
            code="bad",
            reason="Bad.",
            state=state,
            answered_at=answered,
        )
    assert retain(tmp_path, NOON)["letters"] == 2
    assert [each.state for each in DeadLetter.objects.all()] == ["open"]


@pytest.mark.django_db
def test_counts_of_a_process_that_is_gone_go(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "requests"
    folder.mkdir(parents=True)
    for name, at in (("1", LONG_AGO), ("2", NOON)):
        (folder / f"{name}.json").write_text("{}")
        os.utime(folder / f"{name}.json", (at.timestamp(), at.timestamp()))
    assert retain(tmp_path, NOON)["counts"] == 1
    assert [file.name for file in folder.iterdir()] == ["2.json"]
