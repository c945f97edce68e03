"""The worked tables of docs/why/working-time.md are run, row by row."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oarlock.ground.spans import parse_span
from oarlock.ground.working_time import Calendar, due, elapsed, parse_hours

PAGE = Path(__file__).parents[3] / "docs" / "why" / "working-time.md"


def table(*heads: str) -> list[list[str]]:
    """The rows of the page's table with these column heads."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    first = lines.index(f"| {' | '.join(heads)} |") + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def instant(told: str) -> datetime:
    at = datetime.fromisoformat("".join(told.split(" ", 1)[1].rsplit(" ", 1)))
    assert f"{at:%a}" == told[:3], f"{told}: that day is a {at:%a}"
    return at


def length(told: str) -> timedelta:
    hours, minutes = told.lstrip("-").split(":")
    return timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if told.startswith("-") else 1)


CALENDARS = {
    name: Calendar(zone, parse_hours(dict(part.split(": ") for part in hours.split("; "))), region)
    for name, zone, hours, region in table("calendar", "zone", "hours", "holidays")
}
DUE = table("calendar", "arrives", "limit", "due", "because")
ELAPSED = table("calendar", "from", "to", "elapsed", "because")


def test_the_page_has_its_tables() -> None:
    assert (len(CALENDARS), len(DUE), len(ELAPSED)) == (9, 27, 11)


@pytest.mark.parametrize(("calendar", "arrives", "limit", "expected", "because"), DUE)
def test_a_limit_is_due_as_the_page_says(calendar: str, arrives: str, limit: str, expected: str, because: str) -> None:
    answer = due(CALENDARS[calendar], instant(arrives), parse_span(limit))
    assert answer == instant(expected), because
    assert answer.utcoffset() == timedelta(), "deadlines are told in UTC"


@pytest.mark.parametrize(("calendar", "start", "end", "expected", "because"), ELAPSED)
def test_time_elapses_as_the_page_says(calendar: str, start: str, end: str, expected: str, because: str) -> None:
    assert elapsed(CALENDARS[calendar], instant(start), instant(end)) == length(expected), because
