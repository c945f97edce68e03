"""Where one row ends and the next begins: every row of a text is looked at once, before DuckDB may read it.

Promises: what DuckDB is given has the same number of fields in every row, no open quotes, no NUL, no row over
`LONGEST` bytes nor too many long ones together, only UTF-8. Every other row is set aside with its line and reason;
the rest is not touched, but for unused columns where long rows crowd.
Blocks that are sound are judged whole, with numpy; only a block with a fault in it is walked row by row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from oarlock.engines.long_rows import TOO_MANY, Load, field_pattern, fields_of, shortened

LONGEST = 128 * 1024
"""Bytes in a row, at most."""
KEPT = 10_000
"""Of a longer row this much is kept with its reason."""
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
Positions = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Keeper(Protocol):
    """What becomes of the rows: `good` bytes are read by DuckDB later, a `bad` row is kept with its reason."""

    def good(self, data: bytes, *, as_it_stood: bool) -> None:
        """Sound rows. `as_it_stood`: exactly the next bytes of the file."""

    def bad(self, line: int, reason: str, row: bytes) -> None:
        """A row set aside; `line` is its first physical line."""


@dataclass(slots=True)
class Lines:
    """Which physical line the n-th sound row began on. Holds only the places where the two fall out of step."""

    rows: list[Positions] = field(default_factory=list)
    lines: list[Positions] = field(default_factory=list)

    def note(self, row: Positions, line: Positions) -> None:
        """From sound row `row` (counted from 0) on, lines count on from `line`."""
        self.rows.append(row)
        self.lines.append(line)

    def of(self, rows: Positions) -> Positions:
        """The physical lines of sound rows counted from 0."""
        marks, lines = np.concatenate(self.rows), np.concatenate(self.lines)
        at = np.searchsorted(marks, rows, side="right") - 1
        found: Positions = lines[at] + rows - marks[at]
        return found


@dataclass(slots=True)
class Splitter:
    """Walks a text block by block. `fields` is what the header has; `line` the physical line the text begins on;
    where long rows stand together, columns in `unused` are shortened before a row is set aside."""

    delimiter: int
    fields: int
    quoted: bool
    crlf: bool
    keeper: Keeper
    line: int
    broken_in: int | None = None
    unused: frozenset[int] = frozenset()
    rows: int = 0
    set_aside: int = 0
    repaired: int = 0
    many_lines: bool = False
    row_bytes: int = 0
    lines: Lines = field(default_factory=Lines)
    _load: Load = field(default_factory=Load)
    _rest: bytes = b""
    _skipping: bool = False
    _step: int | None = None

    def feed(self, block: bytes) -> None:
        """The next block of text."""
        self._walk(self._rest + block if self._rest else block, last=False)

    def end(self) -> None:
        """There is no more text."""
        if self._rest:
            self._walk(self._rest if self._rest.endswith(b"\n") else self._rest + self._newline, last=True)
        self._rest = b""

    @property
    def _newline(self) -> bytes:
        return b"\r\n" if self.crlf else b"\n"

    def _walk(self, text: bytes, last: bool) -> None:
        cut = 0 if self._skipping else self._sound(text)
        if not cut:
            cut = self._row_by_row(text, last)
        self._rest = text[cut:]

    # Whole blocks

    def _sound(self, text: bytes) -> int:
        """How far the text goes if all its rows are sound (they are then kept), else 0."""
        data = np.frombuffer(text, np.uint8)
        newlines = np.flatnonzero(data == _NEWLINE)
        quotes = self.quoted and b'"' in text
        if not newlines.size:
            return 0
        outside = _outside_quotes(data, self.delimiter) if quotes else None
        if quotes and outside is None:
            return 0
        ends = newlines if outside is None else newlines[outside[newlines]]
        if not ends.size or not self._fits(text, data, ends, outside):
            return 0
        cut = int(ends[-1]) + 1
        self._count_lines(newlines[: np.searchsorted(newlines, cut)], ends)
        self._weigh(cut, ends.size)
        self.keeper.good(text[:cut], as_it_stood=True)
        return cut

    def _fits(self, text: bytes, data: npt.NDArray[np.uint8], ends: Positions, outside: Flags | None) -> bool:
        """Whether all rows up to the last end have the right number of fields, length, line ends and characters."""
        cut = int(ends[-1]) + 1
        lengths = np.diff(ends, prepend=-1)
        whole = text[:cut]
        if lengths.max() > LONGEST or b"\0" in whole or not self._returns_fit(whole, data[:cut], ends, outside):
            return False
        if not whole.isascii() and not _is_utf8(whole):
            return False
        marks = data[:cut] == self.delimiter
        marks[ends] = True
        if outside is not None:
            marks &= outside[:cut]
        marks_in_order = data[:cut][marks]
        if marks_in_order.size != ends.size * self.fields:
            return False
        last_of_row = marks_in_order.reshape(-1, self.fields)[:, -1]
        if not (last_of_row == _NEWLINE).all() or (self.fields == 1 and lengths.min() < 3):
            return False
        return self._load.takes_all(lengths)

    def _weigh(self, size: int, rows: int) -> None:
        """Note how many bytes a row has where rows are longest, on average over a block."""
        self.row_bytes = max(self.row_bytes, size // max(rows, 1))

    def _returns_fit(self, whole: bytes, data: npt.NDArray[np.uint8], ends: Positions, outside: Flags | None) -> bool:
        """Carriage returns stand before every line end, or nowhere."""
        if b"\r" not in whole:
            return not self.crlf
        returns = np.flatnonzero(data == _RETURN)
        if outside is not None:
            returns = returns[outside[returns]]
        return bool(self.crlf and returns.size == ends.size and (returns == ends - 1).all())

    def _count_lines(self, newlines: Positions, ends: Positions) -> None:
        rows = np.arange(self.rows, self.rows + ends.size)
        if newlines.size == ends.size:
            self._in_step(self.rows, self.line)
        else:
            self.many_lines = True
            after = np.searchsorted(newlines, ends, side="right")
            lines = self.line + np.concatenate([[0], after[:-1]])
            step = lines - rows
            moved = np.flatnonzero(np.diff(step, prepend=step[0] - 1))
            self.lines.note(rows[moved], lines[moved])
            self._step = int(step[-1])
        self.rows += ends.size
        self.line += newlines.size
        if newlines.size != ends.size:
            self._step = None

    def _in_step(self, row: int, line: int) -> None:
        if self._step != line - row:
            self.lines.note(np.array([row]), np.array([line]))
            self._step = line - row

    # Row by row

    def _row_by_row(self, text: bytes, last: bool) -> int:
        """Walks every row; returns where the first one begins that cannot be judged before more text comes."""
        at, pattern = 0, _pattern(self.delimiter, self.quoted)
        if self._skipping:
            at = text.find(b"\n") + 1
            if not at:
                return len(text)
            self._skipping, self.line = False, self.line + 1
        kept: list[bytes] = []
        while at < len(text):
            step = self._one_row(text, at, last, pattern, kept)
            if not step:
                break
            at += step
        self._weigh(sum(map(len, kept)), len(kept))
        self.keeper.good(b"".join(kept), as_it_stood=False)
        return at

    def _one_row(self, text: bytes, at: int, last: bool, pattern: re.Pattern[bytes], kept: list[bytes]) -> int:
        """Judges the row that begins at `at`; returns its length, 0 where more text is needed."""
        found = pattern.match(text, at, at + LONGEST)
        if not found:
            return self._not_a_row(text, at, last)
        row = found.group()
        body, lines, fields = row.rstrip(b"\r\n"), row.count(b"\n"), self._fields(row)
        if not body and self.fields > 1:
            self.line += 1
            return len(row)
        reason = self._fault(body, fields)
        if reason == "too-few-fields" and self.broken_in is not None and fields == self.broken_in + 1:
            return self._mend(text, at, row, last, pattern, kept)
        if reason and lines > 1:
            row, reason = row[: row.index(b"\n") + 1], "quote-left-open"
        if reason:
            self._aside(reason, row)
            return len(row)
        self._keep_or_shorten(body, lines, kept)
        return len(row)

    def _keep_or_shorten(self, body: bytes, lines: int, kept: list[bytes]) -> None:
        """Keep a sound row; where too many long ones stand together, without what no column of the lake is made of."""
        end = len(self._newline)
        if not self._load.takes(len(body) + end):
            fields, mark = fields_of(body, self.delimiter, self.quoted), bytes([self.delimiter])
            body = mark.join(shortened(fields, self.unused))
            if not self._load.takes(len(body) + end):
                self._aside(TOO_MANY, mark.join(shortened(fields)))
                self.line += lines - 1
                return
        self._keep(body, lines, kept)

    def _fault(self, body: bytes, fields: int) -> str | None:
        if fields != self.fields:
            return "too-few-fields" if fields < self.fields else "too-many-fields"
        if b"\0" in body:
            return "nul-byte"
        if b"\r" in body and b'"' not in body:
            return "return-inside-a-field"
        return None if _is_utf8(body) else "not-utf-8"

    def _not_a_row(self, text: bytes, at: int, last: bool) -> int:
        """No row can be read here: a quote left open, text behind a closing one, a row too long, too little text."""
        end = text.find(b"\n", at) + 1
        if not last and len(text) - at <= LONGEST:
            return 0
        if end and end - at <= LONGEST:
            self._aside("quote-left-open", text[at:end])
            return end - at
        self._aside("row-too-long", text[at : at + KEPT], ends=bool(end))
        self._skipping = not end
        return (end or len(text)) - at

    def _mend(self, text: bytes, at: int, row: bytes, last: bool, pattern: re.Pattern[bytes], kept: list[bytes]) -> int:
        """A row broken in two by a line break inside the column that is known to have them: put it together again."""
        found = pattern.match(text, at + len(row), at + LONGEST)
        if not found and not last:
            return 0
        other = found.group() if found else b""
        body = row.rstrip(b"\r\n") + other.rstrip(b"\r\n")
        if not found or self._fault(body, self._fields(row) + self._fields(other) - 1):
            self._aside("too-few-fields", row)
            return len(row)
        self.repaired += 1
        self._keep_or_shorten(body, 2, kept)
        return len(row) + len(other)

    def _fields(self, row: bytes) -> int:
        if not self.quoted or b'"' not in row:
            return row.count(self.delimiter) + 1
        return sum(1 for _ in field_pattern(self.delimiter).finditer(row.rstrip(b"\r\n")))

    def _keep(self, body: bytes, lines: int, kept: list[bytes]) -> None:
        self._in_step(self.rows, self.line)
        self.many_lines |= lines > 1
        kept.append(body + self._newline)
        self.rows += 1
        self.line += lines

    def _aside(self, reason: str, row: bytes, ends: bool = True) -> None:
        self.keeper.bad(self.line, reason, row.rstrip(b"\r\n"))
        self.set_aside += 1
        self.line += ends


def _outside_quotes(data: npt.NDArray[np.uint8], delimiter: int) -> Flags | None:
    """For every byte whether it stands outside quotes; None where some quote neither opens nor closes a field."""
    quote = data == _QUOTE
    places = np.flatnonzero(quote)
    opening, closing = places[::2], places[1::2]
    before = np.where(opening > 0, data[opening - 1], _NEWLINE)
    if not np.isin(before, (delimiter, _NEWLINE, _QUOTE)).all():
        return None
    following = closing[closing + 1 < data.size]
    if not np.isin(data[following + 1], (delimiter, _NEWLINE, _RETURN, _QUOTE)).all():
        return None
    # A quote behind a quote is a doubled one only if they touch across a closing and an opening place.
    touching = opening[1:][before[1:] == _QUOTE]
    if before[0] == _QUOTE or not np.isin(touching - 1, closing).all():
        return None
    outside: Flags = np.cumsum(quote, dtype=np.uint8) & 1 == 0
    return outside


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _pattern(delimiter: int, quoted: bool) -> re.Pattern[bytes]:
    """One row with its line end. Possessive throughout: time is proportional to the row, whatever stands in it."""
    mark = re.escape(bytes([delimiter]))
    bare = rb"[^\n" + mark + rb"]*+"
    one = rb'(?>"[^"]*+(?:""[^"]*+)*+"|(?!")' + bare + rb")" if quoted else bare
    return re.compile(one + rb"(?:" + mark + one + rb")*+\r?\n")
