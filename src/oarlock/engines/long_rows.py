"""How many long rows may stand together: DuckDB works on 2,048 rows at a time and holds several copies of them.

Promises: any `n` rows that come in one after another have at most `n * RATE + BURST` bytes together. Rows of up to
`RATE` bytes always come in, longer ones where there are not too many together: a long note here and there costs
nothing, a file of nothing else would cost gigabytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oarlock.engines.arriving import refusal
from oarlock.ground.problems import UserProblem

RATE = 5 * 1024
"""Bytes a row may have on average over many rows."""
BURST = 4 * 1024 * 1024
"""Bytes by which rows that follow one another may go beyond that."""
TOO_MANY = "too-many-long-rows"
"""Why a long row is set aside where there are too many."""
SHOWN = 256
"""Of a value that is shortened so many bytes stay."""


@dataclass(slots=True)
class Load:
    """How far the rows so far went beyond their average: a bucket that every row fills and drains by `RATE`."""

    level: int = 0

    def takes_all(self, lengths: npt.NDArray[np.int64]) -> bool:
        """Whether all these rows can come in after one another; they are counted only then."""
        if not self.level and int(lengths.max()) <= RATE:
            return True
        filled = self.level + np.cumsum(lengths - RATE)
        levels = filled - np.minimum(np.minimum.accumulate(filled), 0)
        if int(levels.max()) > BURST:
            return False
        self.level = int(levels[-1])
        return True

    def takes(self, length: int) -> bool:
        """Whether a row of so many bytes can come in now; it is counted only then."""
        level = max(self.level + length - RATE, 0)
        if level > BURST:
            return False
        self.level = level
        return True


def crowded(path: Path) -> UserProblem:
    """A whole file refused because most of its rows are long."""
    return refusal(path, "long-rows", f"{path.name} has too many long rows together.",
                   f"Rows may have {RATE:,} bytes on average; a long one here and there does no harm.",
                   "Leave out the columns of long texts: `leave_out` in the mapping.")  # fmt: skip


def shortened(fields: list[bytes], which: frozenset[int] | None = None) -> list[bytes]:
    """The fields of a row, as they are written, without the far part of long ones (of those in `which`, or of all)."""
    return [_shortened(f) if which is None or n in which else f for n, f in enumerate(fields)]


def _shortened(field: bytes) -> bytes:
    if len(field) <= 2 * SHOWN:
        return field
    quote = b'"' if field.startswith(b'"') else b""
    start = field[len(quote) :][:SHOWN].decode("utf-8", "ignore").rstrip('"').encode()
    told = f" … [{len(field) - len(start) - 2 * len(quote)} more bytes]".encode()
    return quote + start + told + quote


def fields_of(body: bytes, delimiter: int, quoted: bool) -> list[bytes]:
    """The fields of a sound row without its line end, as they are written."""
    mark = bytes([delimiter])
    if not quoted or b'"' not in body:
        return body.split(mark)
    return [found.group().removeprefix(mark) for found in field_pattern(delimiter).finditer(body)]


def field_pattern(delimiter: int) -> re.Pattern[bytes]:
    """One field of a row in a file with quotes, the delimiter before it included."""
    mark = re.escape(bytes([delimiter]))
    return re.compile(rb"(?:^|" + mark + rb')(?>"[^"]*+(?:""[^"]*+)*+"|(?!")[^\n' + mark + rb"]*+)")
