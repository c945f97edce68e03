"""A real `oarlock demo` in a process of its own, on a small Brightwater, for a browser to look at."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Opened:
    """A demo that runs: its address, the password of the cast, its workspace."""

    address: str
    password: str
    home: Path


@contextmanager
def demo(home: Path, people: int) -> Iterator[Opened]:
    """Brightwater with so many people, served until the block ends."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    command = [sys.executable, "-m", "oarlock.cli", "demo", "--people", str(people), "--port", str(_free())]
    command += ["--json", "--home", str(home)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said: list[str] = []
    complained: list[str] = []
    threads = [_listen(process.stdout, said), _listen(process.stderr, complained)]
    try:
        told = json.loads(_until_told(process, said, complained))
        yield Opened(told["address"], told["password"], home)
    finally:
        process.terminate()
        process.wait(60)
        for thread in threads:
            thread.join()


def _free() -> int:
    """A port of its own: two demos that look for one near 8000 at the same moment would share it."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _listen(stream: object, into: list[str]) -> threading.Thread:
    thread = threading.Thread(target=lambda: into.extend(iter(stream.readline, "")), daemon=True)  # type: ignore[attr-defined]
    thread.start()
    return thread


def _until_told(process: subprocess.Popen[str], said: list[str], complained: list[str]) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        text = "".join(said)
        if text.endswith("\n}\n"):
            return text
        time.sleep(0.1)
    raise AssertionError("the demo did not open:\n" + "".join(complained))
