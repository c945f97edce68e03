"""Working time by example, where the worked tables of the page do not go: absences, edges, problems, bounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from oarlock.ground.calendars import NEVER
from oarlock.ground.problems import UserProblem
from oarlock.ground.spans import Span
from oarlock.ground.working_time import (
    ALWAYS,
    Calendar,
    Interval,
    deadline,
    deadline_days,
    due,
    elapsed,
    is_open,
    next_opening,
    openings,
    parse_hours,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE = Calendar("UTC", parse_hours({"mon-fri": "09:00-17:00"}))
MONDAY = datetime(2026, 10, 5, tzinfo=UTC)


def absent(*gone: tuple[datetime, datetime], office: Calendar = OFFICE) -> Calendar:
    return Calendar(office.time_zone, office.hours, absences=tuple(Interval(start, end) for start, end in gone))


def test_an_absence_stops_the_clock_and_the_rest_goes_on_after_it() -> None:
    lena = absent((MONDAY + 10 * HOUR, MONDAY + 34 * HOUR))
    assert deadline(lena, MONDAY, 2 * HOUR) == MONDAY + 35 * HOUR
    assert elapsed(lena, MONDAY, MONDAY + 7 * DAY) == 32 * HOUR


def test_absences_may_overlap_touch_and_stand_in_any_order() -> None:
    late, early = (MONDAY + 12 * HOUR, MONDAY + 14 * HOUR), (MONDAY + 10 * HOUR, MONDAY + 12 * HOUR)
    inside = (MONDAY + 11 * HOUR, MONDAY + 13 * HOUR)
    jonas = absent(late, early, inside)
    assert openings(jonas, MONDAY, MONDAY + DAY) == (
        Interval(MONDAY + 9 * HOUR, MONDAY + 10 * HOUR),
        Interval(MONDAY + 14 * HOUR, MONDAY + 17 * HOUR),
    )


def test_a_day_wholly_absent_is_no_working_day_and_a_day_partly_absent_is_one_with_an_early_closing() -> None:
    away = absent((MONDAY + 1 * DAY, MONDAY + 2 * DAY), (MONDAY + 2 * DAY + 15 * HOUR, MONDAY + 3 * DAY))
    assert deadline_days(away, MONDAY, 1) == MONDAY + 2 * DAY + 15 * HOUR


def test_a_date_closed_is_not_worked() -> None:
    closed = Calendar("UTC", OFFICE.hours, closed=frozenset({date(2026, 10, 6)}))
    assert deadline(closed, MONDAY + 16 * HOUR, 2 * HOUR) == MONDAY + 2 * DAY + 10 * HOUR


def test_always_counts_the_time_that_passes_across_years_and_leap_days() -> None:
    start = datetime(2023, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert elapsed(ALWAYS, start, start + 800 * DAY) == 800 * DAY
    assert deadline(ALWAYS, start, 800 * DAY) == start + 800 * DAY
    assert openings(ALWAYS, start, start + 800 * DAY) == (Interval(start, start + 800 * DAY),)


def test_instants_of_other_zones_are_the_same_instants() -> None:
    east = timezone(timedelta(hours=14))
    assert deadline(OFFICE, MONDAY.astimezone(east), HOUR) == MONDAY + 10 * HOUR
    assert deadline(OFFICE, MONDAY.astimezone(east), timedelta()) == MONDAY
    assert deadline(OFFICE, MONDAY.astimezone(east), timedelta()).tzinfo is UTC


def test_open_from_the_first_microsecond_up_to_the_closing() -> None:
    tiny = timedelta(microseconds=1)
    nine, five = MONDAY + 9 * HOUR, MONDAY + 17 * HOUR
    assert [is_open(OFFICE, at) for at in (nine - tiny, nine, five - tiny, five)] == [False, True, True, False]
    assert next_opening(OFFICE, five) == nine + DAY
    assert next_opening(OFFICE, five - tiny) == five - tiny


def test_nothing_is_open_in_an_empty_stretch() -> None:
    noon = MONDAY + 12 * HOUR
    assert openings(OFFICE, noon, noon) == ()
    assert openings(OFFICE, noon, noon - HOUR) == ()


def test_new_year_is_crossed_in_a_zone_ahead_and_in_one_behind() -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        watch = Calendar(zone, ALWAYS.hours)
        start = datetime(2026, 12, 31, tzinfo=UTC)
        assert elapsed(watch, start, start + 2 * DAY) == 2 * DAY
        assert next_opening(watch, start) == start


def test_an_opening_far_ahead_is_found_in_a_later_year() -> None:
    sabbatical = absent((MONDAY, datetime(2029, 1, 1, tzinfo=UTC)))
    assert next_opening(sabbatical, MONDAY) == datetime(2029, 1, 1, 9, tzinfo=UTC)
    assert deadline(sabbatical, MONDAY, 9 * HOUR) == datetime(2029, 1, 2, 10, tzinfo=UTC)
    assert deadline_days(sabbatical, MONDAY, 2) == datetime(2029, 1, 2, 17, tzinfo=UTC)


def test_a_limit_of_working_minutes_of_days_and_of_plain_time_is_due_each_in_its_way() -> None:
    assert due(OFFICE, MONDAY, Span(90, "minutes", working=True)) == MONDAY + 10.5 * HOUR
    assert due(OFFICE, MONDAY, Span(1, "days", working=True)) == MONDAY + DAY + 17 * HOUR
    assert due(OFFICE, MONDAY, Span(1, "days")) == MONDAY + DAY


never = Calendar("UTC", NEVER)
gone_for_ever = absent((MONDAY, datetime(2099, 1, 1, tzinfo=UTC)))


@pytest.mark.parametrize("calendar", [never, gone_for_ever])
def test_a_calendar_that_never_opens_is_a_problem_and_not_an_endless_search(calendar: Calendar) -> None:
    searches: tuple[Callable[[], datetime], ...] = (
        lambda: deadline(calendar, MONDAY, HOUR),
        lambda: deadline_days(calendar, MONDAY, 1),
        lambda: next_opening(calendar, MONDAY),
    )
    for search in searches:
        with pytest.raises(UserProblem) as raised:
            search()
        assert raised.value.code == "calendar-never-opens"
        assert "2026-10-05" in raised.value.what
    assert elapsed(calendar, MONDAY, MONDAY + DAY) == timedelta()
    assert deadline(calendar, MONDAY, timedelta()) == MONDAY


def test_nine_quiet_years_are_borne_and_eleven_are_not() -> None:
    def back_in(year: int) -> Calendar:
        return absent((MONDAY, datetime(year, 1, 1, tzinfo=UTC)))

    assert next_opening(back_in(2036), MONDAY).year == 2036
    assert deadline_days(back_in(2036), MONDAY, 1).year == 2036
    with pytest.raises(UserProblem, match="does not open within 10 years"):
        next_opening(back_in(2038), MONDAY)
    with pytest.raises(UserProblem, match="does not open within 10 years"):
        deadline_days(back_in(2038), MONDAY, 1)


def test_a_limit_that_ends_after_the_last_year_is_a_problem() -> None:
    late = datetime(2099, 12, 31, 12, tzinfo=UTC)
    searches: tuple[Callable[[], datetime], ...] = (
        lambda: deadline(ALWAYS, late, 30 * DAY),
        lambda: deadline_days(ALWAYS, late, 1),
        lambda: next_opening(OFFICE, datetime(2099, 12, 31, 18, tzinfo=UTC)),
    )
    for search in searches:
        with pytest.raises(UserProblem) as raised:
            search()
        assert raised.value.code == "deadline-too-far"
    assert deadline(ALWAYS, late, 12 * HOUR) == datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("at", [datetime(1969, 12, 31, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_time_outside_the_years_with_known_holidays_is_refused(at: datetime) -> None:
    asked: tuple[Callable[[], object], ...] = (
        lambda: elapsed(OFFICE, min(at, MONDAY), max(at, MONDAY)),
        lambda: deadline(OFFICE, at, HOUR),
        lambda: deadline_days(OFFICE, at, 1),
        lambda: next_opening(OFFICE, at),
        lambda: openings(OFFICE, at, at + HOUR),
    )
    for ask in asked:
        with pytest.raises(UserProblem) as raised:
            ask()
        assert raised.value.code == "time-out-of-calendar"


def test_the_first_and_the_last_instant_of_the_known_years_are_taken() -> None:
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert elapsed(ALWAYS, first, last) == last - first


@pytest.mark.parametrize(
    "at", [datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)]
)
def test_an_instant_just_outside_the_known_years_is_refused(at: datetime) -> None:
    with pytest.raises(UserProblem, match="outside the years 1970 to 2099"):
        is_open(ALWAYS, at)


def test_the_last_day_of_the_last_year_is_a_working_day() -> None:
    assert deadline_days(ALWAYS, datetime(2099, 12, 30, tzinfo=UTC), 1) == datetime(2100, 1, 1, tzinfo=UTC)


def test_quiet_years_are_counted_anew_after_an_opening() -> None:
    def away(first: int, back: int) -> tuple[datetime, datetime]:
        return datetime(first, 1, 1, tzinfo=UTC), datetime(back, 1, 1, tzinfo=UTC)

    seldom = absent(away(2027, 2037), away(2038, 2048))
    whole = elapsed(OFFICE, MONDAY, away(2027, 2028)[0]) + elapsed(OFFICE, *away(2037, 2038))
    assert deadline(seldom, MONDAY, whole + HOUR) == datetime(2048, 1, 1, 10, tzinfo=UTC)


def test_mistakes_of_the_caller_are_not_told_to_people() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        elapsed(OFFICE, datetime(2026, 1, 1), MONDAY)  # noqa: DTZ001
    with pytest.raises(ValueError, match="lies ahead"):
        deadline(OFFICE, MONDAY, -HOUR)
    with pytest.raises(ValueError, match="at least one working day"):
        deadline_days(OFFICE, MONDAY, 0)


def test_dates_never_go_back_where_clocks_are_set_back_over_midnight() -> None:
    watch = Calendar("America/St_Johns", ALWAYS.hours)
    change = datetime(2009, 11, 1, 2, 31, tzinfo=UTC)  # 00:01 on Sunday becomes 23:01 on Saturday
    before, after = change - timedelta(seconds=30), change + timedelta(seconds=30)
    assert deadline_days(watch, before, 1) == deadline_days(watch, after, 1) == datetime(2009, 11, 3, 3, 30, tzinfo=UTC)


def test_the_day_of_start_is_that_of_the_calendars_zone_not_of_greenwich() -> None:
    west = Calendar("America/Los_Angeles", OFFICE.hours)
    monday_evening = datetime(2026, 10, 6, 2, tzinfo=UTC)
    assert deadline_days(west, monday_evening, 1) == datetime(2026, 10, 7, 0, tzinfo=UTC)


def test_days_without_end_are_counted_while_the_calendar_opens_now_and_then() -> None:
    assert deadline_days(OFFICE, MONDAY, 3000) == MONDAY + 600 * 7 * DAY + 17 * HOUR


def test_what_is_due_is_told_in_utc() -> None:
    berlin = MONDAY.astimezone(timezone(2 * HOUR))
    assert due(OFFICE, berlin, Span(1, "days")).tzinfo is UTC
