"""Measure a workspace: open its lake, compute lives under an agreement, run the figures' queries, bring them back.

Each function returns frozen figures of the loop room; `progress(what, share, rows)` is told where it stands. A report
whose statements are kept from before (`plans`) is made without Ibis and without reading the agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from oarlock.engines.aside import quarantined
from oarlock.jobs import plans
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.plans import Plan
from oarlock.jobs.steps import (
    FIRST_MONTH,
    WHEN,
    WITH_HISTORY,
    Bench,
    Progress,
    Rows,
    months_of,
    opened,
    silent,
    written,
)
from oarlock.loop.figures import Report
from oarlock.loop.reporting import About, judged, report

if TYPE_CHECKING:
    from oarlock.jobs.planning import Planner
    from oarlock.lifecycle.versions import Versions
    from oarlock.loop.figures import Backtest, Drift

__all__ = ["Definition", "measure", "measure_backtest", "measure_drift", "measure_under", "silent"]


@dataclass(frozen=True, slots=True)
class Definition:
    """By what a workspace is judged, and as known when. `mark` stands for every byte that decides it; what it means,
    `versions()`, is asked for only where no plan is kept. `known`: the as-known date as it was given, None where it is
    the lake's own today; `until(zone)` is the instant it means."""

    mark: tuple[str, ...]
    versions: Callable[[], Versions]
    known: str | None
    until: Callable[[str], datetime | None]


def measure(
    home: Path, versions: Versions, *, by: Sequence[str] = (), as_known: datetime | None = None, sql: bool = False,
    progress: Progress = silent,
) -> Report:  # fmt: skip
    """The report of a workspace under these versions, as known then (None = all that was ever recorded).

    UserProblem: an empty lake, a field nobody has.
    """
    with opened(home, progress) as bench:
        return _planned_now(home, bench, versions, as_known or bench.last_known(), by, sql)[0]


def measure_under(
    home: Path, definition: Definition, *, by: Sequence[str] = (), sql: bool = False, progress: Progress = silent
) -> Report:
    """The same, with the statements of an earlier report where they are kept; else they are kept for the next one."""
    with opened(home, progress) as bench:
        month = (definition.known or bench.last_known().isoformat())[: len("2026-11")]
        name = plans.name_of(home, [definition.mark, list(by), sql, bench.seen.merges, bench.seen.columns, month])
        if plan := plans.read(home, name):
            until = definition.until(plan.judged.used.time_zone) or bench.last_known()
            if told := _as_planned(home, bench, plan, until, by):
                return told
        versions = definition.versions()
        until = definition.until(versions.latest.time_zone) or bench.last_known()
        told, plan = _planned_now(home, bench, versions, until, by, sql)
        plans.keep(home, name, plan)
        return told


def _as_planned(home: Path, bench: Bench, plan: Plan, until: datetime, by: Sequence[str]) -> Report | None:
    """The report a kept plan gives; None where it does not fit this lake (any more)."""
    try:
        rows = bench.run(plan.steps, lambda name, rows: None, until)
    except duckdb.ProgrammingError:  # a table or column it names is not there: planned anew, it is found or told
        return None
    months = months_of(rows.get(FIRST_MONTH, ()), until, plan.judged.used.time_zone)
    return _told(home, plan, until, by, rows) if plans.month_marks(months) == plan.months else None


def _planned_now(
    home: Path, bench: Bench, versions: Versions, until: datetime, by: Sequence[str], sql: bool
) -> tuple[Report, Plan]:
    """The report with its statements written now, while those written before run; and the plan they make."""
    from oarlock.jobs.planning import plan_report

    line = Line()
    planned, rows = answer(
        bench, line, lambda line: plan_report(_planner(line, WHEN, bench), versions, by, until, sql), until
    )
    months = plans.month_marks(planned.months)
    plan = Plan(judged(versions), planned.fields, months, tuple(line.planned), planned.queries)
    return _told(home, plan, until, by, rows), plan


def _told(home: Path, plan: Plan, until: datetime, by: Sequence[str], rows: Rows) -> Report:
    """The figures of the rows a plan brought back."""
    recorded = {f"{r['entity']}.{r['field']}" for r in rows[WITH_HISTORY]}
    aside, no_history = quarantined(home, limit=0).count, tuple(f for f in plan.fields if f not in recorded)
    queries = {name: query.replace(written(WHEN), written(until)) for name, query in plan.queries.items()}
    return report(About(plan.judged, until, tuple(by), aside, no_history, queries), rows)


def _planner(line: Line, until: datetime, bench: Bench) -> Planner:
    from oarlock.jobs.planning import Planner

    return Planner(line, until, bench.seen.merges)


def measure_drift(
    home: Path, versions: Versions, *, as_known: datetime | None = None, rows: int | None = 0, sql: bool = False,
    progress: Progress = silent,
) -> Drift:  # fmt: skip
    """Recorded stage beside defined stage; `rows`: how many disagreeing rows to bring (None = all)."""
    from oarlock.jobs.planning import plan_drift
    from oarlock.loop.outlook import drift_figures

    with opened(home, progress) as bench:
        until = as_known or bench.last_known()
        queries, found = answer(
            bench, Line(), lambda line: plan_drift(_planner(line, until, bench), versions, rows, sql)
        )
        return drift_figures(versions, until, found, queries)


def measure_backtest(
    home: Path, current: Versions, proposed: Versions, *, as_known: datetime | None = None, sql: bool = False,
    progress: Progress = silent,
) -> Backtest:  # fmt: skip
    """What the proposed versions would have done to history, beside the current ones."""
    from oarlock.jobs.planning import plan_backtest
    from oarlock.loop.outlook import backtest_figures

    with opened(home, progress) as bench:
        until = as_known or bench.last_known()
        queries, found = answer(
            bench, Line(), lambda line: plan_backtest(_planner(line, until, bench), current, proposed, sql)
        )
        return backtest_figures(current, proposed, until, found, queries)
