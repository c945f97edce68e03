"""Before a newer release changes the tables, a copy of them as they are.

SQLite: a file in the workspace's folder `backups/`. PostgreSQL: a schema of its own beside the tables, for whoever may
only speak SQL can keep nothing else. Promise: no copy, no migration.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from django.db import connection, transaction


def keep_a_copy(home: Path, migration: str) -> str | None:
    """Copy the store as it is before that migration; where the copy lies (None: there is nothing to keep)."""
    if not _used():
        return None
    name = "before_" + migration.replace(".", "_")
    return _in_a_file(home, name) if connection.vendor == "sqlite" else _in_a_schema(name)


def _used() -> bool:
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in {"people", "members", "audit_lines"} & tables:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608  (a name of ours)
            if cursor.fetchone():
                return True
    return False


def _in_a_file(home: Path, name: str) -> str:
    folder = home / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    path, making = folder / f"{name}.sqlite3", folder / f"{name}.new"
    os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    connection.ensure_connection()
    target = sqlite3.connect(making)
    try:
        connection.connection.backup(target)
    finally:
        target.close()
    making.replace(path)
    return str(path)


def _in_a_schema(name: str) -> str:
    tables = connection.introspection.table_names()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
        cursor.execute(f'CREATE SCHEMA "{name}"')
        for table in tables:
            cursor.execute(f'CREATE TABLE "{name}"."{table}" AS TABLE "{table}"')
    return name
