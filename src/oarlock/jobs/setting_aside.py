"""The quarantine, page by page: rows that could not come in, with place and reason, and their files' own columns."""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from oarlock.engines import manifest as manifests
from oarlock.engines.aside import SetAside, folder_of, rows_files
from oarlock.engines.duck import connect
from oarlock.engines.headers import OURS
from oarlock.engines.sql import text, texts

SIZE = 25
_IMPORT = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class File:
    """One file of one import with rows in quarantine: how many still, and by reason."""

    import_id: str
    name: str
    count: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of one file, by line; `after` is the line and id the next page begins behind."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[SetAside, ...]
    after: str


def files(home: Path) -> tuple[File, ...]:
    """Every file with rows in quarantine that have not come in good since, newest import first."""
    imports = [i.id for i in manifests.read(home).imports]
    found: list[File] = []
    with _opened(home, imports) as connection:
        if connection is None:
            return ()
        rows = connection.execute(
            "SELECT import_id, file, reason, count(*) FROM aside GROUP BY ALL ORDER BY 1 DESC, 2, 4 DESC, 3"
        ).fetchall()
    by_file: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for import_id, file, reason, number in rows:
        by_file.setdefault((import_id, file), []).append((reason, number))
    for (import_id, file), reasons in by_file.items():
        found.append(File(import_id, file, sum(n for _, n in reasons), tuple(reasons)))
    return tuple(found)


def page(home: Path, import_id: str, file: str, after: str = "", size: int = SIZE) -> Page:
    """A page of one file's rows; an empty one where that import set nothing of that file aside."""
    columns = _columns(home, import_id, file)
    imports = [i.id for i in manifests.read(home).imports]
    line, _, key = after.partition(":")
    behind = (int(line), key) if line.isdecimal() and len(line) < 18 else (0, "")
    with _opened(home, imports) as connection:
        if connection is None or not columns:
            return Page(file, columns, (), "")
        found = connection.execute(
            'SELECT id, file, line, "column", value, reason, fields FROM aside WHERE import_id = ? AND file = ?'
            " AND (line > ? OR line = ? AND id > ?) ORDER BY line, id LIMIT ?",
            [import_id, file, behind[0], behind[0], behind[1], size + 1],
        ).fetchall()
    rows = tuple(SetAside(i, f, n, c, v, r, tuple(json.loads(fields))) for i, f, n, c, v, r, fields in found[:size])
    return Page(file, columns, rows, f"{rows[-1].line}:{rows[-1].id}" if len(found) > size else "")


class _opened:
    """A connection with the table `aside`: each row once, under the latest import that set it aside."""

    def __init__(self, home: Path, imports: list[str]) -> None:
        self.rows = [str(p) for p in rows_files(home, imports)]
        self.mended = [str(p) for i in imports for p in sorted((folder_of(home) / i).glob("*.mended.parquet"))]
        self.connection = connect([folder_of(home)], memory="500MB") if self.rows else None

    def __enter__(self) -> DuckDBPyConnection | None:
        if self.connection is not None:
            gone = f" ANTI JOIN (SELECT id FROM read_parquet({texts(self.mended)})) USING (id)" if self.mended else ""
            named = f"regexp_extract(filename, {text('([^/]+)/[^/]+$')}, 1) AS import_id"
            self.connection.execute(
                f"CREATE TEMP TABLE aside AS SELECT DISTINCT ON (id) *, {named}"
                f" FROM read_parquet({texts(self.rows)}, filename = true){gone} ORDER BY id, import_id DESC"
            )
        return self.connection

    def __exit__(self, *raised: object) -> None:
        if self.connection is not None:
            self.connection.close()


def _columns(home: Path, import_id: str, file: str) -> tuple[str, ...]:
    """The file's own columns, as its quarantine file has them in its first line."""
    if not _IMPORT.fullmatch(import_id):
        return ()
    for path in sorted((folder_of(home) / import_id).rglob("*.csv")):
        if path.stem == Path(file).stem:
            with path.open(encoding="utf-8", newline="") as lines:
                return tuple(name for name in next(csv.reader(lines), []) if name not in OURS)
    return ()
