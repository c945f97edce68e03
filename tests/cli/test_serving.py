"""`oarlock serve` and `oarlock work` as real processes: they come up, answer, heal, and stop in time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from oarlock.cli.serving import free_port, require_free
from oarlock.ground.problems import UserProblem

PATIENCE = 60.0


def taken_port() -> tuple[socket.socket, int]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening, listening.getsockname()[1]


def status(port: int, path: str) -> int:
    asking = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request("GET", path)
        return asking.getresponse().status
    finally:
        asking.close()


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if holds():
                return True
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)
    return False


def children(parent: int) -> list[int]:
    found = [p for p in Path("/proc").iterdir() if p.name.isdigit()]
    parents = {}
    for folder in found:
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    return [child for child, of in parents.items() if of == parent]


@contextmanager
def running(home: Path, *words: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))} | variables
    command = [sys.executable, "-m", "oarlock.cli", *words, "--home", str(home)]
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()


def test_one_command_serves_heals_and_stops(tmp_path: Path) -> None:
    port = free_port("127.0.0.1", 18100)
    with running(tmp_path / "new", "serve", "--port", str(port)) as serving:
        assert eventually(lambda: status(port, "/alive/") == 200)
        assert status(port, "/me/login/") == 200
        assert status(port, "/") == 302
        time.sleep(1.0)  # who looks after the processes looks four times a second, and says the address then
        before = children(serving.pid)
        assert len(before) == 2, "one web server and one worker"
        for child in before:
            os.kill(child, signal.SIGKILL)
        assert eventually(lambda: len(children(serving.pid)) == 2 and not set(before) & set(children(serving.pid)))
        assert eventually(lambda: status(port, "/alive/") == 200)
        begun = time.monotonic()
        serving.send_signal(signal.SIGTERM)
        _, said = serving.communicate(timeout=30)
        assert serving.returncode == 0
        assert time.monotonic() - begun < 16
    assert f"Oarlock is at http://localhost:{port}/" in said and said.rstrip().endswith("Stopped.")
    assert "Nobody can sign in yet" in said
    with pytest.raises(OSError):
        status(port, "/alive/")


def test_the_worker_alone_stops_at_the_word(tmp_path: Path) -> None:
    with running(tmp_path / "new", "work") as working:
        assert eventually(lambda: (tmp_path / "new" / "store.sqlite3").exists())
        time.sleep(1.5)
        working.send_signal(signal.SIGTERM)
        working.communicate(timeout=30)
        assert working.returncode == 0


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    listening, port = taken_port()
    with listening, running(tmp_path / "new", "serve", "--port", str(port)) as serving:
        _, said = serving.communicate(timeout=30)
        assert serving.returncode == 1
    assert f"Port {port} is in use." in said and "--port N" in said
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("host", ["not a host", "203.0.113.7", "x" * 300, "no-such-name.invalid"])
def test_a_foreign_host_is_refused_in_words(host: str) -> None:
    with pytest.raises(UserProblem) as refused:
        require_free(host, 18099)
    assert refused.value.code == "bad-host" and "--host" in refused.value.next_step


def test_the_next_free_port_is_found() -> None:
    listening, port = taken_port()
    with listening:
        assert free_port("127.0.0.1", port) > port


def test_a_folder_nobody_may_write_to_is_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder", encoding="utf-8")
    with running(in_the_way / "home", "work") as working:
        _, said = working.communicate(timeout=30)
        assert working.returncode == 1
    assert "cannot be written" in said
