"""State made anew: everybody's stage, everybody's entries and all search words, as the facts say and nothing else.

    rebuild(home, acting=, now=) -> rows by table

Promise: whatever was in the state tables before, afterwards they hold what a fresh store loaded from this lake holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from oarlock.engines.lake import look, make_views
from oarlock.ground.clock import now as instant_now
from oarlock.jobs.crossing import put_rows, workbench
from oarlock.jobs.exporting import export
from oarlock.jobs.searching import KEY, WORDS
from oarlock.jobs.standing import make_states
from oarlock.jobs.steps import Bench, silent
from oarlock.store.models import Version
from oarlock.store.writes import loads
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.judging import judge
from oarlock.store.writes.orders import Order
from oarlock.store.writes.standing import refold, unjudged

Tell = Callable[[str, float | None], None]
STATE_TABLES = ("person_states", "stage_entries", "handoffs", "search_words")


def rebuild(home: Path, *, acting: Acting, now: datetime, tell: Tell = lambda words, share: None) -> Mapping[str, int]:
    """Make the state tables anew. What came in live goes to the lake first, for the whole history is followed there."""
    tell("bringing live facts to the lake", 0.1)
    export(home, acting=acting, now=now)
    with workbench(home, "rebuilding") as way:
        make_views(home, way.duck)
        bench = Bench(way.duck, look(way.duck), silent)
        loads.mend_indexes(STATE_TABLES)
        tell("following everybody through the stages", 0.3)
        if Version.objects.exists():
            make_states(way, bench)
            judge(unjudged(), now=now)
            refold(now)
        tell("making everybody findable", 0.8)
        put_rows(way, "search_words", KEY, KEY, WORDS, whole=True)
    with transaction.atomic():
        rows = {table: int(loads.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in STATE_TABLES}  # noqa: S608  # names of ours
        note("rebuilt", "store", "state", rows, acting=acting, now=now)
    return rows


def do_rebuild(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `rebuild`."""
    return rebuild(settings.OARLOCK.home, acting=Acting(order.by), now=instant_now(), tell=tell)
