"""Every route of the application, and addresses of it made of parts; for tests that ask all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern


@dataclass(frozen=True, slots=True)
class Route:
    """A route: its whole pattern as it is written, and the names of its parts."""

    pattern: str
    parts: tuple[str, ...]

    def address(self, values: Mapping[str, str]) -> str:
        """An address of this route, with those values (not encoded) as its parts."""
        address = "/" + self.pattern
        for part in self.parts:
            start = address.index("<")
            end = address.index(">", start)
            address = address[:start] + values[part] + address[end + 1 :]
        return address


def routes() -> tuple[Route, ...]:
    """Every route, in the order of the addresses."""
    return tuple(sorted(_below("", get_resolver()), key=lambda r: r.pattern))


def _below(prefix: str, at: URLResolver) -> Iterator[Route]:
    for one in at.url_patterns:
        assert isinstance(one.pattern, RoutePattern) or not str(one.pattern).strip("^/"), one
        whole = prefix + (str(one.pattern) if isinstance(one.pattern, RoutePattern) else "")
        if isinstance(one, URLResolver):
            yield from _below(whole, one)
        elif isinstance(one, URLPattern):
            yield Route(whole, tuple(piece.partition(">")[0].rpartition(":")[2] for piece in whole.split("<")[1:]))
