"""Hand-written SQL kept as data, run by a DuckDB that knows nothing of Oarlock, over raw files.

A file holds parts, each under a line `-- name: WORD`. The part `raw` makes views; every other part is one query.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).parent / "sql"
Answers = dict[str, list[tuple[Any, ...]]]


def parts(text: str) -> dict[str, str]:
    """The parts of a file by name."""
    found = [part.partition("\n") for part in text.split("-- name: ")[1:]]
    return {name.strip(): query for name, _, query in found}


def answers(name: str, data: Path, **words: str) -> Answers:
    """Every query's rows. `{data}` in the text is the folder of the raw files; `words` are further replacements."""
    text = (SQL / f"{name}.sql").read_text()
    for word, value in {"data": str(data), **words}.items():
        text = text.replace(f"{{{word}}}", value)
    queries = parts(text)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(queries.pop("raw"))
        return {part: _rows(connection, query) for part, query in queries.items()}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    table = connection.sql(query).to_arrow_table()  # times come as they are, without another library for zones
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
