"""Plans that are kept: the statements of a report that was made before, so that Ibis need not write them again.

Under `<home>/plans`, one file a plan, named by the hash of all it depends on (`name_of`), its own hash in its first
line. Statements are kept and never results. What is read is data: single SELECTs, run by the locked connection, out of
a file nobody else may write (docs/why/plans.md). Promise: what is damaged, foreign or too old is not there.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import duckdb

import oarlock
from oarlock.ground.periods import Period
from oarlock.jobs.steps import Step
from oarlock.loop.figures import AgreementUsed, VersionUsed
from oarlock.loop.reporting import Judged, Shown

FORMAT = 1
KEPT = 16
"""So many plans are kept in a workspace, the latest used."""
LARGEST = 8_000_000
"""Bytes of a plan beyond which it is not ours: the largest agreements make some hundred thousand."""
DEEDS = ("keep", "bring", "drop")


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a report and all that must be known beside their rows to tell its figures.

    `fields`: those that may lack a recorded history. `months`: name and end of each month the steps count flows in;
    they follow from the lake, so whoever runs the steps compares. `queries`: as people read them, where they wanted to.
    """

    judged: Judged
    fields: tuple[str, ...]
    months: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    queries: dict[str, str]


def month_marks(months: Iterable[Period]) -> tuple[tuple[str, str], ...]:
    """What a plan remembers of months."""
    return tuple((m.text, m.end.isoformat()) for m in months)


def folder_of(home: Path) -> Path:
    """Where a workspace's plans lie."""
    return home / "plans"


def name_of(home: Path, depends_on: Sequence[object]) -> str:
    """The name of the plan that depends on these (plain data), on this program, and on standing in this very folder.

    The folder's own number is among them: a workspace that was copied, unpacked or sent by somebody brings no plans.
    """
    folder = folder_of(home)
    with suppress(OSError):  # where no plan can be kept, none is found
        folder.mkdir(mode=0o700, exist_ok=True)
    place = [str(folder.resolve()), *((s.st_dev, s.st_ino) if (s := _status(folder)) else ())]
    return sha256(json.dumps([FORMAT, program(), place, depends_on]).encode()).hexdigest()


def program() -> str:
    """A hash of this program: its own source, the packages beside it by name and version, and Python's."""
    found = sha256(sys.version.encode())
    for path in sorted(Path(oarlock.__file__).parent.rglob("*.py")):
        found.update(sha256(path.read_bytes()).digest())
    for place in sys.path:
        if place and (folder := Path(place)).is_dir():
            found.update("\n".join(sorted(p.name for p in folder.iterdir() if p.suffix == ".dist-info")).encode())
    return found.hexdigest()


def read(home: Path, name: str) -> Plan | None:
    """The plan of that name; None where there is none that can be believed."""
    path = folder_of(home) / name
    try:
        if not (_ours(path.parent) and _ours(path)):
            return None
        text = path.read_bytes()
        mark, _, body = text.partition(b"\n")
        if mark.decode("ascii", "replace") != sha256(name.encode() + body).hexdigest():
            return None
        plan = _from_plain(json.loads(body))
        path.touch()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return plan if all(_harmless(step) for step in plan.steps) else None


def keep(home: Path, name: str, plan: Plan) -> None:
    """Keep a plan, in one step, and let the oldest go. Where the workspace cannot be written, nothing is kept."""
    body = json.dumps(_as_plain(plan)).encode()
    mark = sha256(name.encode() + body).hexdigest()
    with suppress(OSError):  # a report that was made is told, whether or not the next one will be quicker
        folder = folder_of(home)
        with NamedTemporaryFile("wb", dir=folder, prefix="new-", delete=False) as out:
            out.write(f"{mark}\n".encode() + body)
        Path(out.name).replace(folder / name)
        for path in sorted(folder.iterdir(), key=lambda p: -p.stat().st_mtime_ns)[KEPT:]:
            path.unlink()


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def _ours(path: Path) -> bool:
    """Whether a file or folder is this user's own, no link, not too large, and nobody else may write it."""
    status = path.lstat()
    plain = stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)
    mine = sys.platform == "win32" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
    return plain and mine and status.st_size <= LARGEST


def _harmless(step: Step) -> bool:
    """Whether a step is one of ours: exactly one SELECT, or no statement at all where a table is let go."""
    if step.deed == "drop":
        return True
    try:
        found = duckdb.extract_statements(step.select)
    except duckdb.Error:
        return False
    return len(found) == 1 and found[0].type == duckdb.StatementType.SELECT


def _as_plain(plan: Plan) -> dict[str, Any]:
    used = plan.judged.used
    versions = [[v.version, v.in_force.isoformat(), v.hash] for v in used.versions]
    return {
        "used": [used.company, used.version, used.in_force.isoformat(), used.hash, used.currency, used.time_zone],
        "versions": versions,
        "stages": [[s.key, s.name, s.owner, s.kind] for s in plan.judged.stages],
        "fields": plan.fields,
        "months": plan.months,
        "steps": [[s.deed, s.name, s.select, s.instants, s.told, s.share] for s in plan.steps],
        "queries": plan.queries,
    }


def _from_plain(plain: dict[str, Any]) -> Plan:
    company, version, in_force, mark, currency, zone = plain["used"]
    versions = tuple(VersionUsed(n, date.fromisoformat(day), h) for n, day, h in plain["versions"])
    used = AgreementUsed(company, version, date.fromisoformat(in_force), mark, currency, zone, versions)
    return Plan(
        judged=Judged(used, tuple(Shown(*stage) for stage in plain["stages"])),
        fields=tuple(plain["fields"]),
        months=tuple((name, end) for name, end in plain["months"]),
        steps=tuple(_step(*step) for step in plain["steps"]),
        queries=dict(plain["queries"]),
    )


def _step(deed: Any, name: str, select: str, instants: list[str], told: str, share: float | None) -> Step:
    if deed not in DEEDS or not all(isinstance(word, str) for word in (name, select, told, *instants)):
        raise ValueError("not a step of ours")
    return Step(deed, name, select, tuple(instants), told, share)
