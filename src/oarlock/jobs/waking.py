"""People on a detour wake by themselves when it ends, in batches: every few seconds somebody looks who is due."""

from __future__ import annotations

from threading import Event

from oarlock.ground.clock import now
from oarlock.jobs.clock import keep_doing
from oarlock.store.writes import clocks

EVERY_SECONDS = 5.0


def wake_until(stop: Event, worker: str) -> None:
    """Let people wake, until `stop` is set."""
    keep_doing(lambda: clocks.wake(now()), stop, EVERY_SECONDS, "waking")
