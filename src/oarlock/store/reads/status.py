"""How Oarlock itself is: release, database, workers and what waits, disk, last backup and last restored one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.db import connection

from oarlock.store.databases import FILE
from oarlock.store.models import AuditLine
from oarlock.store.reads.workers import Workers, workers

LOW = 0.1
"""Less of the disk than this free is told as a danger."""


@dataclass(frozen=True, slots=True)
class Status:
    """`database` in words; bytes; `backed_up`, `restored`, `verified` are when that was last done, None for never."""

    release: str
    database: str
    stored: int | None
    free: int
    disk: int
    workers: Workers
    backed_up: datetime | None
    restored: datetime | None
    verified: datetime | None

    @property
    def disk_low(self) -> bool:
        """Whether the disk will soon be full."""
        return self.free < self.disk * LOW


def status(home: Path, now: datetime) -> Status:
    """Six queries at most; nothing is computed that takes long."""
    there = home.absolute()
    disk = shutil.disk_usage(next(folder for folder in (there, *there.parents) if folder.is_dir()))
    return Status(
        version("oarlock"), _database(), _stored(home), disk.free, disk.total, workers(now),
        _last("backed-up"), _last("restored"), _last("verified"),
    )  # fmt: skip


def _last(verb: str) -> datetime | None:
    """When that was last done, by the audit trail."""
    return AuditLine.objects.filter(verb=verb).order_by("-number").values_list("at", flat=True).first()


def _database() -> str:
    if connection.vendor == "sqlite":
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}, in the workspace"
    connection.ensure_connection()
    number = connection.pg_version  # type: ignore[attr-defined]  # of the PostgreSQL wrapper only, and it is one here
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"


def _stored(home: Path) -> int | None:
    """Bytes of the database's files; None where it is not in the workspace."""
    files = [home / f"{FILE}{ending}" for ending in ("", "-wal")]
    return sum(file.stat().st_size for file in files if file.exists()) if connection.vendor == "sqlite" else None
