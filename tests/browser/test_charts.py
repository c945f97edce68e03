"""Where there is script a chart can be asked by hand, in the page's colours and under its policy; else it stays."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from .conftest import SignIn, sign_in
from .running import Opened

PATIENCE = 120_000


def test_a_drawing_becomes_the_interactive_chart_and_says_the_same(signed_in: SignIn) -> None:
    page = signed_in("sam")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.wait_for_function("fetch('/static/made/vega.js', {method: 'HEAD'}).then(a => a.ok)", timeout=PATIENCE)
    said.clear()  # until a worker has made it, the bundle is not there, and the browser says so
    page.goto("/funnel/")
    chart = page.locator("[data-spec] [role=img]").first
    expect(chart).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-spec] .vega-embed svg.drawn").first).to_be_visible(timeout=PATIENCE)
    assert chart.get_attribute("aria-label")
    assert "var(--" in page.locator("[data-spec]").first.inner_html(), "it follows the theme"
    assert not said, said


def test_without_script_the_drawing_is_there(browser: Browser, opened: Opened, signed_in: SignIn) -> None:
    asked = signed_in("sam")
    asked.goto("/funnel/")
    expect(asked.locator("[data-spec]").first).to_be_visible(timeout=PATIENCE)
    window, page = sign_in(browser, opened, "sam", java_script_enabled=False)
    page.goto("/funnel/")
    expect(page.locator("[data-spec] > svg.drawn").first).to_be_visible()
    window.close()
