"""A picture of each page at two widths, in light and in dark, as Olive sees it: `make screenshots`. Never committed.

python -m tests.browser.pictures [FOLDER] [--people N] [--only NAME]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from .running import ARGUMENTS, CHROMIUM, Opened, demo

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
TALLEST = 6_000


def main() -> None:
    """Take them all."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oarlock.settings")
    django.setup()
    asked = _asked()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        demo(Path(home) / "home", asked.people) as opened,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        taken = sum(_take(browser, opened, width, scheme, asked) for width in WIDTHS for scheme in SCHEMES)
        browser.close()
    print(f"{taken} pictures in {asked.folder}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--only", default="")
    return parser.parse_args()


def _take(browser: Browser, opened: Opened, width: int, scheme: str, asked: argparse.Namespace) -> int:
    from .conftest import sign_in
    from .places import places

    window, page = sign_in(browser, opened, "olive", viewport={"width": width, "height": 900}, color_scheme=scheme)
    found = places(page)
    taken = _entrance(browser, opened, width, scheme, asked.folder)
    for name, address in found.items():
        if asked.only and asked.only not in name:
            continue
        page.goto(address)
        try:
            page.wait_for_function("() => !document.querySelector('[hx-trigger^=every]')", timeout=60_000)
        except Error:
            print(f"{name}: still being made")
        shown = name.replace(":", "-")
        page.screenshot(path=str(asked.folder / f"{shown}-{width}-{scheme}.png"), full_page=True)
        taken += 1
    window.close()
    return taken


def _entrance(browser: Browser, opened: Opened, width: int, scheme: str, folder: Path) -> int:
    """The page at which one signs in, as somebody sees it who has not."""
    with browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme) as window:  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(f"{opened.address}me/login/")
        page.screenshot(path=str(folder / f"login-{width}-{scheme}.png"), full_page=True)
    return 1


if __name__ == "__main__":
    main()
