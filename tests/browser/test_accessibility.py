"""axe-core finds no serious problem on any page, at a laptop's width and a phone's, in light and in dark."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .conftest import sign_in
from .places import Walked
from .running import Opened

SERIOUS = ("serious", "critical")
VIEWS = ((1440, "light"), (390, "dark"))


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
def test_no_page_keeps_anybody_out(browser: Browser, opened: Opened, walked: Walked, width: int, scheme: str) -> None:
    window, page = sign_in(
        browser, opened, "olive", viewport={"width": width, "height": 900}, color_scheme=scheme
    )  # fmt: skip
    axe, faults = Axe(), []
    for name, address in walked.addresses.items():
        page.goto("about:blank")  # an address that differs in its fragment alone is no new page
        answer = page.goto(opened.address.rstrip("/") + address)
        assert answer is not None and answer.status < 400, f"{name}: {address}: {answer and answer.status}"
        faults += [f"{name} ({address}): {fault}" for fault in _faults(axe, page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{name} ({address}): wider than {width}")
    window.close()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_out_of_signing_in(browser: Browser, opened: Opened, scheme: str) -> None:
    with browser.new_context(base_url=opened.address, color_scheme=scheme) as window:  # type: ignore[arg-type]
        page = window.new_page()
        page.goto("/me/login/")
        assert not list(_faults(Axe(), page))


def _faults(axe: Axe, page: Page) -> list[str]:
    found = axe.run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['target']}" for one in found if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]  # fmt: skip


def test_nothing_is_fetched_from_afar_and_no_script_complains(walked: Walked) -> None:
    assert len(walked.addresses) >= 40
    assert not walked.far
    assert not walked.said
