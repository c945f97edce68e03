"""API tokens: shown once, kept as a hash, never more than their member and their scopes, over when they are over."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.models import AuditLine, Member, Token
from oarlock.store.reads.tokens import holder
from oarlock.store.writes import tokens
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.bearer import bearer
from oarlock.web.rights import RIGHTS, SCOPE_RIGHTS, may

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def make(member: Member, *scopes: str, lasts: timedelta = DAY * 30, at: datetime = NOW) -> tokens.Made:
    return tokens.make(member.id, "warehouse", scopes or ["read"], lasts=lasts, acting=Acting(member.id), now=at)


def test_a_token_is_shown_once_and_lies_nowhere(as_lena: Client, members: dict[str, Member]) -> None:
    told = {"name": "warehouse", "scopes": ["read", "write"], "days": "30"}
    text = as_lena.post("/settings/tokens/", told).content.decode()
    secret = re.findall(r"oar_[\w-]{43}", text)[0]
    assert secret not in as_lena.get("/settings/tokens/").content.decode()
    row = Token.objects.get()
    assert secret not in str(vars(row)) and secret not in str(list(AuditLine.objects.values()))
    assert row.hash == tokens.hash_of(secret) and row.member == members["lena"] and row.scopes == "read write"


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"name": ""}, "a name of"), ({"scopes": []}, "one scope"), ({"scopes": ["sign"]}, "one scope"),
     ({"days": "9999"}, "to a year"), ({"days": "x"}, "to a year")],
)  # fmt: skip
def test_a_token_that_cannot_be_meant_is_refused(as_lena: Client, changed: dict[str, object], words: str) -> None:
    told = {"name": "warehouse", "scopes": ["read"], "days": "30"} | changed
    answer = as_lena.post("/settings/tokens/", told)
    assert answer.status_code == 422 and words in answer.content.decode() and not Token.objects.exists()


def test_a_token_is_its_members_until_it_is_over_or_revoked(members: dict[str, Member]) -> None:
    lena = members["lena"]
    made = make(lena)
    found = holder(made.secret, NOW)
    assert found and (found.member, found.token_id, found.scopes) == (lena, made.id, frozenset({"read"}))
    assert holder(made.secret, NOW + DAY * 30) is None
    tokens.revoke(made.id, of=lena.id, acting=Acting(lena.id), now=NOW)
    assert holder(made.secret, NOW) is None
    tokens.revoke(made.id, of=lena.id, acting=Acting(lena.id), now=NOW)
    assert AuditLine.objects.filter(verb="revoked").count() == 1


@pytest.mark.parametrize("bad", ["", "oar_", "oar_x", "x" * 47, "oar_" + "é" * 43, "oar_" + "a" * 500, "\ud800"])
def test_what_is_no_token_opens_nothing(members: dict[str, Member], bad: str) -> None:
    make(members["lena"])
    assert holder(bad, NOW) is None


def test_nobody_revokes_another_members_token_but_an_administrator(
    members: dict[str, Member], as_hana: Client, as_admin: Client
) -> None:
    made = make(members["lena"])
    assert as_hana.post(f"/settings/tokens/{made.id}/revoke/").status_code == 404
    assert Token.objects.get().revoked_at is None
    assert as_admin.post(f"/settings/tokens/{made.id}/revoke/").status_code == 302
    assert Token.objects.get().revoked_at is not None


def test_nobody_sees_another_members_tokens_but_an_administrator(
    members: dict[str, Member], as_hana: Client, as_admin: Client
) -> None:
    make(members["lena"])
    assert "warehouse" not in as_hana.get("/settings/tokens/").content.decode()
    assert "warehouse" in as_admin.get("/settings/tokens/").content.decode()


def test_a_token_holds_what_both_its_member_and_its_scopes_hold(members: dict[str, Member]) -> None:
    """Every member of the cast, every scope, every right: worked out from the two tables by sets."""
    for member in members.values():
        for scope, let in SCOPE_RIGHTS.items():
            found = bearer(_asking(make(member, scope, at=now()).secret))
            assert found is not None
            assert {right for right in RIGHTS if found.may(right)} == {r for r in RIGHTS if may(member, r)} & let


def test_no_scope_lets_a_program_sign_or_erase_or_manage_members() -> None:
    assert not set().union(*SCOPE_RIGHTS.values()) & {"sign", "erase", "close", "members", "keep-alive", "tokens"}


def test_a_call_is_a_bearers_by_its_header_only(members: dict[str, Member]) -> None:
    made = make(members["lena"], at=now())
    found = bearer(_asking(made.secret))
    assert found and found.acting == Acting(f"token:{made.id}")
    assert Token.objects.get().used_at is not None
    assert bearer(RequestFactory().get("/", {"token": made.secret})) is None
    assert bearer(RequestFactory().get("/", headers={"authorization": f"Basic {made.secret}"})) is None
    assert bearer(_asking(made.secret + "x")) is None


def test_a_member_has_at_most_so_many_tokens(members: dict[str, Member]) -> None:
    for _ in range(tokens.MOST):
        make(members["lena"])
    with pytest.raises(UserProblem, match="tokens in use"):
        make(members["lena"])
    make(members["hana"])


def _asking(secret: str) -> HttpRequest:
    return RequestFactory().get("/", headers={"authorization": f"Bearer {secret}"})
