"""Lists as CSV: streamed, and safe to open in a spreadsheet, where a cell that begins like a formula would run."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from django.http import StreamingHttpResponse

_RISKY = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class _Echo:
    """What `csv` writes to: it gives the line back."""

    def write(self, line: str) -> str:
        """The line."""
        return line


def calm(value: object) -> str:
    """A cell: a text a spreadsheet would take for a formula gets an apostrophe before it, a plain number does not."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value)
    if isinstance(value, int | float | Decimal) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if _RISKY.match(text) else text


def csv_file(name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """The answer that carries a list as a file."""
    answer = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([calm(value) for value in row])
