"""The lake on disk, opened for reading: Delta tables under `<home>/lake`, as Ibis tables of one DuckDB connection.

Reads exactly the versions the manifest names; tables nobody has filled yet are there, empty and typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from oarlock.engines import manifest as manifests
from oarlock.engines.duck import ibis_backend
from oarlock.engines.manifest import Import, Manifest
from oarlock.engines.sql import ident, texts
from oarlock.ground.problems import Place, UserProblem
from oarlock.records.shapes import SHAPES, Kind, Shape
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
    """The lake of a workspace as Ibis tables. `connection` must be allowed to see `<home>/lake`.

    Makes one view a table, named as the table, so that a query reads well; the latest lake opened on a connection
    owns the names. Raises UserProblem `lake-damaged` where the manifest names what is not there.
    """
    relations = current_relations(home)
    for name, relation in relations.items():
        connection.execute(f"CREATE OR REPLACE VIEW {ident(name)} AS {relation}")
    backend = ibis_backend(connection)
    return Lake(**{name: backend.table(name) for name in SHAPES})


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
    return sorted(str(folder / unquote(path)) for path in pa.table(table.get_add_actions())["path"].to_pylist())


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
