"""A browser and a demo that runs; skipped, with the reason, where there is no Chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from .places import Walked, walk
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


@pytest.fixture(scope="session")
def walked(browser: Browser, opened: Opened) -> Walked:
    """Every kind of page, walked once by Olive."""
    window, page = sign_in(browser, opened, "olive")
    found = walk(page)
    window.close()
    return found


SignIn = Callable[..., Page]
_cookies: dict[tuple[str, str], StorageState] = {}
"""What the browser of a person holds who has signed in at an address before."""


def sign_in(browser: Browser, opened: Opened, person: str, **context: object) -> tuple[BrowserContext, Page]:
    """A window of its own in which that person of the cast has signed in; a second one has the first one's cookies."""
    state = _cookies.get((opened.address, person))
    window = browser.new_context(base_url=opened.address, storage_state=state, **context)  # type: ignore[arg-type]
    page = window.new_page()
    page.goto("/me/login/")
    if page.url != opened.address:
        page.fill("input[name=login]", f"{person}@brightwater.example")
        page.fill("input[name=password]", opened.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(opened.address)
        _cookies[opened.address, person] = window.storage_state()
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
