"""Filters for pages of records: strangers' texts made fit to be shown, and looking things up by their key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template

from oarlock.charts import names

register = template.Library()


@register.filter
def shown(text: object, longest: int = 80) -> str:
    """A stranger's text on one line, cut where it is long."""
    return "" if text is None else names.shown(str(text), longest)


@register.filter
def at(found: Mapping[Any, Any] | None, key: object) -> Any:
    """What stands under that key; nothing where there is none."""
    return (found or {}).get(key)


@register.filter
def plain(number: float | None) -> str:
    """`60` or `87.3`; a dash where there is none."""
    return "–" if number is None else f"{number:,.1f}".removesuffix(".0").replace("-", "−")


@register.filter
def instant(when: datetime, time_zone: str) -> str:
    """`20 Jan 16:36` in that zone, for lines under a month of their year."""
    local = when.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b} {local:%H:%M}".replace(" ", "\u00a0")


@register.filter
def words(field: str) -> str:
    """A field's name as people read it: `company_name` is `company name`."""
    return field.replace("_", " ")
