"""Many rows in one statement, past the slower way through models: for writes that a hundred wait for.

upsert(table, columns, rows, key=)   put rows in; with a key, one that is there already takes the new values
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from oarlock.store.writes.loads import quoted

Value = str | int | float | bool | None
Row = tuple[Value, ...]
"""Values as the database holds them: instants as microseconds."""


def upsert(
    table: str, columns: Sequence[str], rows: Sequence[Row], *, key: Sequence[str] = (), keep: bool = False
) -> None:
    """Put rows in, inside the transaction that is open. `key`: what is there under it takes the new values (`keep`:
    stays as it is). Without a key a row that is there already is a mistake, and raises."""
    if not rows:
        return
    statement = f"INSERT INTO {table} ({quoted(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    if key:
        changed = ", ".join(f'"{c}" = excluded."{c}"' for c in columns if c not in key)
        statement += f" ON CONFLICT ({quoted(key)}) DO " + ("NOTHING" if keep else f"UPDATE SET {changed}")
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
