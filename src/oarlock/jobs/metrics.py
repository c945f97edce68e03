"""Figures for a monitor, as Prometheus reads them: what waits, lags and failed, and how requests were answered.

Written plainly: the text format is a line a figure, and a library for it would keep counts we have in the store.
Nothing in it names a person, an address or a secret.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

from oarlock.store.reads.lags import Queue, lags

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the durations that are told apart, in seconds."""
TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Requests:
    """Answers by `METHOD 2xx pattern`; how many took at most each of BOUNDS, and longer; all seconds together."""

    answers: Mapping[str, int]
    buckets: tuple[int, ...]
    seconds: float


def exposition(requests: Requests, home: Path, now: datetime) -> str:
    """Everything, as text."""
    return "\n".join((*_lagging(home, now), *_answered(requests), ""))


def _lagging(home: Path, now: datetime) -> Iterator[str]:
    seen = lags(now)
    yield from _gauge("info", "Which release runs.", {f'release="{version("oarlock")}"': 1})
    yield from _gauge("workers_alive", "Workers that said so within 15 seconds.", {"": seen.workers})
    orders = {
        'state="waiting"': seen.orders.many, 'state="taken"': seen.orders_taken, 'state="failed"': seen.orders_failed,
    }  # fmt: skip
    yield from _gauge("orders", "Orders for work, by state.", orders)
    yield from _age("oldest_order_seconds", "How long the oldest waiting order is due.", seen.orders, now)
    yield from _gauge("handoffs_open", "Hand-offs that have not ended.", {"": seen.open_handoffs})
    yield from _gauge("clocks_overdue", "Clocks past due that nobody has acted on.", {"": seen.clocks.many})
    yield from _age("oldest_overdue_clock_seconds", "How long the oldest of these is overdue.", seen.clocks, now)
    notices = {'state="waiting"': seen.notices.many, 'state="failed"': seen.notices_failed}
    yield from _gauge("notices", "Notices that are due and not sent, and that failed.", notices)
    yield from _age("oldest_notice_seconds", "How long the oldest unsent notice is due.", seen.notices, now)
    yield from _gauge(
        "dead_letters", "Arrivals not taken in that nobody answered.", {"": seen.letters.many}
    )
    yield from _gauge("arrivals_lately", "Arrivals of the last five minutes.", {"": seen.arrived_lately})
    last = seen.arrived_last.timestamp() if seen.arrived_last else 0
    yield from _gauge("last_arrival_timestamp_seconds", "When something last arrived.", {"": last})
    disk = shutil.disk_usage(home)
    yield from _gauge("disk_free_bytes", "Free space of the workspace's disk.", {"": disk.free})


def _answered(requests: Requests) -> Iterator[str]:
    told = {}
    for name, many in sorted(requests.answers.items()):
        method, status, route = name.split(" ", 2)
        told[f'method="{method}",status="{status}",route="{_quoted(route)}"'] = many
    yield from _told("requests_total", "counter", "Requests answered, by method, status and pattern of address.", told)
    name = "oarlock_request_seconds"
    yield from (f"# HELP {name} How long answers took.", f"# TYPE {name} histogram")
    sums = list(accumulate(requests.buckets))
    for bound, many in zip((*(f"{b:g}" for b in BOUNDS), "+Inf"), sums, strict=True):
        yield f'{name}_bucket{{le="{bound}"}} {many}'
    yield from (f"{name}_sum {requests.seconds:g}", f"{name}_count {sums[-1]}")


def _age(name: str, help_: str, queue: Queue, now: datetime) -> Iterator[str]:
    """Seconds since the oldest was due; 0 where none waits."""
    seconds = max((now - queue.since).total_seconds(), 0.0) if queue.since else 0.0
    yield from _gauge(name, help_, {"": seconds})


def _gauge(name: str, help_: str, values: Mapping[str, float]) -> Iterator[str]:
    yield from _told(name, "gauge", help_, values)


def _told(name: str, kind: str, help_: str, values: Mapping[str, float]) -> Iterator[str]:
    yield from (f"# HELP oarlock_{name} {help_}", f"# TYPE oarlock_{name} {kind}")
    for labels, value in values.items():
        yield f"oarlock_{name}{f'{{{labels}}}' if labels else ''} {value:.15g}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
