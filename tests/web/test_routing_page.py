"""Routing tried out on a page: the path of one lead with edited fields, under any version, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.store.models import Account, Away, Decision, Handoff, HandoffEvent, Turn, User

from .handed import NOW, handed

__all__ = ["handed"]
pytestmark = pytest.mark.django_db


def routed(client: Client, **fields: str) -> str:
    answer = client.get(f"/handoffs/routing/?{urlencode(fields)}")
    assert answer.status_code == 200, answer.content.decode()[:300]
    return answer.content.decode()


def test_the_form_asks_for_the_fields_the_rules_name(handed: dict[str, Handoff], as_viewer: Client) -> None:
    page = routed(as_viewer)
    for field in ("account.owner_id", "account.country", "person.source"):
        assert f'name="{field}"' in page
    assert "Fill in a lead" in page


def test_a_lead_of_austria_goes_to_the_pool_and_says_why(handed: dict[str, Handoff], as_viewer: Client) -> None:
    page = routed(as_viewer, **{"account.country": "AT"})
    assert "It went to Lena Vogt, whose turn it was in the pool dach" in page
    assert "does not hold (account.owner_id is unknown)" in page


def test_an_edited_field_leads_elsewhere(handed: dict[str, Handoff], as_viewer: Client) -> None:
    assert "the pool rest-of-world" in routed(as_viewer, **{"account.country": "FR"})
    assert "Jonas Reiter, whose account it is" in routed(as_viewer, **{"account.owner_id": "jonas"})


def test_whoever_is_away_is_passed_over_and_who_had_it_does_not_get_it_back(
    handed: dict[str, Handoff], as_viewer: Client
) -> None:
    assert "Jonas Reiter" in routed(as_viewer, **{"account.country": "AT", "had": "lena"})
    Away.objects.create(id="a1", user="jonas", begins=NOW, ends=NOW.replace(day=20), origin="hand", made_at=NOW, by="x")
    page = routed(as_viewer, **{"account.country": "AT"})
    assert "Passed over: Jonas Reiter is away" in page


def test_a_person_gives_the_fields_to_begin_with(handed: dict[str, Handoff], as_viewer: Client) -> None:
    page = routed(as_viewer, person="felix")
    assert 'name="account.country" value="AT"' in page and "the pool dach" in page
    assert as_viewer.get("/handoffs/routing/?person=nobody").status_code == 404


def test_a_proposal_is_tried_out_before_it_is_signed(
    handed: dict[str, Handoff], as_mara: Client, proposed: Callable[..., str]
) -> None:
    key = proposed(b"engagement >= 41")
    page = routed(as_mara, under=f"proposal:{key}", **{"account.country": "AT"})
    assert "proposed: A tighter bar" in page and "under version 3, proposed" in page


def test_a_version_of_the_past_routes_by_its_own_steps(handed: dict[str, Handoff], as_viewer: Client) -> None:
    assert "under version 1" in routed(as_viewer, under="1", **{"account.country": "AT"})


def test_nothing_is_written_and_no_turn_is_taken(handed: dict[str, Handoff], as_viewer: Client) -> None:
    Turn.objects.create(pool="dach", user="lena", credit=0.5, since=NOW)
    kept = [
        list(model._default_manager.order_by("pk").values())
        for model in (Turn, Decision, Handoff, HandoffEvent, Account, User)
    ]
    with CaptureQueriesContext(connection) as queries:
        routed(as_viewer, person="felix")
    assert not [q["sql"] for q in queries if not q["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE"))]
    assert len(queries) <= 12 + 1, [q["sql"][:90] for q in queries]
    assert kept == [
        list(model._default_manager.order_by("pk").values())
        for model in (Turn, Decision, Handoff, HandoffEvent, Account, User)
    ]


def test_what_a_stranger_types_stays_text(handed: dict[str, Handoff], as_viewer: Client) -> None:
    hostile = "<script>alert(1)</script>`x`"
    page = routed(as_viewer, **{"account.country": hostile, "person.source": hostile})
    assert "<script>alert(1)" not in page
