"""The worker: takes orders one after the other, keeps each claim fresh while it works, and stops when it is told to.

    KINDS    kind of order -> the function that does it, told how far it has come by `tell(words, share)`
    work()   the loop: until `stop` is set; any number of workers may run, in any number of processes

Promises: an order is done by one worker at a time; a worker that dies loses nothing, for another one takes the order
when the claim has lapsed; a failure ends in a sentence its asker can read.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from threading import Event, Thread

from django.db import OperationalError, close_old_connections, connection

from oarlock.ground.clock import monotonic, now
from oarlock.ground.problems import Problem
from oarlock.jobs import (
    backtesting,
    bringing_in,
    bundling,
    checkpoints,
    clock,
    closing,
    computing,
    erasing,
    examples,
    exporting,
    feeds,
    handing_over,
    loading,
    mailing,
    rebuilding,
    recurring,
)
from oarlock.jobs.beside import beside
from oarlock.store.writes import orders
from oarlock.store.writes.orders import CLAIM, Order

Tell = Callable[[str, float | None], None]
Doing = Callable[[Order, Tell], Mapping[str, object]]

KINDS: dict[str, Doing] = {
    "bundle": bundling.make_bundle,
    "backtest": backtesting.backtest_order,
    "checkpoint": checkpoints.checkpoint,
    "adjust": closing.adjust_order,
    "close": closing.close_order,
    "export": exporting.do_export,
    "feeds": feeds.feeds_order,
    "examples": examples.examples_order,
    "figures": computing.figures_order,
    "erase": erasing.erase_order,
    "hand-over": handing_over.hand_over_order,
    "import": bringing_in.import_order,
    "look": bringing_in.look_order,
    "letter": mailing.letter,
    "load": loading.do_load,
    "rebuild": rebuilding.do_rebuild,
    "redate": clock.redate_order,
    "refresh": recurring.refresh_order,
    "sweep": recurring.sweep_order,
}
"""Every kind of order there is, and who does it."""

IDLE_SECONDS = 0.5
AWAY_SECONDS = 2.0
BEAT_SECONDS = 0.5
BEAT_EVERY = 4.0
"""Seconds between two signs of life while nothing waits."""
log = logging.getLogger("oarlock.jobs")


class TakenOver(Exception):
    """Another worker has this order: what we do with it counts no more."""


class Stopping(Exception):
    """The worker was told to stop: what it is doing is given back, and the next worker begins it anew."""


def work(stop: Event, *, name: str | None = None, once: bool = False) -> int:
    """Do orders until `stop` is set, or with `once` until none waits; how many were done.

    An order under way when `stop` is set is given back at the next word it says of its progress. What comes by itself
    (`recurring`) is looked after each minute, and what is done beside orders (`beside`) is done, but not with `once`.
    """
    worker = name or f"{socket.gethostname()}:{os.getpid()}"
    with nullcontext() if once else beside(worker):
        done = _do_orders(stop, worker, once)
    _go(worker)
    return done


def _do_orders(stop: Event, worker: str, once: bool) -> int:
    """Orders, one after the other; how many were done."""
    done, beaten, looked = 0, -BEAT_EVERY, -recurring.LOOK_EVERY
    while not stop.is_set():
        try:
            if monotonic() - beaten >= BEAT_EVERY:
                orders.beat(worker, now=now())
                beaten = monotonic()
            if not once and monotonic() - looked >= recurring.LOOK_EVERY:
                _look()
                looked = monotonic()
            taken = orders.claim(worker, now())
        except OperationalError as away:
            log.warning("the database does not answer: %s", type(away).__name__)
            connection.close()
            stop.wait(AWAY_SECONDS)
            continue
        if taken is not None:
            _do(taken, worker, stop)
            done += 1
        elif once:
            break
        else:
            close_old_connections()
            stop.wait(IDLE_SECONDS)
    return done


def _look() -> None:
    """Order what comes by itself; whatever is wrong with that keeps nobody from what was asked for."""
    from django.conf import settings

    try:
        recurring.check(settings.OARLOCK.home, now())
    except OperationalError:
        raise
    except Problem as problem:
        log.warning("nothing was ordered by itself: %s", problem.what)
    except Exception:
        log.exception("nothing was ordered by itself: a bug")


def _go(worker: str) -> None:
    try:
        orders.gone(worker, now=now())
    except OperationalError:
        log.warning("the database does not answer; this worker goes without a word")


def _do(order: Order, worker: str, stop: Event) -> None:
    """One order, to its end, its failure, or back where it came from."""
    with _Fresh(order.id, worker, stop) as fresh:
        try:
            result = KINDS[order.kind](order, fresh.tell)
        except TakenOver:
            log.warning("order %s (%s) was taken over", order.id, order.kind)
            return
        except Stopping:
            orders.give_back(order.id, worker=worker, now=now())
            return
        except Problem as problem:
            words = " ".join(part for part in (problem.what, problem.why, problem.next_step) if part)
            orders.fail(order.id, words, worker=worker, now=now())
            return
        except Exception as bug:
            log.exception("order %s (%s): a bug", order.id, order.kind)
            orders.fail(
                order.id, f"A bug in Oarlock: {type(bug).__name__}. The log has more.", worker=worker, now=now()
            )
            return
    orders.finish(order.id, result, worker=worker, now=now())


class _Fresh:
    """Keeps a claim fresh from a thread of its own, for the work itself may be one long query."""

    def __init__(self, order: str, worker: str, stop: Event) -> None:
        self.order, self.worker, self.stop = order, worker, stop
        self.words = ""
        self.share: float | None = None
        self.lost = False
        self._over = Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> _Fresh:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, words: str, share: float | None = None) -> None:
        """How far the work has come. Raises TakenOver where it is another's by now, Stopping where we must go."""
        self.words, self.share = words, share
        if self.lost:
            raise TakenOver
        if self.stop.is_set():
            raise Stopping

    def _beat(self) -> None:
        told, kept_at = "", monotonic()
        while not self._over.wait(BEAT_SECONDS):
            if told == self.words and monotonic() - kept_at < CLAIM.total_seconds() / 3:
                continue
            told, kept_at = self.words, monotonic()
            try:
                self.lost = not orders.keep(self.order, worker=self.worker, now=now(), words=told, share=self.share)
                orders.beat(self.worker, now=now())
            except OperationalError:
                log.warning("the claim on %s could not be renewed", self.order)
        connection.close()
