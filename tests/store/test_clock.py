"""The clock loop: what is due is done once, by whoever comes first, and dated when it was due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError

from oarlock.jobs import clock
from oarlock.store.models import Handoff, HandoffEvent, Notice, PersonState
from oarlock.store.writes import clocks, handoffs
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.clocks import ring, wake
from oarlock.store.writes.desk import happen

from .live import DAY, HOUR, MINUTE, MONDAY, everything, offered, someone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("signed")]
LENA = Acting("member-lena")


def events(handoff: str) -> list[tuple[str, datetime, str | None]]:
    rows = HandoffEvent.objects.filter(handoff_id=handoff).order_by("at", "event_id")
    return list(rows.values_list("kind", "at", "to"))


def test_nothing_is_done_before_it_is_due(home: Path) -> None:
    handoff = offered("p-1")
    assert ring(MONDAY + 44 * MINUTE) == 0
    assert [kind for kind, *_ in events(handoff.pk)] == ["offered"]


def test_a_breach_is_dated_when_it_was_due_and_passes_the_lead_on(home: Path) -> None:
    handoff = offered("p-1")
    assert ring(MONDAY + HOUR + 7 * MINUTE) == 1
    told = events(handoff.pk)
    assert [kind for kind, *_ in told] == ["offered", "reminded", "breached", "reassigned"]
    assert {at for kind, at, _ in told if kind in ("breached", "reassigned")} == {handoff.accept_due_at}
    moved = Handoff.objects.get(pk=handoff.pk)
    assert (moved.owner, moved.holders, moved.breached) == ("jonas", "lena jonas", "accept")
    assert ring(MONDAY + HOUR + 7 * MINUTE) == 0
    assert Counter(Notice.objects.values_list("kind", "user")) == {
        ("offered", "lena"): 1, ("reminder", "lena"): 1, ("offered", "jonas"): 1,
    }  # fmt: skip


def test_what_is_answered_in_time_is_never_late(home: Path) -> None:
    handoff = offered("p-1")
    handoffs.accept(handoff.pk, by="lena", acting=LENA, now=MONDAY + 30 * MINUTE)
    assert ring(MONDAY + 2 * HOUR) == 0
    assert Handoff.objects.get(pk=handoff.pk).breached == ""


def test_workers_that_stood_still_three_days_end_where_those_that_ran_do(home: Path) -> None:
    ran, stood = offered("p-1"), None
    for quarter in range(3 * 24 * 4):
        ring(MONDAY + quarter * 15 * MINUTE)
    ran.refresh_from_db()
    Handoff.objects.all().delete()
    from oarlock.store.models import Turn

    Turn.objects.all().delete()
    stood = offered("p-2")
    while ring(MONDAY + 3 * DAY):
        pass
    assert [e[0:2] for e in events(ran.pk)] == [e[0:2] for e in events(stood.pk)]
    assert len(events(stood.pk)) > 10


def test_a_clock_set_back_an_hour_doubles_nothing(home: Path) -> None:
    handoff = offered("p-1")
    ring(MONDAY + 2 * HOUR)
    before = everything()
    for minutes in range(0, 60, 5):
        ring(MONDAY + HOUR + minutes * MINUTE)
    assert everything() == before
    told = [at for _, at, _ in events(handoff.pk)]
    assert told == sorted(told)


def test_two_handoffs_of_a_batch_are_decided_though_one_cannot_be(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    bad, good = offered("p-1"), offered("p-2")
    honest = happen

    def unlucky(happenings: Any, **more: Any) -> Any:
        if "p-1" in happenings:
            raise ZeroDivisionError
        return honest(happenings, **more)

    monkeypatch.setattr(clocks, "happen", unlucky)
    now = MONDAY + HOUR + MINUTE
    assert ring(now) == 2
    assert "cannot be decided: a bug" in caplog.text
    assert Handoff.objects.get(pk=good.pk).breached == "accept"
    assert Handoff.objects.get(pk=bad.pk).due_at == now + clocks.PUT_OFF
    monkeypatch.setattr(clocks, "happen", honest)
    assert ring(now + clocks.PUT_OFF) >= 1
    assert ("breached", bad.accept_due_at) in [e[:2] for e in events(bad.pk)]


def test_whoever_was_recycled_wakes_by_themselves(home: Path) -> None:
    for n in range(3):
        handoff = offered(f"p-{n}")
        handoffs.reject(handoff.pk, by=handoff.owner or "", reason="bad-timing", acting=LENA, now=MONDAY + MINUTE)
    assert wake(MONDAY + 89 * DAY) == 0
    assert wake(MONDAY + 91 * DAY) == 3
    assert {(s.cycle, s.stage, s.detour) for s in PersonState.objects.all()} == {(2, "lead", None)}
    assert wake(MONDAY + 91 * DAY) == 0


def test_the_loop_goes_on_after_the_database_was_away_and_after_a_bug(caplog: Any) -> None:
    stop = Event()
    turns: Iterator[int | Exception] = iter([OperationalError(), ZeroDivisionError(), 1, 0])

    def turn() -> int:
        came = next(turns, None)
        if came is None:
            stop.set()
            return 0
        if isinstance(came, Exception):
            raise came
        return came

    clock.AWAY_SECONDS, kept = 0.01, clock.AWAY_SECONDS
    try:
        clock.keep_doing(turn, stop, 0.01, "clocks")
    finally:
        clock.AWAY_SECONDS = kept
    assert "does not answer" in caplog.text and "a bug" in caplog.text


def test_somebody_erased_keeps_no_clock_waiting(home: Path) -> None:
    from oarlock.store.writes.erasing import erase

    offered("p-1")
    erase(["p-1"], {}, [], [], "asked", acting=LENA, now=MONDAY + MINUTE)
    assert ring(MONDAY + DAY) == 0
    assert someone("p-2")
