"""Long rows come in unless too many stand together; what is shortened says so, and only what nobody uses is."""

from __future__ import annotations

import csv
import io
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.engines.headers import Header, unused_columns
from oarlock.engines.long_rows import BURST, RATE, SHOWN, Load, fields_of, shortened
from oarlock.engines.mapping_text import parse_mapping
from oarlock.engines.presets import preset
from oarlock.engines.rows import LONGEST

from .conftest import Workspace
from .test_rows import split

LENGTHS = st.lists(st.integers(3, LONGEST), min_size=1, max_size=200)


@given(LENGTHS, st.integers(1, 200))
def test_whole_blocks_and_single_rows_are_weighed_alike(lengths: list[int], block: int) -> None:
    whole, single = Load(), Load()
    for start in range(0, len(lengths), block):
        part = lengths[start : start + block]
        before = single.level
        each = [single.takes(n) for n in part]
        assert whole.takes_all(np.array(part)) == all(each)
        if not all(each):
            assert whole.level == before
            return
        assert whole.level == single.level


@given(LENGTHS)
def test_no_stretch_of_rows_that_come_in_is_heavier_than_promised(lengths: list[int]) -> None:
    load = Load()
    came_in = [n for n in lengths * 5 if load.takes(n)]
    for start in range(0, len(came_in), 17):
        total = 0
        for count, length in enumerate(came_in[start:], 1):
            total += length
            assert total <= count * RATE + BURST


def test_rows_that_are_not_long_always_come_in() -> None:
    load = Load()
    while load.takes(LONGEST):
        pass
    assert all(load.takes(RATE) for _ in range(100))


@pytest.mark.parametrize("block", [50_000, LONGEST, 1 << 22])
def test_long_rows_are_set_aside_from_the_same_row_on_wherever_blocks_end(block: int) -> None:
    text = b"".join(b"%d,%s\n" % (n, b"x" * 59_990) for n in range(200))
    kept, splitter = split(text, 2, block)
    assert [reason for _, reason, _ in kept.aside] == ["too-many-long-rows"] * (200 - splitter.rows)
    assert splitter.rows == BURST // (59_993 - RATE)
    assert kept.aside[0][0] == splitter.rows + 2
    assert splitter.row_bytes == pytest.approx(59_993, abs=2)


def test_a_row_set_aside_shows_how_each_column_began_and_how_much_is_missing() -> None:
    rows = b"".join(b'%d,"say ""%s"", now",end\n' % (n, b"x" * 60_000) for n in range(100))
    kept, _ = split(rows, 3)
    [fields] = csv.reader([kept.aside[-1][2].decode()])
    assert (fields[0], fields[2]) == ("99", "end")
    assert fields[1].startswith('say "xxx')
    written = len('say ""') + 60_000 + len('"", now')
    assert fields[1].endswith(f" … [{written - SHOWN} more bytes]")


def test_lines_go_on_behind_a_row_of_many_lines_that_was_set_aside() -> None:
    note = b"x\n" * 20_000
    kept, splitter = split(b'1,"' + note + b'"\n', 2)
    assert (splitter.rows, kept.aside) == (1, [])
    kept, splitter = split((b'1,"' + note + b'"\n') * 150, 2)
    assert [line for line, *_ in kept.aside] == [2 + 20_001 * n for n in range(splitter.rows, 150)]


def test_only_columns_nobody_uses_are_shortened_to_let_a_row_in() -> None:
    text = b"".join(b"%d,%s,%s\n" % (n, b"u" * 50_000, b"k" * 1000) for n in range(300))
    kept, splitter = split(text, 3, unused=frozenset({1}))
    assert (splitter.rows, kept.aside) == (300, [])
    rows = list(csv.reader(io.StringIO(kept.good_bytes.decode())))
    assert {len(used) for _, _, used in rows} == {1000}
    assert rows[0][1] == "u" * 50_000
    assert rows[-1][1] == "u" * SHOWN + f" … [{50_000 - SHOWN} more bytes]"


TEXTS = st.text(st.sampled_from('é"a,\n€'), max_size=8).map(lambda t: t * random.Random(t).choice((1, 60, 300)))


@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_a_shortened_row_is_still_a_row_of_as_many_fields(texts: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(texts)
    fields = fields_of(out.getvalue().removesuffix("\n").encode(), ord(","), quoted=True)
    assert len(fields) == len(texts)
    [again] = csv.reader(io.StringIO(b",".join(shortened(fields)).decode() + "\n", newline=""))
    for before, after in zip(texts, again, strict=True):
        assert after == before or (len(after) < len(before) and before.startswith(after.split(" … [")[0]))


def test_a_file_without_quotes_is_cut_at_every_delimiter() -> None:
    assert fields_of(b'a\t"b\tc"', ord("\t"), quoted=False) == [b"a", b'"b', b'c"']


MAPPING = b"""
oarlock_mapping: 1
name: two
files:
  notes:
    match: {names: [notes.csv]}
    tables:
      - table: activities
        columns:
          at: When
          kind: {value: note}
          person_id: Who
          outcome: {from: Deal, lookup: {file: deals, match: Id, take: Stage}}
  deals:
    match: {names: [deals.csv]}
    tables:
      - table: accounts
        columns: {account_id: Company}
"""


def test_what_another_file_fetches_is_used() -> None:
    mapping = parse_mapping(MAPPING, "two.yaml")
    notes, deals = mapping.files
    header = Header(("When", "Who", "Deal", "Body"))
    assert unused_columns(notes, header, mapping) == {3}
    assert unused_columns(deals, Header(("Company", "Id", "Stage", "Text")), mapping) == {3}


def test_where_the_rest_becomes_properties_only_what_is_left_out_is_unused() -> None:
    mapping = preset("hubspot-export")
    spec = next(f for f in mapping.files if any(t.rest and t.leave_out for t in f.targets))
    left_out = next(t.leave_out[0] for t in spec.targets if t.leave_out)
    header = Header(("Some column", left_out, "oarlock_row"))
    assert unused_columns(spec, header, mapping) == {1}
    assert unused_columns(preset("oarlock").files[0], Header(("any", "x")), preset("oarlock")) == frozenset()


MAILS = b"""
oarlock_mapping: 1
name: mails
files:
  mails:
    match: {names: [mails.csv]}
    tables:
      - table: touches
        columns: {person_id: Who, at: When, kind: {value: email.sent}, channel: {value: email}}
"""


def test_long_texts_that_are_not_mapped_let_every_row_in(space: Workspace) -> None:
    mapping = parse_mapping(MAILS, "mails.yaml")
    rows = [f"p{n},2026-01-01,{'long text ' * 5000}" for n in range(200)] + ["p1,bad date," + "x" * 50_000]
    path = space.put("mails.csv", "\n".join(["Who,When,Body", *rows]))
    summary = space.bring(path, mapping=mapping)
    assert (summary.files[0].rows, summary.files[0].quarantined) == (201, {"not-a-date": 1})
    assert space.ask("SELECT count(*) FROM touches") == [(200,)]
