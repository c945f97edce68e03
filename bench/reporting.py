"""`oarlock report` at the demo's own size as a person starts it: the first one, which writes its statements, and again.

    python -m bench.reporting

The floor is a process that loads DuckDB and counts what a report reads of the same Parquet. The three take turns, so
that other work on the machine meets all of them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from shutil import rmtree
from statistics import median
from tempfile import TemporaryDirectory

from .company import COUNT
from .costs import Cost, oarlock, once, python

TITLE = "A report at the demo's own size"
RUNS = 5
FIRST, AGAIN, FLOOR = "the first report", "the same report again", "floor: load DuckDB and count"

Row = tuple[str, float, str]


def run() -> list[Row]:
    """Seconds by the clock and of processor, medians, and both against the floor's."""
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        once(oarlock(home, "demo", "--no-serve"))
        return _rows(_turns(home))


def _turns(home: Path) -> dict[str, list[Cost]]:
    found: dict[str, list[Cost]] = {FIRST: [], AGAIN: [], FLOOR: []}
    for _ in range(RUNS):
        rmtree(home / "plans", ignore_errors=True)
        found[FIRST].append(once(oarlock(home, "report")))
        found[AGAIN].append(once(oarlock(home, "report")))
        found[FLOOR].append(once(python(COUNT, str(home))))
    return found


def _rows(found: dict[str, list[Cost]]) -> list[Row]:
    wall, cpu = median(c.wall for c in found[FLOOR]), median(c.cpu for c in found[FLOOR])
    rows = []
    for name, costs in found.items():
        rows += [
            (f"{name}, wall (best {min(c.wall for c in costs):.2f})", median(c.wall for c in costs), "s"),
            (f"{name}, processor", median(c.cpu for c in costs), "s"),
        ]
        if name != FLOOR:
            rows += [
                (f"{name}, wall / floor", median(c.wall for c in costs) / wall, "x"),
                (f"{name}, processor / floor", median(c.cpu for c in costs) / cpu, "x"),
            ]
    return rows


if __name__ == "__main__":
    load = os.getloadavg()[0]
    for what, value, unit in run():
        print(f"| {what} | {value:,.2f} | {unit} |")
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after", file=sys.stderr)
