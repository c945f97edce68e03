"""The clock loop: every second, what is due on any hand-off is done. Any number of workers may run it at once.

    ring_until(stop, worker)    the loop, beside a worker's orders, in a thread of its own: no order delays a clock

Promises: a breach is one fact, dated when it was due; a worker killed anywhere loses and doubles nothing; a clock set
back does no harm, for what was due is due again later and what was done stays done.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Event

from django.db import OperationalError, close_old_connections, connection

from oarlock.ground.clock import now
from oarlock.ground.problems import Problem
from oarlock.store.writes import clocks
from oarlock.store.writes.orders import Order

EVERY_SECONDS = 1.0
AWAY_SECONDS = 2.0
log = logging.getLogger("oarlock.clocks")
Tell = Callable[[str, float | None], None]


def ring_until(stop: Event, worker: str) -> None:
    """Do what is due, until `stop` is set."""
    keep_doing(lambda: clocks.ring(now()), stop, EVERY_SECONDS, "clocks")


def keep_doing(turn: Callable[[], int], stop: Event, every: float, what: str) -> None:
    """Take turns: at once again while there was something to do, else after so many seconds. A database that is away,
    or a bug, is told of in the log and waited for: the next turn may go well."""
    try:
        while not stop.is_set():
            pause = every
            try:
                if turn():
                    pause = 0.0
            except OperationalError as away:
                log.warning("%s: the database does not answer: %s", what, type(away).__name__)
                connection.close()
                pause = AWAY_SECONDS
            except Problem as problem:
                log.warning("%s: %s %s", what, problem.what, problem.why)
            except Exception:
                log.exception("%s: a bug", what)
            if pause:
                close_old_connections()
                stop.wait(pause)
    finally:
        connection.close()


def redate_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `redate`: a new version has come into force, and running clocks go by its hours from now on."""
    return {"looked_at": clocks.redate(now(), lambda done: tell(f"dating clocks anew: {done:,}", None))}
