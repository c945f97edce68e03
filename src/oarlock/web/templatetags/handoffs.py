"""Filters for pages of hand-offs: instants as somebody says them who reads them on that day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from oarlock.charts import names, numerals
from oarlock.ground.clock import now
from oarlock.routing.decisions import Skipped

register = template.Library()


@register.filter
def when(at: datetime | None, time_zone: str) -> str:
    """`Today 13:35`, `9 Nov 10:02`, `4 Nov 2025`; a dash where there is none."""
    if at is None:
        return numerals.NOTHING
    zone = ZoneInfo(time_zone)
    local, today = at.astimezone(zone), now().astimezone(zone).date()
    if local.date() == today:
        return f"Today{numerals.NBSP}{local:%H:%M}"
    day = numerals.day(local.date())
    return f"{day.rpartition(numerals.NBSP)[0]} {local:%H:%M}" if local.year == today.year else day


@register.filter
def passed(skipped: Skipped, time_zone: str) -> str:
    """Why somebody was passed over, with the fact behind it; an instant in it by the reader's clock."""
    word, _, rest = skipped.detail.partition(" ")
    detail = skipped.detail
    if word in ("until", "opens"):
        detail = f"{word} {numerals.moment(datetime.fromisoformat(rest), time_zone)}"
    words = skipped.why.replace("-", " ")
    return f"{words} ({detail})" if detail else words


@register.filter
def owed(credit: float) -> str:
    """`0.50`, `−0.50`: leads somebody is owed."""
    return f"{credit:.2f}".replace("-", "−")


@register.filter
def coded(line: str) -> SafeString:
    """A line in which what stands between backticks is what the machine runs."""
    parts = names.shown(line, 1_000).split("`")
    return format_html_join("", "{}", ((_part(n, part),) for n, part in enumerate(parts)))


def _part(n: int, part: str) -> str | SafeString:
    return format_html("<code>{}</code>", part) if n % 2 else part
