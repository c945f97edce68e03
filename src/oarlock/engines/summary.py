"""What an import did, file by file: plain figures that can be shown, kept and compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One file. `rows` were read; `came_in` says by table what became of them; `quarantined` counts by reason;
    `left_out` rows are those the mapping's conditions want nothing of (deleted ones, for instance).

    `refused` is the problem because of which nothing of it came in; `ignored`: the mapping does not speak of it.
    """

    name: str
    kind: str = ""
    rows: int = 0
    came_in: dict[str, dict[str, int]] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    left_out: int = 0
    repaired: int = 0
    encoding: str = ""
    refused: dict[str, object] | None = None
    ignored: bool = False
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--json` and the lake's log."""
        return {
            "name": self.name,
            "kind": self.kind,
            "rows": self.rows,
            "came_in": self.came_in,
            "quarantined": self.quarantined,
            "left_out": self.left_out,
            "repaired": self.repaired,
            "encoding": self.encoding,
            "refused": self.refused,
            "ignored": self.ignored,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """One import. `already`: every file had come in before as it is, so nothing was done."""

    id: str
    at: datetime
    files: tuple[FileSummary, ...]
    already: bool = False
    seconds: float = 0.0

    @property
    def rows(self) -> int:
        """Rows read from all files."""
        return sum(f.rows for f in self.files)

    @property
    def quarantined(self) -> int:
        """Rows set aside by this import."""
        return sum(n for f in self.files for n in f.quarantined.values())

    @property
    def tables(self) -> dict[str, dict[str, int]]:
        """What came in, by table: new, unchanged, changed, repeated."""
        total: dict[str, dict[str, int]] = {}
        for file in self.files:
            for table, counts in file.came_in.items():
                of_table = total.setdefault(table, {})
                for what, rows in counts.items():
                    of_table[what] = of_table.get(what, 0) + rows
        return total

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for `--json` and the lake's log."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "already": self.already,
            "rows": self.rows,
            "quarantined": self.quarantined,
            "tables": self.tables,
            "files": [f.as_dict() for f in self.files],
            "seconds": self.seconds,
        }
