"""The guarantees of docs/why/working-time.md on random calendars, against a clerk who looks at the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oarlock.ground.working_time import (
    Block,
    Calendar,
    Interval,
    deadline,
    deadline_days,
    elapsed,
    is_open,
    next_opening,
    openings,
)

MINUTE = timedelta(minutes=1)
TINY = timedelta(microseconds=1)

CHANGES = {
    "Europe/Berlin": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "America/New_York": ["2026-03-08T07:00", "2026-11-01T06:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],
    "America/Havana": ["2026-03-08T05:00", "2026-11-01T05:00"],
    "America/St_Johns": ["2009-03-08T03:31", "2009-11-01T02:31"],
    "Pacific/Apia": ["2011-12-30T10:00"],
    "Asia/Kolkata": ["2026-01-25T18:30"],
    "UTC": ["2026-12-31T23:59"],
}
"""Zones with instants at which their clocks change: by an hour, half an hour, at midnight, by a whole day, never."""

REGIONS = {"Europe/Berlin": ("DE", "BE"), "America/New_York": ("US", None), "Asia/Kolkata": ("IN", "MH")}


@st.composite
def days(draw: st.DrawFn) -> tuple[Block, ...]:
    """One day's blocks on a grid of quarters of an hour; 96 is 24:00."""
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    clock = [time(edge // 4 % 24, edge % 4 * 15) for edge in edges]
    return tuple(Block(start, end) for start, end in zip(clock[::2], clock[1::2], strict=False))


@st.composite
def places(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and an instant within three days of a change of its clocks."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone])) + "+00:00")
    return zone, change + draw(st.integers(-3 * 1440, 3 * 1440)) * MINUTE


@st.composite
def calendars(draw: st.DrawFn, zone: str, around: datetime) -> Calendar:
    region = "-".join(part for part in REGIONS.get(zone, ()) if part) if draw(st.booleans()) else ""
    closed = draw(st.sets(st.integers(-4, 4), max_size=2))
    starts = draw(st.lists(st.tuples(st.integers(-4000, 4000), st.integers(1, 2000)), max_size=3))
    return Calendar(
        zone,
        tuple(draw(st.tuples(*[st.one_of(st.just((Block(time(), time()),)), days())] * 7))),
        region,
        frozenset(around.date() + timedelta(days=day) for day in closed),
        tuple(Interval(around + start * MINUTE, around + (start + length) * MINUTE) for start, length in starts),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone, at = draw(places())
    return draw(calendars(zone, at)), at


micro_spans = st.integers(0, 200 * 3600 * 10**6).map(lambda n: timedelta(microseconds=n))
spans = st.one_of(micro_spans, st.integers(0, 400).map(lambda n: n * 15 * MINUTE))
opens_some_day = st.shared(cases(), key="case").filter(lambda case: sum(map(len, case[0].hours)) > 2)


class Clerk:
    """Looks at the wall clock every minute, remembers the furthest it has shown, and marks the open minutes."""

    def __init__(self, calendar: Calendar, start: datetime, minutes: int) -> None:
        self.calendar, self.start, self.zone = calendar, start, ZoneInfo(calendar.time_zone)
        country, _, part = calendar.holidays.partition("-")
        self.holidays = holidays.country_holidays(country, subdiv=part or None) if country else {}
        furthest = datetime(1, 1, 1)  # noqa: DTZ001
        self.marks = []
        for minute in range(-2 * 1440, minutes):
            now = start + minute * MINUTE
            furthest = max(furthest, now.astimezone(self.zone).replace(tzinfo=None))
            if minute >= 0:
                self.marks.append(self.works(now, furthest))

    def works(self, now: datetime, furthest: datetime) -> bool:
        day, hour = furthest.date(), furthest.time()
        blocks = self.calendar.hours[day.weekday()]
        on = any(block.start <= hour and (hour < block.end or block.end == time()) for block in blocks)
        off = day in self.holidays or day in self.calendar.closed
        return on and not off and not any(gone.start <= now < gone.end for gone in self.calendar.absences)


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 2500))
def test_it_agrees_with_a_clerk_who_looks_at_the_clock_each_minute(
    case: tuple[Calendar, datetime], minutes: int
) -> None:
    calendar, start = case
    clerk = Clerk(calendar, start, minutes)
    assert elapsed(calendar, start, start + minutes * MINUTE) == sum(clerk.marks) * MINUTE
    assert [is_open(calendar, start + m * MINUTE) for m in range(0, minutes, 7)] == clerk.marks[::7]
    marked = [start + minute * MINUTE for minute, on in enumerate(clerk.marks) if on]
    if marked:
        assert next_opening(calendar, start) == marked[0]
        assert deadline(calendar, start, len(marked) * MINUTE) == marked[-1] + MINUTE


@settings(max_examples=150, deadline=None)
@given(opens_some_day, spans)
def test_a_span_has_elapsed_exactly_at_its_deadline_and_not_before(
    case: tuple[Calendar, datetime], span: timedelta
) -> None:
    calendar, start = case
    ends = deadline(calendar, start, span)
    assert ends >= start
    assert elapsed(calendar, start, ends) == span
    if span:
        assert elapsed(calendar, start, ends - TINY) == span - TINY


@settings(max_examples=150, deadline=None)
@given(opens_some_day, spans, spans, st.integers(0, 6 * 1440))
def test_a_later_start_or_a_longer_span_never_ends_earlier(
    case: tuple[Calendar, datetime], one: timedelta, other: timedelta, later: int
) -> None:
    calendar, start = case
    short, long = sorted([one, other])
    assert deadline(calendar, start, short) <= deadline(calendar, start, long)
    assert deadline(calendar, start, short) <= deadline(calendar, start + later * MINUTE, short)


@settings(max_examples=80, deadline=None)
@given(opens_some_day, st.integers(1, 6), st.integers(0, 6 * 1440))
def test_business_days_end_at_a_closing_and_never_go_back(
    case: tuple[Calendar, datetime], days: int, later: int
) -> None:
    calendar, start = case
    ends = deadline_days(calendar, start, days)
    assert ends > start
    assert ends <= deadline_days(calendar, start + later * MINUTE, days)
    assert ends < deadline_days(calendar, start, days + 1)
    assert is_open(calendar, ends - TINY)


@settings(max_examples=150, deadline=None)
@given(opens_some_day, st.lists(st.integers(-9000, 9000), min_size=2, max_size=2))
def test_elapsed_times_add_up_and_turn_round(case: tuple[Calendar, datetime], shifts: list[int]) -> None:
    calendar, start = case
    middle, end = (start + shift * MINUTE for shift in shifts)
    there = elapsed(calendar, start, middle) + elapsed(calendar, middle, end)
    assert there == elapsed(calendar, start, end) == -elapsed(calendar, end, start)


@settings(max_examples=100, deadline=None)
@given(opens_some_day, spans)
def test_a_clock_starts_at_the_next_opening_at_its_own_hour(case: tuple[Calendar, datetime], span: timedelta) -> None:
    calendar, start = case
    assume(span)
    opens = next_opening(calendar, start)
    assert is_open(calendar, opens)
    assert elapsed(calendar, start, opens) == timedelta()
    assert deadline(calendar, start, span) == deadline(calendar, opens, span)


@settings(max_examples=80, deadline=None)
@given(opens_some_day, st.integers(1, 9000))
def test_openings_are_apart_in_order_and_as_long_as_the_elapsed_time(
    case: tuple[Calendar, datetime], minutes: int
) -> None:
    calendar, start = case
    end = start + minutes * MINUTE
    found = openings(calendar, start, end)
    edges = [edge for opening in found for edge in (opening.start, opening.end)]
    assert edges == sorted(set(edges))
    assert all(start <= edge <= end for edge in edges)
    assert sum((o.end - o.start for o in found), timedelta()) == elapsed(calendar, start, end)


def test_the_clerk_himself_can_be_wrong() -> None:
    monday = datetime(2026, 10, 5, tzinfo=UTC)
    office = Calendar("UTC", ((Block(time(9), time(17)),), *[()] * 6))
    assert sum(Clerk(office, monday, 1440).marks) == 480
    assert sum(Clerk(Calendar("UTC", office.hours, "", frozenset({date(2026, 10, 5)})), monday, 1440).marks) == 0
