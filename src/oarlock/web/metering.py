"""How many requests were answered, how, and how long they took: counted in each process, told together.

Each process keeps its own counts in `run/requests/<process>.json` of the workspace, at most once a second; `counted`
adds those of all processes up. Only the pattern of an address is kept, never the address: no id, no name, no token.
"""

from __future__ import annotations

import json
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from oarlock.ground.clock import monotonic
from oarlock.jobs.metrics import BOUNDS, Requests

EVERY = 1.0
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meter:
    """The counts of this process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.process = ""
        self.answers: Counter[str] = Counter()
        self.buckets = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0
        self.kept = -EVERY

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answer; the file is written at most once in EVERY seconds."""
        with self.lock:
            self.answers[f"{method} {status // 100}xx {route}"] += 1
            self.buckets[bisect_left(BOUNDS, seconds)] += 1
            self.seconds += seconds
            if monotonic() - self.kept >= EVERY:
                self.kept = monotonic()
                self._keep()

    def keep(self) -> None:
        """Write the file now."""
        with self.lock:
            self._keep()

    def _keep(self) -> None:
        """What a full disk takes away is a count; the request it counts was answered all the same."""
        self.process = f"{os.getpid()}"  # asked each time: a process may have been forked
        if not Path(settings.OARLOCK.home).is_dir():
            return
        told = {"answers": self.answers, "buckets": self.buckets, "seconds": self.seconds}
        with suppress(OSError):
            folder = folder_of(settings.OARLOCK.home)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            waiting = folder / f"{self.process}.new"
            waiting.write_text(json.dumps(told), encoding="utf-8")
            waiting.replace(folder / f"{self.process}.json")


METER = Meter()


class Metering:
    """Counts every answer on its way out."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count."""
        begun = monotonic()
        response = self.answer(request)
        found = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        METER.count(str(method), found.route if found else "-", response.status_code, monotonic() - begun)
        return response


def counted() -> Requests:
    """What all processes counted since the server began, this one to the last request."""
    METER.keep()
    answers: Counter[str] = Counter()
    buckets, seconds = [0] * (len(BOUNDS) + 1), 0.0
    for file in sorted(folder_of(settings.OARLOCK.home).glob("*.json")):
        with suppress(OSError, ValueError, KeyError):
            told = json.loads(file.read_text(encoding="utf-8"))
            answers.update(told["answers"])
            buckets = [a + b for a, b in zip(buckets, told["buckets"], strict=True)]
            seconds += told["seconds"]
    return Requests(dict(answers), tuple(buckets), seconds)


def folder_of(home: Path) -> Path:
    """Where processes keep their counts."""
    return Path(home) / "run" / "requests"
