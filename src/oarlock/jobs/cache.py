"""The workspace's cache: rows behind figures, as Parquet files that can be made anew at any time.

Promises: a file is there as a whole or not at all; a reader sees only this folder, through the locked DuckDB.
"""

from __future__ import annotations

# ruff: noqa: S608  (names reach SQL only through engines.sql)
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

import duckdb

from oarlock.engines.duck import connect
from oarlock.engines.lake import look, make_views
from oarlock.engines.manifest import lake_folder
from oarlock.engines.sql import ident, text
from oarlock.jobs.steps import Bench, Progress

GROUP = 20_480
"""Rows whose least and greatest values are kept together: a page reads the few groups that hold its rows."""


def cache_folder(home: Path) -> Path:
    """Where the rows behind figures lie."""
    return home / "cache"


@contextmanager
def opened_with_cache(home: Path, progress: Progress) -> Iterator[Bench]:
    """The workspace's lake open for reading, and its cache for writing; closed afterwards."""
    cache_folder(home).mkdir(exist_ok=True, mode=0o700)
    spill = lake_folder(home) / f"spill-{os.getpid()}"
    connection = connect([lake_folder(home), cache_folder(home)], spill=spill)
    try:
        progress("opening the lake", None, None)
        make_views(home, connection)
        yield Bench(connection, look(connection), progress)
    finally:
        connection.close()
        rmtree(spill, ignore_errors=True)


def keep_rows(connection: duckdb.DuckDBPyConnection, home: Path, select: str, name: str) -> None:
    """Keep the rows of a SELECT under that name, in one step."""
    path = cache_folder(home).resolve() / name
    waiting = path.with_name(f"{name}.{os.getpid()}.new")
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP}"
    connection.execute(f"COPY ({select}) TO {text(str(waiting))} ({form})")
    waiting.replace(path)


def relation(home: Path, name: str) -> str:
    """The kept rows as a FROM clause."""
    return f"read_parquet({text(str(cache_folder(home).resolve() / name))})"


def use_rows(connection: duckdb.DuckDBPyConnection, home: Path, name: str, table: str) -> None:
    """Have kept rows as a table of this connection."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {ident(table)} AS SELECT * FROM {relation(home, name)}")


def has_rows(home: Path, name: str) -> bool:
    """Whether rows are kept under that name."""
    return (cache_folder(home) / name).is_file()


def sweep(home: Path, still_used: Collection[str]) -> int:
    """Let every file go that nobody names any more; how many went."""
    gone = [p for p in cache_folder(home).glob("*.parquet") if p.name not in still_used]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
