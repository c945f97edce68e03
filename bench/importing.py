"""Importing from CSV: seconds and memory at 1,000,000 and 10,000,000 touches and at 1,000,000 people.

Beside them the floors, measured in the same run: DuckDB reading the same CSV and counting, DuckDB writing it straight
to Parquet untyped and unchecked, and the lake's own Parquet read and counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

TOUCHES = (1_000_000, 10_000_000)
PEOPLE = 1_000_000
_IMPORT = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
began = time.perf_counter()
bring_in([Path(sys.argv[1])], preset("oarlock"), Path(sys.argv[2]), zone="UTC", now=datetime(2026, 11, 1, tzinfo=UTC))
taken = time.perf_counter() - began
print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
_TOUCHES = """
SELECT 'touch-' || i AS touch_id, 'person-' || hash(i) % (1 + {n} // 10) AS person_id,
    strftime(TIMESTAMP '2025-01-01' + INTERVAL (i * 4) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS "at",
    strftime(TIMESTAMP '2025-01-01' + INTERVAL (i * 4) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS recorded_at,
    'email' AS channel, CASE WHEN i % 3 = 0 THEN 'email.open' ELSE 'page.view' END AS kind,
    'campaign-' || i % 50 AS campaign_id, NULL AS content, 'https://shop.example/p/' || i % 1000 AS url, NULL AS cost
FROM range({n}) r(i)"""
_PEOPLE = """
SELECT 'person-' || i AS person_id, 'p' || i || '@shop.example' AS email, 'Person ' || i AS name,
    'source-' || i % 7 AS source,
    strftime(TIMESTAMP '2025-01-01' + INTERVAL (i) MINUTE, '%Y-%m-%dT%H:%M:%SZ') AS created_at,
    'level-' || i % 5 AS job_level
FROM range({n}) r(i)"""
Row = tuple[str, float, str]


def run() -> list[Row]:
    """(name, value, unit). Every import runs in a process of its own, into an empty lake."""
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in TOUCHES:
            found += _measure(Path(folder) / f"t{rows}", "touches", _TOUCHES, rows)
        found += _measure(Path(folder) / "p", "people", _PEOPLE, PEOPLE)
    return found


def _measure(folder: Path, table: str, query: str, rows: int) -> list[Row]:
    folder.mkdir()
    file, home, name = folder / f"{table}.csv", folder / "home", f"import of {rows:,} {table}"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"COPY ({query.format(n=rows)}) TO '{file}' (HEADER)")
        out = subprocess.run(
            [sys.executable, "-c", _IMPORT, str(file), str(home)], check=True, capture_output=True, text=True
        )
        taken, memory = json.loads(out.stdout)
        csv = f"read_csv('{file}', all_varchar = true)"
        count = _seconds(lambda: connection.execute(f"SELECT count(*), max(columns(*)) FROM {csv}").fetchall())
        plain = _seconds(lambda: connection.execute(f"COPY (FROM {csv}) TO '{folder}/plain.parquet'"))
        lake = f"read_parquet('{home}/lake/{table}/*.parquet')"
        read = _seconds(lambda: connection.execute(f"SELECT count(*), max(person_id) FROM {lake}").fetchall())
    return [
        (name, taken, "s"),
        (f"{name}, a second", rows / taken, "rows/s"),
        (f"{name}, peak memory", memory, "MiB"),
        (f"{name}, floor: DuckDB reads the CSV", count, "s"),
        (f"{name}, floor: DuckDB writes it to Parquet, untyped and unchecked", plain, "s"),
        (f"{name}, floor: DuckDB counts the lake's Parquet", read, "s"),
        (f"{name}, ratio to the untyped write", taken / plain, "x"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
