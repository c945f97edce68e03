"""A monitor learns whether Oarlock lives, is ready, and what lags; a stranger from outside learns no figure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from oarlock.ground.clock import now as instant_now
from oarlock.store.models import Arrival, DeadLetter, Member, Notice, WorkOrder
from oarlock.store.writes import orders, tokens
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.notices import wish
from oarlock.web import metering

OUTSIDE = "203.0.113.9"
LINE = re.compile(r'^(?:# (?:HELP|TYPE) oarlock_\w+ .+|oarlock_\w+(?:\{\w+="[^"]*"(?:,\w+="[^"]*")*\})? \S+)$')


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, home=tmp_path)
    monkeypatch.setattr(metering, "METER", metering.Meter())


def figures(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_the_process_says_that_it_lives_without_the_database(
    as_stranger: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert as_stranger.get("/healthz").json() == {"alive": True}


def test_it_is_ready_once_a_worker_was_seen(as_stranger: Client) -> None:
    early = as_stranger.get("/readyz")
    assert early.status_code == 503 and early.json() == {
        "ready": False, "database": True, "tables": True, "worker": False,
    }  # fmt: skip
    orders.beat("ann", now=instant_now())
    assert as_stranger.get("/readyz").status_code == 200


def test_it_is_not_ready_while_tables_are_those_of_an_older_release(
    as_stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oarlock.web import health

    monkeypatch.setattr(health, "waiting", lambda: ["store.0003_more"])
    monkeypatch.setattr(health, "_up_to_date", [])
    told = as_stranger.get("/readyz")
    assert told.status_code == 503 and told.json()["tables"] is False


def test_every_line_of_the_figures_is_in_prometheus_text_format(as_stranger: Client) -> None:
    as_stranger.get("/healthz")
    lines = as_stranger.get("/metrics").content.decode().splitlines()
    assert len(lines) > 40 and not [line for line in lines if not LINE.match(line)]


def test_the_figures_say_what_waits_what_lags_and_what_failed(as_stranger: Client) -> None:
    at = instant_now() - timedelta(minutes=2)
    orders.order("load", "one", {}, acting=SYSTEM, now=at)
    failed = orders.order("load", "two", {}, acting=SYSTEM, now=at)
    WorkOrder.objects.filter(id=failed).update(state="failed")
    wish("offered", "lena", "handoff:h1", "A lead", {}, at)
    Notice.objects.filter(id=wish("offered", "lena", "handoff:h2", "A lead", {}, at)).update(state="failed")
    DeadLetter.objects.create(id="d1", source="form", at=at, body="{}", code="bad", reason="Bad.")
    Arrival.objects.create(key="form:1", fingerprint="f", at=at, answer="{}")
    seen = figures(as_stranger)
    assert seen['oarlock_orders{state="waiting"}'] == seen['oarlock_orders{state="failed"}'] == 1
    assert seen['oarlock_notices{state="waiting"}'] == seen['oarlock_notices{state="failed"}'] == 1
    assert seen["oarlock_dead_letters"] == seen["oarlock_arrivals_lately"] == 1
    assert 119 < seen["oarlock_oldest_order_seconds"] < 150 and 119 < seen["oarlock_oldest_notice_seconds"] < 150
    assert seen["oarlock_last_arrival_timestamp_seconds"] == pytest.approx(at.timestamp(), abs=0.01)


def test_requests_are_counted_by_the_pattern_of_their_address_and_never_by_the_address(as_mara: Client) -> None:
    as_mara.get("/records/people/somebody-special/")
    as_mara.get("/nowhere/somebody-special/")
    seen = figures(as_mara)
    assert not [name for name in seen if "somebody-special" in name]
    assert [name for name in seen if name.startswith("oarlock_requests_total") and "4xx" in name]
    assert seen["oarlock_request_seconds_count"] >= 2 == seen['oarlock_request_seconds_bucket{le="+Inf"}']


def test_what_another_process_counted_is_told_as_well(as_mara: Client, tmp_path: Path) -> None:
    as_mara.get("/healthz")
    before = figures(as_mara)["oarlock_request_seconds_count"]
    other = metering.Meter()
    other.count("GET", "healthz", 200, 0.02)
    metering.folder_of(tmp_path).joinpath(f"{other.process}.json").rename(metering.folder_of(tmp_path) / "0.json")
    assert figures(as_mara)["oarlock_request_seconds_count"] == before + 2
    (metering.folder_of(tmp_path) / "1.json").write_text("{cut")
    assert figures(as_mara)["oarlock_request_seconds_count"] == before + 3


def test_a_stranger_from_outside_is_told_no_figure(as_stranger: Client) -> None:
    asked = (
        as_stranger.get("/metrics", REMOTE_ADDR=OUTSIDE),
        as_stranger.get("/metrics", headers={"X-Forwarded-For": OUTSIDE}),
        as_stranger.get("/metrics", headers={"Forwarded": "for=203.0.113.9"}),
    )
    for told in asked:
        assert told.status_code == 401 and b"oarlock_" not in told.content


def test_behind_a_proxy_nobody_is_near(as_stranger: Client, settings: Any) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, behind_proxy=True)
    assert as_stranger.get("/metrics").status_code == 401


def test_a_token_of_who_keeps_oarlock_alive_lets_a_monitor_in_and_anybody_elses_does_not(
    members: dict[str, Member], as_stranger: Client
) -> None:
    def ask(key: str, scope: str) -> int:
        member = members[key]
        made = tokens.make(member.id, "monitor", [scope], lasts=timedelta(days=9), acting=SYSTEM, now=instant_now())
        return as_stranger.get("/metrics", REMOTE_ADDR=OUTSIDE, HTTP_AUTHORIZATION=f"Bearer {made.secret}").status_code

    assert (ask("olive", "read"), ask("admin", "read")) == (200, 200)
    assert (ask("lena", "read"), ask("olive", "write")) == (401, 401)


def test_figures_stay_quick_beside_many_arrivals(as_stranger: Client, django_assert_max_num_queries: Any) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    rows = (Arrival(key=f"form:{n}", fingerprint="f", at=at, answer="{}") for n in range(500))
    Arrival.objects.bulk_create(rows)
    with django_assert_max_num_queries(16):
        assert figures(as_stranger)["oarlock_arrivals_lately"] == 0
