"""The process that answers the web: granian, on one address. Started by `serve`, ended with it.

    python -m oarlock.cli.answering HOST PORT PROCESSES

Promise: it does not outlive the process that started it, however that one ended.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread
from time import sleep

THREADS = 20
"""Requests one process has in hand: arrivals wait here for their commit, and a few pages at a time are
made (`web.arrivals.door`)."""
WAITING = 256
KILL_SECONDS = 8
"""How long a request may go on after the word to stop."""


def answer(host: str, port: int, processes: int) -> None:
    """Serve until told to stop."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    leave_with_parent()
    Server(
        "oarlock.web.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=processes,
        blocking_threads=THREADS, backpressure=WAITING, log_level=LogLevels.error, websockets=False,
        respawn_failed_workers=True, workers_kill_timeout=KILL_SECONDS,
    ).serve()  # fmt: skip


def leave_with_parent() -> None:
    """Stop this process, gracefully, once the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    answer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
