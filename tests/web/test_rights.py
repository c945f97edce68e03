"""Who may see what: a row for each address and each of the cast, written by hand; a new address without a row is red.

`yes` reaches the view, `no` is refused (403), `in` is asked to sign in first, `-` is no method of that address (405).
What is private to one person is looked for on every page as everybody else.
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client

from oarlock.store.models import Member, SavedFilter, SignIn, Version
from oarlock.store.writes import tokens
from oarlock.store.writes.audit import Acting
from oarlock.web.rights import EVERYBODY, RIGHTS, ROLE_WORDS, SCOPE_RIGHTS, SCOPE_WORDS

from .addresses import Address, addresses
from .conftest import PARTS, PASSWORD, signed_in

TABLE = Path(__file__).with_name("who_may_see.csv")
CAST = ("stranger", "viewer", "lena", "hana", "olive", "mara", "rosa", "admin")
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)


def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(row["method"], row["address"]): row for row in csv.DictReader(file)}


def word(answer: HttpResponseBase) -> str:
    """What an answer says of the right to be there."""
    if answer.status_code == 401 or (answer.status_code == 302 and "/me/login/" in answer["Location"]):
        return "in"
    if answer.status_code == 405:
        return "-"
    if answer.status_code == 503 and b'"ready"' in getattr(answer, "content", b""):
        return "yes"  # a monitor is answered that no worker was seen
    if answer.status_code >= 500:
        return f"broken ({answer.status_code})"
    return "no" if answer.status_code == 403 else "yes"


def test_every_address_has_its_rows_and_no_row_lacks_its_address() -> None:
    wanted = {(method, address.pattern) for address in addresses() for method in ("GET", "POST")}
    rows = set(table())
    assert not wanted - rows, "add rows to who_may_see.csv"
    assert not rows - wanted, "take rows out of who_may_see.csv"


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everybody_gets_where_the_table_says_and_nowhere_else(
    members: dict[str, Member], in_force: tuple[Version, ...], method: str, who: str
) -> None:
    rows, found = table(), {}
    for address in addresses():
        cache.clear()  # so that no limit on tries answers in the view's place
        client = Client(raise_request_exception=False) if who == "stranger" else signed_in(members[who])
        answer = client.get(address.path) if method == "GET" else client.post(address.path)
        found[address.pattern] = word(answer)
    expected = {pattern: row[who] for (how, pattern), row in rows.items() if how == method}
    assert {p: w for p, w in found.items() if w != expected.get(p)} == {}


def test_a_session_that_was_made_up_opens_nothing(members: dict[str, Member]) -> None:
    for cookie in ("a" * 32, "", "../../etc/passwd", "é", "x" * 5000):
        client = Client()
        client.cookies["oarlock"] = cookie
        assert client.get("/settings/").status_code == 302


def test_what_is_private_to_one_person_is_found_by_nobody_else(
    members: dict[str, Member], in_force: tuple[Version, ...]
) -> None:
    """Lena's token, the program she signs in with, and a filter of hers: planted, and looked for on every page."""
    lena, canary = members["lena"], "canary-7f3a"
    tokens.make(lena.id, f"token {canary}", ["read"], lasts=timedelta(days=9), acting=Acting(lena.id), now=NOW)
    SavedFilter.objects.create(id="f1", member=lena, name=f"filter {canary}", page="people", query="q=canary-query")
    Client().post("/me/login/", {"login": lena.email, "password": PASSWORD}, headers={"user-agent": f"agent {canary}"})
    assert SignIn.objects.filter(agent__contains=canary).exists()
    found = {who: _pages_with(canary, who, members) for who in CAST}
    assert "/settings/tokens/" in found["lena"]
    allowed = {"lena": found["lena"], "admin": {"/settings/tokens/"}}  # who may revoke a token sees what it is for
    assert {who: pages - allowed.get(who, set()) for who, pages in found.items()} == {who: set() for who in CAST}


def _pages_with(canary: str, who: str, members: dict[str, Member]) -> set[str]:
    client = Client(raise_request_exception=False) if who == "stranger" else signed_in(members[who])
    return {address.path for address in addresses() if canary in _text(client, address)}


def _text(client: Client, address: Address) -> str:
    cache.clear()
    answer = client.get(address.path)
    body = b"".join(answer) if isinstance(answer, StreamingHttpResponse) else answer.content
    return body.decode("utf-8", "replace")


def test_the_page_of_roles_says_what_the_table_of_rights_says() -> None:
    text = (ROOT / "docs/reference/roles.md").read_text(encoding="utf-8")
    head, *rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    roles = [cell.strip() for cell in head.strip("|").split("|")][1:]
    said = {}
    for row in rows:
        name, *cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) == len(roles):
            right = re.match(r"`([\w-]+)`", name)
            assert right
            said[right[1]] = {role for role, cell in zip(roles, cells, strict=True) if cell == "yes"}
    assert said == {right: set(held) for right, held in RIGHTS.items()}


def test_the_page_of_roles_says_what_the_table_of_scopes_says() -> None:
    text = (ROOT / "docs/reference/roles.md").read_text(encoding="utf-8").partition("## Tokens")[2]
    said = {row[0]: set(row[1:]) for row in (re.findall(r"`([\w-]+)`", x) for x in text.splitlines() if x[:3] == "| `")}
    assert said == {scope: set(rights) for scope, rights in SCOPE_RIGHTS.items()}


def test_every_role_and_scope_has_its_words() -> None:
    assert set(ROLE_WORDS) == EVERYBODY and set(SCOPE_WORDS) == set(SCOPE_RIGHTS) == set(tokens.SCOPES)
    assert {role for _, roles, _, _ in PARTS.values() for role in roles.split()} == EVERYBODY
