"""A Parquet file as it arrives: its columns as a header line, its fields as text, and how long its rows are.

Promises: a small file that holds gigabytes (one long text, named by every row) is told before its rows are read.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as parquet
from pyarrow.lib import ArrowException

from oarlock.engines.arriving import Arrival, refusal
from oarlock.engines.duck import connect
from oarlock.engines.long_rows import BURST, RATE, crowded
from oarlock.engines.rows import LONGEST
from oarlock.engines.sql import ident, text
from oarlock.ground.problems import UserProblem

STRETCH = 2048
"""DuckDB works on so many rows at a time."""
PIECE = "180MB"
"""What one column of one row group may take up: it is read in one piece."""


def column_names(arrival: Arrival) -> str:
    """Parquet names its columns itself; here they are as if they stood in a header line."""
    return ",".join('"' + n.replace('"', '""') + '"' for n in _file(arrival).schema_arrow.names)


def rows_in(arrival: Arrival) -> int:
    """How many rows the file has."""
    return int(_file(arrival).metadata.num_rows)


def as_texts(path: Path) -> str:
    """SELECT of the fields as text: `_n` counts rows from 0, `c0`, `c1`... are the fields."""
    fields = ", ".join(f"{_as_text(f)} AS c{n}" for n, f in enumerate(parquet.read_schema(path)))
    return f"SELECT file_row_number AS _n, {fields} FROM read_parquet({text(str(path))}, file_row_number = true)"


def weigh(path: Path) -> int:
    """How many bytes a row has where rows are longest, on average over some thousands of them.

    Raises UserProblem where that is too much, or one row is.
    """
    may_be_long = (n for n, field in enumerate(parquet.read_schema(path)) if not _short(field))
    length = " + ".join(["0", *(f"coalesce(strlen(c{n}), 0)" for n in may_be_long)])
    stretches = f"SELECT max(w) AS longest, sum(w) AS bytes FROM (SELECT _n, {length} AS w FROM ({as_texts(path)}))"
    with connect([path], threads=1, memory=PIECE) as connection:
        try:
            found = connection.execute(
                f"SELECT max(longest), max(bytes) FROM ({stretches} GROUP BY _n // {STRETCH})"
            ).fetchall()
        except duckdb.OutOfMemoryException as error:
            raise refusal(path, "large-pieces", f"{path.name} can only be read in very large pieces.", str(error)[:200],
                          "Write it with smaller row groups (100,000 rows), or save it as CSV.") from error  # fmt: skip
        except duckdb.Error as error:
            raise _broken(path, error) from error
    longest, heaviest = (int(n or 0) for n in found[0])
    if longest > LONGEST or heaviest > STRETCH * RATE + BURST:
        raise crowded(path)
    return heaviest // STRETCH


def _as_text(field: pa.Field) -> str:
    nested = pa.types.is_nested(field.type) or pa.types.is_map(field.type)
    return f"CAST(to_json({ident(field.name)}) AS VARCHAR)" if nested else f"CAST({ident(field.name)} AS VARCHAR)"


def _short(field: pa.Field) -> bool:
    """Whether a field takes up a few bytes at most, whatever stands in it."""
    return bool(pa.types.is_primitive(field.type) or pa.types.is_decimal(field.type) or pa.types.is_null(field.type))


def _file(arrival: Arrival) -> Any:
    try:
        return parquet.ParquetFile(arrival.path)
    except (ArrowException, OSError, ValueError) as error:
        raise _broken(arrival.path, error) from error


def _broken(path: Path, error: Exception) -> UserProblem:
    what = f"{path.name} cannot be read as Parquet."
    return refusal(path, "broken-parquet", what, str(error)[:200], "Fetch the file again.")
