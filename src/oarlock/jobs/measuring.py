"""Measure a workspace: open its lake, compute lives under an agreement, run the figures' queries, bring them back.

Each function returns frozen figures of the loop room; `progress(what, share, rows)` is told where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow
from ibis.backends.duckdb import Backend

from oarlock.engines.duck import connect, ibis_backend
from oarlock.engines.lake import open_lake
from oarlock.engines.manifest import lake_folder
from oarlock.engines.quarantine import quarantined
from oarlock.ground.periods import Period, months_between
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.versions import Versions
from oarlock.loop import backtest as backtesting
from oarlock.loop import closed_loop, deals, drift, funnel
from oarlock.loop.figures import Backtest, Drift, Report
from oarlock.loop.outlook import BY, backtest_figures, drift_figures
from oarlock.loop.reporting import About, Measured, report, report_queries
from oarlock.tables.detours import absences
from oarlock.tables.history import lives
from oarlock.tables.lake import Lake
from oarlock.tables.merging import merged, merges
from oarlock.tables.needs import needs

Progress = Callable[[str, float | None, int | None], None]
Rows = dict[str, list[dict[str, object]]]


def silent(what: str, share: float | None, rows: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Bench:
    """An open lake and the engine it is open in."""

    connection: duckdb.DuckDBPyConnection
    backend: Backend
    lake: Lake
    progress: Progress

    def make(self, name: str, table: ir.Table) -> ir.Table:
        """Compute a table once and keep it under that name while the bench is open."""
        self.connection.execute(f"create or replace temp table {name} as {self.backend.compile(table)}")
        return self.backend.table(name)

    def rows(self, queries: Mapping[str, ir.Table]) -> Rows:
        """Run every query; its rows as dicts."""
        found: Rows = {}
        for done, (name, table) in enumerate(queries.items()):
            self.progress(name, done / len(queries), None)
            found[name] = _plain(self.connection.sql(self.backend.compile(table)))
        return found

    def last_known(self) -> datetime:
        """The latest instant anything in the lake was recorded at: the lake's own today."""
        lake = self.lake
        facts = (lake.touches, lake.activities, lake.changes, lake.handoff_events)
        columns = [(t, "recorded_at") for t in facts]
        closed = lake.opportunities.filter(lake.opportunities.status != "open")  # an open one's date is only expected
        columns += [(lake.people, "created_at"), (lake.opportunities, "created_at"), (closed, "closed_at")]
        latest = ibis.union(*[t.aggregate(last=t[c].max()) for t, c in columns])
        instants = [r["last"] for r in self.rows({"the last fact": latest})["the last fact"] if r["last"]]
        if not instants:
            raise UserProblem(
                "empty-lake", "The lake is empty.", "Nothing has been imported into this workspace yet.",
                "Run `oarlock import FILES --preset NAME`.",
            )  # fmt: skip
        return max(i for i in instants if isinstance(i, datetime)).astimezone(UTC)


def _plain(result: duckdb.DuckDBPyRelation) -> list[dict[str, object]]:
    table: pyarrow.Table = result.to_arrow_table()
    return list(table.to_pylist())


def _with_merges(bench: Bench, until: datetime) -> Bench:
    """The bench with every fact of a merged person told of who remains, where anybody was merged by then."""
    changes = bench.lake.changes
    some = bench.rows({"merges": changes.filter(changes.field == "merged_into").aggregate(n=lambda t: t.count())})
    if not some["merges"][0]["n"]:
        return bench
    return replace(bench, lake=merged(bench.lake, bench.make("merges", merges(bench.lake, until))))


@contextmanager
def opened(home: Path, progress: Progress) -> Iterator[Bench]:
    """The workspace's lake, open for reading; closed afterwards."""
    spill = lake_folder(home) / "spill"
    connection = connect([lake_folder(home)], spill=spill)
    try:
        progress("opening the lake", None, None)
        yield Bench(connection, ibis_backend(connection), open_lake(home, connection), progress)
    finally:
        connection.close()
        rmtree(spill, ignore_errors=True)


def _months(bench: Bench, table: ir.Table, until: datetime, zone: str) -> tuple[Period, ...]:
    """The months from the first life's beginning to the as-known date."""
    first = bench.rows({"first month": table.aggregate(first=table.began_at.min())})["first month"][0]["first"]
    return months_between(first, until + timedelta(microseconds=1), zone) if isinstance(first, datetime) else ()


def _lives(bench: Bench, versions: Versions, until: datetime, name: str) -> tuple[ir.Table, ir.Table]:
    """Lives and absences under these versions, computed and kept."""
    bench.progress("who was away when", None, None)
    away = bench.make(f"away_{name}", absences(bench.lake, versions, until))
    bench.progress("following everybody through the stages", None, None)
    kept: list[str] = []

    def keep(what: str, table: ir.Table) -> ir.Table:
        kept.append(f"{what}_{name}")
        return bench.make(kept[-1], table)

    made = bench.make(name, lives(bench.lake, versions, until, away, keep))
    for intermediate in kept:
        bench.connection.execute(f"drop table {intermediate}")
    return made, away


def _sql(queries: Mapping[str, ir.Table], wanted: bool) -> dict[str, str]:
    return {name: str(ibis.to_sql(table, dialect="duckdb")) for name, table in queries.items()} if wanted else {}


def measure(
    home: Path, versions: Versions, *, by: Sequence[str] = (), as_known: datetime | None = None, sql: bool = False,
    progress: Progress = silent,
) -> Report:  # fmt: skip
    """The report of a workspace under these versions, as known then (None = all that was ever recorded).

    UserProblem: an empty lake, a field nobody has.
    """
    with opened(home, progress) as opened_bench:
        until = as_known or opened_bench.last_known()
        bench = _with_merges(opened_bench, until)
        table, away = _lives(bench, versions, until, "lives")
        known = bench.make("deals", deals.known_deals(bench.lake, until, versions.latest.currency))
        totals = closed_loop.person_totals(bench.lake, table, known, versions.stage_keys, until)
        ready = Measured(bench.lake, table, known, bench.make("person_totals", totals) if by else totals, away)
        months = _months(bench, table, until, versions.latest.time_zone)
        queries = report_queries(ready, versions, by, months, until)
        about = About(
            versions, until, tuple(by), quarantined(home, limit=0).count, _without_history(bench, versions),
            _sql(queries | _whole(bench, versions, until, away, sql), sql),
        )  # fmt: skip
        return report(about, bench.rows(queries))


def _whole(bench: Bench, versions: Versions, until: datetime, away: ir.Table, wanted: bool) -> dict[str, ir.Table]:
    """The history as one query, for those who want to read it; costly to build, so only then."""
    return {"lives": lives(bench.lake, versions, until, away)} if wanted else {}


def _without_history(bench: Bench, versions: Versions) -> tuple[str, ...]:
    """Fields that rules read and that nobody has a recorded history of: judged by their current value."""
    changes = bench.lake.changes
    told = bench.rows({"fields with a history": changes.select("entity", "field").distinct()})["fields with a history"]
    known = {f"{r['entity']}.{r['field']}" for r in told}
    wanted = [p for p, _ in needs(versions).paths if p.startswith(("person.", "account."))]
    return tuple(p for p in wanted if p not in known and not p.endswith((".id", ".created_at")))


def measure_drift(
    home: Path, versions: Versions, *, as_known: datetime | None = None, rows: int | None = 0, sql: bool = False,
    progress: Progress = silent,
) -> Drift:  # fmt: skip
    """Recorded stage beside defined stage; `rows`: how many disagreeing rows to bring (None = all)."""
    with opened(home, progress) as opened_bench:
        until = as_known or opened_bench.last_known()
        bench = _with_merges(opened_bench, until)
        table, _ = _lives(bench, versions, until, "lives")
        compared = bench.make("compared", drift.compared(bench.lake, table, versions, until))
        queries = {"drift": drift.counts(compared)} | {f"drift by {by}": drift.counts(compared, by) for by in BY}
        if rows != 0:
            queries["rows"] = drift.disagreeing(compared).limit(rows) if rows else drift.disagreeing(compared)
        return drift_figures(versions, until, bench.rows(queries), _sql(queries, sql))


def measure_backtest(
    home: Path, current: Versions, proposed: Versions, *, as_known: datetime | None = None, sql: bool = False,
    progress: Progress = silent,
) -> Backtest:  # fmt: skip
    """What the proposed versions would have done to history, beside the current ones."""
    with opened(home, progress) as opened_bench:
        until = as_known or opened_bench.last_known()
        bench = _with_merges(opened_bench, until)
        sides = {
            "current": _lives(bench, current, until, "lives_current")[0],
            "proposed": _lives(bench, proposed, until, "lives_proposed")[0],
        }
        shared = [s for s in current.stage_keys if s in proposed.stage_keys]
        known = bench.make("deals", deals.known_deals(bench.lake, until, proposed.latest.currency))
        entered = bench.make("entered", backtesting.entered(sides, shared))
        months = _months(bench, entered.mutate(began_at=entered["at"]), until, proposed.latest.time_zone)
        queries = {
            "stages current": funnel.stage_counts(sides["current"], current.stage_keys),
            "stages proposed": funnel.stage_counts(sides["proposed"], proposed.stage_keys),
            "shifts": backtesting.shifts(entered, bench.lake, months),
            "fates": backtesting.fates(entered, known),
            "load": backtesting.load(entered, bench.lake, handed_off(proposed, shared)),
        }
        return backtest_figures(current, proposed, until, bench.rows(queries), _sql(queries, sql))


def handed_off(versions: Versions, stages: Sequence[str]) -> list[str]:
    """The stages at which somebody is handed to sales: as the agreement says, else the first one sales owns."""
    said = [h.at for h in versions.latest.handoffs if h.at in stages]
    return said or [s.key for s in versions.stages if s.owner == "sales" and s.key in stages][:1]
