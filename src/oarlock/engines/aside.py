"""What stands in quarantine now: rows that could not come in and have not come in good since. Only read here."""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from oarlock.engines import manifest as manifests
from oarlock.engines.duck import connect
from oarlock.engines.sql import texts


@dataclass(frozen=True, slots=True)
class SetAside:
    """One row in quarantine. `line` is where it began in its file, `fields` the row itself."""

    id: str
    file: str
    line: int
    column: str | None
    value: str | None
    reason: str
    fields: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Quarantine:
    """What is in quarantine now: how many rows, by reason, and the first of them."""

    count: int
    by_reason: dict[str, int]
    rows: tuple[SetAside, ...]


def folder_of(home: Path) -> Path:
    """Where the quarantine lies in a workspace."""
    return home / "quarantine"


def quarantined(home: Path, limit: int = 1000) -> Quarantine:
    """The rows in quarantine that have not come in good since; at most `limit` of them are listed."""
    kept = [folder_of(home) / i.id for i in manifests.read(home).imports]
    rows = [str(p) for p in rows_files(home, (folder.name for folder in kept))]
    mended = [str(p) for folder in kept for p in sorted(folder.glob("*.mended.parquet"))]
    if not rows:
        return Quarantine(0, {}, ())
    with connect([folder_of(home)], memory="500MB") as connection:
        gone = f" ANTI JOIN (SELECT id FROM read_parquet({texts(mended)})) USING (id)" if mended else ""
        connection.execute(
            f"CREATE TEMP TABLE aside AS SELECT DISTINCT ON (id) * FROM read_parquet({texts(rows)}){gone} ORDER BY id"
        )
        reasons = connection.execute("SELECT reason, count(*) FROM aside GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
        found = connection.execute(
            'SELECT id, file, line, "column", value, reason, fields FROM aside ORDER BY file, line LIMIT ?', [limit]
        ).fetchall()
    listed = tuple(SetAside(i, f, n, c, v, r, tuple(json.loads(fields))) for i, f, n, c, v, r, fields in found)
    return Quarantine(sum(n for _, n in reasons), dict(reasons), listed)


def rows_files(home: Path, imports: Iterable[str]) -> list[Path]:
    """The files that hold the rows which these imports set aside."""
    return [p for i in imports for p in sorted((folder_of(home) / i).glob("*.rows.parquet"))]
