"""A file before DuckDB reads it: which file of the mapping it is, and a text in which every row is sound.

Promises: one pass, one block in memory. A file without a fault, in plain UTF-8, is read where it lies; any other
leaves a sound copy in the workshop, and beside it the rows that were set aside, with line and reason.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from oarlock.engines.arriving import BLOCK, Arrival, NotUtf8, Text, head_of, refusal
from oarlock.engines.headers import Header, accept, format_of, recognise
from oarlock.engines.long_rows import TOO_MANY, Load, crowded, shortened
from oarlock.engines.mapping import FileSpec, Format, Mapping
from oarlock.engines.parquet_files import column_names, rows_in, weigh
from oarlock.engines.rows import LONGEST, Lines, Splitter

Told = Callable[[int], None]
"""Called with how many bytes of the file were read so far."""
LONGEST_HEADER = 120_000
"""Bytes: far more than the widest CRM export needs, and less than a field may have in Python's own CSV reader."""
MOSTLY_BROKEN = 1000
"""From so many broken rows on, a file in which most rows are broken is refused as a whole."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A file ready to be read. `path` holds `rows` sound rows behind one header line; `aside` the other rows."""

    arrival: Arrival
    spec: FileSpec
    header: Header
    format: Format
    path: Path
    rows: int
    sha256: str
    crlf: bool = False
    many_lines: bool = False
    lines: Lines = field(default_factory=Lines)
    aside: Path | None = None
    aside_by_reason: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    encoding: str = "utf-8"
    row_bytes: int = 0
    """How many bytes a row has where rows are longest, on average over some megabytes."""


def identify(arrival: Arrival, mapping: Mapping) -> tuple[FileSpec, Header] | None:
    """Which file of the mapping this is; None if it is none of them. Raises UserProblem if it cannot be it."""
    if arrival.parquet:
        found = recognise(arrival.name, column_names(arrival), mapping)
    else:
        found = recognise(arrival.name, _first_row(arrival, None)[0], mapping)
        if found and found[0].format.encoding:
            found = recognise(arrival.name, _first_row(arrival, found[0].format.encoding)[0], mapping)
    if found:
        accept(arrival.path, *found)
    return found


def examine(
    arrival: Arrival, spec: FileSpec, header: Header, workshop: Path, told: Told, unused: frozenset[int] = frozenset()
) -> Examined:
    """Look at every row; columns in `unused` may be shortened.

    Raises UserProblem where the whole file must be refused.
    """
    if arrival.parquet:
        return _examined_parquet(arrival, spec, header, told)
    stated = format_of(spec, header)
    try:
        return _Examination(arrival, spec, header, stated, stated.encoding, workshop, told, unused).run()
    except NotUtf8:
        return _Examination(arrival, spec, header, stated, "latin-1", workshop, told, unused).run()


def _first_row(arrival: Arrival, encoding: str | None) -> tuple[str, bytes]:
    """The header row as text, and as the UTF-8 bytes it takes up, line end included."""
    head = b""
    text = Text(arrival, encoding)
    try:
        for block in _header_blocks(text):
            head += block
            end = _end_of_row(head)
            if end or len(head) > LONGEST:
                break
    except NotUtf8:
        return _first_row(arrival, "latin-1")
    row = head[: _end_of_row(head) or len(head)]
    if b"\0" in row or len(row) > LONGEST_HEADER:
        path = arrival.path
        raise refusal(path, "not-what-it-says", f"{path.name} is not a text with a header line.",
                      "Its first line is binary or longer than any header.", "Export it as CSV.")  # fmt: skip
    return row.decode("utf-8", "replace").rstrip("\r\n").removeprefix("\ufeff"), row


def _header_blocks(text: Text) -> Any:
    if text.encoding == "utf-8" and not text.arrival.packed:
        head = head_of(text.arrival, LONGEST)
        if not text.stated and _latin(head):
            raise NotUtf8
        return [head]
    return text.blocks()


def _latin(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return head[: error.start].isascii() and len(head) - error.start > 3
    return False


def _end_of_row(head: bytes) -> int:
    """Where the first row ends: the first line end outside quotes, of any of the three kinds; 0 if there is none."""
    inside = False
    for n, byte in enumerate(head):
        if byte == 34:
            inside = not inside
        elif not inside and byte == 10:
            return n + 1
        elif not inside and byte == 13:
            return n + 2 if head[n + 1 : n + 2] == b"\n" else n + 1
    return 0


def _examined_parquet(arrival: Arrival, spec: FileSpec, header: Header, told: Told) -> Examined:
    rows, hashed, read = rows_in(arrival), sha256(), 0
    with arrival.path.open("rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
            read += len(block)
            told(read)
    return Examined(arrival, spec, header, spec.format, arrival.path, rows, hashed.hexdigest(),
                    row_bytes=weigh(arrival.path))  # fmt: skip


class _Examination:
    """One run over one text; keeps what the splitter tells it (it is the splitter's Keeper)."""

    def __init__(
        self, arrival: Arrival, spec: FileSpec, header: Header, form: Format, encoding: str | None, workshop: Path,
        told: Told, unused: frozenset[int],
    ) -> None:  # fmt: skip
        self.arrival, self.spec, self.header, self.form, self.told = arrival, spec, header, form, told
        self.text = Text(arrival, encoding)
        self.copy_path, self.aside_path = workshop / "sound.csv", workshop / "aside.csv"
        self.copy: IO[bytes] | None = None
        self.aside: IO[str] | None = None
        self.reasons: Counter[str] = Counter()
        self.passed = 0
        self.first_row = _first_row(arrival, self.text.encoding)[1]
        self.crlf = self.first_row.endswith(b"\r\n")
        self.bare_returns = self.first_row.endswith(b"\r")
        self.splitter = self._splitter(unused)
        self.aside_load = Load()

    def _splitter(self, unused: frozenset[int]) -> Splitter:
        broken = self.header.index(self.form.broken_in) if self.form.broken_in else None
        first = self.first_row
        lines = first.count(b"\r" if self.bare_returns else b"\n")
        return Splitter(ord(self.header.delimiter), len(self.header.names), self.form.quoted, self.crlf, self,
                        1 + max(lines, 1), broken, unused)  # fmt: skip

    def run(self) -> Examined:
        if self.text.altered or self.bare_returns or len(self.first_row.splitlines()) > 1:
            self._begin_copy(0)
        try:
            self._feed()
        finally:
            for file in (self.copy, self.aside):
                if file:
                    file.close()
        self._mostly_sound()
        s = self.splitter
        return Examined(
            self.arrival, self.spec, self.header, self.form, self.copy_path if self.copy else self.arrival.path,
            s.rows, self.text.sha256, self.crlf, s.many_lines, s.lines, self.aside_path if self.aside else None,
            self.reasons, s.repaired, self.text.encoding, s.row_bytes,
        )  # fmt: skip

    def _feed(self) -> None:
        to_skip = len(self.first_row)
        for raw in self.text.blocks():
            block = raw.replace(b"\r", b"\n") if self.bare_returns else raw
            if to_skip:
                block, to_skip = block[to_skip:], max(0, to_skip - len(block))
            if block:
                self.splitter.feed(block)
            self.told(self.text.read)
        self.splitter.end()

    def good(self, data: bytes, *, as_it_stood: bool) -> None:
        """Sound rows: nothing to do while the file can be read where it lies."""
        if not as_it_stood and not self.copy:
            self._begin_copy(len(self.first_row) + self.passed)
        if self.copy:
            self.copy.write(data)
        self.passed += len(data)

    def bad(self, line: int, reason: str, row: bytes) -> None:
        """A row set aside, cut into the header's columns as far as it goes."""
        if not self.copy:
            self._begin_copy(len(self.first_row) + self.passed)
        if not self.aside:
            self.aside = self.aside_path.open("w", encoding="utf-8", newline="")
        self.reasons[reason] += 1
        text = row.decode("utf-8", "replace").replace("\0", "\ufffd")
        fields = self._cut(text, reason)
        if not self.aside_load.takes(len(row)):
            fields = [f.decode() for f in shortened([f.encode() for f in fields])]
        count = len(self.header.names)
        rest = self.header.delimiter.join(fields[count:])
        csv.writer(self.aside).writerow([line, reason, rest, *(fields + [""] * count)[:count]])
        if self.reasons.total() % MOSTLY_BROKEN == 0:
            self._mostly_sound()

    def _cut(self, text: str, reason: str) -> list[str]:
        if reason == "quote-left-open" or not self.form.quoted or '"' not in text:
            return text.split(self.header.delimiter)
        try:
            return next(csv.reader([text], delimiter=self.header.delimiter), [])
        except csv.Error:  # a field too long even for a reader of broken rows: it is shown as it stands
            return text.split(self.header.delimiter)

    def _begin_copy(self, to: int) -> None:
        """From here on the file cannot be read where it lies: copy what was sound so far."""
        self.copy = self.copy_path.open("wb")
        if not to:
            self.copy.write(b"header\r\n" if self.crlf else b"header\n")
            return
        with self.arrival.path.open("rb") as source:
            for _ in range(to // BLOCK):
                self.copy.write(source.read(BLOCK))
            self.copy.write(source.read(to % BLOCK))

    def _mostly_sound(self) -> None:
        broken = self.reasons.total()
        if broken >= MOSTLY_BROKEN and broken > self.splitter.rows:
            path, (reason, _) = self.arrival.path, self.reasons.most_common(1)[0]
            if reason == TOO_MANY:
                raise crowded(path)
            raise refusal(path, "mostly-broken", f"Most rows of {path.name} do not fit its header ({reason}).",
                          f"{broken:,} rows were broken when reading stopped, {self.splitter.rows:,} were sound.",
                          "State its delimiter and quoting in the mapping, or export it again.")  # fmt: skip
