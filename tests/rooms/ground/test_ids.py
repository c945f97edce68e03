"""Ids: stable for ever, different for different parts, ordered by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.ids import Part, fact_id, new_id

NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)
parts = st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)), max_size=4)


def test_an_id_never_changes() -> None:
    """Worked out with `b2sum -l 128` and `base32` over the bytes `s5:touchs2:p1i1:3n0:s0:`, and over none."""
    assert fact_id("touch", "p1", 3, None, "") == "nvg7jpkl2rzfnnnzj7jjfs4ziu"
    assert fact_id() == "zltgsqoz566uatsnrb2y5jtwoa"


def test_an_id_is_26_letters_and_digits() -> None:
    assert len(fact_id("x")) == 26
    assert set(fact_id("x")) <= set("abcdefghijklmnopqrstuvwxyz234567")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("",), (None,)),
        (("",), ()),
        (("1",), (1,)),
        ((1,), (True,)),
        ((0,), (None,)),
        (("a", None), ("a",)),
        (("s1:a",), ("a",)),
        (("a", "b"), ("b", "a")),
        (("\ud800",), ("\udbff",)),
        ((NOW,), (str(NOW),)),
    ],
)
def test_parts_that_differ_have_ids_that_differ(one: tuple[Part, ...], other: tuple[Part, ...]) -> None:
    assert fact_id(*one) != fact_id(*other)


@given(parts, parts)
def test_ids_are_equal_only_for_equal_parts(one: list[Part], other: list[Part]) -> None:
    same = [(type(part), part) for part in one] == [(type(part), part) for part in other]
    assert (fact_id(*one) == fact_id(*other)) == same


def test_a_time_is_its_instant_whatever_zone_it_is_told_in() -> None:
    assert fact_id(NOW) == fact_id(NOW.astimezone(timezone(timedelta(hours=5))))
    assert fact_id(NOW) != fact_id(NOW + timedelta(microseconds=1))
    with pytest.raises(ValueError, match="no time zone"):
        fact_id(NOW.replace(tzinfo=None))


def test_other_kinds_of_parts_are_refused() -> None:
    with pytest.raises(TypeError, match="not of float"):
        fact_id(cast("int", 1.5))


def test_a_new_id_is_a_uuid_of_version_7() -> None:
    """The example of RFC 9562, appendix A.6."""
    at = datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)
    randomness = (0xCC3 << 68 | 0x18C4DC0C0C07398F).to_bytes(10)
    assert new_id(at, randomness) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(st.integers(1, 10**10), st.integers(1, 10**10), st.binary(min_size=10, max_size=10))
def test_later_ids_sort_later(one: int, other: int, randomness: bytes) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    ids = [new_id(epoch + timedelta(milliseconds=n), randomness) for n in (one, other)]
    assert (ids[0] < ids[1]) == (one < other)


def test_a_new_id_needs_all_its_randomness_and_a_time_after_1970() -> None:
    with pytest.raises(ValueError, match="10 random bytes, not 9"):
        new_id(NOW, bytes(9))
    with pytest.raises(ValueError, match="after 1970"):
        new_id(datetime(1969, 12, 31, tzinfo=UTC), bytes(10))
