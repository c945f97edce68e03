"""Many rows found or changed by one statement each: what taking in a group of arrivals is made of, beside `rows`.

Values are as the database keeps them: instants as microseconds, objects as JSON.
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection

from oarlock.store.writes.loads import quoted

AT_ONCE = 500
"""Values in one list of a query: every database takes so many."""


def found(
    table: str, columns: Sequence[str], by: str, values: Iterable[Any], *, also: str = "", lock: bool = False
) -> Iterator[tuple[Any, ...]]:
    """The rows whose column `by` holds one of these values; `lock` keeps them until the transaction ends."""
    left = iter(sorted(set(values)))
    last = " FOR UPDATE" if lock and connection.vendor == "postgresql" else ""
    order = f' ORDER BY "{by}"' if last else ""
    with connection.cursor() as cursor:
        while some := list(islice(left, AT_ONCE)):
            places = ", ".join(["%s"] * len(some))
            where = f'WHERE "{by}" IN ({places}){also}'
            cursor.execute(f"SELECT {quoted(columns)} FROM {table} {where}{order}{last}", some)
            yield from cursor.fetchall()


def put(table: str, key: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Update rows by their key, which is each row's last value."""
    if not rows:
        return
    set_to = ", ".join(f'"{c}" = %s' for c in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE {table} SET {set_to} WHERE "{key}" = %s', list(rows))
