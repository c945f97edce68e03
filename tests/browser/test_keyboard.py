"""Every page can be walked by keyboard: what has the focus is seen, the menu can be skipped, Control K finds."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import SignIn

FOCUSED = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect(), look = getComputedStyle(here);
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && look.outlineStyle !== "none";
  return [here.tagName + " " + (here.getAttribute("aria-label") ?? here.textContent.trim().slice(0, 40)), seen];
}"""
PATIENCE = 30_000


def tabbed(page: Page) -> str:
    """What the next Tab leads to; it must be in sight and marked."""
    page.keyboard.press("Tab")
    name, seen = page.evaluate(FOCUSED)
    assert seen, f"{page.url}: nobody sees that {name} has the focus"
    return str(name)


@pytest.mark.parametrize("address", ["/agreement/", "/records/", "/records/imports/", "/settings/"])
def test_what_has_the_focus_is_seen_and_nothing_holds_it(signed_in: SignIn, address: str) -> None:
    page = signed_in("olive")
    page.goto(address)
    walked = [tabbed(page) for _ in range(18)]
    assert walked[0] == "A Skip to content" and "A Today" in walked
    assert len(set(walked)) > 12, walked


def test_the_menu_can_be_skipped(signed_in: SignIn) -> None:
    page = signed_in("olive")
    page.goto("/agreement/")
    tabbed(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_control_k_finds_and_goes_there_without_a_mouse(signed_in: SignIn) -> None:
    page = signed_in("olive")
    page.keyboard.press("Control+k")
    page.keyboard.type("a")
    expect(page.locator("#find [role=option]").first).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/records/(people|accounts|opportunities)/."))


def test_escape_closes_the_box_that_finds(signed_in: SignIn) -> None:
    page = signed_in("olive")
    page.keyboard.press("/")
    expect(page.locator("dialog#find")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#find")).not_to_be_visible()


def test_what_is_found_on_its_own_page_is_reached_by_tab(signed_in: SignIn) -> None:
    page = signed_in("olive")
    page.goto("/records/find/?q=a")
    hits = page.locator("main .hit")
    assert hits.count() > 1
    page.locator("main input[type=search]").focus()
    walked = [tabbed(page) for _ in range(3)]
    assert hits.first.inner_text().strip()[:4] in " ".join(walked), walked
