"""The main job at one size: make the demo company, import it, report, back-test; and the floors beside them.

The floors run in the same session over the same Parquet: DuckDB reading what a report reads and counting, and the one
window query that any solution needs (a fading sum a person in time order).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copy, rmtree

from oarlock.demo import AGREEMENTS

from .costs import Cost, measured, oarlock, python

STEPS = {
    "generate": "make the company's files",
    "import touches": "import the touches from CSV into an empty lake",
    "import": "import all files into an empty lake",
    "report": "history and full report",
    "report again": "the same report again, its statements kept",
    "back-test": "back-test of a changed rule",
    "floor: count": "floor: DuckDB reads the same Parquet and counts",
    "floor: window": "floor: the one window query",
}
"""Each step and what it is called in the results."""

GENERATE = """
import sys
from pathlib import Path
from oarlock import demo
demo.make(Path(sys.argv[1]), people=int(sys.argv[2]))
"""
CONNECT = """
import sys, duckdb
connection = duckdb.connect(config={"threads": 2, "memory_limit": "2500MB", "temp_directory": sys.argv[1] + "/spill"})
def table(name):
    return f"read_parquet('{sys.argv[1]}/lake/{name}/**/*.parquet')"
"""
COUNT = (
    CONNECT
    + """
READ = {
    "touches": ["person_id", "at", "kind"],
    "activities": ["person_id", "at", "kind"],
    "people": ["person_id", "source", "created_at"],
    "changes": ["entity_id", "at", "field", "value"],
    "handoff_events": ["person_id", "at", "kind", "reason"],
    "opportunities": ["person_id", "status", "amount", "created_at", "closed_at"],
    "accounts": ["account_id", "industry", "employees"],
}
for name, columns in READ.items():
    most = ", ".join(f'max(hash("{column}"))' for column in columns)
    print(name, connection.execute(f"SELECT count(*), {most} FROM {table(name)}").fetchall())
"""
)
WINDOW = (
    CONNECT
    + """
POINTS = "CASE kind WHEN 'form.demo_request' THEN 60 WHEN 'webinar.attended' THEN 20 WHEN 'form.download' THEN 10" \\
    " WHEN 'page.pricing' THEN 8 WHEN 'email.click' THEN 3 ELSE 0 END"
print(connection.execute(f'''
    SELECT count(*), count(*) FILTER (score >= 40), sum(score) FROM (
        SELECT sum(points * pow(2, age)) OVER (PARTITION BY person_id ORDER BY "at") * pow(2, -age) AS score FROM (
            SELECT person_id, "at", {POINTS} AS points,
                epoch_us("at" - TIMESTAMPTZ '2025-01-01 00:00:00+00') / (30 * 86400e6) AS age
            FROM {table("touches")}))
''').fetchall())
"""
)


def run(people: int, folder: Path, runs: int, tell: Callable[[str], None]) -> dict[str, Cost]:
    """Step -> cost, for that many people; `folder` is emptied afterwards."""
    home, files, apart = folder / "home", folder / "files", folder / "apart"
    _clear(home, files, apart)
    found: dict[str, Cost] = {}

    def step(name: str, command: list[str], before: Callable[[], None] = lambda: None) -> None:
        found[name] = measured(command, runs, before)
        tell(f"{people:,} people, {STEPS[name]}: {found[name].wall:.1f} s")

    step("generate", python(GENERATE, str(files), str(people)), lambda: _clear(files))
    touches = str(files / "touches.csv")
    step("import touches", oarlock(apart, "import", touches, "--preset", "oarlock"), lambda: _clear(apart))
    tables = sorted(str(path) for path in files.glob("*.csv"))
    step("import", oarlock(home, "import", *tables, "--preset", "oarlock"), lambda: _clear(home))
    proposed = _agreements(home, folder)
    step("report", oarlock(home, "report", "--by", "source"), lambda: _clear(home / "plans"))
    step("report again", oarlock(home, "report", "--by", "source"))
    step("back-test", oarlock(home, "backtest", "--proposed", str(proposed)))
    step("floor: count", python(COUNT, str(home)))
    step("floor: window", python(WINDOW, str(home)))
    _clear(home, files, apart)
    return found


def _clear(*folders: Path) -> None:
    for folder in folders:
        rmtree(folder, ignore_errors=True)


def _agreements(home: Path, folder: Path) -> Path:
    """Put the company's two versions in force; the proposal asks less interest of a qualified lead."""
    (home / "agreements").mkdir(parents=True, exist_ok=True)
    for path in AGREEMENTS:
        copy(path, home / "agreements" / path.name)
    text = AGREEMENTS[-1].read_text(encoding="utf-8")
    proposed = folder / "proposed.yaml"
    changed = text.replace("engagement >= 40", "engagement >= 30").replace(
        "in_force: 2026-02-01", "in_force: 2026-11-01"
    )
    if changed == text:
        raise SystemExit("The demo's agreement has changed: the benchmark's proposal no longer differs from it.")
    proposed.write_text(changed, encoding="utf-8")
    return proposed
