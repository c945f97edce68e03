"""An order is done by one worker at a time; a dead worker's order is taken over; the same wish twice is one order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from oarlock.ground.problems import UserProblem
from oarlock.jobs import working
from oarlock.store.models import WorkOrder
from oarlock.store.writes import orders
from oarlock.store.writes.audit import SYSTEM

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
SOON, LATER = NOON + timedelta(seconds=1), NOON + orders.CLAIM + timedelta(seconds=2)


def wish(key: str = "october", kind: str = "measure", due_at: datetime | None = None) -> str:
    return orders.order(kind, key, {"month": key}, acting=SYSTEM, now=NOON, due_at=due_at)


@pytest.mark.django_db
def test_the_same_wish_twice_is_one_order_until_it_is_done() -> None:
    first = wish()
    assert wish() == first
    taken = orders.claim("ann", NOON)
    assert taken and taken.id == first and wish() == first
    orders.finish(first, {}, worker="ann", now=SOON)
    assert wish() != first


@pytest.mark.django_db
def test_an_order_that_is_taken_is_nobody_elses() -> None:
    wish()
    assert orders.claim("ann", NOON)
    assert orders.claim("bob", SOON) is None


@pytest.mark.django_db
def test_the_one_who_has_waited_longest_comes_first() -> None:
    second = wish("october")
    first = wish("september", due_at=NOON - timedelta(hours=1))
    later = wish("november", due_at=NOON + timedelta(hours=1))
    claimed = [order.id for _ in range(3) if (order := orders.claim("ann", SOON))]
    assert claimed == [first, second] and later not in claimed


@pytest.mark.django_db
def test_an_order_whose_worker_died_is_taken_over_and_the_dead_ones_word_counts_no_more() -> None:
    order = wish()
    orders.claim("ann", NOON)
    assert orders.claim("bob", LATER)
    assert not orders.keep(order, worker="ann", now=LATER)
    assert not orders.finish(order, {"by": "ann"}, worker="ann", now=LATER)
    assert orders.finish(order, {"by": "bob"}, worker="bob", now=LATER)
    assert WorkOrder.objects.get(id=order).result == '{"by": "bob"}'


@pytest.mark.django_db
def test_a_claim_that_is_kept_fresh_does_not_lapse() -> None:
    order = wish()
    orders.claim("ann", NOON)
    assert orders.keep(order, worker="ann", now=NOON + timedelta(seconds=10), words="half done", share=0.5)
    assert orders.claim("bob", NOON + timedelta(seconds=20)) is None
    assert WorkOrder.objects.get(id=order).words == "half done"


@pytest.mark.django_db
def test_an_order_that_kills_its_workers_fails_in_the_end_and_says_so() -> None:
    order, at = wish(), NOON
    for _ in range(orders.ATTEMPTS):
        assert orders.claim("ann", at)
        at += orders.CLAIM * 2
    assert orders.claim("ann", at) is None
    found = WorkOrder.objects.get(id=order)
    assert found.state == "failed" and "died" in found.words


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_what_is_asked_and_tells_how_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def well(order: orders.Order, tell: working.Tell) -> Mapping[str, object]:
        tell("counting", 0.5)
        return {"rows": order.asked["month"]}

    def wrong(order: orders.Order, tell: working.Tell) -> Mapping[str, object]:
        raise UserProblem("empty-lake", "The lake is empty.", "", "Import something.")

    def bug(order: orders.Order, tell: working.Tell) -> Mapping[str, object]:
        raise ZeroDivisionError("a secret of somebody's")

    for kind, does in (("well", well), ("wrong", wrong), ("bug", bug)):
        monkeypatch.setitem(working.KINDS, kind, does)
        wish(kind, kind)
    assert working.work(Event(), name="ann", once=True) == 3
    found = {order.kind: order for order in WorkOrder.objects.all()}
    assert (found["well"].state, found["well"].result) == ("done", '{"rows": "well"}')
    assert (found["wrong"].state, found["wrong"].words) == ("failed", "The lake is empty. Import something.")
    assert found["bug"].state == "failed" and "ZeroDivisionError" in found["bug"].words
    assert "secret" not in found["bug"].words
