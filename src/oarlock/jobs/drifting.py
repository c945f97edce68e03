"""Drift by order: recorded beside defined, its trend, and every compared row kept for lists and exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import ibis

from oarlock.ground.clock import monotonic, now
from oarlock.ground.periods import Period
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import keep_rows, opened_with_cache, sweep
from oarlock.jobs.figures import Asked
from oarlock.jobs.period_planning import LIVES, lives_schema
from oarlock.jobs.plain import plain
from oarlock.jobs.planning import Planner, shown
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions
from oarlock.loop import drift
from oarlock.loop.drifting import trend
from oarlock.loop.figures import DriftCounts
from oarlock.loop.outlook import BY, drift_figures
from oarlock.loop.reporting import Row, judged, number
from oarlock.store.writes import measurements
from oarlock.store.writes.audit import Acting

Tell = Callable[[str, float | None], None]
COUNTED = ("both", "different_date", "only_recorded", "only_defined")


def make_drift(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Compute and keep a drift; its key."""
    from oarlock.jobs.computing import keep, lives_ready, names_of

    begun, judging = monotonic(), figures.judges(asked.version)
    key = figures.key_of(home, asked, judging)
    with opened_with_cache(home, lambda what, share, rows: tell(what, share)) as bench:
        until = figures.as_known_of(asked.as_known, judging) or bench.last_known()
        lives = lives_ready(home, bench, judging, until)
        planner = _planner(bench, until)
        queries, rows = answer(bench, Line(), lambda line: _plan(planner(line), judging))
        files = {"lives": lives, "compared": f"compared-{key[:24]}.parquet"}
        keep_rows(bench.connection, home, "SELECT * FROM compared", files["compared"])
    found = drift_figures(judging, until, rows, queries)
    body = {
        "figures": {
            "drift": plain(found), "trend": plain(_trend(rows["trend"], judging)),
            "stages": plain(judged(judging).stages),
        },
        "files": files,
    }  # fmt: skip
    keep(key, asked, judging, until, body, monotonic() - begun, acting=acting)
    sweep(home, measurements.sweep(versions=names_of(judging), acting=acting, now=now()))
    return key


def _planner(bench: Bench, until: datetime) -> Callable[[Line], Planner]:
    return lambda line: Planner(line, until, bench.seen.merges)


def _plan(plan: Planner, versions: Versions) -> dict[str, str]:
    lake, lives = plan.lake(), ibis.table(lives_schema(versions.stage_keys), name=LIVES)
    compared = plan.keep("compared", drift.compared(lake, lives, versions, plan.until), "recorded beside defined")
    months: Sequence[Period] = plan.months(lives, versions.latest.time_zone)
    queries = {"drift": drift.counts(compared)} | {f"drift by {by}": drift.counts(compared, by) for by in BY}
    queries["trend"] = trend(compared, months)
    plan.bring(queries)
    return shown(queries)


def _trend(rows: Sequence[Row], versions: Versions) -> list[dict[str, object]]:
    keys = versions.stage_keys
    ordered = sorted(rows, key=lambda r: (str(r["month"]), keys.index(str(r["stage"]))))
    return [
        {"month": str(r["month"]), "counts": DriftCounts(str(r["stage"]), None, *(number(r[c]) for c in COUNTED))}
        for r in ordered
    ]
