"""One address of every kind of page, found by following links from Today as somebody who may see them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page, Request

PATIENCE = 120_000
MADE = "() => !document.querySelector('[hx-trigger^=every]')"
"""Nothing of the page is still being made: only then are all its links there."""
LEFT_OUT = ("logout", "api:description", "account_login")
"""Names of routes that are no page to look at."""


@dataclass(frozen=True, slots=True)
class Walked:
    """Name of a route -> an address of it; what was fetched from elsewhere on the way; what scripts complained of."""

    addresses: dict[str, str] = field(default_factory=dict)
    far: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


def walk(page: Page) -> Walked:
    """Go to every kind of page, and listen."""
    found, home = Walked(), urlsplit(page.url)

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{home.scheme}://{home.netloc}/", "data:")):
            found.far.append(request.url)

    page.on("request", asked)
    page.on("pageerror", lambda error: found.said.append(f"{page.url}: {error}"))
    page.on("console", lambda told: found.said.append(f"{page.url}: {told.text}") if told.type == "error" else None)
    found.addresses.update(places(page))
    return found


def places(page: Page) -> dict[str, str]:
    """Name of a route -> an address of it. The page is where the search begins."""
    found: dict[str, str] = {"today": "/"}
    waiting, seen = ["/"], {"/"}
    while waiting:
        page.goto(waiting.pop(0))
        page.wait_for_function(MADE, timeout=PATIENCE)
        for target in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            parts = urlsplit(str(target))
            if parts.netloc != urlsplit(page.url).netloc or parts.path in seen:
                continue
            seen.add(parts.path)
            name = _name(parts.path)
            if name and name not in found:
                found[name] = parts.path + (f"?{parts.query}" if parts.query else "")
                waiting.append(found[name])
    return found


def _name(path: str) -> str | None:
    """The route's name; None for what is no page of ours."""
    if path.startswith("/static/") or path.rsplit("/", 1)[-1].count("."):
        return None
    try:
        found = resolve(path)
    except Resolver404:
        return None
    name = f"{found.namespace}:{found.url_name}" if found.namespace else str(found.url_name)
    return None if name in LEFT_OUT else name
