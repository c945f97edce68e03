"""A real server on a workspace of its own, for what only a process shows: durability, deaths, foreign clients."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

MAKE = """
import sys
from pathlib import Path
home = Path(sys.argv[1])
from oarlock.cli.serving import make_ready
make_ready(home)
from oarlock.ground.clock import now
from oarlock.store.writes.audit import SYSTEM
from oarlock.demo import cast
from oarlock.store.writes import entrances
cast.join("three oars in one boat", now=now())
cast.sign_up(home)
print(entrances.make("test", "events", {}, acting=SYSTEM, now=now()).secret)
"""
ASK = """
import json, sys
from pathlib import Path
from oarlock.store.opening import open_store
open_store(Path(sys.argv[1]))
from oarlock.store.writes.loads import rows
print(json.dumps(rows(sys.argv[2])))
"""


def environment(home: Path) -> dict[str, str]:
    """The server's: its workspace, and nothing of the test's own database."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OARLOCK_")}
    return kept | {"OARLOCK_HOME": str(home)}


def made(home: Path) -> str:
    """A workspace with Brightwater's agreement and an entrance; its write key."""
    return _said(MAKE, home).strip().splitlines()[-1]


def asked(home: Path, query: str) -> list[list[object]]:
    """What the store of a workspace says."""
    found: list[list[object]] = json.loads(_said(ASK, home, query).strip().splitlines()[-1])
    return found


def _said(program: str, home: Path, *more: str) -> str:
    told = [sys.executable, "-c", program, str(home), *more]
    return subprocess.run(told, check=True, capture_output=True, text=True, env=environment(home)).stdout


@dataclass
class Server:
    """A running server; `kill` is what a power cut does to a process."""

    running: subprocess.Popen[bytes]
    port: int

    def kill(self) -> None:
        """Kill -9 of the process and of all it started."""
        for pid in (*_below(self.running.pid), self.running.pid):
            os.kill(pid, signal.SIGKILL)
        self.running.wait()

    def stop(self) -> None:
        """The word to stop."""
        self.running.terminate()
        try:
            self.running.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


def started(home: Path, *before: str) -> Server:
    """A server on that workspace, ready to answer; `before` is put before its command (`strace ...`)."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = int(trial.getsockname()[1])
    command = [*before, sys.executable, "-m", "oarlock.cli.answering", "127.0.0.1", str(port), "1"]
    running = subprocess.Popen(command, env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        if running.poll() is None and _answers(port):
            return Server(running, port)
        time.sleep(0.1)
    raise RuntimeError("the server does not come up")


def post(port: int, key: str, lead: dict[str, object], idempotency: str) -> int | None:
    """Send a lead; the status, or None where nobody answered."""
    connection = HTTPConnection("127.0.0.1", port, timeout=40)
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": idempotency, "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/leads", json.dumps(lead), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def has(*programs: str) -> bool:
    """Whether the machine has these programs."""
    return all(shutil.which(program) for program in programs)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/alive/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _below(pid: int) -> Sequence[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [*_below(int(child)), int(child)]
    return found
