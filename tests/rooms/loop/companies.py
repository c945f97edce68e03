"""Random companies (those of the replay test) and the figures of a lake in memory, for tests without a disk."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import ibis.expr.types as ir

from oarlock.ground.periods import months_between
from oarlock.lifecycle.versions import Versions
from oarlock.loop import closed_loop, deals, drift
from oarlock.loop.figures import Drift, Report
from oarlock.loop.outlook import BY, drift_figures
from oarlock.loop.queries import Measured, report_queries
from oarlock.loop.reporting import About, judged, report
from oarlock.tables.detours import absences
from oarlock.tables.history import lives
from oarlock.tables.lake import Lake

Tables = Mapping[str, Sequence[Mapping[str, object]]]


def _beside(name: str) -> ModuleType:
    """A module of the replay test, which is another test package."""
    path = Path(__file__).parents[1] / "lifecycle" / f"{name}.py"
    spec = spec_from_file_location(f"replayed_{name}", path)
    assert spec and spec.loader
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


company, lakes = _beside("company"), _beside("lakes")


def lake_of(tables: Tables) -> Lake:
    """A lake with these rows."""
    found: Lake = lakes.lake_of(tables)
    return found


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """A table's rows."""
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found


def kept(lake: Lake, name: str, table: ir.Table) -> ir.Table:
    """The table computed once."""
    backend = lake.people.get_backend()
    backend.con.execute(f"create or replace temp table {name} as {backend.compile(table)}")
    made: ir.Table = backend.table(name)
    return made


def figures(lake: Lake, versions: Versions, until: datetime, by: Sequence[str] = ()) -> tuple[Report, ir.Table]:
    """The report of a lake, and its lives."""
    away = kept(lake, "away", absences(lake, versions, until))
    table = kept(lake, "lives", lives(lake, versions, until, away))
    known = kept(lake, "known_deals", deals.known_deals(lake, until, versions.latest.currency))
    totals = kept(lake, "totals", closed_loop.person_totals(lake, table, known, versions.stage_keys, until))
    first = rows(table.aggregate(first=table.began_at.min()))[0]["first"]
    months = months_between(first, until, versions.latest.time_zone) if first else ()
    queries = report_queries(Measured(lake, table, known, totals, away), versions, by, months, until)
    found = report(About(judged(versions), until, tuple(by), 0, (), {}), {k: rows(v) for k, v in queries.items()})
    return found, table


def drift_of(lake: Lake, versions: Versions, until: datetime) -> Drift:
    """The drift of a lake, with every disagreeing row."""
    table = kept(lake, "lives", lives(lake, versions, until))
    compared = kept(lake, "compared", drift.compared(lake, table, versions, until))
    queries = {"drift": drift.counts(compared)} | {f"drift by {by}": drift.counts(compared, by) for by in BY}
    queries["rows"] = drift.disagreeing(compared)
    return drift_figures(versions, until, {k: rows(v) for k, v in queries.items()}, {})
