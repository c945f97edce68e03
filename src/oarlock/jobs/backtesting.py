"""The back-test of a proposal by order: what its text would have done to history, measured once and kept.

    ask(home, proposal, revision)   the measurement where it is kept, else the order that will make it
    make(...)                       the worker's side

Promise: asking loads no engine; the same texts, lake and program are one measurement.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from oarlock.agreement import Terms
from oarlock.ground.clock import monotonic, now
from oarlock.ground.problems import UserProblem
from oarlock.jobs.figures import lake_mark, program
from oarlock.lifecycle.versions import Versions
from oarlock.store.reads import measurements
from oarlock.store.reads.drafts import terms_of_text
from oarlock.store.reads.measurements import Kept, UnderWay
from oarlock.store.reads.proposals import text_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import measurements as keeping
from oarlock.store.writes import orders
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.orders import Order

KIND = "backtest"
Tell = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Tested:
    """How a back-test stands: `kept`, or what is under way to it, or neither (nobody has asked for it)."""

    key: str
    kept: Kept | None
    waiting: UnderWay | None


def look(home: Path, current: Versions, source: bytes) -> Tested:
    """The back-test of that text, as far as it is. UserProblem where the text has errors, or there is no lake."""
    proposed = _proposed(current, source)
    if not lake_mark(home):
        raise UserProblem(
            "no-facts", "There are no facts to test it on.", "Nothing was imported into this workspace.",
            "Import files under Records, or run `oarlock import`.",
        )  # fmt: skip
    key = _key(home, current, proposed)
    kept = measurements.kept(key)
    return Tested(key, kept, None if kept else measurements.under_way(KIND, key))


def ask(home: Path, proposal: str, revision: int, *, acting: Acting, now: datetime) -> Tested:
    """The same, ordered where it is not kept and not under way."""
    current, source = all_versions(), text_of(proposal, revision)
    found = look(home, current, source)
    if found.kept is None and (found.waiting is None or found.waiting.state in ("done", "failed")):
        orders.order(KIND, found.key, {"proposal": proposal, "revision": revision}, acting=acting, now=now)
        return look(home, current, source)
    return found


def backtest_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `backtest`, for the worker."""
    from django.conf import settings

    proposal, revision = str(order.asked["proposal"]), int(order.asked["revision"])
    return {"key": make(settings.OARLOCK.home, proposal, revision, tell, acting=Acting(order.by))}


def make(home: Path, proposal: str, revision: int, tell: Tell, *, acting: Acting) -> str:
    """Measure it and keep it; its key."""
    from oarlock.charts import comparing
    from oarlock.charts.drawing import svg
    from oarlock.jobs.measuring import measure_backtest
    from oarlock.jobs.plain import plain

    begun = monotonic()
    current = all_versions()
    proposed = _proposed(current, text_of(proposal, revision))
    key = _key(home, current, proposed)

    def progress(what: str, share: float | None, rows: int | None) -> None:
        tell(what, None if share is None else share * 0.9)

    found = measure_backtest(home, current, Versions.of(proposed), progress=progress)
    tell("drawing", 0.95)
    charts = []
    for stage in comparing.moving_stages(found):
        spec = comparing.proposed_by_month(found, stage.stage)
        drawn = {"key": stage.stage, "team": stage.owner, "title": stage.name}
        charts.append({**drawn, "svg": svg(spec, themed=True), "spec": json.dumps(spec)})
    body = json.dumps({"figures": plain(found), "charts": charts, "files": {}})
    names = " ".join(str(t.number) for t in current.all)
    keeping.keep(
        key, KIND, asked=json.dumps({"proposal": proposal, "revision": revision}), versions=names[:80],
        as_known=found.as_known, seconds=monotonic() - begun, body=body, rows="", acting=acting, now=now(),
    )  # fmt: skip
    return key


def _proposed(current: Versions, source: bytes) -> Terms:
    """The proposed text under the number it would have."""
    return terms_of_text(source, max(terms.number for terms in current.all) + 1)


def _key(home: Path, current: Versions, proposed: Terms) -> str:
    whole = [KIND, [[t.number, t.hash] for t in current.all], proposed.hash, lake_mark(home), program()]
    return sha256(json.dumps(whole).encode()).hexdigest()
