"""The lake on disk, opened for reading: Delta tables under `<home>/lake`, as views of one DuckDB connection.

Reads exactly the versions the manifest names; tables nobody has filled yet are there, empty and typed.
"""

# ruff: noqa: S608  (names reach SQL only through engines.sql)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from oarlock.engines import manifest as manifests
from oarlock.engines.manifest import Import, Manifest
from oarlock.engines.rows_back import instant
from oarlock.engines.sql import ident, texts
from oarlock.ground.problems import Place, UserProblem
from oarlock.records.shapes import SHAPES, Kind, Shape

if TYPE_CHECKING:
    from oarlock.tables.lake import Lake

TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "integer": "BIGINT",
    "money": "DECIMAL(18, 2)",
    "time": "TIMESTAMP WITH TIME ZONE",
    "flag": "BOOLEAN",
    "texts": "MAP(VARCHAR, VARCHAR)",
}
"""The DuckDB type of each kind of column."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the lake holds: rows by table, and every import that came in, oldest first."""

    rows: dict[str, int]
    imports: tuple[Import, ...]


def open_lake(home: Path, connection: duckdb.DuckDBPyConnection) -> Lake:
    """The lake of a workspace as Ibis tables of `connection`, which `make_views` has prepared."""
    from oarlock.engines.duck import ibis_backend
    from oarlock.tables.lake import Lake

    make_views(home, connection)
    backend = ibis_backend(connection)
    return Lake(**{name: backend.table(name) for name in SHAPES})


def make_views(home: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """The lake of a workspace as one view a table, named as the table, so that a query reads well.

    `connection` must be allowed to see `<home>/lake`; the latest lake opened on a connection owns the names. Raises
    UserProblem `lake-damaged` where the manifest names what is not there.
    """
    for name, relation in current_relations(home).items():
        connection.execute(f"CREATE OR REPLACE VIEW {ident(name)} AS {relation}")


@dataclass(frozen=True, slots=True)
class Look:
    """What must be known of a lake before anything can be asked of it.

    `last`: the latest instant anything was recorded at, the lake's own today; None in an empty one. `merges`: whether
    anybody was ever merged into somebody. `columns`: every column with its type.
    """

    last: datetime | None
    merges: bool
    columns: tuple[tuple[str, str, str], ...]


_RECORDED = (
    "SELECT max(recorded_at) FROM touches", "SELECT max(recorded_at) FROM activities",
    "SELECT max(recorded_at) FROM changes", "SELECT max(recorded_at) FROM handoff_events",
    "SELECT max(created_at) FROM people", "SELECT max(created_at) FROM opportunities",
    "SELECT max(closed_at) FROM opportunities WHERE status <> 'open'",  # an open one's date is only expected
)  # fmt: skip
_LAST = f"SELECT epoch_us(max(last)) FROM ({' UNION ALL '.join(_RECORDED)}) AS recorded(last)"
_MERGES = "SELECT count(*) > 0 FROM changes WHERE field = 'merged_into'"
_COLUMNS = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"


def look(connection: duckdb.DuckDBPyConnection) -> Look:
    """Look at the lake whose views are on this connection."""
    last, merges = connection.execute(_LAST).fetchall()[0][0], connection.execute(_MERGES).fetchall()[0][0]
    columns = tuple((str(t), str(c), str(kind)) for t, c, kind in connection.execute(_COLUMNS).fetchall())
    return Look(None if last is None else instant(last), bool(merges), columns)


def snapshot(home: Path) -> Snapshot:
    """What the lake holds and how it came there."""
    manifest = manifests.read(home)
    return Snapshot({n: v.rows for n, v in manifest.tables.items()}, manifest.imports)


def current_relations(home: Path) -> dict[str, str]:
    """For every lake table the SELECT that reads it, all columns in the shape's order."""
    manifest = manifests.read(home)
    return {name: _relation(home, manifest, shape) for name, shape in SHAPES.items()}


def open_table(home: Path, name: str, version: int, storage: Mapping[str, str] | None = None) -> DeltaTable:
    """One Delta table at a version. `storage` will carry the options of an object store; folders need none."""
    path = manifests.lake_folder(home) / name
    try:
        return DeltaTable(str(path), version=version, storage_options=dict(storage) if storage else None)
    except (TableNotFoundError, DeltaError, OSError) as error:
        raise _damaged(path, f"version {version} of table `{name}` cannot be opened") from error


def files_of(home: Path, name: str, table: DeltaTable) -> list[str]:
    """The local paths of a table's Parquet files. (Its URIs are escaped by halves where a folder has odd letters.)"""
    folder = manifests.lake_folder(home).resolve() / name
    return sorted(str(folder / unquote(path)) for path in table.get_add_actions()["path"].to_pylist())


def _relation(home: Path, manifest: Manifest, shape: Shape) -> str:
    version = manifest.tables.get(shape.name)
    if version is None:
        return select_columns(shape, have=set()) + " WHERE false"
    table = open_table(home, shape.name, version.version)
    files = files_of(home, shape.name, table)
    missing = next((f for f in files if not Path(f).is_file()), None)
    if missing:
        raise _damaged(Path(missing), f"a file of table `{shape.name}` is missing")
    if not files:
        return select_columns(shape, have=set()) + " WHERE false"
    have = {f.name for f in table.schema().fields}
    return f"{select_columns(shape, have)} FROM read_parquet({texts(files)}, union_by_name = true)"


def select_columns(shape: Shape, have: set[str]) -> str:
    """All of the shape's columns; one that an older release did not write is null."""
    columns = (
        ident(c.name) if c.name in have else f"CAST(NULL AS {TYPES[c.kind]}) AS {ident(c.name)}" for c in shape.columns
    )
    return "SELECT " + ", ".join(columns)


def _damaged(path: Path, why: str) -> UserProblem:
    return UserProblem(
        "lake-damaged",
        "The lake is damaged.",
        f"The manifest names what is not there: {why}.",
        "Restore the workspace from a backup, or remove its folder `lake` and import again.",
        Place(str(path)),
    )
