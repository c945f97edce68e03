"""Filters for pages of the agreement."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from oarlock.charts import names

register = template.Library()
ROLES = {"marketing-leader": "Marketing leader", "sales-leader": "Sales leader", "revenue-leader": "Revenue leader"}
METHODS = {
    "password": "password given again", "passkey": "passkey used again", "totp": "authenticator code given again",
    "sign-on": "signed on anew", "demo": "made for the demo",
}  # fmt: skip


@register.filter
def lines(text: str) -> list[str]:
    """A stranger's text of several lines, each made fit to be shown."""
    return [names.shown(line, 2_000) for line in text.splitlines()]


@register.filter
def told(sentences: Iterable[str], longest: int = 600) -> str:
    """Several sentences as one paragraph."""
    return names.shown(" ".join(sentences), longest)


@register.filter
def hashed(text: str) -> str:
    """A hash in groups of eight, without its prefix."""
    plain = text.removeprefix("sha256:")
    return " ".join(plain[at : at + 8] for at in range(0, len(plain), 8))


@register.filter
def role(word: str) -> str:
    """A leader's role in words."""
    return ROLES.get(word, word.replace("-", " ").capitalize())


@register.filter
def method(word: str) -> str:
    """How somebody showed once more that it was them."""
    return METHODS.get(word, word)
