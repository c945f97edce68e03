"""Rows are told apart as CSV says, wherever blocks are cut; what is not a row is set aside with its physical line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.engines.rows import LONGEST, Splitter


@dataclass
class Kept:
    good_bytes: bytes = b""
    aside: list[tuple[int, str, bytes]] = field(default_factory=list)

    def good(self, data: bytes, *, as_it_stood: bool) -> None:
        self.good_bytes += data

    def bad(self, line: int, reason: str, row: bytes) -> None:
        self.aside.append((line, reason, row))


def split(
    text: bytes, fields: int, block: int = 1 << 20, delimiter: str = ",", quoted: bool = True,
    broken_in: int | None = None, crlf: bool = False, unused: frozenset[int] = frozenset(),
) -> tuple[Kept, Splitter]:  # fmt: skip
    kept = Kept()
    splitter = Splitter(ord(delimiter), fields, quoted, crlf, kept, 2, broken_in, unused)
    for start in range(0, len(text), block):
        splitter.feed(text[start : start + block])
    splitter.end()
    return kept, splitter


def lines_of(splitter: Splitter) -> list[int]:
    return [int(n) for n in splitter.lines.of(np.arange(splitter.rows))] if splitter.rows else []


def test_sound_rows_pass_as_they_are() -> None:
    kept, splitter = split(b'1,"a, b",x\n2,"say ""hi""",y\n', 3)
    assert (kept.good_bytes, kept.aside, splitter.rows) == (b'1,"a, b",x\n2,"say ""hi""",y\n', [], 2)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 1000])
def test_a_line_break_in_quotes_belongs_to_the_field_wherever_the_block_ends(block: int) -> None:
    kept, splitter = split(b'1,"two\nlines"\n2,b\n3,"and\n\nthree"\n4,d', 2, block)
    assert (kept.aside, splitter.rows, lines_of(splitter)) == ([], 4, [2, 4, 5, 8])


@pytest.mark.parametrize("block", [1, 5, 1000])
def test_rows_too_short_and_too_long_are_set_aside_and_the_others_keep_their_lines(block: int) -> None:
    kept, splitter = split(b"1,a\n2\n3,c\n4,d,e\n5,e\n", 2, block)
    assert kept.aside == [(3, "too-few-fields", b"2"), (5, "too-many-fields", b"4,d,e")]
    assert (kept.good_bytes, lines_of(splitter)) == (b"1,a\n3,c\n5,e\n", [2, 4, 6])


@pytest.mark.parametrize("block", [1, 5, 1000])
def test_a_quote_left_open_costs_one_line_only(block: int) -> None:
    kept, splitter = split(b'1,a\n2,"open\n3,c\n4,"x, y"\n5,e\n', 2, block)
    assert kept.aside == [(3, "quote-left-open", b'2,"open')]
    assert lines_of(splitter) == [2, 4, 5, 6]


def test_a_quote_left_open_in_the_last_row_costs_that_row() -> None:
    kept, splitter = split(b'1,a\n2,"open', 2)
    assert (kept.aside, splitter.rows) == ([(3, "quote-left-open", b'2,"open')], 1)


def test_quotes_inside_a_bare_field_are_text() -> None:
    kept, splitter = split(b'1,5" screen\n2,O"Neil\n', 2)
    assert (kept.aside, splitter.rows) == ([], 2)


def test_text_behind_a_closing_quote_is_no_field() -> None:
    kept, _ = split(b'1,"a"b\n2,c\n', 2)
    assert kept.aside == [(2, "quote-left-open", b'1,"a"b')]


def test_nul_bytes_and_broken_utf8_cost_their_row() -> None:
    kept, splitter = split(b"1,a\x00b\n2,\xff\n3,\xc3\xa9\n", 2)
    assert [(line, reason) for line, reason, _ in kept.aside] == [(2, "nul-byte"), (3, "not-utf-8")]
    assert splitter.rows == 1


def test_empty_lines_are_no_rows() -> None:
    kept, splitter = split(b"1,a\n\n\n2,b\n\n", 2)
    assert (kept.aside, lines_of(splitter)) == ([], [2, 5])


def test_mixed_line_ends_are_made_one() -> None:
    kept, splitter = split(b"1,a\r\n2,b\n3,c\r\n", 2, crlf=True)
    assert (kept.good_bytes, kept.aside, lines_of(splitter)) == (b"1,a\r\n2,b\r\n3,c\r\n", [], [2, 3, 4])


def test_a_row_longer_than_the_longest_is_cut_off_and_set_aside() -> None:
    long = b"1," + b"x" * (3 * LONGEST) + b"\n"
    kept, splitter = split(b"0,a\n" + long + b"2,b\n", 2, block=LONGEST // 3)
    assert [(line, reason) for line, reason, _ in kept.aside] == [(3, "row-too-long")]
    assert (kept.good_bytes, lines_of(splitter)) == (b"0,a\n2,b\n", [2, 4])


@pytest.mark.parametrize("block", [3, 11, 1000])
def test_a_row_broken_in_its_known_column_is_put_together(block: int) -> None:
    text = b"1\tAdwords/\nSEA\t\n2\tDirect\t5\n3\tAdwords/\nSEA\t9\n"
    kept, splitter = split(text, 3, block, "\t", quoted=False, broken_in=1)
    assert kept.good_bytes == b"1\tAdwords/SEA\t\n2\tDirect\t5\n3\tAdwords/SEA\t9\n"
    assert (splitter.repaired, kept.aside, lines_of(splitter)) == (2, [], [2, 4, 5])


def test_a_short_row_that_no_next_line_completes_is_not_put_together() -> None:
    kept, splitter = split(b"1\tAdwords/\n2\tDirect\t5\n", 3, 1000, "\t", quoted=False, broken_in=1)
    assert (splitter.repaired, kept.aside) == (0, [(2, "too-few-fields", b"1\tAdwords/")])


def test_many_quotes_left_open_cost_time_in_proportion() -> None:
    kept, splitter = split(b'1,"open\n' * 20_000, 2)
    assert (len(kept.aside), splitter.rows) == (20_000, 0)


FIELDS = st.text(alphabet=st.sampled_from('ab,"\n é;'), max_size=6)
TABLES = st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=12)


@given(rows=TABLES, block=st.integers(1, 40))
def test_whatever_python_writes_as_csv_comes_through_row_by_row(rows: list[list[str]], block: int) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = out.getvalue().encode()
    kept, splitter = split(text, 3, block)
    assert kept.aside == []
    assert list(csv.reader(io.StringIO(kept.good_bytes.decode(), newline=""))) == rows
    began = [2]
    for row in rows[:-1]:
        began.append(began[-1] + 1 + sum(field.count("\n") for field in row))
    assert lines_of(splitter) == began


@given(st.binary(max_size=200), st.integers(1, 50), st.booleans())
def test_whatever_the_bytes_are_all_of_them_are_kept_or_set_aside(text: bytes, block: int, quoted: bool) -> None:
    whole, splitter = split(text, 2, 1 << 20, quoted=quoted)
    cut, again = split(text, 2, block, quoted=quoted)
    assert (cut.good_bytes, cut.aside) == (whole.good_bytes, whole.aside)
    assert lines_of(again) == lines_of(splitter)
    assert whole.good_bytes.count(b"\n") >= splitter.rows
