"""How quick the pages are on a large store: the server's time and the queries of each page, asked in this process.

    python -m bench.pages HOME [--times N]

HOME is a workspace whose store is loaded. Every page is asked N times as an administrator who leads; the first time is
told apart, for it fills what a process keeps. p95 is the nearest rank. Bars: 150 ms, 12 queries, 100 ms for Find.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

PAGES = (
    "/", "/agreement/", "/agreement/versions/", "/agreement/propose/", "/funnel/", "/funnel/?period=all&basis=calendar",
    "/funnel/?figure=entered.mql&period=2026-10", "/funnel/months/", "/drift/", "/records/", "/records/?sort=name",
    "/records/?stage=mql", "/records/?source=webinar&country=DE", "/records/?q=anna", "/records/accounts/",
    "/records/opportunities/", "/records/opportunities/?status=won&sort=-amount", "/records/find/?q=ann",
    "/records/find/?q=ha+mu", "/records/imports/", "/settings/", "/settings/members/", "/settings/trail/",
    "/settings/status/", "/api/people?limit=50", "/api/opportunities?limit=50", "/api/numbers?period=2026-10",
    "/api/drift", "/api/audit",
)  # fmt: skip
MILLISECONDS, QUERIES, FIND = 150.0, 12, 100.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One page: its status, the first time, the 95th percentile of the others by the wall's clock and by the
    processor's (ms), its queries. On a machine that is busy with other things the processor's is the one to look at."""

    page: str
    status: int
    first: float
    p95: float
    cpu: float
    queries: int

    @property
    def verdict(self) -> str:
        """Whether it keeps the bars."""
        bar = FIND if "/find/" in self.page else MILLISECONDS
        kept = self.status == 200 and self.p95 <= bar and self.queries <= QUERIES
        return "ok" if kept else "MISSED"


def main() -> None:
    """Ask every page, print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--times", type=int, default=40)
    asked = parser.parse_args()
    os.environ.pop("OARLOCK_HOME", None)
    from oarlock.store.opening import open_store

    open_store(asked.home.absolute())
    print(f"{'page':<52}{'status':>7}{'first ms':>10}{'p95 ms':>9}{'cpu ms':>9}{'queries':>9}")
    for one in measured(asked.times):
        times = f"{one.first:>10.1f}{one.p95:>9.1f}{one.cpu:>9.1f}"
        print(f"{one.page:<52}{one.status:>7}{times}{one.queries:>9}  {one.verdict}", flush=True)


def measured(times: int) -> Iterator[Asked]:
    """Every page in turn; figures that are not made yet are made here first."""
    from threading import Event

    from oarlock.jobs.working import work
    from oarlock.web.api import pace

    pace.BURST = 10**9
    with _somebody() as client:
        for page in ("/", "/funnel/", "/drift/"):
            client.get(page)
            work(Event(), name="bench", once=True)
        for page in (*PAGES, *_records()):
            yield _ask(client, page, times)


@contextmanager
def _somebody() -> Iterator[Any]:
    """A client of a member who may everything, made for the measuring and gone with it."""
    from django.conf import settings
    from django.test import Client

    from oarlock.ground.clock import now
    from oarlock.store.models import Member
    from oarlock.store.models.members import ROLES

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    member = Member.objects.create(
        id="bench", email="bench@bench.invalid", name="Bench", roles=" ".join(ROLES), joined_at=now()
    )
    try:
        client = Client()
        client.force_login(member)
        yield client
        client.logout()
    finally:
        Member.objects.filter(pk="bench").delete()


def _records() -> list[str]:
    """One record of each kind: somebody with much behind them."""
    from oarlock.store.models import Account, Opportunity, Touch

    found = []
    touch = Touch.objects.order_by("touch_id").first()
    if touch:
        found.append(f"/records/people/{touch.person_id}/")
    account, deal = Account.objects.order_by("account_id").first(), Opportunity.objects.order_by("-created_at").first()
    found += [f"/records/accounts/{account.pk}/"] if account else []
    return found + ([f"/records/opportunities/{deal.pk}/"] if deal else [])


def _ask(client: Any, page: str, times: int) -> Asked:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        first, _, status = _timed(client, page)
    queries = len(context)
    took = [_timed(client, page) for _ in range(times)]
    wall, cpu = (_p95([one[place] for one in took]) for place in (0, 1))
    return Asked(page, status, first, wall, cpu, queries)


def _p95(took: list[float]) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * 0.95))]


def _timed(client: Any, page: str) -> tuple[float, float, int]:
    begun, worked = perf_counter(), process_time()
    answer = client.get(page)
    return (perf_counter() - begun) * 1000, (process_time() - worked) * 1000, answer.status_code


if __name__ == "__main__":
    main()
