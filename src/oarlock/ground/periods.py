"""Periods of the calendar: `2026`, `2026-Q4`, `2026-10`, `2026-W46`, `2026-10-05`, `2026-10-01..2026-12-31`.

Promises: a period is whole days of one zone, from the first instant of its first day up to (and without) the first
instant of the day after its last; a text is read in one way or refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from oarlock.ground.intervals import micros
from oarlock.ground.problems import NOWHERE, Place, UserProblem
from oarlock.ground.zones import end_of_day, first_instant, zone_of

FIRST_YEAR, LAST_YEAR = 1900, 2199
ONE_DAY = timedelta(days=1)

_FORMS = (
    'Write a year ("2026"), quarter ("2026-Q4"), month ("2026-10"), ISO week ("2026-W46"), day ("2026-10-05") or '
    'range of days ("2026-10-01..2026-12-31").'
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included, in a zone; `text` is its name, as it may be read again."""

    text: str
    first: date
    last: date
    time_zone: str

    @property
    def start(self) -> datetime:
        """The first instant (UTC) that belongs to it."""
        return first_instant(self.first, time(), zone_of(self.time_zone))

    @property
    def end(self) -> datetime:
        """The first instant (UTC) after it."""
        return first_instant(self.last + ONE_DAY, time(), zone_of(self.time_zone))

    def contains(self, at: datetime) -> bool:
        """Whether the instant lies in it."""
        return micros(self.start) <= micros(at) < micros(self.end)

    def next(self) -> Period:
        """The period of the same kind that follows at once."""
        return self._moved(1)

    def previous(self) -> Period:
        """The period of the same kind that comes just before."""
        return self._moved(-1)

    def _moved(self, by: int) -> Period:
        """A year, quarter, month or range of whole months moves by its months; all others by their days."""
        months = _whole_months(self.first, self.last)
        if months:
            first = _month_after(self.first, by * months)
            last = _month_after(self.first, (by + 1) * months) - ONE_DAY
        else:
            days = self.last - self.first + ONE_DAY
            first, last = self.first + by * days, self.last + by * days
        return Period(_renamed(self.text, first, last), first, last, self.time_zone)

    def __str__(self) -> str:
        return self.text


def parse_period(text: str, zone: str, where: Place = NOWHERE) -> Period:
    """Read a period of that zone (IANA name); UserProblem `period-malformed` where it is none."""
    zone_of(zone, where)
    for form, days_of in _READERS:
        found = form.fullmatch(text.strip())
        if found:
            first, last = _days(days_of, found, text, where)
            return Period(text.strip(), first, last, zone)
    raise _malformed(text, _hint(text), where)


def months_between(start: datetime, end: datetime, zone: str) -> tuple[Period, ...]:
    """The months of the zone that have something of start up to end in them, in order."""
    if micros(start) >= micros(end):
        return ()
    months = [month_of(start, zone)]
    while micros(months[-1].end) < micros(end):
        months.append(months[-1].next())
    return tuple(months)


def month_of(at: datetime, zone: str) -> Period:
    """The month of the zone in which the instant lies."""
    day = at.astimezone(zone_of(zone)).date().replace(day=1)
    month = Period(f"{day:%Y-%m}", day, _month_after(day, 1) - ONE_DAY, zone)
    return month.next() if micros(month.end) <= micros(at) else month


def as_known(text: str, zone: str, where: Place = NOWHERE) -> datetime:
    """The instant up to which facts are known: `recorded_at <= as_known`.

    A date is the last microsecond of that day in the zone; a full timestamp with its offset is taken as it is.
    """
    written = text.strip()
    if _DATE.fullmatch(written):
        return end_of_day(_date(written, text, where), zone_of(zone, where))
    form = _INSTANT.fullmatch(written)
    if form is None:
        raise _bad_instant(text, "", where)
    if form[1] is None:
        raise _bad_instant(text, "Without an offset it means a different instant in each time zone.", where)
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _bad_instant(text, "There is no such date or time.", where) from None


def _bad_instant(text: str, why: str, where: Place) -> UserProblem:
    next_step = 'Write a date ("2026-10-31") or a timestamp with its offset ("2026-10-31T18:00:00+01:00", or Z).'
    return UserProblem("as-known-malformed", f'"{text[:60]}" is not a date to know things by.', why, next_step, where)


def _malformed(text: str, why: str, where: Place) -> UserProblem:
    return UserProblem("period-malformed", f'"{text[:60]}" is not a period.', why, _FORMS, where)


_Days = Callable[[re.Match[str]], tuple[date, date]]


def _days(days_of: _Days, found: re.Match[str], text: str, where: Place) -> tuple[date, date]:
    out_of_range = _malformed(text, f"Years run from {FIRST_YEAR} to {LAST_YEAR}.", where)
    if not FIRST_YEAR <= int(found[0][:4]) <= LAST_YEAR:
        raise out_of_range
    try:
        first, last = days_of(found)
    except ValueError:
        raise _malformed(text, "There is no such date.", where) from None
    if first > last:
        raise _malformed(text, "It ends before it starts.", where)
    if last.year > LAST_YEAR:
        raise out_of_range
    return first, last


def _date(written: str, text: str, where: Place) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise _bad_instant(text, "There is no such date.", where) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _bad_instant(text, f"Years run from {FIRST_YEAR} to {LAST_YEAR}.", where)
    return day


def _months(first: date, count: int) -> tuple[date, date]:
    return first, _month_after(first, count) - ONE_DAY


def _month_after(first: date, months: int) -> date:
    """The first of the month so many months on: 2026-10-01 and 3 give 2027-01-01."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _week(year: int, week: int) -> tuple[date, date]:
    monday = date.fromisocalendar(year, week, 1)
    return monday, monday + 6 * ONE_DAY


def _whole_months(first: date, last: date) -> int:
    """How many months the days are exactly; 0 where they are not whole months."""
    after = last + ONE_DAY
    whole = first.day == after.day == 1
    return (after.year - first.year) * 12 + after.month - first.month if whole else 0


_YEAR = re.compile(r"([0-9]{4})")
_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_RANGE = re.compile(rf"({_DATE.pattern})\.\.({_DATE.pattern})")

_READERS: tuple[tuple[re.Pattern[str], _Days], ...] = (
    (_YEAR, lambda m: _months(date(int(m[1]), 1, 1), 12)),
    (_QUARTER, lambda m: _months(date(int(m[1]), int(m[2]) * 3 - 2, 1), 3)),
    (_MONTH, lambda m: _months(date(int(m[1]), int(m[2]), 1), 1)),
    (_WEEK, lambda m: _week(int(m[1]), int(m[2]))),
    (_DATE, lambda m: (date.fromisoformat(m[0]), date.fromisoformat(m[0]))),
    (_RANGE, lambda m: (date.fromisoformat(m[1]), date.fromisoformat(m[2]))),
)


def _renamed(text: str, first: date, last: date) -> str:
    """The name of the days first to last, in the form in which `text` is written."""
    year, week, _ = first.isocalendar()
    forms = (
        (_YEAR, f"{first:%Y}"),
        (_QUARTER, f"{first.year}-Q{(first.month + 2) // 3}"),
        (_MONTH, f"{first:%Y-%m}"),
        (_WEEK, f"{year}-W{week:02}"),
        (_DATE, first.isoformat()),
    )
    days = f"{first.isoformat()}..{last.isoformat()}"
    return next((name for form, name in forms if form.fullmatch(text)), days)


def _hint(text: str) -> str:
    """Why a text that is nearly a period is refused."""
    if re.search(r"[0-9]/[0-9]|[0-9]\.[0-9]", text):
        return "Dates with slashes or dots are read differently in different countries."
    if re.search(r"[Qq][1-4]", text):
        return 'A quarter is written with its year first, "2026-Q4".'
    return ""
