"""Figures in templates, written as everywhere else: the filters are `charts.numerals`, nothing rounds by itself."""

from __future__ import annotations

from datetime import datetime

from django import template

from oarlock.charts import numerals

register = template.Library()
register.filter("count", numerals.count)
register.filter("percent", numerals.percent)
register.filter("shift", numerals.shift)
register.filter("span", numerals.span)
register.filter("money", numerals.money)
register.filter("day", numerals.day)
register.filter("month", numerals.month)
register.filter("plural", numerals.plural)


@register.filter
def moment(when: datetime | None, time_zone: str) -> str:
    """`Mon 16 Nov 2026, 14:12` in that zone; a dash where there is none."""
    return numerals.moment(when, time_zone) if when else numerals.NOTHING


@register.filter
def day_in(when: datetime | None, time_zone: str) -> str:
    """`16 Nov 2026` in that zone; a dash where there is none."""
    return numerals.day_in(when, time_zone) if when else numerals.NOTHING


@register.filter
def address(choice: object, page: str) -> str:
    """The address of a page with this choice (`web.funnel.choosing`)."""
    from oarlock.web.funnel.choosing import Choice

    assert isinstance(choice, Choice)
    return choice.address(page)
