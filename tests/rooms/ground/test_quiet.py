"""Nobody is disturbed in quiet hours, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oarlock.ground.problems import UserProblem
from oarlock.ground.quiet import ONE_DAY, Quiet, quiet_until, read_quiet

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = read_quiet("19:00-08:00")
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
HOURS = st.builds(Quiet, TIMES, TIMES).filter(lambda quiet: quiet.begins != quiet.ends)
INSTANTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-16 18:59", "2026-11-16 18:59"),
        ("2026-11-16 19:00", "2026-11-17 08:00"),
        ("2026-11-17 03:00", "2026-11-17 08:00"),
        ("2026-11-17 08:00", "2026-11-17 08:00"),
        ("2026-03-28 22:00", "2026-03-29 08:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00"),
    ],
)
def test_quiet_over_midnight_ends_in_the_morning_also_where_clocks_change(at: str, until: str) -> None:
    assert quiet_until([NIGHT], BERLIN, berlin(at)) == berlin(until)


def test_the_night_clocks_go_forward_is_an_hour_shorter_and_the_one_they_go_back_an_hour_longer() -> None:
    spring = quiet_until([NIGHT], BERLIN, berlin("2026-03-28 22:00")) - berlin("2026-03-28 22:00").astimezone(UTC)
    autumn = quiet_until([NIGHT], BERLIN, berlin("2026-10-24 22:00")) - berlin("2026-10-24 22:00").astimezone(UTC)
    assert (spring, autumn) == (timedelta(hours=9), timedelta(hours=11))


def test_quiet_that_ends_within_the_hour_shown_twice_ends_at_its_first_showing() -> None:
    early = read_quiet("22:00-02:30")
    assert quiet_until([early], BERLIN, berlin("2026-10-25 02:15", fold=0)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = berlin("2026-10-25 02:15", fold=1)
    assert quiet_until([early], BERLIN, again) == again


def test_quiet_that_ends_in_the_hour_never_shown_ends_when_the_clocks_change() -> None:
    assert quiet_until([read_quiet("22:00-02:30")], BERLIN, berlin("2026-03-29 01:00")) == datetime(
        2026, 3, 29, 1, tzinfo=UTC
    )


def test_two_quiet_hours_that_meet_are_one() -> None:
    both = [read_quiet("19:00-08:00"), read_quiet("8:00-09:30")]
    assert quiet_until(both, BERLIN, berlin("2026-11-16 20:00")) == berlin("2026-11-17 09:30")


def test_where_every_hour_is_quiet_somebody_is_told_a_day_later_all_the_same() -> None:
    whole = [read_quiet("00:00-12:00"), read_quiet("12:00-00:00")]
    at = berlin("2026-11-16 20:00")
    assert quiet_until(whole, BERLIN, at) == at + ONE_DAY


@pytest.mark.parametrize("written", ["", "19-8", "19:00", "25:00-08:00", "08:00-08:00", "19:00-08:60", "x" * 99])
def test_what_is_no_quiet_hours_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(UserProblem) as refused:
        read_quiet(written)
    assert refused.value.code == "bad-quiet" and "19:00-08:00" in refused.value.next_step


@given(st.lists(HOURS, max_size=3), ZONES, INSTANTS)
def test_the_end_that_is_told_is_quiet_no_more_and_never_earlier_nor_a_day_later(
    hours: list[Quiet], zone: str, at: datetime
) -> None:
    until = quiet_until(hours, ZoneInfo(zone), at)
    assert at <= until <= at + ONE_DAY
    if until < at + ONE_DAY:
        assert all(each.end_at(until, ZoneInfo(zone)) is None for each in hours)


@given(HOURS, ZONES, INSTANTS, st.timedeltas(timedelta(0), timedelta(hours=3)))
def test_whoever_asks_later_is_never_told_an_earlier_end(hours: Quiet, zone: str, at: datetime, on: timedelta) -> None:
    assert quiet_until([hours], ZoneInfo(zone), at) <= quiet_until([hours], ZoneInfo(zone), at + on)
