"""A rep works by keys, marketing sees it, and the inbox is whole at a phone's width and for a screen reader."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import SignIn
from .running import Opened

ROOT = Path(__file__).parents[2]
PATIENCE = 30_000
PUT = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oarlock.settings")
import django
django.setup()
from datetime import timedelta
from oarlock.ground.clock import now
from oarlock.store.models import Handoff, Person, PersonState
at, names = now(), sys.argv[1:]
free = Person.objects.exclude(pk__in=Handoff.objects.filter(ended_at=None).values("person_id"))
merged = PersonState.objects.filter(merged_into__isnull=False).values("person_id")
people = list(free.exclude(pk__in=merged).order_by("pk")[: len(names)])
for n, (person, key) in enumerate(zip(people, names)):
    state = PersonState.objects.filter(pk=person.pk).first()
    Handoff.objects.create(
        handoff_id=key, key="mql-to-sdr", person_id=person.pk, cycle=state.cycle if state else 1, agreement=2,
        state="offered", owner="lena", pool="dach", holders="lena", offered_at=at + timedelta(seconds=n),
        held_since=at + timedelta(seconds=n), accept_due_at=at + timedelta(hours=30 + n), last_at=at,
    )
"""
"""Hand-offs to Lena, as a lead that arrives would leave them."""


def put(opened: Opened, *keys: str) -> None:
    """Offer Lena so many, from another process, as the server's own would."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", PUT, *keys], env=env | {"OARLOCK_HOME": str(opened.home)}, cwd=ROOT, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def lena(signed_in: SignIn) -> Page:
    page = signed_in("lena", viewport={"width": 1440, "height": 980})
    return page


def chosen(page: Page) -> str:
    return str(page.locator("#at").input_value())


def test_a_new_hand_off_appears_by_itself_within_two_seconds(lena: Page, opened: Opened) -> None:
    lena.goto("/handoffs/")
    before = lena.locator("#list [data-line]").count()
    put(opened, "b-new")
    begun = time.monotonic()
    expect(lena.locator("#list [data-line]")).to_have_count(before + 1, timeout=10_000)
    assert time.monotonic() - begun < 2.0


def test_lena_walks_accepts_logs_and_rejects_without_a_mouse_and_marketing_sees_the_reason(
    lena: Page, opened: Opened, signed_in: SignIn
) -> None:
    put(opened, "b-1", "b-2", "b-3")
    lena.goto("/handoffs/?at=b-1")
    lena.keyboard.press("j")
    expect(lena.locator("#at")).to_have_value("b-2", timeout=PATIENCE)
    lena.keyboard.press("k")
    expect(lena.locator("#at")).to_have_value("b-1", timeout=PATIENCE)
    expect(lena.locator("#told .line, #told .state")).to_be_visible(timeout=PATIENCE)

    lena.keyboard.press("a")
    expect(lena.locator("[role=status]")).to_contain_text("Accepted", timeout=PATIENCE)
    expect(lena.locator("#log")).to_be_visible()
    lena.keyboard.press("t")
    lena.keyboard.press("Enter")
    expect(lena.locator("[role=status]")).to_contain_text("Logged", timeout=PATIENCE)
    assert chosen(lena) == "b-1"

    lena.goto("/handoffs/?at=b-2")
    lena.keyboard.press("1")
    expect(lena.locator("#at")).to_have_value("b-2")  # a number alone answers nothing
    lena.fill("#f-note", "Ask again in March.")
    lena.keyboard.press("Enter")
    expect(lena.locator("#f-note")).to_have_value("Ask again in March.")  # and neither does Enter in the note
    lena.keyboard.press("Escape")
    lena.keyboard.press("r")
    lena.keyboard.press("5")
    expect(lena.locator("[role=status]")).to_contain_text("Rejected", timeout=PATIENCE)

    mara = signed_in("mara")
    mara.goto("/handoffs/b-2/")
    expect(mara.locator("#main")).to_contain_text("bad-timing")
    expect(mara.locator("#main")).to_contain_text("Ask again in March.")
    mara.fill("#f-words", "They asked for a demo twice.")
    mara.click("button[value=appeal]")
    expect(mara.locator("#main")).to_contain_text("They asked for a demo twice.", timeout=PATIENCE)


def test_a_clock_ticks_and_p_opens_what_it_says(lena: Page, opened: Opened) -> None:
    put(opened, "b-tick")
    lena.goto("/handoffs/?at=b-tick")
    lena.keyboard.press("p")
    assert lena.evaluate("document.activeElement.id") == "f-to"
    lena.keyboard.press("Escape")
    lena.keyboard.press("?")
    expect(lena.locator("#all-keys")).to_be_visible()
    lena.keyboard.press("Escape")
    expect(lena.locator("#all-keys")).not_to_be_visible()
    told = lena.evaluate(
        """() => {
          const clock = document.querySelector("#pane .clock"), at = Number(clock.dataset.at);
          clock.dataset.hours = `${at}-${at + 9999}`;
          clock.dataset.left = "61"; clock.dataset.of = "3600";
          document.dispatchEvent(new Event("htmx:afterSettle"));
          return [clock.querySelector("span").textContent, clock.dataset.st];
        }"""
    )
    assert told[0].replace("\N{NO-BREAK SPACE}", " ") in ("due in 2 min", "due in 1 min") and told[1] == "soon"


def test_on_a_phone_the_list_and_the_lead_are_two_pages(signed_in: SignIn, opened: Opened) -> None:
    put(opened, "b-phone")
    page = signed_in("lena", viewport={"width": 390, "height": 844})
    page.goto("/handoffs/")
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#pane")).not_to_be_visible()
    page.locator("#list [data-line]").first.click()
    expect(page.locator("#pane")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#list")).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("All hand-offs").click()
    expect(page.locator("#list")).to_be_visible(timeout=PATIENCE)


def test_it_works_without_script(browser: object, opened: Opened, signed_in: SignIn) -> None:
    put(opened, "b-plain")
    page = signed_in("lena", java_script_enabled=False)
    page.goto("/handoffs/?at=b-plain")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#main")).to_contain_text("Accepted")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing_serious_in_the_inbox(signed_in: SignIn, opened: Opened, width: int, scheme: str) -> None:
    put(opened, f"b-axe-{width}")
    page = signed_in("lena", viewport={"width": width, "height": 900}, color_scheme=scheme)
    faults: list[str] = []
    for address in (
        f"/handoffs/?at=b-axe-{width}", "/handoffs/", f"/handoffs/b-axe-{width}/", "/handoffs/queue/",
        "/handoffs/decisions/", "/handoffs/routing/?account.country=AT", "/handoffs/availability/",
    ):  # fmt: skip
        page.goto(address)
        page.wait_for_timeout(500)
        found = Axe().run(page).response["violations"]
        faults += [
            f"{address} {one['id']}: {one['help']}: {node['target']}"
            for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"][:3]
        ]  # fmt: skip
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{address} is wider than {width}")
    assert not faults, "\n".join(faults)
