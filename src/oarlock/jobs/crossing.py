"""The way between DuckDB and the store: rows are laid beside the store, or read out of it, a hundred thousand at once.

    with crossing(duck, workshop) as way:
        with way.laid(select) as source:     `source` is what a statement on the store says after FROM
        with way.read(query, kinds) as name: `name` is what a statement on DuckDB says after FROM

SQLite: a file of its own is written by ADBC and attached. PostgreSQL: a temporary table is filled by COPY.
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from shutil import rmtree

import duckdb
from django.db import connection

from oarlock.engines.duck import connect
from oarlock.engines.manifest import lake_folder
from oarlock.engines.rows_across import TABLE, from_sqlite, from_text, to_sqlite, to_text
from oarlock.engines.sql import ident
from oarlock.ground.problems import UserProblem
from oarlock.store.writes import loads
from oarlock.store.writes.loads import run

BLOCK = 1 << 20
BATCH = 250_000
"""Rows taken in by one transaction: a whole number of seals, and no writer waits long for its turn."""
BIG = 50_000
"""From so many rows on an empty table is filled without its indexes."""
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Way:
    """One DuckDB connection, the store's connection, and a folder for what crosses."""

    duck: duckdb.DuckDBPyConnection
    workshop: Path

    @property
    def error(self) -> type[Exception]:
        """What DuckDB raises."""
        return duckdb.Error

    @property
    def vendor(self) -> str:
        """`sqlite` or `postgresql`."""
        return connection.vendor

    @contextmanager
    def laid(self, select: str, like: str, columns: Sequence[str], key: Sequence[str] = ()) -> Iterator[str]:
        """The rows of a DuckDB query beside the store's table `like`, whose `columns` they have, found by `key`."""
        if self.vendor == "sqlite":
            with self._file() as (path, schema):
                to_sqlite(self.duck, select, path)
                _attach(path, schema)
                if key:
                    run(f"CREATE INDEX {schema}.by_key ON {TABLE} ({_list(key)})")
                yield f"{schema}.{TABLE}"
            return
        name = f"incoming_{next(_numbers)}"
        run(f"CREATE TEMP TABLE {name} AS SELECT {_list(columns)} FROM {like} WHERE false")
        try:
            self.copy_in(select, name, columns)
            if key:
                run(f"CREATE INDEX ON {name} ({_list(key)})")
                run(f"ANALYZE {name}")
            yield name
        finally:
            run(f"DROP TABLE IF EXISTS {name}")

    def copy_in(self, select: str, table: str, columns: Sequence[str]) -> None:
        """PostgreSQL: the rows of a DuckDB query into a table of the store."""
        path = self.workshop / f"rows-{next(_numbers)}.csv"
        try:
            to_text(self.duck, select, path)
            statement = f"COPY {table} ({_list(columns)}) FROM STDIN (FORMAT csv)"
            with connection.cursor() as cursor, path.open("rb") as rows, cursor.copy(statement) as copy:
                while block := rows.read(BLOCK):
                    copy.write(block)
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def read(self, query: str, kinds: Mapping[str, str]) -> Iterator[str]:
        """The rows of a query on the store, for DuckDB to read once; `kinds` names its columns' DuckDB types."""
        if self.vendor == "sqlite":
            with self._file() as (path, schema):
                _attach(path, schema)
                run(f"CREATE TABLE {schema}.{TABLE} AS {query}")
                run(f"DETACH {schema}")
                with from_sqlite(self.duck, schema, path) as name:
                    yield f"(SELECT {_typed(kinds)} FROM {name})"
            return
        path = self.workshop / f"rows-{next(_numbers)}.csv"
        try:
            statement = f"COPY ({query}) TO STDOUT (FORMAT csv)"
            with connection.cursor() as cursor, path.open("wb") as out, cursor.copy(statement) as copy:
                for block in copy:
                    out.write(block)
            yield from_text(path, kinds)
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def _file(self) -> Iterator[tuple[Path, str]]:
        """An SQLite file of its own, and the name it is attached under; both gone afterwards."""
        name = f"across_{next(_numbers)}"
        path = self.workshop / f"{name}.sqlite3"
        try:
            yield path, name
        finally:
            if name in _attached():
                run(f"DETACH {name}")
            path.unlink(missing_ok=True)


def _attach(path: Path, schema: str) -> None:
    run(f"ATTACH DATABASE %s AS {schema}", [str(path)])
    run(f"PRAGMA {schema}.synchronous = OFF")
    run(f"PRAGMA {schema}.journal_mode = OFF")


def _attached() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        return {row[1] for row in cursor.fetchall()}


def _list(columns: Sequence[str]) -> str:
    return ", ".join(ident(c) for c in columns)


def _typed(kinds: Mapping[str, str]) -> str:
    return ", ".join(f"CAST({ident(name)} AS {kind}) AS {ident(name)}" for name, kind in kinds.items())


@contextmanager
def workbench(home: Path, name: str) -> Iterator[Way]:
    """A way that sees the workspace's lake, with a workshop of that name in it, gone afterwards; alone with that name.

    UserProblem `busy` where another process is at the same work.
    """
    workshop = home / name
    home.mkdir(parents=True, exist_ok=True)
    with (home / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = f"Another process is {name} this workspace."
            raise UserProblem("busy", what, next_step="Wait until it has finished.") from error
        rmtree(workshop, ignore_errors=True)
        workshop.mkdir()
        duck = connect([lake_folder(home), workshop], spill=workshop)
        try:
            yield Way(duck, workshop)
        finally:
            duck.close()
            rmtree(workshop, ignore_errors=True)


@contextmanager
def indexes_away(table: str, incoming: int) -> Iterator[None]:
    """Drop a table's secondary indexes while very many rows come into it for the first time."""
    if incoming > BIG and loads.is_empty(table):
        with loads.without_indexes([table]):
            yield
    else:
        yield


def put_rows(way: Way, table: str, key: tuple[str, ...], columns: tuple[str, ...], select: str, *, whole: bool) -> int:
    """Let the rows of a DuckDB query stand in a table of the store (with `whole`: no others); how many there are."""
    order = f" ORDER BY {loads.quoted(key)}" if key[-1] != "record_id" else ""  # words get their order by their index
    way.duck.execute(f"CREATE OR REPLACE TEMP TABLE laid AS {select}{order}")
    total, named = int(way.duck.execute("SELECT count(*) FROM laid").fetchall()[0][0]), loads.quoted(columns)
    if loads.is_empty(table):
        with indexes_away(table, total):
            for low in range(0, total, 2 * BATCH):
                part = f"SELECT {named} FROM laid WHERE rowid >= {low} AND rowid < {low + 2 * BATCH} ORDER BY rowid"
                with way.laid(part, table, columns) as source:
                    loads.fill(table, columns, source)
    else:
        with way.laid(f"SELECT {named} FROM laid", table, columns, key) as source:
            loads.put(table, key, columns, source, whole=whole)
    way.duck.execute("DROP TABLE laid")
    return total
