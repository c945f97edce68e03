"""Intervals: joining and cutting, compared with sets of whole numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.intervals import Interval, Pair, instant_of, joined, micros, without

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=8)


def points(some: list[Pair]) -> set[int]:
    return {point for start, end in some for point in range(start, end)}


@given(pairs)
def test_joined_pairs_cover_the_same_points_and_stand_apart(some: list[Pair]) -> None:
    out = joined(some)
    assert points(out) == points(some)
    assert all(one[1] < other[0] for one, other in pairwise(out))


@given(pairs, pairs)
def test_pairs_without_gaps_are_the_difference(some: list[Pair], gaps: list[Pair]) -> None:
    out = list(without(joined(some), joined(gaps)))
    assert points(out) == points(some) - points(gaps)
    assert out == joined(out)


def test_a_gap_at_an_end_leaves_no_empty_piece() -> None:
    assert list(without([(0, 9)], [(0, 3)])) == [(3, 9)]
    assert list(without([(0, 9)], [(5, 9)])) == [(0, 5)]
    assert list(without([(0, 9), (20, 30)], [(0, 9), (19, 31)])) == []


def test_microseconds_are_exact_both_ways() -> None:
    instant = datetime(2026, 10, 5, 12, 0, 0, 1, tzinfo=UTC)
    assert micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1_000_000
    assert micros(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1
    assert instant_of(micros(instant)) == instant
    assert micros(NOON.astimezone(timezone(timedelta(hours=-7)))) == micros(NOON)


def test_an_interval_has_a_length_and_its_times_have_zones() -> None:
    assert Interval(NOON, NOON + timedelta(seconds=1)).pair == (micros(NOON), micros(NOON) + 10**6)
    with pytest.raises(ValueError, match="ends after it starts"):
        Interval(NOON, NOON)
    with pytest.raises(ValueError, match="no time zone"):
        Interval(NOON.replace(tzinfo=None), NOON)
