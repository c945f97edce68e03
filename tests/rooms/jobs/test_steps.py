"""Statements planned in one thread and run in another: in order, with the as-known date, and no error lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from threading import active_count
from time import sleep
from typing import cast

import duckdb
import ibis
import pytest

from oarlock.engines.duck import connect
from oarlock.engines.lake import Look
from oarlock.engines.rows_back import fetch
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.planning import _compiled
from oarlock.jobs.steps import WHEN, Bench, Step, dated, silent, written
from oarlock.tables.texts import TIME_TYPE

NOW = datetime(2026, 10, 31, 22, 59, 59, 123_456, UTC)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench without a lake."""
    connection = connect([])
    yield Bench(connection, Look(NOW, False, ()), silent)
    connection.close()


@pytest.mark.parametrize(
    "at",
    [
        NOW, WHEN, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 3, 4, 5, 6, 1, UTC),
        datetime(2026, 2, 3, 4, 5, 0, 700_000, UTC), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC),
    ],
)  # fmt: skip
def test_the_as_known_date_is_written_as_ibis_writes_it(bench: Bench, at: datetime) -> None:
    people = ibis.table({"at": TIME_TYPE}, name="people")
    assert written(at) in _compiled(people.filter(people["at"] <= ibis.literal(at, type=TIME_TYPE)))
    assert written(at.astimezone(timezone(timedelta(hours=5)))) == written(at)
    assert fetch(bench.connection, f"SELECT {written(at)} AS at", ["at"]) == [{"at": at}]


def test_no_text_of_a_company_passes_for_the_date_that_stands_open() -> None:
    people = ibis.table({"name": "string"}, name="people")
    step = Step("bring", "x", _compiled(people.filter(people.name == written(WHEN))))
    assert dated(step, NOW) == step


def test_steps_run_in_the_order_they_were_planned_and_rows_come_back(bench: Bench) -> None:
    def plan(line: Line) -> str:
        line.put(Step("keep", "numbers", "SELECT unnest([1, 2, 3]) AS n"))
        line.put(Step("bring", "sum", "SELECT sum(n) AS total FROM numbers"))
        assert line.rows("sum") == [{"total": 6}]
        line.put(Step("drop", "numbers"))
        line.put(Step("bring", "when", f"SELECT {written(WHEN)} AS at", ("at",)))
        return "planned"

    assert answer(bench, Line(), plan, NOW) == ("planned", {"sum": [{"total": 6}], "when": [{"at": NOW}]})


def test_what_goes_wrong_while_planning_is_raised(bench: Bench) -> None:
    def plan(line: Line) -> None:
        line.put(Step("bring", "one", "SELECT 1 AS n"))
        raise LookupError("nobody has this field")

    with pytest.raises(LookupError, match="nobody has this field"):
        answer(bench, Line(), plan)


@pytest.mark.parametrize("late", [False, True])
def test_what_goes_wrong_in_the_engine_is_raised_and_no_planner_waits_for_ever(bench: Bench, late: bool) -> None:
    before = active_count()

    def plan(line: Line) -> None:
        line.put(Step("bring", "broken", "SELECT * FROM nowhere"))
        if late:
            line.over.wait(5)
        line.put(Step("bring", "after", "SELECT 1 AS n"))
        line.rows("after")

    with pytest.raises(duckdb.CatalogException):
        answer(bench, Line(), plan)
    for _ in range(1500):
        if active_count() == before:
            break
        sleep(0.02)
    assert active_count() == before


def test_rows_come_back_in_order_with_exact_money_and_times_in_utc(bench: Bench) -> None:
    select = (
        "SELECT * FROM (VALUES (2, 1.10::DECIMAL(38, 2), TIMESTAMPTZ '2026-03-29 02:30:00.000001+02'),"
        ' (1, NULL, NULL)) AS rows(n, money, "at") ORDER BY n DESC'
    )
    first, second = fetch(bench.connection, select, ["at"])
    assert (str(first["money"]), first["at"]) == ("1.10", datetime(2026, 3, 29, 0, 30, 0, 1, UTC))
    assert cast(datetime, first["at"]).utcoffset() == timedelta(0)
    assert second == {"n": 1, "money": None, "at": None}
