"""Calendars, zones and regions: what is known, what is refused, and holidays one can look up in an almanac."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from oarlock.ground.calendars import ALWAYS, NEVER, Calendar
from oarlock.ground.hours import Block, parse_hours
from oarlock.ground.intervals import Interval
from oarlock.ground.problems import Place, UserProblem
from oarlock.ground.public_holidays import check_region, public_holidays
from oarlock.ground.zones import end_of_day, first_instant, known_zones, zone_of

HERE = Place("a.yaml", 3, 5)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "next_step"),
    [
        ("Europe/Berln", 'Did you mean "Europe/Berlin"?'),
        ("europe/berlin", 'Did you mean "Europe/Berlin"?'),
        ("+02:00", "Write a name"),
        ("", "Write a name"),
        ("../../etc/passwd", "Write a name"),
        ("localtime", "Write a name"),
        ("right/Europe/Berlin", 'Did you mean "Europe/Berlin"?'),
        ("Europe", ""),
        ("x" * 5000, "Write a name"),
        ("a\0b", "Write a name"),
    ],
)
def test_only_names_of_the_zone_database_are_zones(name: str, next_step: str) -> None:
    with pytest.raises(UserProblem) as raised:
        zone_of(name, HERE)
    assert (raised.value.code, raised.value.where) == ("time-zone-unknown", HERE)
    assert next_step in raised.value.next_step
    assert len(raised.value.what) < 150


def test_a_zone_is_found() -> None:
    assert zone_of("Europe/Berlin") is BERLIN
    assert {"UTC", "America/New_York"} <= known_zones()


@pytest.mark.parametrize(
    ("zone", "day", "wall", "utc"),
    [
        ("Europe/Berlin", date(2026, 7, 1), time(9), "2026-07-01T07:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), "2026-03-29T00:59"),
        ("Europe/Berlin", date(2026, 3, 29), time(2), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 59, 59, 999_999), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(3), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        ("Europe/Berlin", date(2026, 10, 25), time(3), "2026-10-25T02:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
        ("Pacific/Apia", date(2011, 12, 30), time(12), "2011-12-30T10:00"),
        ("Pacific/Apia", date(2011, 12, 31), time(0), "2011-12-30T10:00"),
        ("America/Havana", date(2026, 11, 1), time(0), "2026-11-01T04:00"),
    ],
)
def test_a_wall_time_is_reached_at_its_first_showing_or_when_clocks_skip_it(
    zone: str, day: date, wall: time, utc: str
) -> None:
    assert first_instant(day, wall, ZoneInfo(zone)) == datetime.fromisoformat(utc + "+00:00")


def test_a_day_ends_at_its_last_microsecond_in_the_zone() -> None:
    assert end_of_day(date(2026, 10, 31), BERLIN) == datetime(2026, 10, 31, 22, 59, 59, 999_999, tzinfo=UTC)


def test_public_holidays_of_a_region_are_those_of_the_almanac() -> None:
    berlin = public_holidays("DE-BE", 2026)
    assert berlin == {
        date(2026, month, day)
        for month, day in [(1, 1), (3, 8), (4, 3), (4, 6), (5, 1), (5, 14), (5, 25), (10, 3), (12, 25), (12, 26)]
    }
    assert public_holidays("DE", 2026) == berlin - {date(2026, 3, 8)}
    assert date(2026, 11, 26) in public_holidays("US", 2026)


def test_a_day_observed_instead_of_a_weekend_is_closed() -> None:
    assert date(2026, 7, 3) in public_holidays("US", 2026)  # Independence Day falls on a Saturday


@pytest.mark.parametrize(
    ("region", "next_step"),
    [
        ("DE-BB-X", "Known are DE-BB, DE-BE,"),
        ("DE-ZZ", "Known are DE-BB, DE-BE,"),
        ("DE-", "Known are DE-BB, DE-BE,"),
        ("de", 'Did you mean "DE"?'),
        ("Germany", ""),
        ("", ""),
    ],
)
def test_an_unknown_region_is_refused_and_never_read_as_no_holidays(region: str, next_step: str) -> None:
    with pytest.raises(UserProblem) as raised:
        check_region(region, HERE)
    assert (raised.value.code, raised.value.where) == ("holiday-region-unknown", HERE)
    assert next_step in raised.value.next_step
    with pytest.raises(UserProblem):
        public_holidays(region, 2026)


def test_a_calendar_refuses_what_it_could_not_compute_with() -> None:
    backwards: tuple[Block, ...] = (Block(time(9), time(17)), Block(time(8), time(9)))
    for zone, hours, region, code in (
        ("Mars/Olympus", NEVER, "", "time-zone-unknown"),
        ("UTC", NEVER, "XX", "holiday-region-unknown"),
        ("UTC", (backwards, *NEVER[1:]), "", "hours-overlap"),
    ):
        with pytest.raises(UserProblem) as raised:
            Calendar(zone, hours, region)
        assert raised.value.code == code
    with pytest.raises(ValueError, match="seven days, not 6"):
        Calendar("UTC", ((),) * 6)


def test_equal_calendars_have_equal_hashes_and_each_part_counts() -> None:
    def berlin() -> Calendar:
        return Calendar("Europe/Berlin", parse_hours({"mon": "09:00-17:00"}), "DE")

    monday = datetime(2026, 10, 5, tzinfo=UTC)
    others = (
        Calendar("Europe/Vienna", berlin().hours, "DE"),
        Calendar("Europe/Berlin", NEVER, "DE"),
        Calendar("Europe/Berlin", berlin().hours),
        Calendar("Europe/Berlin", berlin().hours, "DE", frozenset({date(2026, 1, 2)})),
        Calendar("Europe/Berlin", berlin().hours, "DE", absences=(Interval(monday, monday.replace(day=6)),)),
    )
    assert berlin() == berlin()
    assert hash(berlin()) == hash(berlin())
    assert len({berlin(), berlin(), *others, ALWAYS}) == 7
