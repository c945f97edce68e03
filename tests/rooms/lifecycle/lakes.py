"""Rows of Python into a lake of DuckDB tables, for tests without a disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import ibis
import pyarrow as pa

from oarlock.records.shapes import SHAPES
from oarlock.tables.lake import Lake, schema


def lake_of(tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Lake:
    """A lake whose tables hold these rows; what a row leaves out is null."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set timezone = 'UTC'")
    backend = ibis.duckdb.from_connection(connection)
    made = {}
    for name, shape in SHAPES.items():
        rows = [{c.name: row.get(c.name) for c in shape.columns} for row in tables.get(name, ())]
        for row in rows:
            properties = row.get("properties")
            row |= {"properties": list(properties.items())} if isinstance(properties, dict) else {}
        arrow = pa.Table.from_pylist(rows, schema=schema(shape).to_pyarrow())
        connection.register(f"{name}_rows", arrow)
        connection.execute(f'create table "{name}" as select * from "{name}_rows"')
        made[name] = backend.table(name)
    return Lake(**made)
