"""The one place that opens DuckDB, locked: it reads and writes the folders it is given and nothing else.

Promises: no network, no extension fetched, no file outside `allowed`, no setting changed afterwards (TRUST.md, 6);
times are UTC. What a query cannot hold in memory it spills to `spill`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from oarlock.engines.sql import text, texts

if TYPE_CHECKING:
    from ibis.backends.duckdb import Backend

MEMORY = "2500MB"
"""What DuckDB may hold before it spills; the process around it needs some room below 4 GiB."""
THREADS = 2


def connect(
    allowed: Sequence[Path], *, threads: int = THREADS, memory: str = MEMORY, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory database that sees only the folders (or single files) in `allowed`.

    Without `spill` nothing is spilled: a query that needs more than `memory` fails.
    """
    connection = duckdb.connect(config={"threads": threads, "memory_limit": memory})
    for setting in _settings(allowed, spill):
        connection.execute(setting)
    return connection


def _settings(allowed: Sequence[Path], spill: Path | None) -> list[str]:
    """In this order: folders first, for they cannot be named any more once access is shut; the lock last."""
    folders = [str(p.resolve()) for p in allowed if not p.is_file()]
    files = [str(p.resolve()) for p in allowed if p.is_file()]
    return [
        "SET TimeZone = 'UTC'",
        "SET enable_progress_bar = false",
        "SET python_enable_replacements = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        f"SET temp_directory = {text(str(spill.resolve()) if spill else '')}",
        f"SET allowed_directories = {texts(folders)}",
        f"SET allowed_paths = {texts(files)}",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ]


def ibis_backend(connection: duckdb.DuckDBPyConnection) -> Backend:
    """The same connection as Ibis sees it. Loads Ibis, which a report with kept statements does without."""
    from oarlock.engines.ibis_backend import Locked

    return Locked.from_connection(connection)
