"""RESULTS.md from what was measured: the machine, what was asked, each size, growth, and the other parts."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from .company import STEPS
from .costs import Cost

PACKAGES = ("duckdb", "ibis-framework", "deltalake", "pyarrow", "numpy", "sqlglot")
Measured = Mapping[int, Mapping[str, Cost]]
"""People -> step -> cost."""
Row = tuple[str, float, str]


@dataclass(frozen=True, slots=True)
class Bar:
    """What was asked: a step at a size costs at most so much."""

    people: int
    step: str
    what: str
    limit: float


BARS = (
    Bar(1_000_000, "generate", "wall", 90.0),
    Bar(1_000_000, "import touches", "wall", 60.0),
    Bar(1_000_000, "report", "wall", 30.0),
    Bar(1_000_000, "report", "peak", 4096.0),
    Bar(20_000, "report", "wall", 3.0),
    Bar(20_000, "report again", "wall", 3.0),
)
TWICE = "a back-test costs at most twice a report"


def results(measured: Measured, others: Mapping[str, Sequence[Row]], date: str, loads: Sequence[float]) -> str:
    """The whole page."""
    parts = [_machine(date, loads), _bars(measured), *(_size(n, steps) for n, steps in measured.items())]
    parts += [_growth(measured), *(_other(name, rows) for name, rows in others.items())]
    return "\n".join(part for part in parts if part)


def _machine(date: str, loads: Sequence[float]) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = ", ".join(f"{one:.1f}" for one in loads)
    return f"""# How fast Oarlock is

Written by `make bench`; do not edit. Every step runs in a process of its own, as a person would start it, so starting
Python and loading are in each figure, in the floors' too. Medians of 3 runs, of 1 from a million people on. Peak is the
most memory the process held at once.

| | |
|---|---|
| date | {date} |
| processor | {_processor()}, {os.cpu_count()} cores |
| memory | {os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30:.0f} GiB |
| system | {platform.system()} {platform.release().split("-")[0]}, Python {platform.python_version()} |
| packages | {packages} |
| load average at start, after each size | {load} |

The machine was shared with other work: a load above what the benchmark makes itself (up to {os.cpu_count()}) lengthens
wall time. Processor seconds suffer less, and ratios to the floors of the same run least.
"""


def _processor() -> str:
    """The processor's own name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _bars(measured: Measured) -> str:
    rows = [row for bar in BARS for row in _bar(bar, measured)]
    for people, steps in measured.items():
        share = steps["back-test"].wall / steps["report"].wall
        rows.append(f"| {TWICE} | {people:,} | 2.0 x | {share:.1f} x | {_met(share <= 2)} |")
    return _table("What was asked", "| asked | people | at most | measured | |\n|---|--:|--:|--:|---|", rows)


def _bar(bar: Bar, measured: Measured) -> Iterator[str]:
    if bar.people not in measured:
        yield f"| {STEPS[bar.step]}, {bar.what} | {bar.people:,} | {_unit(bar.limit, bar.what)} | not run | |"
        return
    cost = measured[bar.people][bar.step]
    found = cost.wall if bar.what == "wall" else cost.peak
    told = f"{_unit(bar.limit, bar.what)} | {_unit(found, bar.what)} | {_met(found <= bar.limit)} |"
    yield f"| {STEPS[bar.step]}, {bar.what} | {bar.people:,} | {told}"


def _met(held: bool) -> str:
    return "met" if held else "**not met**"


def _unit(figure: float, what: str) -> str:
    return f"{figure:,.1f} s" if what == "wall" else f"{figure:,.0f} MiB"


def _size(people: int, steps: Mapping[str, Cost]) -> str:
    count, window = steps["floor: count"].cpu, steps["floor: window"].cpu
    rows = [
        f"| {STEPS[name]} | {c.wall:,.1f} | {c.cpu:,.1f} | {c.peak:,.0f} "
        f"| {c.cpu / count:,.1f} | {c.cpu / window:,.1f} |"
        for name, c in steps.items()
    ]
    columns = "step | wall, s | processor, s | peak, MiB | processor / count | processor / window"
    head = f"| {columns} |\n|---|--:|--:|--:|--:|--:|"
    return _table(f"{people:,} people, {10 * people:,} touches", head, rows)


def _growth(measured: Measured) -> str:
    """From each size to the next: cost against data. 1.0 means that both grew alike."""
    sizes = sorted(measured)
    rows = []
    for small, large in pairwise(sizes):
        for name in STEPS:
            a, b, times = measured[small][name], measured[large][name], large / small
            figures = (b.cpu / a.cpu / times, b.wall / a.wall / times, b.peak / a.peak / times)
            rows.append(f"| {small:,} to {large:,} | {STEPS[name]} | " + " | ".join(f"{f:.2f}" for f in figures) + " |")
    if not rows:
        return ""
    head = "| people | step | processor | wall | peak |\n|---|---|--:|--:|--:|"
    words = "How much more a step costs for each time more data. 1.00 grows as the data does; below is better.\n\n"
    return _table("Growth", words + head, rows)


def _other(name: str, rows: Sequence[Row]) -> str:
    told = [f"| {what} | {value:,.2f} | {unit} |" for what, value, unit in rows]
    return _table(name, "| what | | |\n|---|--:|---|", told)


def _table(title: str, head: str, rows: Sequence[str]) -> str:
    return "\n".join([f"## {title}", "", head, *rows, ""])
