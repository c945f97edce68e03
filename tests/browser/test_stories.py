"""The stories the application was built for, in a real browser on a real server, from sign-in to the last page."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from oarlock.ground.clock import now

from .conftest import SignIn
from .running import Opened

PATIENCE = 120_000
"""Milliseconds a worker may take on a loaded machine."""


def numbers(page: Page) -> dict[str, Any]:
    """October's numbers as the API tells them, once they are there."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        answer = page.request.get("/api/numbers?period=2026-10")
        assert answer.status in (200, 202), answer.text()
        if answer.status == 200:
            found: dict[str, Any] = answer.json()
            return found
        time.sleep(0.5)
    raise AssertionError("October was never computed")


def test_mara_proposes_a_tighter_mql_and_it_comes_into_force_when_both_have_signed(
    signed_in: SignIn, opened: Opened
) -> None:
    mara, sam = signed_in("mara"), signed_in("sam")
    before = numbers(mara)
    tomorrow = (now() + timedelta(days=2)).date()

    mara.goto("/agreement/propose/")
    text = mara.input_value("#f-text")
    tighter = text.replace("when: fit >= 40 and engagement >= 40", "when: fit >= 40 and engagement >= 60")
    tighter = re.sub(r"in_force: \S+", f"in_force: {tomorrow}", tighter, count=1)
    assert tighter.count(str(tomorrow)) == 1 and "engagement >= 60" in tighter
    mara.fill("#f-title", "A tighter MQL")
    mara.fill("#f-reason", "Sales turns away too many who only clicked.")
    mara.fill("#f-text", tighter)
    mara.click("button[value=send]")
    mara.wait_for_url("**/agreement/proposals/**")
    proposal = mara.url
    expect(mara.locator("h1")).to_have_text("A tighter MQL")
    expect(mara.locator("#main")).to_contain_text("engagement >= 60")

    test = mara.locator("form[action$='/test/'] button")
    if test.count():
        test.first.click()
    expect(mara.locator("#backtest")).to_contain_text("Entered by its own rule", timeout=PATIENCE)
    expect(mara.locator("#backtest")).to_contain_text("who leaves, stays and enters")

    sign(mara, opened)
    expect(mara.locator("#main")).to_contain_text("You have signed this text.")
    assert in_force(mara) == (2, [2, 1]), "one signature puts nothing in force"

    sam.goto("/")
    expect(sam.locator("#main")).to_contain_text("Sign or answer “A tighter MQL”")
    sam.goto(proposal)
    sign(sam, opened)
    expect(sam.locator("#main")).to_contain_text("Signed by all")
    assert in_force(sam) == (2, [3, 2, 1]), "it is signed, and its day has not come"
    sam.goto("/")
    expect(sam.locator("#main")).to_contain_text("Version 3 comes into force")

    after = numbers(mara)
    assert after["versions"] == before["versions"] == [1, 2], "a version whose day has not come judges nothing yet"
    assert values(after) == values(before), "a new version does not judge what was"


def sign(page: Page, opened: Opened) -> None:
    password = page.locator("#f-pw")
    if password.count():
        password.fill(opened.password)
    page.click("form.signing button")
    page.wait_for_load_state()


def in_force(page: Page) -> tuple[int, list[int]]:
    told = page.request.get("/api/agreement/versions").json()
    return told["in_force"], [row["number"] for row in told["rows"]]


def values(found: dict[str, Any]) -> dict[str, str]:
    return {row["figure"]: row["exact"] for row in found["rows"]}


def test_sam_finds_a_drifted_record_and_what_caused_it(signed_in: SignIn) -> None:
    sam = signed_in("sam")
    sam.goto("/drift/?stage=mql")
    rows = sam.locator("#rows tbody tr")
    expect(rows.first).to_be_visible(timeout=PATIENCE)
    sam.goto("/drift/?stage=mql&verdict=only+recorded#rows")
    expect(sam.locator("#rows")).to_contain_text(re.compile("workflow|sync|import|by hand"))
    name = sam.locator("#rows tbody tr th a").first.inner_text()
    sam.locator("#rows tbody tr th a").first.click()
    sam.wait_for_load_state()
    expect(sam.locator("h1")).to_contain_text(name)
    expect(sam.locator("#main")).to_contain_text(re.compile("Marketing qualified lead", re.I))


def test_olive_imports_a_dirty_file_and_mends_the_quarantine(signed_in: SignIn, tmp_path: Path) -> None:
    dirty = tmp_path / "people.csv"
    dirty.write_text(
        "person_id,email,name,created_at\n"
        "fair-1,ada@fair.example,Ada Fair,2026-10-02T10:00:00Z\n"
        "fair-2,bo@fair.example,Bo Fair,the second of October\n",
        encoding="utf-8",
    )
    olive = signed_in("olive")
    olive.goto("/records/imports/")
    olive.select_option("#u-preset", "oarlock")
    olive.set_input_files("#u-files", str(dirty))
    olive.click("text=Upload and look")
    olive.wait_for_url(re.compile(r"/records/imports/[0-9a-f-]+/"))
    expect(olive.locator("#main")).to_contain_text("Ada Fair", timeout=PATIENCE)
    olive.click("button[name=run]")
    expect(olive.locator("#h-files")).to_have_text("What came in", timeout=PATIENCE)
    expect(olive.locator("#main")).to_contain_text("1 row set aside")

    olive.goto("/records/imports/")
    link = olive.locator("a[href*='/aside/']", has_text="people.csv")
    until = time.monotonic() + PATIENCE / 1000
    while not link.count() and time.monotonic() < until:
        time.sleep(1)
        olive.reload()
    link.first.click()
    cell = olive.locator("input[value='the second of October']")
    expect(cell).to_be_visible()
    cell.fill("2026-10-02T11:00:00Z")
    olive.click("text=Send the mended rows back")
    olive.wait_for_load_state()
    found: list[str] = []
    while len(found) < 2 and time.monotonic() < until + 60:
        people = [olive.request.get(f"/api/people/fair-{n}") for n in (1, 2)]
        found = [answer.json()["person"]["name"] for answer in people if answer.status == 200]
        time.sleep(0.5)
    assert found == ["Ada Fair", "Bo Fair"]


def test_a_stranger_gets_nowhere(browser: Browser, opened: Opened) -> None:
    with browser.new_context(base_url=opened.address) as window:
        page = window.new_page()
        for path in ("/", "/agreement/", "/funnel/", "/drift/", "/records/", "/settings/members/", "/api/"):
            page.goto(path)
            assert "/me/login/" in page.url, path
            expect(page.locator("nav.menu")).to_have_count(0)
        assert page.request.get("/api/people").status == 401
        page.goto("/me/login/")
        page.fill("input[name=login]", "mara@brightwater.example")
        page.fill("input[name=password]", "not her password at all")
        page.press("input[name=password]", "Enter")
        expect(page.locator("#main")).to_contain_text("not accepted")
        assert "/me/login/" in page.url
