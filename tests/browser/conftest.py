"""A browser and a demo that runs; skipped, with the reason, where there is no Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from .running import ARGUMENTS, CHROMIUM, Opened, demo

PEOPLE = 300


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Brightwater, served by a real `oarlock demo`."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}: `apt-get install chromium`")
    with demo(tmp_path_factory.mktemp("browser") / "home", PEOPLE) as found:
        yield found


@pytest.fixture(scope="session")
def browser(opened: Opened) -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield launched
        launched.close()


SignIn = Callable[..., Page]


def sign_in(browser: Browser, opened: Opened, person: str, **context: object) -> tuple[BrowserContext, Page]:
    """A window of its own in which that person of the cast has signed in."""
    window = browser.new_context(base_url=opened.address, **context)  # type: ignore[arg-type]
    page = window.new_page()
    page.goto("/me/login/")
    page.fill("input[name=login]", f"{person}@brightwater.example")
    page.fill("input[name=password]", opened.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(opened.address)
    return window, page


@pytest.fixture
def signed_in(browser: Browser, opened: Opened) -> Iterator[SignIn]:
    """`signed_in("mara")` is a page on which Mara has signed in; several people may be at once."""
    windows: list[BrowserContext] = []

    def opened_for(person: str, **context: object) -> Page:
        window, page = sign_in(browser, opened, person, **context)
        windows.append(window)
        return page

    yield opened_for
    for window in windows:
        window.close()
