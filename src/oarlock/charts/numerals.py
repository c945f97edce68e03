"""Figures as text, one way everywhere: counts, rates, durations, money, days. What cannot be said is a dash.

A number and its unit are held together by a no-break space; minus is `−`; months have English names whatever the
locale of the machine.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

NBSP = "\N{NO-BREAK SPACE}"
NOTHING = "–"
FEW_MARK = "°"

MARKS = {"marketing": "◐", "sales": "◑", "joint": "●"}
"""Half a disc for each team, a whole one for both."""
KINDS = {"inventory": "may wait", "gate": "gate", "sla": "clock"}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def count(number: int) -> str:
    """`1,846`."""
    return f"{number:,}".replace("-", "−")


def signed(number: int) -> str:
    """`+12`, `−312`, `0`: for differences."""
    return count(number) if number <= 0 else f"+{number:,}"


def percent(rate: float | None, places: int = 1) -> str:
    """A fraction of 1 as `20.4 %`."""
    if rate is None:
        return NOTHING
    text = f"{rate * 100:.{places}f}{NBSP}%"
    return text.replace("-", "−")


def of(numerator: int, denominator: int) -> str:
    """`377 of 1,846`: no rate stands without its two counts."""
    return f"{count(numerator)} of {count(denominator)}"


def rate_change(before: int, after: int) -> str:
    """By how much a count changed, as `−14 %` (`−0.2 %` where it is little); a dash where there was nothing before."""
    if not before:
        return NOTHING
    change = (after - before) / before
    text = percent(change, 1 if 0 < abs(change) < 0.005 else 0)
    return f"+{text}" if after > before else text


def span(days: float | None) -> str:
    """A duration in the unit that suits it: `31 min`, `5 h`, `6.3 d`, `40 d`."""
    if days is None:
        return NOTHING
    if days < 0:
        return f"−{span(-days)}"
    minutes = days * 24 * 60
    if minutes < 59.5:
        return f"{minutes:.0f}{NBSP}min"
    if days < 1:
        return f"{days * 24:.0f}{NBSP}h"
    return f"{days:.1f}{NBSP}d" if days < 9.95 else f"{days:,.0f}{NBSP}d"


def shift(days: float | None) -> str:
    """How far one date stands from another: `5.7 d later`, `31 min earlier`."""
    if not days:
        return NOTHING if days is None else "the same moment"
    return f"{span(abs(days))} {'later' if days > 0 else 'earlier'}"


def mean(number: float) -> str:
    """A mean of counts with one decimal: `12.4`."""
    return f"{number:,.1f}".replace("-", "−")


def amount(money: Decimal | None) -> str:
    """Money in whole units, for a column whose header names the currency: `1,234,500`."""
    if money is None:
        return NOTHING
    return f"{money.quantize(Decimal(1), rounding=ROUND_HALF_EVEN):,}".replace("-", "−")


def money(value: Decimal | None, currency: str) -> str:
    """Money in whole units with its currency: `€1,234,500`, `BRL 1,234`."""
    if value is None:
        return NOTHING
    sign = _SIGNS.get(currency)
    return f"{sign}{amount(value)}" if sign else f"{currency}{NBSP}{amount(value)}"


def day(when: date) -> str:
    """`1 Oct 2026`."""
    return f"{when.day}{NBSP}{_MONTHS[when.month - 1]}{NBSP}{when.year}"


def moment(when: datetime, time_zone: str) -> str:
    """`Mon 16 Nov 2026, 14:12` in that zone."""
    local = when.astimezone(ZoneInfo(time_zone))
    return f"{_DAYS[local.weekday()]}{NBSP}{day(local.date())}, {local:%H:%M}"


def day_in(when: datetime, time_zone: str) -> str:
    """The day of an instant in that zone: `16 Nov 2026`."""
    return day(when.astimezone(ZoneInfo(time_zone)).date())


def month(text: str) -> str:
    """`2026-10` as `Oct 2026`."""
    year, _, number = text.partition("-")
    return f"{_MONTHS[int(number) - 1]}{NBSP}{year}"


def short_month(text: str) -> str:
    """`2026-10` as `Oct 26`, for axes."""
    year, _, number = text.partition("-")
    return f"{_MONTHS[int(number) - 1]} {year[2:]}"


def plural(number: int, one: str, many: str = "") -> str:
    """`1 person`, `12 people`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
