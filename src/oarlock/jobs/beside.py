"""What a worker does beside its orders: a literal list of loops, each in a thread of its own, so that none is late.

Promises: a loop ends when the worker does; one that is cut off in the middle of something has lost nothing, for its
claims lapse and another worker takes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from oarlock.jobs import clock, outbox, waking

Loop = Callable[[Event, str], None]

LOOPS: tuple[Loop, ...] = (clock.ring_until, waking.wake_until, outbox.send_until)
"""Each is told when to stop, and the worker's name."""
PATIENCE = 12.0
"""Seconds a loop is given to end by itself: a little more than a mail server may hang."""


@contextmanager
def beside(worker: str) -> Iterator[None]:
    """The loops run while the body does."""
    over = Event()
    threads = [Thread(target=loop, args=(over, worker), daemon=True, name=loop.__name__) for loop in LOOPS]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(PATIENCE)
