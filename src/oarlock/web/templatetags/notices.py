"""The words of jobs in templates."""

from __future__ import annotations

from django import template

from oarlock.web.notices.jobs import WORDS

register = template.Library()


@register.filter
def job(kind: str) -> str:
    """A kind of order in words; one nobody wrote words for says itself."""
    return WORDS.get(kind, kind.replace("-", " "))
