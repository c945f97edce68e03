"""Working time over columns gives, row by row, what the scalar form gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.ground.calendars import NEVER
from oarlock.ground.intervals import instant_of, micros
from oarlock.ground.problems import UserProblem
from oarlock.ground.working_time import ALWAYS, Block, Calendar, Interval, deadline, elapsed, parse_hours
from oarlock.tables.working_columns import Micros, deadline_many, elapsed_many

HOUR = 3600 * 10**6
DAY = 24 * HOUR
MONDAY = micros(datetime(2026, 10, 5, tzinfo=UTC))
OFFICE = Calendar("UTC", parse_hours({"mon-fri": "09:00-17:00"}))

blocks = st.sets(st.integers(0, 47), min_size=2, max_size=6).map(
    lambda edges: tuple(
        Block(time(start // 2, start % 2 * 30), time(end // 2, end % 2 * 30))
        for start, end in zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)
    )
)
absences = st.lists(
    st.tuples(st.integers(-900, 900), st.integers(1, 600)).map(
        lambda days: Interval(instant_of(MONDAY + days[0] * DAY), instant_of(MONDAY + (days[0] + days[1]) * DAY))
    ),
    max_size=3,
)
calendars = st.builds(
    Calendar,
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.tuples(*[st.one_of(blocks, st.just(()))] * 6, blocks),
    st.sampled_from(["", "DE-BE", "US"]),
    st.frozensets(st.dates(date(2026, 9, 1), date(2026, 11, 1)), max_size=3),
    absences.map(tuple),
)
instants = st.one_of(
    st.integers(MONDAY - 900 * DAY, MONDAY + 900 * DAY),
    st.integers(-1800, 1800).map(lambda halves: MONDAY + halves * HOUR // 2),
)
spans = st.one_of(st.integers(0, 60 * HOUR), st.integers(0, 100).map(lambda halves: halves * HOUR // 2))


def column(values: list[int]) -> Micros:
    return np.array(values, np.int64)


@settings(max_examples=80, deadline=None)
@given(calendars, st.lists(st.tuples(instants, instants), max_size=12))
def test_elapsed_over_columns_is_elapsed_of_each_row(calendar: Calendar, rows: list[tuple[int, int]]) -> None:
    expected = [
        elapsed(calendar, instant_of(start), instant_of(end)) // timedelta(microseconds=1) for start, end in rows
    ]
    answer = elapsed_many(calendar, column([start for start, _ in rows]), column([end for _, end in rows]))
    assert answer.dtype == np.int64
    assert answer.tolist() == expected


@settings(max_examples=80, deadline=None)
@given(calendars, st.lists(st.tuples(instants, spans), max_size=12))
def test_deadline_over_columns_is_the_deadline_of_each_row(calendar: Calendar, rows: list[tuple[int, int]]) -> None:
    expected = [micros(deadline(calendar, instant_of(start), timedelta(microseconds=span))) for start, span in rows]
    answer = deadline_many(calendar, column([start for start, _ in rows]), column([span for _, span in rows]))
    assert answer.dtype == np.int64
    assert answer.tolist() == expected


def test_saturday_afternoon_and_four_hours_is_monday_at_one() -> None:
    saturday = MONDAY - 2 * DAY + 15 * HOUR
    assert deadline_many(OFFICE, column([saturday]), column([4 * HOUR])).tolist() == [MONDAY + 13 * HOUR]


def test_a_span_of_nothing_is_due_at_once_even_where_nothing_ever_opens() -> None:
    rows = column([MONDAY, MONDAY + 20 * HOUR])
    for calendar in (OFFICE, Calendar("UTC", NEVER)):
        assert deadline_many(calendar, rows, column([0, 0])).tolist() == rows.tolist()


def test_columns_without_rows_have_no_answers() -> None:
    nothing = column([])
    assert elapsed_many(OFFICE, nothing, nothing).tolist() == []
    assert deadline_many(OFFICE, nothing, nothing).tolist() == []


def test_deadlines_reach_into_years_in_which_nothing_starts() -> None:
    rows, long = column([MONDAY, MONDAY]), column([HOUR, 40 * 365 * DAY])
    assert deadline_many(ALWAYS, rows, long).tolist() == [MONDAY + HOUR, MONDAY + 40 * 365 * DAY]


def away_until(year: int) -> Calendar:
    return Calendar("UTC", OFFICE.hours, absences=(Interval(instant_of(MONDAY), datetime(year, 1, 1, tzinfo=UTC)),))


@pytest.mark.parametrize("calendar", [OFFICE, away_until(2038), Calendar("UTC", NEVER), away_until(2099)])
@pytest.mark.parametrize("span", [HOUR, 2**62])
@pytest.mark.parametrize("later", [DAY, 13 * 365 * DAY])
def test_a_row_that_is_a_problem_alone_is_the_same_problem_in_a_column(
    calendar: Calendar, span: int, later: int
) -> None:
    def told(asked: object) -> str:
        return str(asked)

    def alone() -> object:
        return [
            micros(deadline(calendar, instant_of(at), timedelta(microseconds=span))) for at in (MONDAY, MONDAY + later)
        ]

    def together() -> object:
        return deadline_many(calendar, column([MONDAY, MONDAY + later]), column([span, span])).tolist()

    answers = []
    for ask in (alone, together):
        try:
            answers.append(told(ask()))
        except UserProblem as problem:
            answers.append(f"{problem.code}: {problem.what}")
    assert answers[0] == answers[1]


def test_a_row_outside_the_known_years_is_refused() -> None:
    placeholder = micros(datetime(9999, 12, 31, tzinfo=UTC))
    with pytest.raises(UserProblem, match="outside the years"):
        elapsed_many(OFFICE, column([MONDAY]), column([placeholder]))
    with pytest.raises(UserProblem, match="outside the years"):
        deadline_many(OFFICE, column([-(2**63)]), column([HOUR]))


def test_a_negative_span_is_a_mistake_of_the_callers() -> None:
    with pytest.raises(ValueError, match="negative"):
        deadline_many(OFFICE, column([MONDAY]), column([-1]))
