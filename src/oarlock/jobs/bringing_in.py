"""Files from the browser on their way into the lake and the store, and rows out of the quarantine on their way back.

    look     the first rows of each file brought into a lake of their own, so that what is shown is what would come in
    import   engines.intake, then the bulk load, then values set by hand over what came

Promises: done twice is done once; a file that cannot come in ends in words and the files stay, so that another mapping
may be tried; uploaded files are removed once they are in the lake, and rows set aside stay in the quarantine.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from oarlock.engines import presets
from oarlock.engines.arriving import Arrival, NotUtf8, Text, look_at
from oarlock.engines.duck import connect
from oarlock.engines.examining import identify
from oarlock.engines.headers import known_columns
from oarlock.engines.intake import Step
from oarlock.engines.intake import bring_in as brought
from oarlock.engines.lake import make_views
from oarlock.engines.manifest import lake_folder
from oarlock.engines.mapping import Mapping as Reading
from oarlock.engines.mapping_text import parse_mapping
from oarlock.engines.sql import ident
from oarlock.ground.clock import now
from oarlock.ground.ids import new_id
from oarlock.ground.problems import Problem, UserProblem
from oarlock.jobs.loading import Tell, load
from oarlock.records.shapes import SHAPES
from oarlock.store.models import Version
from oarlock.store.reads.uploads import upload as arrived
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import records, uploads
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.orders import Order

LIMIT = 1_000_000_000
"""Bytes of one upload; larger files come in by `oarlock import` on the server."""
HEAD = 256 * 1024
"""So many bytes of a file are looked at before it comes in."""
SHOWN = 8
LONGEST_NAME = 120
"""Bytes of a file's name that are kept, from its end: a folder takes 255, and ours add to it."""
_SAFE = re.compile(r"[^\w. +@()=,-]")


def uploads_folder(home: Path) -> Path:
    """Where uploads wait for their import."""
    return home / "uploads"


def safe_name(name: str) -> str:
    """A stranger's file name as one name in one folder: its last part, without what a path or a shell would take."""
    last = _SAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    return last.encode()[-LONGEST_NAME:].decode(errors="ignore").lstrip(". ") or "file.csv"


def preset_names() -> list[str]:
    """Mappings that ship with Oarlock."""
    return presets.names()


def mapping_of(text: str) -> Reading:
    """The mapping an upload is read under. UserProblem where it is none."""
    if text.startswith("preset:"):
        return presets.preset(text.removeprefix("preset:"))
    if not text.strip():
        raise UserProblem("which-mapping", "Nothing says how the files' columns become ours.", "", "Choose a preset.")
    return parse_mapping(text.encode(), "mapping.yaml")


def zone_now() -> str:
    """The agreement's time zone, for times that name none."""
    return all_versions().latest.time_zone if Version.objects.exists() else "UTC"


# Looking


def look_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `look`."""
    home, upload_id = Path(settings.OARLOCK.home), str(order.asked["upload"])
    found = arrived(upload_id)
    if found is None or found.state not in uploads.OPEN:
        return {}
    tell("looking at the first rows", None)
    try:
        told = look(home, upload_id, found.mapping)
    except Problem as problem:
        told = {"problem": problem.as_dict()}
    uploads.told(upload_id, "looked-at", told, acting=Acting(order.by), now=now())
    return {}


def look(home: Path, upload_id: str, mapping: str) -> dict[str, object]:
    """What the first rows of an upload would become: tables with their rows, columns nothing is made of, problems."""
    reading, folder = mapping_of(mapping), uploads_folder(home) / upload_id
    scratch = home / "looking" / upload_id
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True, mode=0o700)
    (scratch / "files").mkdir()
    try:
        unmapped = {path.name: _begin_of(path, reading, scratch / "files") for path in sorted(folder.iterdir())}
        summary = brought([scratch / "files"], reading, scratch, zone=zone_now(), now=now(), memory="500MB")
        return {
            "tables": _first_rows(scratch), "unmapped": {k: v for k, v in unmapped.items() if v},
            "files": [f.as_dict() for f in summary.files],
        }  # fmt: skip
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _begin_of(path: Path, reading: Reading, into: Path) -> list[str]:
    """Copy the beginning of a file; the columns the mapping makes nothing of."""
    arrival = look_at(path)
    found = identify(arrival, reading)
    if arrival.parquet:
        _first_of_parquet(path, into / path.name)
    else:
        (into / arrival.name).write_bytes(_head(arrival))
    if found is None:
        return []
    spec, header = found
    if any(target.rest or target.same for target in spec.targets):
        return []
    known = {name.casefold() for name in known_columns(spec)}
    return [name for name in header.own if name.casefold() not in known]


def _head(arrival: Arrival) -> bytes:
    """The first rows as UTF-8, ending with a whole line."""
    for encoding in (None, "latin-1"):
        try:
            text = b""
            for block in Text(arrival, encoding).blocks():
                text += block
                if len(text) >= HEAD:
                    return text[: text.rindex(b"\n", 0, HEAD) + 1] if b"\n" in text[:HEAD] else text[:HEAD]
            return text
        except NotUtf8:
            continue
    return b""


def _first_of_parquet(path: Path, into: Path) -> None:
    import pyarrow.parquet as parquet
    from pyarrow import Table

    batch = next(parquet.ParquetFile(path).iter_batches(batch_size=200), None)
    if batch is not None:
        parquet.write_table(Table.from_batches([batch]), into)


def _first_rows(home: Path) -> list[dict[str, object]]:
    """The first rows of each table that got some, only columns that hold something."""
    shown: list[dict[str, object]] = []
    with connect([lake_folder(home)], memory="500MB") as connection:
        make_views(home, connection)
        for name, shape in SHAPES.items():
            columns = [c.name for c in shape.columns]
            told = ", ".join(f"CAST({ident(column)} AS VARCHAR)" for column in columns)
            rows = connection.execute(f"SELECT {told} FROM {ident(name)} LIMIT {SHOWN}").fetchall()  # noqa: S608  # names of ours
            filled = [n for n, _ in enumerate(columns) if any(row[n] not in (None, "{}") for row in rows)]
            if rows:
                cells = [["" if row[n] is None else str(row[n])[:80] for n in filled] for row in rows]
                shown.append({"name": name, "columns": [columns[n] for n in filled], "rows": cells})
    return shown


# Bringing in


def import_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `import`: into the lake, then into the store. A file that cannot come in ends in words."""
    home, upload_id = Path(settings.OARLOCK.home), str(order.asked["upload"])
    found, acting = arrived(upload_id), Acting(order.by)
    if found is None or found.state == "done":
        return {}
    folder = uploads_folder(home) / upload_id
    try:
        summary = _into_lake(home, folder, mapping_of(found.mapping), tell)
    except Problem as problem:
        uploads.told(upload_id, "failed", {"problem": problem.as_dict()}, acting=acting, now=now())
        raise
    tell("bringing it into the store", 0.6)
    load(home, acting=acting, now=now(), tell=lambda words, share: tell(words, 0.6 + 0.4 * (share or 0)))
    records.again()
    uploads.told(upload_id, "done", summary, acting=acting, now=now())
    shutil.rmtree(folder, ignore_errors=True)
    return {"import": summary.get("id")}


def _into_lake(home: Path, folder: Path, reading: Reading, tell: Tell) -> dict[str, Any]:
    def told(step: Step) -> None:
        share = step.done / step.total if step.total else 0.0
        tell(f"{step.doing} {step.file}".strip(), 0.6 * min(1.0, share))

    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    return brought(files, reading, home, zone=zone_now(), now=now(), progress=told).as_dict()


# Mending


@dataclass(frozen=True, slots=True)
class Mended:
    """One row out of the quarantine as somebody mended it: its id there, and its fields in the file's order."""

    id: str
    fields: tuple[str, ...]


def send_back(
    home: Path, file: str, columns: Sequence[str], rows: Sequence[Mended], *, at: datetime
) -> tuple[str, list[tuple[str, int]]]:
    """Write mended rows as an upload of their own; its id, and its files with their sizes."""
    upload_id = new_id(at, os.urandom(10))
    folder = uploads_folder(home) / upload_id
    folder.mkdir(parents=True, mode=0o700)
    path = folder / (Path(safe_name(file)).stem + ".csv")
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*columns, "oarlock_row"])
        writer.writerows([*map(_calm, row.fields), row.id] for row in rows)
    return upload_id, [(path.name, path.stat().st_size)]


def _calm(field: str) -> str:
    """As the quarantine's own files have it: what looks like a formula has a mark before it, which import takes off."""
    if re.match(r"'*[=+@\t\r-]", field) is None:
        return field
    try:
        float(field)
    except ValueError:
        return f"'{field}"
    return field
