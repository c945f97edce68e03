"""The API answers what the pages show, to whom it may, in one form; and says what is wrong in one form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from oarlock.ground.clock import now
from oarlock.store.models import Account, Member, Opportunity, Person, Proposal, Version
from oarlock.store.writes import tokens
from oarlock.store.writes.audit import SYSTEM, note
from oarlock.web.api import cursors, pace

SPRING = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _rested() -> Iterator[None]:
    pace.forget()
    yield


@pytest.fixture
def records(db: None) -> None:
    Account.objects.create(account_id="a1", name="Halvorsen Foods", domain="halvorsen.example")
    for number in range(7):
        Person.objects.create(
            person_id=f"p{number}", name=f"Person {number}", email=f"p{number}@halvorsen.example", account_id="a1",
            created_at=SPRING + timedelta(days=number), source="webinar" if number % 2 else "fair",
        )  # fmt: skip
    Opportunity.objects.create(
        opportunity_id="o1", account_id="a1", person_id="p1", name="Nine robots", status="won",
        amount=Decimal("112000.50"), currency="EUR", created_at=SPRING,
    )  # fmt: skip


def token(member: Member, *scopes: str) -> dict[str, str]:
    made = tokens.make(member.id, "a test", scopes, lasts=timedelta(days=1), acting=SYSTEM, now=now())
    return {"Authorization": f"Bearer {made.secret}"}


def told(answer: Any, status: int) -> dict[str, Any]:
    """The problem that was answered, in the one form."""
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = json.loads(answer.content)
    assert body["status"] == status and body["title"] and body["code"]
    return body


def test_a_list_is_walked_to_its_end_without_a_gap_or_a_double(as_mara: Client, records: None) -> None:
    found: list[str] = []
    after = ""
    for _ in range(9):
        page = as_mara.get(f"/api/people?limit=3&after={after}").json()
        found += [row["id"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert found == [f"p{n}" for n in reversed(range(7))]


def test_a_list_is_narrowed_as_the_page_narrows_it(as_mara: Client, records: None) -> None:
    rows = as_mara.get("/api/people", {"source": "webinar", "from": "2026-03-03"}).json()["rows"]
    assert [row["id"] for row in rows] == ["p5", "p3"]


def test_nothing_is_rounded_on_its_way_out(as_mara: Client, records: None) -> None:
    deal = as_mara.get("/api/opportunities/o1").json()["opportunity"]
    assert deal["amount"] == "112000.50"
    assert deal["created_at"] == "2026-03-01T09:00:00.123456+00:00"


def test_one_record_comes_with_what_hangs_on_it(as_mara: Client, records: None) -> None:
    assert as_mara.get("/api/people/p3").json()["fields"]["email"] == "p3@halvorsen.example"
    account = as_mara.get("/api/accounts/a1").json()
    assert len(account["people"]) == 7 and account["opportunities"][0]["id"] == "o1"
    assert as_mara.get("/api/accounts").json()["rows"][0]["name"] == "Halvorsen Foods"


NOWHERE = (
    "people/none", "accounts/none", "opportunities/none", "nowhere", "agreement", "agreement/versions/9",
    "agreement/versions/9/text",
)  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE)
def test_what_is_not_there_is_404_in_the_one_form(as_mara: Client, path: str) -> None:
    assert told(as_mara.get(f"/api/{path}"), 404)["code"].startswith(("unknown", "no-"))


def test_the_bytes_of_a_version_are_the_bytes_that_were_signed(as_mara: Client, in_force: tuple[Version, ...]) -> None:
    answer = as_mara.get("/api/agreement/versions/2/text")
    assert answer.content == bytes(in_force[1].source) and answer["Content-Type"] == "application/yaml"
    assert as_mara.get("/api/agreement").json()["number"] == 2
    listed = as_mara.get("/api/agreement/versions").json()
    assert [row["number"] for row in listed["rows"]] == [2, 1] and listed["in_force"] == 2


def test_a_text_is_checked_with_every_finding_in_its_place(as_viewer: Client, in_force: tuple[Version, ...]) -> None:
    text = bytes(in_force[1].source).decode().replace("inventory", "invntory", 1)
    found = as_viewer.post("/api/agreement/check", {"text": text}, content_type="application/json")
    assert found.status_code == 200 and found.json()["errors"] == 1
    assert found.json()["findings"][0]["line"] == text[: text.index("invntory")].count("\n") + 1
    nothing = as_viewer.post("/api/agreement/check", {"text": ""}, content_type="application/json").json()
    assert nothing["errors"] >= 1


def test_half_a_letter_is_refused_and_is_no_bug(as_mara: Client) -> None:
    body = '{"text": "company: \\ud800"}'
    problem = told(as_mara.post("/api/agreement/check", body, content_type="application/json"), 422)
    assert problem["code"] != "bug"


def test_a_program_proposes_and_the_trail_names_its_token(
    members: dict[str, Member], in_force: tuple[Version, ...]
) -> None:
    text = bytes(in_force[1].source).decode() + "\n# a remark\n"
    sent = {"title": "A remark", "text": text}
    key = token(members["mara"], "write", "read")
    made = Client().post("/api/agreement/proposals", sent, content_type="application/json", headers=key)
    assert made.status_code == 201, made.content
    proposal = Proposal.objects.get(id=made.json()["id"])
    assert proposal.author_id == members["mara"].id
    trail = Client().get("/api/audit", headers=token(members["rosa"], "audit")).json()
    assert any(row["verb"] == "proposed" and row["actor"].startswith("token:") for row in trail["rows"])


def test_nobody_is_let_in_without_a_name(as_stranger: Client) -> None:
    for path in ("/api/people", "/api/audit", "/api/me", "/api/numbers"):
        assert told(as_stranger.get(path), 401)["code"] == "not-signed-in"
        answer = as_stranger.get(path, HTTP_AUTHORIZATION="Bearer oar_forged")
        told(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_does_not_count_is_nobody_even_with_a_session(as_mara: Client) -> None:
    assert as_mara.get("/api/me").status_code == 200
    assert told(as_mara.get("/api/me", HTTP_AUTHORIZATION="Bearer oar_forged"), 401)["status"] == 401


def test_a_scope_and_a_role_are_both_asked(members: dict[str, Member]) -> None:
    told(Client().get("/api/audit", headers=token(members["rosa"], "read")), 403)
    told(Client().get("/api/audit", headers=token(members["lena"], "audit")), 403)
    assert Client().get("/api/audit", headers=token(members["rosa"], "audit")).status_code == 200
    sent = {"title": "No", "text": "x"}
    viewer = token(members["viewer"], "write", "read")
    told(Client().post("/api/agreement/proposals", sent, content_type="application/json", headers=viewer), 403)


def test_a_session_that_changes_something_shows_the_token_of_its_page(members: dict[str, Member]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(members["mara"])
    sent = {"title": "Forged", "text": "x"}
    told(strict.post("/api/agreement/proposals", sent, content_type="application/json"), 403)
    assert not Proposal.objects.exists()


def test_whoever_calls_too_fast_is_told_how_long_to_wait(as_mara: Client, as_sam: Client) -> None:
    statuses = [as_mara.get("/api/me").status_code for _ in range(pace.BURST)]
    assert set(statuses) == {200}
    answer = as_mara.get("/api/me")
    while answer.status_code == 200:  # calls come back while we ask
        answer = as_mara.get("/api/me")
    told(answer, 429)
    assert int(answer["Retry-After"]) >= 1
    assert as_sam.get("/api/me").status_code == 200


def test_a_bucket_fills_up_again() -> None:
    assert all(pace.take("someone", 0.0) is None for _ in range(pace.BURST))
    wait = pace.take("someone", 0.0)
    assert wait is not None and 0 < wait <= 1 / pace.A_SECOND
    assert pace.take("someone", wait + 0.001) is None


@pytest.mark.parametrize(
    "asked",
    ["limit=0", "limit=201", "limit=many", "sort=shoe-size", "from=yesterday", "unheard=of", "q=%00", "q=" + "x" * 201],
)
def test_a_question_that_cannot_be_meant_names_its_place(as_mara: Client, asked: str) -> None:
    body = told(as_mara.get(f"/api/people?{asked}"), 422)
    assert body["errors"][0]["where"].startswith("query.")


@pytest.mark.parametrize("sent", ["", "[]", "{", '{"text": 5}', '{"text": "x", "more": 1}', '{"text": null}'])
def test_a_body_that_cannot_be_meant_is_refused_in_the_one_form(as_mara: Client, sent: str) -> None:
    answer = as_mara.post("/api/agreement/check", sent, content_type="application/json")
    assert answer.status_code in (400, 422)
    told(answer, answer.status_code)


def test_a_cursor_is_taken_only_as_it_was_given(as_mara: Client, records: None) -> None:
    after = as_mara.get("/api/people", {"limit": 2}).json()["next"]
    told(as_mara.get("/api/people", {"after": after[:-1] + "x"}), 404)
    told(as_mara.get("/api/people", {"after": after, "sort": "name"}), 404)
    told(as_mara.get("/api/accounts", {"after": after}), 404)
    told(as_mara.get("/api/people", {"after": '[1,"p"]'}), 404)
    assert cursors.taken("", "people") == ""


def test_another_method_is_405_with_those_that_are_taken(as_mara: Client) -> None:
    answer = as_mara.delete("/api/people")
    told(answer, 405)
    assert "GET" in answer["Allow"]


def test_the_trail_is_read_back_to_its_first_line(as_rosa: Client, db: None) -> None:
    for number in range(5):
        note("tried", "test", str(number), {"n": number}, acting=SYSTEM, now=SPRING)
    first = as_rosa.get("/api/audit", {"limit": 3}).json()
    second = as_rosa.get("/api/audit", {"limit": 3, "after": first["next"]}).json()
    numbers = [row["number"] for row in first["rows"] + second["rows"]]
    assert numbers == sorted(numbers, reverse=True) and numbers[-1] == 1 and second["next"] is None


def test_the_description_names_every_error_and_no_other_host(as_stranger: Client) -> None:
    described = as_stranger.get("/api/openapi.json").json()
    for methods in described["paths"].values():
        for operation in methods.values():
            assert {"401", "403", "404", "422", "429"} <= set(operation["responses"])


def test_the_page_of_the_description_lists_every_path(as_viewer: Client, as_stranger: Client) -> None:
    page = as_viewer.get("/api/").content.decode()
    described = as_stranger.get("/api/openapi.json").json()
    assert all(path in page for path in described["paths"])
    assert as_stranger.get("/api/").status_code == 302
