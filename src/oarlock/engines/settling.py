"""What settling rows against the lake has in common: what was counted, and what was set aside while doing so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from oarlock.engines.columns import TargetPlan
from oarlock.engines.lake import TYPES
from oarlock.engines.sql import ident, text
from oarlock.engines.staging import Staged
from oarlock.engines.writing import Session
from oarlock.records.shapes import Shape

NEW, SAME, CHANGED, REPEATED = "new", "unchanged", "changed", "repeated"


@dataclass(frozen=True, slots=True)
class Bench:
    """What settling works with. `relations` reads every lake table as it was before this import; `order` is that of
    the mapping's files: of what several say of one entity, the first that knows counts; `row_group` says how many
    rows Parquet files are to hold in memory while they are written, and `long_rows` that they are long."""

    connection: duckdb.DuckDBPyConnection
    session: Session
    import_id: str
    now: datetime
    workshop: Path
    relations: dict[str, str]
    order: tuple[str, ...]
    row_group: str
    long_rows: bool = False

    def execute(self, query: str) -> int:
        """Run a statement; the number of rows it wrote or made."""
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def write(self, query: str, path: Path, compression: str = "lz4_raw") -> int:
        """Write the rows of a query as Parquet; how many there were."""
        how = f"FORMAT parquet, COMPRESSION {compression}, {self.row_group}"
        return self.execute(f"COPY ({query}) TO {text(str(path))} ({how})")

    def file_for(self, table: str, share: int = 0) -> Path:
        """Where this import writes a table's rows, in the lake's own folder."""
        return self.session.folder(table) / f"{self.import_id}-{share}.parquet"

    def holds(self, table: str) -> bool:
        """Whether the lake has rows of that table."""
        version = self.session.manifest.tables.get(table)
        return version is not None and version.rows > 0


@dataclass(slots=True)
class Outcome:
    """Rows by file number, then by what became of them; and rows set aside: file, row, column, value, reason."""

    counts: dict[int, Counter[str]] = field(default_factory=dict)
    aside: list[tuple[int, int, str, str, str]] = field(default_factory=list)

    def count(self, file: int, what: str, rows: int) -> None:
        """So many rows of a file came to that end."""
        self.counts.setdefault(file, Counter())[what] += rows


def padded(shape: Shape, have: set[str], **given: str) -> str:
    """All columns of the shape in order: as they are, as `given` says, or null."""
    columns = []
    for column in shape.columns:
        name = ident(column.name)
        null = f"CAST(NULL AS {TYPES[column.kind]})"
        columns.append(f"{name if column.name in have else given.get(column.name, null)} AS {name}")
    return ", ".join(columns)


def plans_for(staged: list[Staged], shape: Shape) -> list[tuple[Staged, TargetPlan]]:
    """Every target of every staged file that feeds a table."""
    return [(s, p) for s in staged for p in s.plans if p.shape.name == shape.name]
