"""Rows on their way between DuckDB and the store: written to and read from files that nobody else has open.

    to_sqlite / from_sqlite   an SQLite file of its own, by ADBC        to_text / from_text   CSV, for PostgreSQL's COPY

ADBC brings an SQLite library of its own. Two libraries in one process undo each other's locks on the same file, so it
never opens the store: the store attaches the file afterwards, or has written it before.
"""

# ruff: noqa: S608  (names reach SQL only through engines.sql)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from adbc_driver_sqlite import dbapi as sqlite

from oarlock.engines import manifest as manifests
from oarlock.engines.lake import TYPES, files_of, open_table, select_columns
from oarlock.engines.sql import ident, text, texts
from oarlock.records.shapes import SHAPES, Column, Kind, Shape

ROWS_AT_ONCE = 100_000
TABLE = "incoming"
"""The one table of a file that crosses."""


def files_in_force(home: Path) -> dict[str, list[str]]:
    """The Parquet files of every lake table that the manifest names, as paths, by table."""
    tables = manifests.read(home).tables
    return {name: files_of(home, name, open_table(home, name, version.version)) for name, version in tables.items()}


def relation(home: Path, name: str, files: list[str]) -> str:
    """SELECT of all columns of a lake table, in the shape's order, from some of its files."""
    version = manifests.read(home).tables[name].version
    have = {f.name for f in open_table(home, name, version).schema().fields}
    return f"{select_columns(SHAPES[name], have)} FROM read_parquet({texts(files)}, union_by_name = true)"


def stored(column: Column, vendor: str) -> str:
    """The expression that gives a lake column as the store keeps it: instants as microseconds, maps as JSON.

    A text loses its NULs, which PostgreSQL cannot hold; SQLite keeps money as a floating number, as Django does.
    """
    name = ident(column.name)
    forms: dict[Kind, str] = {
        "text": f"replace({name}, chr(0), '')",
        "time": f"epoch_us({name})",
        "texts": f"coalesce(replace(CAST(to_json({name}) AS VARCHAR), '\\u0000', ''), '{{}}')",
        "money": f"CAST({name} AS DOUBLE)" if vendor == "sqlite" else name,
        "flag": f"CAST({name} AS INTEGER)" if vendor == "sqlite" else name,
    }
    return f"{forms.get(column.kind, name)} AS {name}"


def stored_columns(shape: Shape, vendor: str) -> str:
    """All columns of a shape as the store keeps them."""
    return ", ".join(stored(column, vendor) for column in shape.columns)


LAKE_FORMS: dict[Kind, str] = {
    "time": "CAST(make_timestamp({}) AS TIMESTAMP WITH TIME ZONE)",
    "money": "CAST({} AS DECIMAL(18, 2))",
    "texts": "CAST(CAST({} AS JSON) AS MAP(VARCHAR, VARCHAR))",
}


def as_lake(column: Column) -> str:
    """The reverse of `stored`, for the columns of facts."""
    name = ident(column.name)
    return f"{LAKE_FORMS.get(column.kind, f'CAST({{}} AS {TYPES[column.kind]})').format(name)} AS {name}"


def to_sqlite(connection: duckdb.DuckDBPyConnection, select: str, path: Path) -> int:
    """Write the rows of a query, in its order, as the table `incoming` of a new SQLite file; how many."""
    path.unlink(missing_ok=True)
    reader = connection.sql(select).to_arrow_reader(ROWS_AT_ONCE)
    with sqlite.connect(str(path), autocommit=True) as out, out.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = OFF")
        return int(cursor.adbc_ingest(TABLE, reader, mode="create"))


@contextmanager
def from_sqlite(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> Iterator[str]:
    """The rows of a file's table `incoming`, read once, under that name while the block lasts."""
    with sqlite.connect(str(path), autocommit=True) as source, source.cursor() as cursor:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": ROWS_AT_ONCE})
        cursor.execute(f"SELECT * FROM {TABLE}")
        connection.register(name, cursor.fetch_record_batch())
        try:
            yield name
        finally:
            connection.unregister(name)


def to_text(connection: duckdb.DuckDBPyConnection, select: str, path: Path) -> int:
    """Write the rows of a query as CSV without a header: null is nothing, an empty text is two quotes."""
    row = connection.execute(f"COPY ({select}) TO {text(str(path))} (FORMAT csv, HEADER false)").fetchone()
    return int(row[0]) if row else 0


def from_text(path: Path, columns: Mapping[str, str]) -> str:
    """The relation that reads such a file (as PostgreSQL's COPY writes it too), columns with their DuckDB types."""
    named = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in columns.items())
    return (
        f"read_csv({text(str(path))}, auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"',"
        f" columns = {{{named}}}, allow_quoted_nulls = false, max_line_size = 20000000)"
    )
