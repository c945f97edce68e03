"""Lists as CSV: streamed, and safe to open in a spreadsheet, where a cell that begins like a formula would run."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse

from oarlock.ground.cells import calm

_PLAIN = re.compile(r"[^\w.,-]", re.ASCII)


class _Echo:
    """What `csv` writes to: it gives the line back."""

    def write(self, line: str) -> str:
        """The line."""
        return line


def csv_file(name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """The answer that carries a list as a file."""
    answer = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{_PLAIN.sub("_", name)[:100]}.csv"'
    return answer


def _lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow([calm(column) for column in columns])
    for row in rows:
        yield writer.writerow([calm(value) for value in row])
