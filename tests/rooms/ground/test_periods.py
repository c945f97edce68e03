"""Periods: how they are read, where they begin and end, and what follows them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.periods import as_known, month_of, months_between, parse_period
from oarlock.ground.problems import Place, UserProblem

BERLIN = "Europe/Berlin"
HERE = Place("goals.yaml", 2, 9)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("text", "first", "last", "previous", "following"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2025", "2027"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "2026-Q3", "2027-Q1"),
        ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4", "2026-Q2"),
        ("2028-02", "2028-02-01", "2028-02-29", "2028-01", "2028-03"),
        ("2026-12", "2026-12-01", "2026-12-31", "2026-11", "2027-01"),
        ("2026-W46", "2026-11-09", "2026-11-15", "2026-W45", "2026-W47"),
        ("2026-W53", "2026-12-28", "2027-01-03", "2026-W52", "2027-W01"),
        ("2027-W01", "2027-01-04", "2027-01-10", "2026-W53", "2027-W02"),
        ("2026-10-05", "2026-10-05", "2026-10-05", "2026-10-04", "2026-10-06"),
        (
            "2026-10-01..2026-12-31",
            "2026-10-01",
            "2026-12-31",
            "2026-07-01..2026-09-30",
            "2027-01-01..2027-03-31",
        ),
        (
            "2026-10-02..2026-10-31",
            "2026-10-02",
            "2026-10-31",
            "2026-09-02..2026-10-01",
            "2026-11-01..2026-11-30",
        ),
        (
            "2026-10-05..2026-10-11",
            "2026-10-05",
            "2026-10-11",
            "2026-09-28..2026-10-04",
            "2026-10-12..2026-10-18",
        ),
    ],
)
def test_a_period_is_read_and_has_neighbours_of_its_own_kind(
    text: str, first: str, last: str, previous: str, following: str
) -> None:
    period = parse_period(f" {text} ", BERLIN)
    assert (str(period), str(period.first), str(period.last)) == (text, first, last)
    assert (str(period.previous()), str(period.next())) == (previous, following)
    assert parse_period(following, BERLIN) == period.next()
    assert parse_period(previous, BERLIN) == period.previous()


def test_a_period_begins_and_ends_at_midnight_of_its_zone() -> None:
    october = parse_period("2026-10", BERLIN)
    assert (october.start, october.end) == (utc("2026-09-30T22:00"), utc("2026-10-31T23:00"))
    quarter = parse_period("2026-Q4", "America/New_York")
    assert (quarter.start, quarter.end) == (utc("2026-10-01T04:00"), utc("2027-01-01T05:00"))


def test_a_period_has_its_start_in_it_and_its_end_not() -> None:
    october = parse_period("2026-10", BERLIN)
    tiny = timedelta(microseconds=1)
    edges = (october.start - tiny, october.start, october.end - tiny, october.end)
    assert [october.contains(at) for at in edges] == [False, True, True, False]


@given(
    st.dates(date(1902, 1, 1), date(2190, 1, 1)),
    st.sampled_from(["%Y", "%Y-%m", "%G-W%V", "%Y-%m-%d"]),
    st.sampled_from([BERLIN, "America/Havana", "Pacific/Apia", "America/St_Johns"]),
)
def test_periods_follow_one_another_without_gap_or_overlap(day: date, form: str, zone: str) -> None:
    period = parse_period(f"{day:{form}}", zone)
    assert period.first <= day <= period.last
    assert period.next().start == period.end
    assert period.previous().end == period.start
    assert period.next().previous() == period


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("October 2026", ""),
        ("26-10", ""),
        ("2026-1", ""),
        ("2026-10-5", ""),
        ("2026-10-01 - 2026-12-31", ""),
        ("٢٠٢٦", ""),
        ("10/2026", "different countries"),
        ("01.10.2026", "different countries"),
        ("Q4 2026", "2026-Q4"),
        ("2026Q4", "2026-Q4"),
        ("2026-q4", "2026-Q4"),
        ("2026-13", "no such date"),
        ("2026-00", "no such date"),
        ("2026-W54", "no such date"),
        ("2027-W53", "no such date"),
        ("2026-02-29", "no such date"),
        ("2026-02-01..2026-02-29", "no such date"),
        ("2026-12-31..2026-10-01", "ends before it starts"),
        ("0000", "1900 to 2199"),
        ("9999", "1900 to 2199"),
        ("1899-12", "1900 to 2199"),
        ("2026-10-01..2200-01-01", "1900 to 2199"),
    ],
)
def test_what_is_no_period_or_could_be_two_is_refused(text: str, why: str) -> None:
    with pytest.raises(UserProblem) as raised:
        parse_period(text, BERLIN, HERE)
    assert (raised.value.code, raised.value.where) == ("period-malformed", HERE)
    assert why in raised.value.why
    assert "2026-Q4" in raised.value.next_step


def test_a_period_of_no_zone_is_refused() -> None:
    with pytest.raises(UserProblem, match="not a time zone"):
        parse_period("2026", "Berlin time", HERE)


def test_months_between_are_those_that_have_something_in_them() -> None:
    def names(start: str, end: str) -> str:
        return " ".join(str(month) for month in months_between(utc(start), utc(end), BERLIN))

    assert names("2026-09-30T21:59", "2026-10-31T23:00") == "2026-09 2026-10"
    assert names("2026-09-30T22:00", "2026-10-31T23:00") == "2026-10"
    assert names("2026-10-31T22:59:59", "2026-10-31T23:00:01") == "2026-10 2026-11"
    assert names("2026-11-15T00:00", "2027-02-01T00:00") == "2026-11 2026-12 2027-01 2027-02"
    assert names("2026-10-05T00:00", "2026-10-05T00:00") == ""


def test_a_month_never_goes_back_where_clocks_are_set_back_over_midnight() -> None:
    change = utc("2009-11-01T02:31")  # 00:01 on 1 November becomes 23:01 on 31 October
    around = [change + timedelta(minutes=shift) for shift in (-2, -1, 0, 58, 60)]
    assert [str(month_of(at, "America/St_Johns")) for at in around] == ["2009-10", *["2009-11"] * 4]
    assert all(month_of(at, "America/St_Johns").contains(at) for at in around)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-10-31", "2026-10-31T22:59:59.999999"),
        ("1900-01-01", "1900-01-01T22:59:59.999999"),
        ("2199-12-31", "2199-12-31T22:59:59.999999"),
        ("2026-10-31T18:00:00+01:00", "2026-10-31T17:00"),
        ("2026-10-31T18:00Z", "2026-10-31T18:00"),
        ("2026-10-31 18:00:00.25-05:00", "2026-10-31T23:00:00.25"),
    ],
)
def test_as_known_is_the_end_of_a_day_or_the_instant_itself(text: str, instant: str) -> None:
    answer = as_known(text, BERLIN)
    assert answer == utc(instant)
    assert answer.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ("31.10.2026", ""),
        ("10/31/2026", ""),
        ("2026-10", ""),
        ("yesterday", ""),
        ("2026-10-31T18", ""),
        ("2026-10-31T18:00:00", "each time zone"),
        ("2026-10-31T18:00:00.1234567Z", ""),
        ("2026-02-29", "no such date"),
        ("2026-02-29T10:00Z", "no such date"),
        ("2026-10-31T24:01Z", "no such date"),
        ("0001-01-01T00:00+12:00", "no such date"),
        ("9999-12-31", "1900 to 2199"),
        ("1899-12-31", "1900 to 2199"),
    ],
)
def test_a_date_to_know_things_by_is_plain_or_refused(text: str, why: str) -> None:
    with pytest.raises(UserProblem) as raised:
        as_known(text, BERLIN, HERE)
    assert (raised.value.code, raised.value.where) == ("as-known-malformed", HERE)
    assert why in raised.value.why


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_a_problem(text: str) -> None:
    for read in (parse_period, as_known):
        try:
            read(text, BERLIN)
        except UserProblem as problem:
            assert problem.code in ("period-malformed", "as-known-malformed")
