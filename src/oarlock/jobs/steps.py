"""Statements in the order they are to be run, and a bench that runs them on an open lake.

    Step    one statement: compute a table once and keep it, bring its rows back, or let a kept table go
    Plan    all steps of one question, and what must be known to tell the figures of their rows

Promise: nothing here needs Ibis; whoever has the steps can answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Literal

import duckdb

from oarlock.engines.duck import connect
from oarlock.engines.lake import Look, look, make_views
from oarlock.engines.manifest import lake_folder
from oarlock.engines.rows_back import fetch
from oarlock.engines.sql import ident
from oarlock.ground.periods import Period, months_between
from oarlock.ground.problems import UserProblem

Progress = Callable[[str, float | None, int | None], None]
Rows = dict[str, list[dict[str, object]]]
Deed = Literal["keep", "bring", "drop"]
FIRST_MONTH = "first month"
"""The step that tells when the first life begins."""
WITH_HISTORY = "fields with a history"
"""The step that tells which fields anybody recorded a change of."""

WHEN = datetime(9997, 12, 31, 23, 59, 59, 987_654, UTC)
"""Stands for the as-known date in steps that are planned before it is known, and serve for more than one."""


def written(at: datetime) -> str:
    """An instant as Ibis writes it for DuckDB. No text of a company can pass for it: its quotes would be doubled."""
    at = at.astimezone(UTC)
    seconds = at.second + at.microsecond / 1_000_000
    return f"MAKE_TIMESTAMPTZ({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {seconds}, 'UTC')"


def silent(what: str, share: float | None, rows: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement. `keep` computes `select` as the table `name`, `bring` brings its rows under that name, `drop` lets
    the table go. `instants`: its columns that hold a time; `told`, `share`: what whoever watches is told before it."""

    deed: Deed
    name: str
    select: str = ""
    instants: tuple[str, ...] = ()
    told: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """An open lake and the engine it is open in."""

    connection: duckdb.DuckDBPyConnection
    seen: Look
    progress: Progress

    def run(
        self, steps: Iterable[Step], hear: Callable[[str, list[dict[str, object]]], None], until: datetime = WHEN
    ) -> Rows:
        """Run the steps in order, as known at `until`; the rows brought back, each told to `hear` at once."""
        found: Rows = {}
        for step in (dated(step, until) for step in steps):
            if step.told:
                self.progress(step.told, step.share, None)
            if step.deed == "bring":
                found[step.name] = fetch(self.connection, step.select, step.instants)
                hear(step.name, found[step.name])
            else:
                self.connection.execute(_statement(step))
        return found

    def last_known(self) -> datetime:
        """The latest instant anything in the lake was recorded at: the lake's own today."""
        if self.seen.last is None:
            raise UserProblem(
                "empty-lake", "The lake is empty.", "Nothing has been imported into this workspace yet.",
                "Run `oarlock import FILES --preset NAME`.",
            )  # fmt: skip
        return self.seen.last


def dated(step: Step, until: datetime) -> Step:
    """The step with the as-known date where it stands open."""
    return replace(step, select=step.select.replace(written(WHEN), written(until)))


def _statement(step: Step) -> str:
    if step.deed == "drop":
        return f"DROP TABLE {ident(step.name)}"
    return f"CREATE OR REPLACE TEMP TABLE {ident(step.name)} AS {step.select}"


@contextmanager
def opened(home: Path, progress: Progress) -> Iterator[Bench]:
    """The workspace's lake, open for reading; closed afterwards."""
    spill = lake_folder(home) / "spill"
    connection = connect([lake_folder(home)], spill=spill)
    try:
        progress("opening the lake", None, None)
        make_views(home, connection)
        yield Bench(connection, look(connection), progress)
    finally:
        connection.close()
        rmtree(spill, ignore_errors=True)


def months_of(rows: Iterable[Mapping[str, object]], until: datetime, zone: str) -> tuple[Period, ...]:
    """The months from the first life's beginning, told by the rows of FIRST_MONTH, to `until`; none without lives."""
    first = next(iter(rows), {}).get("first")
    return months_between(first, until + timedelta(microseconds=1), zone) if isinstance(first, datetime) else ()
