"""The lake's manifest: which Delta version of every table is the lake, and what was brought in when.

Readers open only what the manifest names, and it is replaced in one step: an import over several tables is there
as a whole or not at all.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from oarlock.ground.problems import Place, UserProblem

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Version:
    """The Delta version of one table that is in force, and its rows."""

    version: int
    rows: int


@dataclass(frozen=True, slots=True)
class Brought:
    """One file that was read by an import: its name, what its bytes hash to, and the mapping it was read under."""

    name: str
    sha256: str
    mapping: str
    rows: int


@dataclass(frozen=True, slots=True)
class Import:
    """One import that came in. `summary` is plain data, as it was shown."""

    id: str
    at: datetime
    files: tuple[Brought, ...]
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the lake is at this moment."""

    tables: dict[str, Version] = field(default_factory=dict)
    imports: tuple[Import, ...] = ()

    def last_seen(self, name: str) -> Brought | None:
        """The latest file of that name that was brought in."""
        found = (f for i in reversed(self.imports) for f in i.files if f.name == name)
        return next(found, None)


def lake_folder(home: Path) -> Path:
    """Where the lake lies in a workspace."""
    return home / "lake"


def read(home: Path) -> Manifest:
    """The manifest of a workspace; empty where nothing was brought in yet. UserProblem where it cannot be read."""
    path = lake_folder(home) / "manifest.json"
    if not path.exists():
        return Manifest()
    try:
        return _from_plain(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserProblem(
            "lake-damaged",
            "The lake's manifest cannot be read.",
            f"{path.name} is not what Oarlock wrote: {error}.",
            "Restore the workspace from a backup, or remove its folder `lake` and import again.",
            Place(str(path)),
        ) from error


def replace(home: Path, manifest: Manifest) -> None:
    """Put `manifest` in force in one step that survives a power cut."""
    folder = lake_folder(home)
    waiting = folder / "manifest.json.new"
    with waiting.open("w", encoding="utf-8") as out:
        json.dump(_as_plain(manifest), out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    waiting.replace(folder / "manifest.json")
    sync(folder)


def sync(path: Path) -> None:
    """Have the disk itself hold a file, or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _as_plain(manifest: Manifest) -> dict[str, Any]:
    return {
        "oarlock_lake": FORMAT,
        "tables": {name: {"version": v.version, "rows": v.rows} for name, v in sorted(manifest.tables.items())},
        "imports": [
            {
                "id": i.id,
                "at": i.at.isoformat(),
                "files": [{"name": f.name, "sha256": f.sha256, "mapping": f.mapping, "rows": f.rows} for f in i.files],
                "summary": i.summary,
            }
            for i in manifest.imports
        ],
    }


def _from_plain(plain: dict[str, Any]) -> Manifest:
    if plain["oarlock_lake"] != FORMAT:
        raise ValueError(f"format {plain['oarlock_lake']} was written by another release of Oarlock")
    return Manifest(
        {name: Version(int(v["version"]), int(v["rows"])) for name, v in plain["tables"].items()},
        tuple(
            Import(i["id"], datetime.fromisoformat(i["at"]), tuple(Brought(**f) for f in i["files"]), i["summary"])
            for i in plain["imports"]
        ),
    )
