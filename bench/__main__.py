"""`make bench`: the main job at several sizes with floors beside it, the other parts' own benchmarks, RESULTS.md.

    python -m bench [--sizes 20000,100000,1000000] [--folder DIR] [--results FILE]

A million people need about 6 GB of disk in `--folder` (a temporary folder by default) while it runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from . import arrivals, company, generating, importing, matching, reporting, routing, working_time
from .costs import Cost
from .results import Measured, Row, results

SIZES = "20000,100000,1000000"
LARGE = 1_000_000
"""From this size on a step runs once, and the parts with fixed large sizes run too."""
RUNS = 3


def main() -> None:
    """Measure and write the page."""
    asked = _asked()
    sizes = sorted({int(size) for size in asked.sizes.split(",")})
    loads: list[float] = [os.getloadavg()[0]]
    measured: dict[int, dict[str, Cost]] = {}
    with TemporaryDirectory(dir=asked.folder) as folder:
        for people in sizes:
            runs = 1 if people >= LARGE else RUNS
            measured[people] = company.run(people, Path(folder), runs, _tell)
            loads.append(os.getloadavg()[0])
            _write(asked.results, measured, {}, loads)  # a run that is stopped leaves what it has measured
    _write(asked.results, measured, _others(sizes), loads)
    _tell(f"written: {asked.results}")


def _write(page: Path, measured: Measured, others: dict[str, list[Row]], loads: list[float]) -> None:
    page.write_text(results(measured, others, f"{datetime.now(UTC):%Y-%m-%d}", loads), encoding="utf-8")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", default=SIZES, help="people, separated by commas (default %(default)s)")
    parser.add_argument("--folder", type=Path, default=None, help="where to work (default: a temporary folder)")
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "RESULTS.md")
    return parser.parse_args()


def _others(sizes: list[int]) -> dict[str, list[Row]]:
    """The other parts' benchmarks; the two with sizes of their own, up to a million people, only beside such a size."""
    found = {reporting.TITLE: reporting.run(), "Working time": working_time.run(), "Routing": routing.run()}
    found[matching.TITLE] = matching.run()
    found |= {"Arrivals": arrivals.run()}
    if max(sizes) >= LARGE:
        found |= {"Making the demo company": generating.run(), "Importing": importing.run()}
    return found


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
