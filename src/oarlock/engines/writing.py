"""Writing to the lake: one writer at a time, and nothing in force before the manifest says so.

    with writer(home) as session:      waits its turn, mends what a dead writer left
        session.add("touches", [(file, rows)])
        session.put("people", file, rows)
        session.finish(record)         the one step that puts all of it in force

A writer that dies anywhere before `finish` leaves the lake as it was.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

from deltalake import DeltaTable, Schema
from deltalake.schema import Field, MapType, PrimitiveType
from deltalake.transaction import AddAction, create_table_with_add_actions

from oarlock.engines import manifest as manifests
from oarlock.engines.lake import files_of, open_table
from oarlock.engines.manifest import Import, Manifest, Version
from oarlock.ground.problems import UserProblem
from oarlock.records.shapes import SHAPES, Kind, Shape

DELTA_TYPES: dict[Kind, PrimitiveType | MapType] = {
    "text": PrimitiveType("string"),
    "number": PrimitiveType("double"),
    "integer": PrimitiveType("long"),
    "money": PrimitiveType("decimal(18,2)"),
    "time": PrimitiveType("timestamp"),
    "flag": PrimitiveType("boolean"),
    "texts": MapType(PrimitiveType("string"), PrimitiveType("string"), value_contains_null=True),
}
STEP = 0.1


class Session:
    """One import's writes. Made by `writer` only."""

    def __init__(self, home: Path, manifest: Manifest) -> None:
        self.home, self.manifest = home, manifest
        self._tables = dict(manifest.tables)

    def folder(self, table: str) -> Path:
        """Where a table's Parquet files lie; files are written here before they are added."""
        path = manifests.lake_folder(self.home) / table
        path.mkdir(parents=True, exist_ok=True)
        return path

    def add(self, table: str, files: Sequence[tuple[Path, int]]) -> None:
        """Append Parquet files that already lie in the table's folder, each with its number of rows."""
        before = self._tables.get(table, Version(-1, 0))
        self._commit(table, files, "append", before.rows)

    def put(self, table: str, file: Path, rows: int) -> None:
        """Let one Parquet file be the whole table from now on."""
        self._commit(table, [(file, rows)], "overwrite", 0)

    def finish(self, record: Import) -> Manifest:
        """Put everything that was added in force, in one step."""
        new = replace(self.manifest, tables=self._tables, imports=(*self.manifest.imports, record))
        manifests.replace(self.home, new)
        return new

    def swap(self) -> Manifest:
        """Put tables that were rewritten in force, though no file came in: what an erasure leaves. Files that went out
        of force are removed at once, for they hold what was erased."""
        new = replace(manifests.read(self.home), tables=self._tables)
        manifests.replace(self.home, new)
        for name, version in self._tables.items():
            kept = set(files_of(self.home, name, open_table(self.home, name, version.version)))
            for path in self.folder(name).glob("*.parquet"):
                if str(path.resolve()) not in kept:
                    path.unlink()
        self.manifest = new
        return new

    def _commit(
        self, table: str, files: Sequence[tuple[Path, int]], mode: Literal["append", "overwrite"], kept: int
    ) -> None:
        actions = [_action(file, rows) for file, rows in files]
        folder, schema = self.folder(table), delta_schema(SHAPES[table])
        if DeltaTable.is_deltatable(str(folder)):
            DeltaTable(str(folder)).create_write_transaction([*actions], mode, schema)
        else:
            create_table_with_add_actions(str(folder), schema, actions)
        version = DeltaTable(str(folder)).version()
        manifests.sync(folder / "_delta_log" / f"{version:020}.json")
        manifests.sync(folder / "_delta_log")
        manifests.sync(folder)
        self._tables[table] = Version(version, kept + sum(rows for _, rows in files))


def _action(file: Path, rows: int) -> AddAction:
    """A file as Delta names it; the disk holds it before it is named."""
    manifests.sync(file)
    status = file.stat()
    return AddAction(file.name, status.st_size, {}, int(status.st_mtime * 1000), True, json.dumps({"numRecords": rows}))


@contextmanager
def writer(home: Path, *, wait: float, told: Callable[[str], None]) -> Iterator[Session]:
    """The one writer of a workspace. Waits up to `wait` seconds for another one, then raises UserProblem `busy`."""
    folder = manifests.lake_folder(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True)
    with (folder / "writer.lock").open("w") as lock:
        _take_turn(lock.fileno(), wait, told)
        manifest = manifests.read(home)
        for shape in SHAPES.values():
            _mend(home, shape, manifest)
        yield Session(home, manifest)


def delta_schema(shape: Shape) -> Schema:
    """The Delta schema of a lake table. Everything may be null there: the intake refuses what must not be."""
    return Schema([Field(c.name, DELTA_TYPES[c.kind], nullable=True) for c in shape.columns])


def _take_turn(handle: int, wait: float, told: Callable[[str], None]) -> None:
    for tries in range(int(wait / STEP) + 1):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if tries == 0:
                told(f"Another import is writing to this workspace. Waiting for up to {wait:g} seconds.")
            time.sleep(STEP)
    raise UserProblem(
        "busy",
        "Another import is writing to this workspace.",
        f"It was still at work after {wait:g} seconds; two at once would damage each other.",
        "Wait until it has finished and import again.",
    )


def _mend(home: Path, shape: Shape, manifest: Manifest) -> None:
    """Undo what a writer that died has left: later Delta versions, and files no version in force names."""
    folder = manifests.lake_folder(home) / shape.name
    if not folder.is_dir():
        return
    version = manifest.tables.get(shape.name)
    if version is None:
        _clear(folder)
        return
    if DeltaTable.is_deltatable(str(folder)):
        latest = DeltaTable(str(folder))
        if latest.version() > version.version:
            latest.restore(version.version)
    _sweep(folder, set(files_of(home, shape.name, open_table(home, shape.name, version.version))))


def _clear(folder: Path) -> None:
    """A table that never came into force: remove its files, log first so that no half table can be seen."""
    for path in sorted(folder.rglob("*"), key=lambda p: (p.suffix != ".json", p.is_dir(), -len(p.parts))):
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()


def _sweep(folder: Path, in_force: set[str]) -> None:
    """Remove Parquet files no longer in force, except those a reader of the last lake may still have open."""
    stale = [p for p in folder.glob("*.parquet") if str(p.resolve()) not in in_force]
    newest = max((p.stat().st_mtime for p in stale), default=0.0)
    for path in stale:
        if newest - path.stat().st_mtime > READERS_KEEP:
            path.unlink()


READERS_KEEP = 3600.0
"""Seconds for which files that went out of force stay, so that a report that began before an import can finish."""
