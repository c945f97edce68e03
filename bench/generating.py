"""Making the demo company: seconds and memory at 100,000 and 1,000,000 people, beside a plain write of the touches."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

SIZES = (100_000, 1_000_000)
_MAKE = """
import json, resource, sys, time
from pathlib import Path
from oarlock import demo
begun = time.perf_counter()
demo.make(Path(sys.argv[1]), people=int(sys.argv[2]))
taken = time.perf_counter() - begun
print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def run() -> list[tuple[str, float, str]]:
    """(name, value, unit): each size in a process of its own; the floor reads and rewrites the largest touches.csv."""
    found: list[tuple[str, float, str]] = []
    taken = 0.0
    with tempfile.TemporaryDirectory() as made:
        for people in SIZES:
            out = subprocess.run(
                [sys.executable, "-c", _MAKE, made, str(people)], check=True, capture_output=True, text=True
            )
            taken, memory = json.loads(out.stdout)
            found += [
                (f"demo of {people:,} people", taken, "s"),
                (f"demo of {people:,} people, touches a second", 10 * people / taken, "rows/s"),
                (f"demo of {people:,} people, peak memory", memory, "MiB"),
            ]
        floor = _plain_write(Path(made) / "touches.csv")
    found.append((f"floor: writing {10 * SIZES[-1]:,} touches by pyarrow, nothing made", floor, "s"))
    found.append((f"demo of {SIZES[-1]:,} people against the floor", taken / floor, "x"))
    return found


def _plain_write(touches: Path) -> float:
    """Seconds to write the same touches again, batch by batch from memory, with everything already text."""
    options = pa_csv.ConvertOptions(column_types=dict.fromkeys(_names(touches), pa.string()))
    seconds, target = 0.0, touches.with_name("again.csv")
    bare = pa_csv.WriteOptions(quoting_style="none")
    with (
        pa_csv.open_csv(touches, convert_options=options) as reader,
        pa_csv.CSVWriter(target, reader.schema, write_options=bare) as writer,
    ):
        for batch in reader:
            begun = time.perf_counter()
            writer.write_batch(batch)
            seconds += time.perf_counter() - begun
    target.unlink()
    return seconds


def _names(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [name.strip('"') for name in next(lines).strip().split(",")]


if __name__ == "__main__":
    for name, value, unit in run():
        print(f"{value:12,.2f} {unit:7} {name}")
