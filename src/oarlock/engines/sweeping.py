"""Text files of the workspace that name somebody: rows that do are taken out, everything else stays byte for byte.

A row names somebody where one of its fields is their id, or holds their e-mail address or telephone number.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as parquet

from oarlock.engines.arriving import TEXT_NAMES

LEAST = 6
"""A shorter address or number than this would match rows of others."""


@dataclass(frozen=True, slots=True)
class Named:
    """How rows name somebody: ids (a whole field), and marks (a part of one, whatever the case)."""

    ids: tuple[str, ...]
    marks: tuple[str, ...]

    @classmethod
    def of(cls, ids: Iterable[str], marks: Iterable[str | None]) -> Named:
        """Marks too short to tell anybody are left aside."""
        long = {m.strip().lower() for m in marks if m and len(m.strip()) >= LEAST}
        return cls(tuple(sorted(set(ids))), tuple(sorted(long)))

    def row(self, fields: Sequence[str | None]) -> bool:
        """Whether a row names them."""
        known = [f for f in fields if f]
        return any(f in self.ids for f in known) or any(m in f.lower() for m in self.marks for f in known)


def sweep(folders: Iterable[Path], named: Named) -> dict[str, int]:
    """Take rows that name somebody out of every CSV and quarantine file under these folders; rows by file."""
    done: dict[str, int] = {}
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
            if path.name.endswith(".rows.parquet"):
                taken = _quarantined(path, named)
            elif path.suffix.lower() in TEXT_NAMES:
                taken = _text(path, named)
            else:
                taken = _whole(path, named)
            if taken:
                done[str(path)] = taken
    return done


def _text(path: Path, named: Named) -> int:
    """Rows of a text file. Where it is no text that can be read row by row, a file that names them goes as a whole."""
    if not _whole_bytes(path, named):
        return 0
    waiting, taken = path.with_name(f"{path.name}.swept"), 0
    try:
        with path.open(encoding="utf-8", newline="") as source, waiting.open("w", encoding="utf-8", newline="") as out:
            lines = _rows(source)
            for raw, fields in lines:
                if named.row(fields):
                    taken += 1
                else:
                    out.write(raw)
    except (UnicodeDecodeError, csv.Error):
        waiting.unlink(missing_ok=True)
        path.unlink()
        return 1
    _replace(waiting, path)
    return taken


def _rows(source: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    """Each row of a CSV as it stands, with its fields; the delimiter is the one the header has most of."""
    held: list[str] = []
    delimiter = ""
    for line in source:
        delimiter = delimiter or max(",;\t|", key=line.count)
        held.append(line)
        text = "".join(held)
        if text.count('"') % 2 == 0:
            yield text, next(csv.reader([text], delimiter=delimiter), [])
            held = []
    if held:
        text = "".join(held)
        yield text, text.split(delimiter or ",")


def _quarantined(path: Path, named: Named) -> int:
    table = parquet.read_table(path)
    fields = [json.loads(f) for f in table.column("fields").to_pylist()]
    values = table.column("value").to_pylist()
    keep = [not named.row([*f, v]) for f, v in zip(fields, values, strict=True)]
    taken = len(keep) - sum(keep)
    if taken:
        waiting = path.with_name(f"{path.name}.swept")
        parquet.write_table(table.filter(keep), waiting)
        _replace(waiting, path)
    return taken


def _whole(path: Path, named: Named) -> int:
    """A file we cannot take a row out of goes where it names them."""
    if not _whole_bytes(path, named, ids=False):
        return 0
    path.unlink()
    return 1


def _whole_bytes(path: Path, named: Named, *, ids: bool = True) -> bool:
    """Whether a file holds one of the marks, or ids, anywhere; read block by block."""
    wanted = [m.encode() for m in (*named.marks, *((i.lower() for i in named.ids) if ids else ()))]
    longest, tail = max(map(len, wanted), default=0), b""
    with path.open("rb") as source:
        while wanted and (block := source.read(4 * 1024 * 1024)):
            seen = (tail + block).lower()
            if any(w in seen for w in wanted):
                return True
            tail = seen[-longest:]
    return False


def _replace(waiting: Path, path: Path) -> None:
    with waiting.open("rb") as out:
        os.fsync(out.fileno())
    waiting.replace(path)


def left(folder: Path, named: Named) -> list[Path]:
    """Files under a folder that still hold a mark, byte for byte; there should be none."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink())
    return [p for p in files if _whole_bytes(p, named, ids=False)]
