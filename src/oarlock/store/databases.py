"""Which database: SQLite in the workspace, or PostgreSQL by address. Both are opened so that acknowledged means kept.

SQLite: WAL, `synchronous=FULL` (under NORMAL a power cut loses acknowledged rows), immediate transactions (a writer
waits for its turn at the beginning and never fails in the middle), `secure_delete` (what is erased is overwritten).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from oarlock.ground.problems import UserProblem

FILE = "store.sqlite3"
BUSY_SECONDS = 20
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;"
    " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
)


def database(home: Path, url: str | None) -> dict[str, Any]:
    """Django's entry for that address; None is the workspace's own SQLite file. UserProblem `bad-setting`."""
    return _sqlite(home / FILE) if url is None else _postgres(url)


def _sqlite(path: Path) -> dict[str, Any]:
    options = {"timeout": BUSY_SECONDS, "transaction_mode": "IMMEDIATE", "init_command": PRAGMAS}
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def _postgres(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _bad("It is not an address.") from error
    if parts.scheme not in ("postgres", "postgresql"):
        raise _bad(f"It begins with `{parts.scheme[:20]}:`.")
    if not parts.path.strip("/"):
        raise _bad("It names no database.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or _socket(parts.query),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _socket(query: str) -> str:
    """`?host=/run/postgresql` names the folder of a local socket."""
    pairs = (pair.partition("=") for pair in query.split("&"))
    return next((unquote(value) for name, _, value in pairs if name == "host"), "")


def _bad(why: str) -> UserProblem:
    return UserProblem(
        "bad-setting", "The environment variable OARLOCK_DATABASE_URL cannot be used.", why,
        "Write `postgres://user:password@host:5432/database`, or leave it out for SQLite in the workspace.",
    )  # fmt: skip
