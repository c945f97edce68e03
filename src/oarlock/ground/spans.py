"""Lengths of time as people write them in an agreement: `90 days`, `4 business hours`, `30 min`.

Promises: a length is read in one way or refused; nothing is guessed. `Span` unpacks as (amount, unit, working).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal as OneOf
from typing import NamedTuple

from oarlock.ground.problems import NOWHERE, Place, UserProblem
from oarlock.ground.spelling import did_you_mean

Unit = OneOf["minutes", "hours", "days", "weeks"]

MINUTES: dict[Unit, int] = {"minutes": 1, "hours": 60, "days": 1440, "weeks": 10080}
WORDS: dict[str, Unit] = {
    "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours", "hours": "hours",
    "d": "days", "day": "days", "days": "days",
    "w": "weeks", "wk": "weeks", "wks": "weeks", "week": "weeks", "weeks": "weeks",
}  # fmt: skip
WORKING = ("business", "working")
LONGEST_DAYS = 36_500
"""No length is longer than a hundred years of days."""

REFUSED_UNITS = {
    "m": 'Write "min" for minutes; months differ in length, so write days, such as "30 days".',
    "month": 'Months differ in length: write days, such as "30 days".',
    "months": 'Months differ in length: write days, such as "30 days".',
    "quarter": 'Quarters differ in length: write days, such as "90 days".',
    "quarters": 'Quarters differ in length: write days, such as "90 days".',
    "year": 'Years differ in length: write days, such as "365 days".',
    "years": 'Years differ in length: write days, such as "365 days".',
    "s": "The smallest unit is a minute.",
    "sec": "The smallest unit is a minute.",
    "second": "The smallest unit is a minute.",
    "seconds": "The smallest unit is a minute.",
}
_FORM = re.compile(r"([0-9]+(?:\.[0-9]+)?) *(?:([A-Za-z]+) +)?([A-Za-z]+)")
_EXAMPLES = 'Write a number and a unit, such as "30 minutes", "4 business hours", "8 business days" or "90 days".'


class Span(NamedTuple):
    """So many units; `working` counts only working time (minutes, hours) or working days."""

    amount: float
    unit: Unit
    working: bool = False

    def __str__(self) -> str:
        """As it may be read again: `4 business hours`, `1 day`."""
        unit = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return " ".join([f"{self.amount:.10g}", *(["business"] if self.working else []), unit])

    @property
    def length(self) -> timedelta:
        """The exact length: a day is 24 hours, a week 7 days. Working days have none: ValueError."""
        if self.working and self.unit in ("days", "weeks"):
            raise ValueError(f"{self} has a length only in a calendar")
        return timedelta(minutes=self.amount * MINUTES[self.unit])


def parse_span(text: str, where: Place = NOWHERE) -> Span:
    """Read a length; UserProblem `span-...` where it has no number, no known unit, or no sense."""
    form = _FORM.fullmatch(text.strip()) if len(text) <= 60 else None
    if form is None:
        raise UserProblem("span-malformed", f'"{text[:60]}" is not a length of time.', "", _EXAMPLES, where)
    number, qualifier, word = form.groups()
    working = _working(qualifier, where)
    span = Span(float(number), _unit(word, where), working)
    _check(span, where)
    return span


def _working(qualifier: str | None, where: Place) -> bool:
    if qualifier is None or qualifier.lower() in WORKING:
        return qualifier is not None
    raise UserProblem(
        "span-qualifier-unknown",
        f'"{qualifier}" says nothing about a length of time.',
        'Only "business" (or "working") may stand before the unit.',
        did_you_mean(qualifier, WORKING) or _EXAMPLES,
        where,
    )


def _unit(word: str, where: Place) -> Unit:
    lower = word.lower()
    if lower in WORDS:
        return WORDS[lower]
    raise UserProblem(
        "span-unit-unknown",
        f'"{word}" is not a unit of time here.',
        "The units are minutes, hours, days and weeks.",
        REFUSED_UNITS.get(lower) or did_you_mean(word, MINUTES) or _EXAMPLES,
        where,
    )


def _check(span: Span, where: Place) -> None:
    days = span.amount * MINUTES[span.unit] / 1440
    if not 0 < days <= LONGEST_DAYS:
        why = f"It must be longer than nothing and at most {LONGEST_DAYS:,} days."
        raise UserProblem("span-out-of-range", f'"{span}" cannot be a limit.', why, _EXAMPLES, where)
    if span.working and span.unit == "weeks":
        why = "A week has no fixed number of working days."
        raise UserProblem("span-working-weeks", f'"{span}" is unclear.', why, "Write business days.", where)
    if span.working and span.unit == "days" and span.amount != int(span.amount):
        why = "A limit in business days is the end of a working day, so it is a whole number."
        raise UserProblem("span-part-day", f'"{span}" is unclear.', why, "Write whole days or business hours.", where)
