"""Segment's JavaScript clients, unchanged, against a real server: in Node, and in a real browser on another origin.

Heavy: they are fetched by npm into a temporary folder. `OARLOCK_HEAVY=1`, or they are left out.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from . import arrivals_server as at
from .arrivals_server import Server

pytestmark = [
    pytest.mark.skipif(not os.environ.get("OARLOCK_HEAVY"), reason="heavy: the clients are fetched by npm"),
    pytest.mark.skipif(not at.has("node", "npm"), reason="there is no Node here"),
]
CLIENTS = ("@segment/analytics-node@3", "@segment/analytics-next@1")
NODE = """
const { Analytics } = require('@segment/analytics-node')
const client = new Analytics({ writeKey: process.argv[2], host: process.argv[3], flushAt: 3 })
client.on('error', (error) => { console.error(error); process.exitCode = 1 })
client.identify({ userId: 'node-1', traits: { email: 'node@firm.example', jobLevel: 'vp' } })
client.track({ userId: 'node-1', event: 'Webinar Attended' })
client.page({ userId: 'node-1', name: 'Pricing' })
client.group({ userId: 'node-1', groupId: 'g-node', traits: { name: 'Node Firm' } })
client.closeAndFlush()
"""
PAGE = """<!doctype html><title>a page</title><script src="index.js"></script><script>
const { AnalyticsBrowser } = window.AnalyticsNext
const analytics = AnalyticsBrowser.load({ writeKey: '%s', cdnURL: '%s' })
analytics.page('Pricing')
analytics.track('Webinar Attended')
analytics.identify('browser-1', { email: 'browser@firm.example' }).then(() => { document.title = 'sent' })
</script>"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, Server, Path]]:
    """A workspace, its write key, its server, and a folder with the clients."""
    folder, home = tmp_path_factory.mktemp("clients"), tmp_path_factory.mktemp("arrivals")
    fetched = subprocess.run(["npm", "install", "--no-audit", "--no-fund", *CLIENTS], cwd=folder, capture_output=True)
    if fetched.returncode:
        pytest.skip("npm fetches nothing here")
    key = at.made(home)
    running = at.started(home)
    yield home, key, running, folder
    running.stop()


def test_the_node_client_works_unchanged(place: tuple[Path, str, Server, Path]) -> None:
    home, key, running, folder = place
    (folder / "send.js").write_text(NODE, encoding="utf-8")
    told = ["node", "send.js", key, f"http://127.0.0.1:{running.port}"]
    done = subprocess.run(told, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert _kinds(home, "node@firm.example") == ["page.pricing", "webinar.attended"]


def test_the_browsers_client_works_unchanged_from_another_origin(place: tuple[Path, str, Server, Path]) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser's tests are not set up")
    home, key, running, folder = place
    umd = folder / "node_modules/@segment/analytics-next/dist/umd"
    (umd / "page.html").write_text(PAGE % (key, f"http://127.0.0.1:{running.port}"), encoding="utf-8")
    pages = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(umd)))
    Thread(target=pages.serve_forever, daemon=True).start()
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.goto(f"http://localhost:{pages.server_port}/page.html")
        page.wait_for_function("document.title === 'sent'", timeout=30_000)
        page.wait_for_timeout(2_000)
        browser.close()
    pages.shutdown()
    assert _kinds(home, "browser@firm.example") == ["page.pricing", "webinar.attended"]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _kinds(home: Path, email: str) -> list[object]:
    """What somebody met, before they said who they were too."""
    query = (
        f"SELECT t.kind FROM touches t LEFT JOIN person_states s USING (person_id) WHERE coalesce(s.merged_into,"
        f" t.person_id) = (SELECT person_id FROM people WHERE email = '{email}') ORDER BY t.kind"
    )
    return [row[0] for row in at.asked(home, query)]
