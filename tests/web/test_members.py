"""Members: invited, changed, sent away; what the list and the form say; the last administrator stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from oarlock.ground.problems import UserProblem
from oarlock.store.models import AuditLine, Member, SignIn, Version
from oarlock.store.reads import tokens as token_reads
from oarlock.store.writes import members as writes
from oarlock.store.writes import tokens as token_writes
from oarlock.store.writes.audit import SYSTEM, Acting

from .conftest import PASSWORD

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)


def test_an_administrator_invites_and_hands_over_a_link_shown_once(as_admin: Client) -> None:
    told = {"email": "Nora@B.example", "name": " Nora  New ", "roles": ["sales", "viewer"], "team": "sales"}
    answer = as_admin.post("/settings/members/new/", told)
    made = Member.objects.get(email="nora@b.example")
    assert answer["Location"] == f"/settings/members/{made.id}/"
    assert (made.name, made.roles, made.team) == ("Nora New", "viewer sales", "sales")
    page = as_admin.post(f"/settings/members/{made.id}/link/").content.decode()
    link = page.split('id="link">')[1].split("<")[0]
    assert link.startswith("http://testserver/me/begin/") and Client().get(link[17:]).status_code == 200
    assert set(AuditLine.objects.values_list("verb", flat=True)) == {"invited", "made-link"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "none"}, "no e-mail address"),
        ({"email": "MARA@brightwater.example"}, "a member with this address already"),
        ({"name": ""}, "1 to 200 letters"),
        ({"name": "a\x00b"}, "1 to 200 letters"),
        ({"roles": []}, "at least one role"),
        ({"roles": ["root"]}, "at least one role"),
        ({"team": "red"}, "team is one of"),
        ({"person": "mara"}, "is `mara` already"),
    ],
)
def test_a_refused_invitation_says_why_and_loses_nothing(
    as_admin: Client, changed: dict[str, object], words: str
) -> None:
    told = {"email": "nora@b.example", "name": "Nora", "roles": ["sales"], "team": "sales", "person": "nora"} | changed
    before = Member.objects.count()
    answer = as_admin.post("/settings/members/new/", told)
    text = answer.content.decode().replace("&#x27;", "'")
    assert answer.status_code == 422 and words in text and 'class="err"' in text
    assert Member.objects.count() == before
    assert all(f'value="{told[name]}"' in text for name in ("email", "person"))


def test_roles_team_and_person_are_changed_with_an_audit_line(as_admin: Client, members: dict[str, Member]) -> None:
    lena = members["lena"]
    told = {"name": "Lena Vogt", "roles": ["sales", "operations"], "team": "joint", "person": "lena"}
    assert as_admin.post(f"/settings/members/{lena.id}/", told).status_code == 302
    lena.refresh_from_db()
    assert lena.held == {"sales", "operations"} and lena.team == "joint"
    line = AuditLine.objects.get(verb="changed")
    assert (line.actor, line.subject) == (members["admin"].id, lena.id) and "Lena" not in line.detail


def test_whoever_is_sent_away_is_out_at_once(members: dict[str, Member], as_admin: Client) -> None:
    lena, client = members["lena"], Client()
    client.post("/me/login/", {"login": lena.email, "password": PASSWORD})
    made = token_writes.make(
        lena.id, "export", ["read"], lasts=timedelta(days=9), acting=Acting.member(lena.id), now=NOW
    )
    assert client.get("/settings/").status_code == 200 and token_reads.holder(made.secret, NOW)
    as_admin.post(f"/settings/members/{lena.id}/deactivate/")
    assert client.get("/settings/").status_code == 302 and token_reads.holder(made.secret, NOW) is None
    assert not SignIn.objects.filter(member=lena).exists()
    as_admin.post(f"/settings/members/{lena.id}/reactivate/")
    assert client.get("/settings/").status_code == 302, "an ended session stays ended"
    assert token_reads.holder(made.secret, NOW) is None


def test_an_administrator_signs_a_member_out_everywhere(members: dict[str, Member], as_admin: Client) -> None:
    client = Client()
    client.post("/me/login/", {"login": "lena@brightwater.example", "password": PASSWORD})
    as_admin.post(f"/settings/members/{members['lena'].id}/sessions/end/")
    assert client.get("/settings/").status_code == 302
    assert AuditLine.objects.get(verb="ended-sessions").actor == members["admin"].id


def test_the_last_administrator_can_neither_leave_nor_lay_the_role_down(
    as_admin: Client, members: dict[str, Member]
) -> None:
    admin = members["admin"]
    answer = as_admin.post(f"/settings/members/{admin.id}/deactivate/", follow=True)
    assert "last administrator" in answer.content.decode()
    with pytest.raises(UserProblem, match="Nobody would be left"):
        writes.change(admin.id, name="Ada", roles=["viewer"], team="joint", person="", acting=SYSTEM, now=NOW)
    admin.refresh_from_db()
    assert admin.is_active and "administrator" in admin.held


def test_a_signer_who_leaves_the_page_says_what_to_do(
    as_admin: Client, members: dict[str, Member], in_force: tuple[Version, ...]
) -> None:
    mara = members["mara"].id
    assert "signs the agreement" in as_admin.get(f"/settings/members/{mara}/").content.decode()
    as_admin.post(f"/settings/members/{mara}/deactivate/")
    text = as_admin.get(f"/settings/members/{mara}/").content.decode()
    assert "still names Mara Oyelaran as a signer" in text and "propose a change" in text
    assert "as a signer" not in as_admin.get(f"/settings/members/{members['lena'].id}/").content.decode()


def test_everybody_sees_who_is_a_member_and_what_roles_may_do(as_viewer: Client) -> None:
    text = as_viewer.get("/settings/members/").content.decode()
    assert "Mara Oyelaran" in text and "Signs nothing" in text and "Invite a member" not in text


def test_members_are_found_by_a_part_of_the_name(as_viewer: Client) -> None:
    text = as_viewer.get("/settings/members/?q=vogt").content.decode()
    assert "Lena Vogt" in text and "Mara Oyelaran" not in text
    assert "Nobody of that name" in as_viewer.get("/settings/members/?q=zzz").content.decode()


def test_a_name_with_markup_in_it_stays_text(as_mara: Client) -> None:
    as_mara.post("/settings/name/", {"name": "<script>alert(1)</script>"})
    text = as_mara.get("/settings/").content.decode()
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


def test_other_sessions_are_listed_and_ended(members: dict[str, Member]) -> None:
    here, there = Client(), Client()
    here.post("/me/login/", {"login": "mara@brightwater.example", "password": PASSWORD}, headers={"user-agent": "Fox"})
    there.post("/me/login/", {"login": "mara@brightwater.example", "password": PASSWORD}, headers={"user-agent": "Owl"})
    text = here.get("/settings/").content.decode()
    assert "Fox" in text and "Owl" in text
    here.post("/settings/sessions/end/")
    assert there.get("/settings/").status_code == 302
    assert "Owl" not in here.get("/settings/").content.decode()


@pytest.mark.parametrize("page", ["/settings/", "/settings/members/", "/settings/tokens/", "/settings/trail/",
                                  "/settings/status/"])  # fmt: skip
def test_a_page_of_the_settings_makes_few_queries(
    as_admin: Client, in_force: tuple[Version, ...], page: str, django_assert_max_num_queries: object
) -> None:
    as_admin.get(page)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert as_admin.get(page).status_code == 200
