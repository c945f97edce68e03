"""What a command costs: it is run in a process of its own, and the system is asked what that process used."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, seconds of processor, and the most memory held at once in MiB; `runs` were made."""

    wall: float
    cpu: float
    peak: float
    runs: int = 1


def once(command: Sequence[str]) -> Cost:
    """The cost of one run, starting Python and loading included. A command that fails ends the benchmark."""
    with TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"exit {child.returncode}: {' '.join(command)}\n{said.read().decode()[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def measured(command: Sequence[str], runs: int, before: Callable[[], None] = lambda: None) -> Cost:
    """The median of each figure over some runs; `before` clears the ground for each."""
    costs = []
    for _ in range(runs):
        before()
        costs.append(once(command))
    return Cost(median(c.wall for c in costs), median(c.cpu for c in costs), median(c.peak for c in costs), runs)


def oarlock(home: Path, *arguments: str) -> list[str]:
    """The command line as people use it, answering as JSON."""
    return [str(BIN / "oarlock"), "--home", str(home), "--json", *arguments]


def python(code: str, *arguments: str) -> list[str]:
    """Some Python in a fresh interpreter."""
    return [sys.executable, "-c", code, *arguments]
