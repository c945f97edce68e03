"""What every answer carries: headers, cookies, no inline script or style, no foreign host; and what is refused at the
door: a forged form, a foreign host name, a body too large.
"""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.http import StreamingHttpResponse
from django.test import Client

from oarlock.store.models import Member, Version
from oarlock.web.policy import CONTENT, HEADERS

from .addresses import addresses
from .conftest import PASSWORD, signed_in

ALWAYS = {
    **HEADERS, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}  # fmt: skip


FROM_ANYWHERE = ("/v1/",)
"""Events come from pages of the company's own, so any page may read that they were taken."""
DOORS = ("/v1/", "/in/form/", "/in/hook/")
"""They know no session a form could be forged with: whoever sends brings a key, a signature or a form of theirs."""


def wanted(path: str) -> dict[str, str]:
    """The headers an answer from there carries."""
    return ALWAYS | ({"Cross-Origin-Resource-Policy": "cross-origin"} if path.startswith(FROM_ANYWHERE) else {})


class Inline(HTMLParser):
    """Collects what the content policy would forbid: inline script, style, handlers, and addresses elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in told and told.get("type") != "application/json"):
            self.found.append(f"<{tag}>")
        self.found += [name for name in told if name == "style" or name.startswith("on")]
        elsewhere = re.compile(r"^(https?:)?//|^javascript:")
        self.found += [
            f"{n}={v}" for n, v in told.items() if n in ("src", "href", "action") and elsewhere.match(v or "")
        ]


@pytest.mark.parametrize("who", ["stranger", "admin", "viewer"])
def test_every_page_holds_to_the_policy(members: dict[str, Member], in_force: tuple[Version, ...], who: str) -> None:
    client = Client(raise_request_exception=False) if who == "stranger" else signed_in(members[who])
    wrong: dict[str, object] = {}
    for address in addresses():
        cache.clear()
        answer = client.get(address.path)
        missing = {
            name: answer.headers.get(name)
            for name, value in wanted(address.path).items()
            if answer.headers.get(name) != value
        }
        inline = Inline()
        if "text/html" in answer.headers.get("Content-Type", "") and not isinstance(answer, StreamingHttpResponse):
            inline.feed(answer.content.decode())
        if missing or inline.found:
            wrong[address.path] = (missing, inline.found)
    assert wrong == {}


def test_the_policy_allows_nothing_inline_and_nothing_from_afar() -> None:
    assert "unsafe" not in CONTENT and "http" not in CONTENT and "*" not in CONTENT
    assert CONTENT.startswith("default-src 'none'") and "frame-ancestors 'none'" in CONTENT


def test_no_page_of_somebody_signed_in_is_kept_on_the_way(as_mara: Client, in_force: tuple[Version, ...]) -> None:
    for path in ("/", "/settings/", "/settings/members/", "/settings/tokens/"):
        assert "no-store" in as_mara.get(path)["Cache-Control"], path


def test_every_post_without_the_forms_token_is_refused(members: dict[str, Member]) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(members["admin"])
    pages = [address.path for address in addresses() if not address.path.startswith(DOORS)]
    taken = {path: client.post(path, {}).status_code for path in pages}
    assert {path: status for path, status in taken.items() if status not in (401, 403, 405)} == {}


def test_a_foreign_host_name_is_refused(members: dict[str, Member]) -> None:
    client = signed_in(members["mara"])
    for host in ("evil.example", "localhost.evil.example", "localhost@evil.example", "a b"):
        assert client.get("/settings/", headers={"host": host}).status_code == 400, host
    assert client.get("/settings/", headers={"x-forwarded-host": "evil.example"}).status_code == 200


def test_a_body_too_large_is_refused(as_mara: Client) -> None:
    answer = as_mara.post("/settings/name/", {"name": "x" * 3_000_000})
    assert answer.status_code in (400, 413)
    answer = as_mara.post("/settings/name/", "name=" + "x" * 3_000_000, "application/x-www-form-urlencoded")
    assert answer.status_code == 413 and "larger than a page takes" in answer.content.decode()
    many = "&".join(f"a{n}=1" for n in range(2_000))
    assert as_mara.post("/settings/name/", many, "application/x-www-form-urlencoded").status_code == 400


def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(members: dict[str, Member]) -> None:
    client = Client()
    answer = client.post("/me/login/", {"login": "mara@brightwater.example", "password": PASSWORD})
    cookie = answer.cookies["oarlock"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]


def test_behind_tls_cookies_are_sent_over_tls_alone() -> None:
    asked = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS"
    code = f"from oarlock import settings as s\nprint(*(vars(s)[name] for name in {asked.split()!r}))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"OARLOCK_ADDRESS": "https://oarlock.example.com", "OARLOCK_HOME": "nowhere"},
    )  # fmt: skip
    assert told.stdout.split() == ["__Host-oarlock", "__Host-oarlock-form", "True", "True", "31536000"]


def test_an_unknown_page_is_said_in_our_words(as_mara: Client, as_stranger: Client) -> None:
    for client in (as_mara, as_stranger):
        answer = client.get("/nothing/of/the/kind/")
        assert answer.status_code == 404 and "There is nothing here" in answer.content.decode()
