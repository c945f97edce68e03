"""Two edits of one text are put together where they do not meet, and left to people where they do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from oarlock.store.lines import differing, put_together

BASE = b"one\ntwo\nthree\nfour\nfive\nsix\n"


def test_edits_of_different_lines_are_put_together() -> None:
    mine, theirs = BASE.replace(b"one", b"ONE"), BASE.replace(b"six", b"SIX\nseven")
    assert put_together(BASE, mine, theirs) == b"ONE\ntwo\nthree\nfour\nfive\nSIX\nseven\n"


def test_edits_of_one_line_are_at_odds() -> None:
    assert put_together(BASE, BASE.replace(b"three", b"3"), BASE.replace(b"three", b"iii")) is None
    assert put_together(BASE, BASE.replace(b"three\n", b""), BASE.replace(b"three", b"iii")) is None


def test_the_same_edit_twice_is_one_edit() -> None:
    both = BASE.replace(b"three", b"3")
    assert put_together(BASE, both, both) == both
    more = both.replace(b"six", b"6")
    assert put_together(BASE, more, both) == more


def test_lines_put_in_by_one_and_taken_out_by_the_other_far_away_meet_nowhere() -> None:
    mine, theirs = BASE.replace(b"two\n", b"two\nand a half\n"), BASE.replace(b"five\n", b"")
    assert put_together(BASE, mine, theirs) == b"one\ntwo\nand a half\nthree\nfour\nsix\n"


def test_texts_too_different_to_compare_are_left_to_people() -> None:
    long = b"\n".join(b"%d" % n for n in range(5_000))
    assert put_together(long, long[::-1], long + b"x") is None


_LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d"]), max_size=9)


@given(_LINES, _LINES)
def test_what_one_left_alone_is_as_the_other_has_it(base: list[bytes], other: list[bytes]) -> None:
    before, after = b"\n".join(base), b"\n".join(other)
    assert put_together(before, before, after) == after == put_together(before, after, before)


@given(_LINES, _LINES, _LINES)
def test_who_comes_second_changes_nothing(base: list[bytes], one: list[bytes], other: list[bytes]) -> None:
    before, mine, theirs = (b"\n".join(lines) for lines in (base, one, other))
    assert put_together(before, mine, theirs) == put_together(before, theirs, mine)


@given(_LINES, st.lists(st.sampled_from([b"x", b"y"]), min_size=1, max_size=3), st.booleans())
def test_lines_added_at_the_end_and_at_the_beginning_are_both_kept(
    base: list[bytes], new: list[bytes], swap: bool
) -> None:
    whole = [b"first", *base, b"last"]
    head, tail = b"\n".join([*new, *whole]), b"\n".join([*whole, *new])
    merged = put_together(b"\n".join(whole), *((head, tail) if swap else (tail, head)))
    assert merged == b"\n".join([*new, *whole, *new])


@given(_LINES, _LINES)
def test_a_comparison_tells_both_texts_whole(base: list[bytes], other: list[bytes]) -> None:
    lines = differing(b"\n".join(base), b"\n".join(other), around=99)
    assert [line.text.encode() for line in lines if line.kind != "new"] == (base or [b""])
    assert [line.text.encode() for line in lines if line.kind != "gone"] == (other or [b""])


def test_a_comparison_leaves_out_what_is_far_from_any_change() -> None:
    old = b"\n".join(b"%d" % n for n in range(30))
    told = differing(old, old.replace(b"\n15\n", b"\nfifteen\n"), around=1)
    assert [(line.kind, line.text) for line in told] == [
        ("skipped", "14 lines are the same"), ("same", "14"), ("gone", "15"), ("new", "fifteen"), ("same", "16"),
        ("skipped", "13 lines are the same"),
    ]  # fmt: skip
    assert (told[2].old, told[3].new) == (16, 16)
