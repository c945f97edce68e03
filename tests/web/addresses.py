"""Every address of the application by its name, with something that fits into each of its gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

FILLINGS = {IntConverter: "1", UUIDConverter: "00000000-0000-7000-8000-000000000000"}
GIVEN = {"provider_id": "sso"}


@dataclass(frozen=True, slots=True)
class Address:
    """One address: the pattern as it is written in the table, its name, and a path that fits."""

    pattern: str
    name: str
    path: str


def addresses() -> list[Address]:
    """All of them, in order."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], written: str, path: str) -> Iterator[Address]:
    for each in patterns:
        text, filled = written + str(each.pattern), path + _filled(each)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, text, filled)
        else:
            yield Address("/" + text, each.name or "", "/" + filled)


def _filled(each: URLPattern | URLResolver) -> str:
    text = str(each.pattern)
    for name, converter in each.pattern.converters.items():
        filling = GIVEN.get(name) or FILLINGS.get(type(converter), "nothing")
        text = re.sub(rf"<(\w+:)?{name}>", filling, text)
    return text
