"""Bulk loads at full size: a lake into a fresh store, said apart by what is brought, beside a floor in the same run.

    python -m bench.bulk HOME

HOME is a workspace with a lake. Its store is left alone: a second one is made beside it, in a folder of its own, and
goes when all is measured. The floor is DuckDB reading all columns of the same people out of the lake.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time


def main() -> None:
    """Measure, print the section of the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    asked = parser.parse_args()
    os.environ.pop("OARLOCK_HOME", None)
    with TemporaryDirectory(dir=asked.home.absolute().parent) as folder:
        beside = Path(folder)
        (beside / "lake").symlink_to(asked.home.absolute() / "lake")
        for line in section(beside):
            print(line, flush=True)


def section(home: Path) -> list[str]:
    """The results as lines of Markdown. Without signed versions there are no states to bring."""
    from oarlock.ground.clock import now
    from oarlock.store.opening import bring_up_to_date, open_store

    open_store(home)
    bring_up_to_date()
    from django.db import connection

    from oarlock.jobs.loading import load
    from oarlock.store.writes.audit import SYSTEM

    steps: list[tuple[str, float, float]] = []

    def tell(words: str, share: float | None) -> None:
        if share is not None:
            steps.append(_said(words))

    floor = _timed(lambda: _floor(home))
    load(home, acting=SYSTEM, now=now(), tell=tell)
    steps.append(_said("end"))
    told = f"{connection.vendor}; floor: DuckDB reads everybody: {floor[0]:.1f} s, {floor[1]:.1f} s of processor"
    lines = [told, "", "| step | wall, s | processor, s | processor / floor |", "|---|--:|--:|--:|"]
    for (what, begun, worked), (_, wall, cpu) in pairwise(steps):
        lines.append(f"| {what} | {wall - begun:.1f} | {cpu - worked:.1f} | {(cpu - worked) / floor[1]:.1f} |")
    return lines


def _said(words: str) -> tuple[str, float, float]:
    return words, perf_counter(), process_time()


def _timed(do: Callable[[], object]) -> tuple[float, float]:
    begun, worked = perf_counter(), process_time()
    do()
    return perf_counter() - begun, process_time() - worked


def _floor(home: Path) -> object:
    from oarlock.engines.duck import connect
    from oarlock.engines.lake import make_views
    from oarlock.engines.manifest import lake_folder

    with connect([lake_folder(home)]) as duck:
        make_views(home, duck)
        return duck.execute("SELECT max(hash(COLUMNS(*))) FROM people").fetchall()


if __name__ == "__main__":
    main()
