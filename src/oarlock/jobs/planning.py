"""What is to be run for a report, a drift or a back-test: Ibis expressions of the measuring rooms, made into steps.

Each function puts its steps into a line and returns what is needed to tell the figures of the rows. Tables are known by
name and shape only: nothing here waits for the engine but the months, which begin with the first life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
from ibis.backends.sql.compilers import duckdb

from oarlock.ground.periods import Period
from oarlock.jobs.ahead import Line
from oarlock.jobs.steps import FIRST_MONTH, WITH_HISTORY, Step, months_of
from oarlock.lifecycle.versions import Versions
from oarlock.loop import backtest as backtesting
from oarlock.loop import closed_loop, deals, drift, funnel
from oarlock.loop.outlook import BY
from oarlock.loop.queries import Measured, flow_query, timeless_queries
from oarlock.tables.detours import absences
from oarlock.tables.history import lives, states_of_deals
from oarlock.tables.lake import Lake, by_name
from oarlock.tables.merging import merged, merges
from oarlock.tables.needs import needs

Queries = Mapping[str, ir.Table]
ibis.options.sql.fuse_selects = False
"""Folding selects into one another takes Ibis a quarter of its time, and DuckDB does it better."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Compiles expressions and puts them into a line. `merges`: whether anybody in the lake was ever merged away."""

    line: Line
    until: datetime
    merges: bool

    def keep(self, name: str, table: ir.Table, told: str = "") -> ir.Table:
        """Have a table computed once; it is known by that name from then on."""
        self.line.put(Step("keep", name, _compiled(table), told=told))
        return ibis.table({c: t.copy(nullable=True) for c, t in table.schema().items()}, name=name)

    def drop(self, names: Sequence[str]) -> None:
        """Let kept tables go."""
        for name in names:
            self.line.put(Step("drop", name))

    def bring(self, queries: Queries) -> None:
        """Have the rows of every query brought back."""
        for done, (name, table) in enumerate(queries.items()):
            instants = tuple(c for c, kind in table.schema().items() if kind.is_timestamp())
            self.line.put(Step("bring", name, _compiled(table), instants, name, done / len(queries)))

    def lake(self) -> Lake:
        """The lake, every fact of a merged person told of who remains."""
        plain = by_name()
        return merged(plain, self.keep("merges", merges(plain, self.until))) if self.merges else plain

    def lives(self, lake: Lake, versions: Versions, name: str) -> tuple[ir.Table, ir.Table]:
        """Lives and absences under these versions, computed and kept."""
        passing = [f"deals_{name}"]
        deals = self.keep(passing[0], states_of_deals(lake, versions, self.until), "what became of opportunities")
        away = self.keep(f"away_{name}", absences(lake, versions, self.until, deals), "who was away when")

        def keep(what: str, table: ir.Table) -> ir.Table:
            passing.append(f"{what}_{name}")
            return self.keep(passing[-1], table, "following everybody through the stages")

        made = self.keep(name, lives(lake, versions, self.until, away, keep, deals))
        self.drop(passing)
        return made, away

    def months(self, table: ir.Table, zone: str, until: datetime | None = None) -> tuple[Period, ...]:
        """The months from the first life's beginning to the as-known date. Waits for the engine."""
        if FIRST_MONTH not in self.line.answers:
            self.bring({FIRST_MONTH: table.aggregate(first=table.began_at.min())})
        return months_of(self.line.rows(FIRST_MONTH), until or self.until, zone)


def _compiled(table: ir.Table, *, pretty: bool = False) -> str:
    """The expression as one SELECT."""
    written = duckdb.compiler.to_sqlglot(table)
    return str(written.sql(dialect=duckdb.compiler.dialect, pretty=pretty, copy=False))


def shown(queries: Queries) -> dict[str, str]:
    """The queries as a person reads them."""
    return {name: _compiled(table, pretty=True) for name, table in queries.items()}


@dataclass(frozen=True, slots=True)
class ReportPlanned:
    """What is known of a report when all its steps are planned. `fields`: those that rules read and that may lack a
    recorded history; `months`: those its flows are counted in; `queries`: as people read them, where they want to."""

    fields: tuple[str, ...]
    months: tuple[Period, ...]
    queries: dict[str, str]


def plan_report(plan: Planner, versions: Versions, by: Sequence[str], now: datetime, sql: bool) -> ReportPlanned:
    """The steps of a report, of which only the months know the as-known date `now`. UserProblem: a field nobody has."""
    until, lake, zone = plan.until, plan.lake(), versions.latest.time_zone
    table, away = plan.lives(lake, versions, "lives")
    plan.bring({FIRST_MONTH: table.aggregate(first=table.began_at.min())})
    known = plan.keep("deals", deals.known_deals(lake, until, versions.latest.currency))
    totals = closed_loop.person_totals(lake, table, known, versions.stage_keys, until)
    ready = Measured(lake, table, known, plan.keep("person_totals", totals) if by else totals, away)
    queries = timeless_queries(ready, versions, by, until)
    history = lake.changes.select("entity", "field").distinct()
    plan.bring({WITH_HISTORY: history} | queries)
    months = plan.months(table, zone, now)
    flows = {"flows": flow_query(ready, versions, months)}
    plan.bring(flows)
    whole = {"lives": lives(lake, versions, until, away)} if sql else {}
    return ReportPlanned(_may_lack_history(versions), months, shown(queries | flows | whole) if sql else {})


def _may_lack_history(versions: Versions) -> tuple[str, ...]:
    """Fields of people and accounts that rules read: judged by their current value where nobody recorded a history."""
    wanted = (p for p, _ in needs(versions).paths if p.startswith(("person.", "account.")))
    return tuple(p for p in wanted if not p.endswith((".id", ".created_at")))


def plan_drift(plan: Planner, versions: Versions, rows: int | None, sql: bool) -> dict[str, str]:
    """The steps of a drift; its queries as people read them, where they want to."""
    lake = plan.lake()
    table, _ = plan.lives(lake, versions, "lives")
    compared = plan.keep("compared", drift.compared(lake, table, versions, plan.until))
    queries = {"drift": drift.counts(compared)} | {f"drift by {by}": drift.counts(compared, by) for by in BY}
    if rows != 0:
        queries["rows"] = drift.disagreeing(compared).limit(rows) if rows else drift.disagreeing(compared)
    plan.bring(queries)
    return shown(queries) if sql else {}


def plan_backtest(plan: Planner, current: Versions, proposed: Versions, sql: bool) -> dict[str, str]:
    """The steps of a back-test; its queries as people read them, where they want to."""
    lake = plan.lake()
    sides = {
        "current": plan.lives(lake, current, "lives_current")[0],
        "proposed": plan.lives(lake, proposed, "lives_proposed")[0],
    }
    stages = [s for s in current.stage_keys if s in proposed.stage_keys]
    known = plan.keep("deals", deals.known_deals(lake, plan.until, proposed.latest.currency))
    entered = plan.keep("entered", backtesting.entered(sides, stages))
    months = plan.months(entered.mutate(began_at=entered["at"]), proposed.latest.time_zone)
    queries = {
        "stages current": funnel.stage_counts(sides["current"], current.stage_keys),
        "stages proposed": funnel.stage_counts(sides["proposed"], proposed.stage_keys),
        "shifts": backtesting.shifts(entered, lake, months),
        "fates": backtesting.fates(entered, known),
        "load": backtesting.load(entered, lake, handed_off(proposed, stages)),
    }
    plan.bring(queries)
    return shown(queries) if sql else {}


def handed_off(versions: Versions, stages: Sequence[str]) -> list[str]:
    """The stages at which somebody is handed to sales: as the agreement says, else the first one sales owns."""
    said = [h.at for h in versions.latest.handoffs if h.at in stages]
    return said or [s.key for s in versions.stages if s.owner == "sales" and s.key in stages][:1]
