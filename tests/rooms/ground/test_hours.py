"""Weekly hours: what is read, and each way in which they can be malformed."""

from __future__ import annotations

from datetime import UTC, time
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.hours import Block, parse_blocks, parse_days, parse_hours
from oarlock.ground.problems import Place, UserProblem

HERE = Place("berlin.yaml", 12, 3)


def test_a_range_of_days_and_a_split_day_are_read() -> None:
    week = parse_hours({"mon-thu": "09:00-12:30, 13:30-17:30", "fri": "09:00-15:00"})
    split = (Block(time(9), time(12, 30)), Block(time(13, 30), time(17, 30)))
    assert week == (split, split, split, split, (Block(time(9), time(15)),), (), ())


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("mon", [0]),
        ("sun", [6]),
        ("Monday", [0]),
        ("sat, sun", [5, 6]),
        ("fri-mon", [4, 5, 6, 0]),
        ("tue – thu", [1, 2, 3]),
        ("mon-tue,fri", [0, 1, 4]),
        ("wed-wed", [2]),
        ("mon-sun", [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_days_may_be_one_a_range_or_a_list(words: str, days: list[int]) -> None:
    assert parse_days(words) == days


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("9:00-17:00", "09:00-17:00"),
        ("00:00-24:00", "00:00-24:00"),
        ("13:30-17:30,09:00-12:30", "09:00-12:30 13:30-17:30"),
        ("09:00 – 12:00, 12:00-13:00", "09:00-12:00 12:00-13:00"),
        ("closed", ""),
        (" Closed ", ""),
    ],
)
def test_hours_of_a_day_are_read_in_order(text: str, told: str) -> None:
    assert " ".join(map(str, parse_blocks(text))) == told


@pytest.mark.parametrize(
    ("text", "code", "next_step"),
    [
        ("", "hours-empty", "closed"),
        ("   ", "hours-empty", "closed"),
        ("09:00-17:00," * 40, "hours-empty", "09:00-12:30"),
        ("09:00", "hours-malformed-block", "09:00-12:30"),
        ("09:00-12:00-17:00", "hours-malformed-block", "09:00-12:30"),
        ("09:00-12:00,", "hours-malformed-block", "09:00-12:30"),
        ("9-17", "hours-malformed-time", "09:00"),
        ("9am-5pm", "hours-malformed-time", "17:30"),
        ("09:00-25:00", "hours-malformed-time", "24:00"),
        ("09:60-10:00", "hours-malformed-time", "24:00"),
        ("09:00-10:000", "hours-malformed-time", "24:00"),
        ("٠٩:٠٠-17:00", "hours-malformed-time", "24:00"),
        ("24:00-24:00", "hours-malformed-time", "next day"),
        ("22:00-00:00", "hours-malformed-time", "Write 24:00"),
        ("22:00-06:00", "hours-end-before-start", "22:00-24:00 on this day and 00:00-06:00 on the next"),
        ("09:00-09:00", "hours-end-before-start", "hours over midnight"),
        ("09:00-13:00, 12:59-17:00", "hours-overlap", "follow one another"),
        ("20:00-24:00, 22:00-23:00", "hours-overlap", "follow one another"),
    ],
)
def test_each_malformed_piece_is_refused_by_name_with_its_place(text: str, code: str, next_step: str) -> None:
    with pytest.raises(UserProblem) as raised:
        parse_hours({"mon": text}, HERE)
    assert (raised.value.code, raised.value.where) == (code, HERE)
    assert next_step in raised.value.next_step


def test_hours_that_yaml_did_not_read_as_text_are_refused() -> None:
    with pytest.raises(UserProblem, match="None"):
        parse_blocks(cast("str", None))


@pytest.mark.parametrize(
    ("words", "next_step"), [("mno", 'Did you mean "mon"?'), ("wensday", 'Did you mean "wednesday"?'), ("", "")]
)
def test_an_unknown_day_is_refused_with_a_guess(words: str, next_step: str) -> None:
    with pytest.raises(UserProblem) as raised:
        parse_hours({words: "09:00-17:00"}, HERE)
    assert (raised.value.code, raised.value.next_step) == ("hours-unknown-day", next_step)


def test_a_day_stands_once() -> None:
    with pytest.raises(UserProblem, match='"tue" stands twice') as raised:
        parse_hours({"mon-wed": "09:00-17:00", "tue": "closed"}, HERE)
    assert (raised.value.code, raised.value.where) == ("hours-day-twice", HERE)


def test_a_block_has_no_zone_of_its_own() -> None:
    with pytest.raises(ValueError, match="wall"):
        Block(time(9, tzinfo=UTC), time(17))
    with pytest.raises(ValueError, match="wall"):
        Block(time(9), time(17, tzinfo=UTC))


@given(st.text(max_size=30))
def test_any_text_is_hours_or_a_problem(text: str) -> None:
    for read in (parse_blocks, parse_days):
        try:
            read(text)
        except UserProblem as problem:
            assert problem.code.startswith("hours-")


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ({"mon": "09:00-17:00", "mon-tue": "closed"}, "hours-day-twice"),
        ({"mon": "9 to 5"}, "hours-malformed-block"),
        ({"mon": "24:00-12:00"}, "hours-malformed-time"),
        ({"mon": "22:00-00:00"}, "hours-malformed-time"),
        ({"mon": "09:00-25:00"}, "hours-malformed-time"),
        ({"moonday": "09:00-17:00"}, "hours-unknown-day"),
        ({"mon": ""}, "hours-empty"),
    ],
)
def test_whatever_is_wrong_with_hours_is_said_with_its_place(hours: dict[str, str], code: str) -> None:
    with pytest.raises(UserProblem) as caught:
        parse_hours(hours, HERE)
    assert (caught.value.code, caught.value.where) == (code, HERE)
