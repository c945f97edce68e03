"""The worker's side of `figures`: open the lake, follow everybody through the stages once, and keep what was measured.

Promises: done twice it is the same measurement; the lives of one set of versions, date and lake are computed once and
serve every later question about them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from oarlock.engines.sql import ident
from oarlock.ground.clock import monotonic, now
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import has_rows, keep_rows, opened_with_cache, sweep, use_rows
from oarlock.jobs.figures import Asked
from oarlock.jobs.period_planning import LIVES, Planned, Wanted, plan_lives, plan_periods
from oarlock.jobs.plain import plain
from oarlock.jobs.planning import Planner
from oarlock.jobs.steps import Bench, Rows
from oarlock.lifecycle.versions import Versions
from oarlock.loop.period_figures import (
    FunnelFigures,
    LoopFigures,
    closed_figures,
    entered_figures,
    loop_figures,
    step_figures,
)
from oarlock.loop.reporting import judged, month_flows, number
from oarlock.store.writes import measurements
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.orders import Order

Tell = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run of the engine gave: figures, and the names of the rows' files by what they hold."""

    funnel: FunnelFigures | None
    loops: dict[str, LoopFigures]
    files: dict[str, str]
    values: dict[str, str]
    as_known: datetime


def figures_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `figures`, for the worker."""
    from django.conf import settings

    asked = Asked.of(order.asked)
    return {"key": make(settings.OARLOCK.home, asked, tell, acting=Acting(order.by))}


class Make(Protocol):
    """Computes and keeps what was asked for; its key."""

    def __call__(self, home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
        """Do it."""


def makers() -> dict[str, Make]:
    """Who makes what is no funnel and no closed loop; loaded by whoever asks for one of them."""
    from oarlock.jobs.drifting import make_drift
    from oarlock.jobs.fairness import make_fairness
    from oarlock.jobs.ledger import make_ledger
    from oarlock.jobs.proposing_edits import make_edits
    from oarlock.jobs.sending import make_sent
    from oarlock.jobs.suggesting import make_suggestions

    return {
        "drift": make_drift, "suggest": make_suggestions, "ledger": make_ledger, "sent": make_sent,
        "edits": make_edits, "fairness": make_fairness,
    }  # fmt: skip


def make(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Compute and keep what was asked for; its key."""
    if asked.kind not in ("funnel", "loop"):
        return makers()[asked.kind](home, asked, tell, acting=acting)
    begun, judging = monotonic(), figures.judges(asked.version)
    key = figures.key_of(home, asked, judging)
    by = (asked.by,) if asked.kind == "loop" else ()
    found = compute(home, judging, asked, by, key, tell)
    if asked.kind == "loop":
        loop = found.loops[asked.by]
        body = {"figures": plain(loop), "files": found.files | {"values": found.values[asked.by]}}
    else:
        assert found.funnel is not None
        tell("drawing", 0.95)
        body = {"figures": plain(found.funnel), "files": found.files, "charts": _charts(found.funnel, judging)}
    keep(key, asked, judging, found.as_known, body, monotonic() - begun, acting=acting)
    sweep(home, measurements.sweep(versions=names_of(judging), acting=acting, now=now()))
    return key


def keep(
    key: str, asked: Asked, judging: Versions, as_known: datetime, body: Mapping[str, Any], seconds: float, *,
    acting: Acting,
) -> None:  # fmt: skip
    """Keep a measurement with its body."""
    measurements.keep(
        key, asked.kind, asked=json.dumps(asked.body), versions=names_of(judging), as_known=as_known, seconds=seconds,
        body=json.dumps(body), rows=" ".join(body["files"].values()), acting=acting, now=now(),
    )  # fmt: skip


def names_of(judging: Versions) -> str:
    """The versions that judge, as a short name: `1 2`, or their hash where there are too many."""
    names = " ".join(str(t.number) for t in judging.all)
    return names if len(names) <= 80 else sha256(names.encode()).hexdigest()


def compute(home: Path, judging: Versions, asked: Asked, by: tuple[str, ...], key: str, tell: Tell) -> Measured:
    """Run it. The rows behind are kept in the cache."""

    def progress(what: str, share: float | None, rows: int | None) -> None:
        tell(what, share)

    with opened_with_cache(home, progress) as bench:
        until = figures.as_known_of(asked.as_known, judging) or bench.last_known()
        lives = lives_ready(home, bench, judging, until)
        wanted = Wanted(judging, asked.where, by, funnel=asked.kind == "funnel")
        planned, rows = answer(
            bench, Line(), lambda line: plan_periods(Planner(line, until, bench.seen.merges), wanted)
        )
        files = {"lives": lives}
        if asked.where and wanted.funnel:
            files["lives"] = f"lives-{key[:24]}.parquet"
            keep_rows(bench.connection, home, _newest("chosen", judging), files["lives"])
        values = {}
        if by:
            files["answers"] = f"answers-{key[:24]}.parquet"
            keep_rows(bench.connection, home, "SELECT * FROM answers", files["answers"])
        for field, table in planned.values.items():
            values[field] = f"values-{key[:24]}.parquet"
            keep_rows(bench.connection, home, f"SELECT * FROM {table}", values[field])  # noqa: S608  # names of ours
    funnel = _funnel(judging, wanted, until, planned, rows) if wanted.funnel else None
    return Measured(funnel, _loops(wanted, planned, rows), files, values, until)


def lives_ready(home: Path, bench: Bench, judging: Versions, until: datetime) -> str:
    """The name of the kept lives; they are there as the table LIVES of this bench, computed where none were kept."""
    whole = [[t.number, t.hash] for t in judging.all], until.isoformat(), figures.lake_mark(home), figures.program()
    name = f"lives-{sha256(json.dumps(whole).encode()).hexdigest()[:24]}.parquet"
    if has_rows(home, name):
        use_rows(bench.connection, home, name, LIVES)
    else:
        answer(bench, Line(), lambda line: plan_lives(Planner(line, until, bench.seen.merges), judging))
        keep_rows(bench.connection, home, _newest(LIVES, judging), name)
    return name


def _newest(lives: str, judging: Versions) -> str:
    """SELECT of lives in the order in which pages show them: whoever came in last first."""
    first = ident(f"{judging.stage_keys[0]}_at")
    return f"SELECT * FROM {lives} ORDER BY {first} DESC"  # noqa: S608  # names of ours


def _funnel(judging: Versions, wanted: Wanted, until: datetime, planned: Planned, rows: Rows) -> FunnelFigures:
    told = judged(judging)
    balance = rows["balance"][0]
    return FunnelFigures(
        agreement=told.used, as_known=until, stages=told.stages, handed=wanted.handed, where=wanted.where,
        months=tuple(m.text for m in planned.months), entries=entered_figures(rows["entries"], wanted.stages),
        steps=step_figures(rows, wanted.stages), flows=month_flows(wanted.stages, rows["flows"]),
        balance={s: number(balance[f"b_{s}"]) for s in wanted.stages}, closed=closed_figures(rows["closed"]),
        queries={name: sql for name, sql in planned.queries.items() if not name.startswith("loop ")},
    )  # fmt: skip


def _loops(wanted: Wanted, planned: Planned, rows: Rows) -> dict[str, LoopFigures]:
    found = {}
    for field in wanted.by:
        names = {basis: f"loop {basis} {field}" for basis in ("cohort", "calendar")}
        mine = {f"loop {basis}": rows[name] for basis, name in names.items()}
        queries = {f"loop {basis}": planned.queries[name] for basis, name in names.items()}
        found[field] = LoopFigures(field, loop_figures(mine, wanted.stages, wanted.handed), queries)
    return found


def _charts(found: FunnelFigures, judging: Versions) -> list[dict[str, str]]:
    """What is drawn once and shown often; drawing is slow to warm up."""
    from oarlock.charts.drawing import svg
    from oarlock.charts.over_time import of_funnel

    return [
        {"key": c.key, "team": c.team, "title": c.title, "svg": svg(c.spec, themed=True), "spec": json.dumps(c.spec)}
        for c in of_funnel(found, judging.latest)
    ]
