"""Rows on their way back from DuckDB, as plain Python: no Arrow, no pandas, and no package for time zones needed."""

from __future__ import annotations

# ruff: noqa: S608  (column names reach SQL only through engines.sql)
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import duckdb

from oarlock.engines.sql import ident

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(micros: int) -> datetime:
    """The instant so many microseconds after 1970, UTC."""
    return EPOCH + timedelta(microseconds=micros)


def fetch(connection: duckdb.DuckDBPyConnection, select: str, instants: Sequence[str] = ()) -> list[dict[str, object]]:
    """The rows of a SELECT as dicts, in its order; `instants` names the columns that hold a time with a zone.

    Those cross as microseconds: DuckDB would hand them over only where the package `pytz` is installed.
    """
    if instants:
        micros = ", ".join(f"epoch_us({ident(c)}) AS {ident(c)}" for c in instants)
        select = f"SELECT * REPLACE ({micros}) FROM ({select})"
    result = connection.execute(select)
    names = [column[0] for column in result.description or ()]
    times = [n for n, name in enumerate(names) if name in instants]
    return [dict(zip(names, _told(list(row), times), strict=True)) for row in result.fetchall()]


def _told(row: list[object], times: Sequence[int]) -> list[object]:
    for n in times:
        value = row[n]
        row[n] = instant(value) if isinstance(value, int) else None
    return row
