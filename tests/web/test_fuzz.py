"""Every address of the pages, asked with whatever comes: a page, a problem in words, a way to sign in; never a 5xx.

The API has a test of its own against its description (`test_api_schema`). OARLOCK_TRIES makes it larger.
"""

from __future__ import annotations

import os
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oarlock.store.models import Account, Member, Opportunity, Person, Version
from oarlock.store.models.members import ROLES

from .routes import Route, routes

TRIES = int(os.environ.get("OARLOCK_TRIES", "150"))
ELSEWHERE = ("api/", "static/", "readyz")
"""Asked by tests of their own; `/readyz` says 503 on purpose while no worker lives."""
ROUTES = tuple(r for r in routes() if not r.pattern.startswith(ELSEWHERE))
WORDS = (
    "q", "sort", "after", "from", "until", "stage", "owner", "source", "country", "status", "period", "basis", "by",
    "version", "as_known", "figure", "value", "where", "field", "is", "page", "kind", "actor", "verb", "next", "text",
    "title", "reason", "name", "email", "roles", "team", "person", "login", "password", "term", "upon", "revision",
    "month", "mapping", "after_id", "least", "most", "again", "shared", "query",
)  # fmt: skip
ODD = (
    "", "0", "1", "2", "-1", "p1", "a1", "o1", "none", "2026-10", "2026-13", "2026-10-31", "9999-12-31",
    "all", "cohort", "entered.mql", "rate.lead.mql", "-created", "name", "' OR 1=1 --", "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "\x00", "\ud7ff", "\u202egnp.exe", "😀" * 40, "a" * 5000, "[1,\"p\"]",
    "[null,\"p\"]", "[1e999,\"p\"]", "{}", "//example.org", "http://example.org",
    "1" * 400, "٣", "NaN", "null", "true",
    "source:web", "is:", "is:web", "every", "olive", "mara@brightwater.example", "9223372036854775808",
)  # fmt: skip
PLAIN = tuple(value for value in ODD if value and "/" not in value)


@pytest.fixture
def everybody(members: dict[str, Member], in_force: tuple[Version, ...]) -> dict[str, Client]:
    """Somebody who may everything, somebody who may look, and a stranger; in a store with a record of each kind."""
    Account.objects.create(account_id="a1", name="Halvorsen")
    Person.objects.create(person_id="p1", name="Person", email="p1@halvorsen.example", account_id="a1")
    Opportunity.objects.create(opportunity_id="o1", status="open", account_id="a1", person_id="p1")
    boss = members["rosa"]
    boss.roles = " ".join(ROLES)
    boss.save(update_fields=["roles"])
    found = {"all": Client(), "viewer": Client(), "stranger": Client()}
    found["all"].force_login(boss)
    found["viewer"].force_login(members["viewer"])
    for client in found.values():
        client.raise_request_exception = False
    return found


def address(route: Route, values: list[str]) -> str:
    parts = {part: quote(values[n % len(values)], safe="") for n, part in enumerate(route.parts)}
    return route.address(parts)


def test_every_route_answers_a_plain_question(everybody: dict[str, Client]) -> None:
    for route in ROUTES:
        for who, client in everybody.items():
            for value in ("1", "p1", "2026-09", "none"):
                at = address(route, [value])
                answer = client.get(at)
                assert answer.status_code < 500, f"{who}: GET {at}: {answer.status_code}"


@settings(max_examples=TRIES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    who=st.sampled_from(["all", "all", "viewer", "stranger"]),
    route=st.sampled_from(ROUTES),
    values=st.lists(st.sampled_from(PLAIN), min_size=1, max_size=2),
    said=st.dictionaries(st.sampled_from(WORDS), st.sampled_from(ODD), max_size=4),
    method=st.sampled_from(["get", "get", "post", "put", "head"]),
    fragment=st.booleans(),
)
def test_whatever_is_asked_no_page_breaks(
    everybody: dict[str, Client], who: str, route: Route, values: list[str], said: dict[str, str], method: str,
    fragment: bool,
) -> None:  # fmt: skip
    client, at = everybody[who], address(route, values)
    headers = {"HX-Request": "true"} if fragment else {}
    sent = {word: value.encode("utf-8", "replace").decode() for word, value in said.items()}
    if method == "put":
        answer = client.put(at, "x", headers=headers)
    else:
        answer = getattr(client, method)(at, sent, headers=headers)
    assert answer.status_code < 500, f"{who}: {method} {at} {said}: {answer.status_code}"
