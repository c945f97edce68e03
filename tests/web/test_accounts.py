"""Signing in and out, passwords, one-time links, second factors, single sign-on: who gets in, and who does not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from oarlock.ground.problems import UserProblem
from oarlock.store.models import AuditLine, Member, SignIn
from oarlock.store.writes import invitations
from oarlock.store.writes import members as writes
from oarlock.store.writes.audit import SYSTEM
from oarlock.web.accounts.mail import mail_settings

from .conftest import PASSWORD, signed_in

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
NEW = "four oars in another boat"
LOGIN = "/me/login/"


@pytest.fixture(autouse=True)
def _no_limits_kept() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more})


def test_a_member_signs_in_with_address_and_password_and_the_trail_says_so(members: dict[str, Member]) -> None:
    client = Client()
    answer = sign_in(client, "MARA@brightwater.example")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/settings/").status_code == 200
    line = AuditLine.objects.get(verb="signed-in")
    assert (line.actor, line.subject) == (members["mara"].id, members["mara"].id)


@pytest.mark.parametrize(
    ("email", "password"),
    [("mara@brightwater.example", "wrong"), ("nobody@brightwater.example", PASSWORD), ("viewer", PASSWORD), ("", "")],
)
def test_nobody_else_gets_in_and_the_page_does_not_say_who_is_a_member(
    members: dict[str, Member], email: str, password: str
) -> None:
    client = Client()
    answer = sign_in(client, email, password)
    assert answer.status_code == 200 and not SignIn.objects.exists()
    assert client.get("/settings/").status_code == 302
    assert password == "" or password not in answer.content.decode().replace("three oars", "")


def test_the_answer_to_a_wrong_password_is_that_to_an_unknown_address(members: dict[str, Member]) -> None:
    pages = [sign_in(Client(), email, "wrong").content.decode() for email in ("mara@brightwater.example", "x@y.de")]
    texts = [re.sub(r'value="[^"]*"', "", page) for page in pages]
    assert texts[0] == texts[1]


def test_a_member_who_was_sent_away_does_not_get_in(members: dict[str, Member]) -> None:
    writes.deactivate(members["lena"].id, acting=SYSTEM, now=NOW)
    answer = sign_in(Client(), "lena@brightwater.example")
    assert not SignIn.objects.filter(member=members["lena"]).exists() and answer.status_code in (200, 302)


def test_guessing_is_slowed_down(members: dict[str, Member]) -> None:
    client = Client()
    for _ in range(5):
        sign_in(client, "mara@brightwater.example", "guess")
    answer = sign_in(client, "mara@brightwater.example")
    assert "Too many failed" in answer.content.decode() and not SignIn.objects.exists()


def test_the_session_begins_under_a_new_key(members: dict[str, Member]) -> None:
    """Whoever laid a session key before somebody signed in has nothing by it."""
    client = Client()
    client.session["laid"] = 1
    client.session.save()
    client.get(LOGIN)
    before = client.session.session_key
    sign_in(client, "mara@brightwater.example")
    assert client.session.session_key != before


def test_signing_out_ends_the_session_and_takes_a_post(members: dict[str, Member]) -> None:
    client = Client()
    sign_in(client, "mara@brightwater.example")
    assert client.get("/me/logout/").status_code == 200 and client.get("/settings/").status_code == 200
    client.post("/me/logout/")
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(members: dict[str, Member], next_: str) -> None:
    answer = sign_in(Client(), "mara@brightwater.example", next=next_)
    assert answer.status_code == 302 and answer["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_asked(members: dict[str, Member]) -> None:
    client = Client()
    asked = client.get("/settings/tokens/")
    assert asked["Location"] == "/me/login/?next=/settings/tokens/"
    assert sign_in(client, "mara@brightwater.example", next="/settings/tokens/")["Location"] == "/settings/tokens/"


def test_nobody_signs_up(members: dict[str, Member]) -> None:
    client = Client()
    assert client.get("/me/signup/").status_code == 403
    assert client.post("/me/signup/", {"email": "x@y.de", "password1": NEW}).status_code == 405
    assert Member.objects.count() == len(members)


def test_an_invited_member_sets_a_password_by_a_link_that_works_once(db: None) -> None:
    made = writes.add("New@Brightwater.example", "Nora New", roles=["sales"], acting=SYSTEM, now=NOW)
    path, client = invitations.begin_path(made), Client()
    page = client.get(path)
    assert "Nora New" in page.content.decode() and page["Cache-Control"].startswith("max-age=0")
    assert client.post(path, {"password": NEW, "again": NEW})["Location"] == LOGIN
    assert client.get(path).status_code == 404 and client.post(path, {"password": NEW, "again": NEW}).status_code == 404
    assert sign_in(client, "new@brightwater.example", NEW).status_code == 302


@pytest.mark.parametrize(
    ("password", "words"),
    [("short", "too short"), ("password1234", "too common"), ("nora new brightwater", "too similar"), ("1", "12")],
)
def test_a_weak_password_is_refused_beside_its_field(db: None, password: str, words: str) -> None:
    made = writes.add("nora.new@brightwater.example", "nora new brightwater", acting=SYSTEM, now=NOW)
    answer = Client().post(invitations.begin_path(made), {"password": password, "again": password})
    text = answer.content.decode()
    assert answer.status_code == 422 and words in text and 'class="err"' in text and "findings" in text
    assert not Member.objects.get(id=made).has_usable_password()


def test_two_passwords_that_differ_are_refused(db: None) -> None:
    made = writes.add("nora@brightwater.example", "Nora", acting=SYSTEM, now=NOW)
    answer = Client().post(invitations.begin_path(made), {"password": NEW, "again": NEW + "!"})
    assert answer.status_code == 422 and "not the same" in answer.content.decode()


def test_a_password_is_never_cut(db: None) -> None:
    made = writes.add("nora@brightwater.example", "Nora", acting=SYSTEM, now=NOW)
    path, long = invitations.begin_path(made), "four oars " * 500
    assert Client().post(path, {"password": long, "again": long}).status_code == 422
    fits = long[:3000]
    assert Client().post(path, {"password": fits, "again": fits}).status_code == 302
    assert sign_in(Client(), "nora@brightwater.example", fits[:-1]).status_code == 200
    assert sign_in(Client(), "nora@brightwater.example", fits).status_code == 302


def test_a_link_is_forged_in_vain(members: dict[str, Member]) -> None:
    good = invitations.begin_path(members["mara"].id)
    _, _, _, member, token, _ = good.split("/")
    for path in (
        f"/me/begin/{member}/{token[:-1]}x/", f"/me/begin/{members['sam'].id}/{token}/", f"/me/begin/none/{token}/",
        f"/me/begin/{member}/{'0' * 5000}/", f"/me/begin/{member}/a-b-c/",
    ):  # fmt: skip
        assert Client().get(path).status_code == 404, path
    assert Client().get(good).status_code == 200


def test_a_link_is_over_after_a_sign_in_and_after_three_days(members: dict[str, Member], monkeypatch: Any) -> None:
    path = invitations.begin_path(members["mara"].id)
    sign_in(Client(), "mara@brightwater.example")
    assert Client().get(path).status_code == 404
    path = invitations.begin_path(members["mara"].id)
    later = invitations.BEGIN._now() + timedelta(days=3, minutes=1)
    monkeypatch.setattr(invitations.BEGIN, "_now", lambda: later)
    assert Client().get(path).status_code == 404


def test_setting_a_password_by_a_link_ends_all_sessions(members: dict[str, Member]) -> None:
    client = Client()
    sign_in(client, "mara@brightwater.example")
    path = invitations.begin_path(members["mara"].id)
    Client().post(path, {"password": NEW, "again": NEW})
    assert client.get("/settings/").status_code == 302 and not SignIn.objects.exists()


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(members: dict[str, Member]) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, "mara@brightwater.example")
    here.post("/me/reauthenticate/", {"password": PASSWORD})
    answer = here.post("/me/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert answer.status_code == 302, answer.content.decode()
    assert here.get("/settings/").status_code == 200 and there.get("/settings/").status_code == 302
    assert SignIn.objects.filter(member=members["mara"]).count() == 1
    assert AuditLine.objects.filter(verb="changed-password").count() == 1


def test_without_mail_the_page_says_whom_to_ask(members: dict[str, Member]) -> None:
    assert "sends no mail" in Client().get("/me/password/reset/").content.decode()


def test_the_first_administrator_is_made_by_the_link_told_at_the_start_and_once(
    db: None, settings: Any, tmp_path: Path
) -> None:
    settings.OARLOCK = _in(settings.OARLOCK, tmp_path)
    path, client = invitations.first_path(tmp_path), Client()
    assert path is not None and client.get("/first/guess/").status_code == 404
    told = {"email": "ada@b.example", "name": "Ada", "password": NEW, "again": NEW}
    assert client.post(path, {**told, "email": "no address"}).status_code == 422
    assert client.post(path, told).status_code == 302
    assert Member.objects.get().held == {"administrator", "operations"}
    assert client.get(path).status_code == 404 and client.post(path, told).status_code == 404
    assert invitations.first_path(tmp_path) is None and Member.objects.count() == 1


def test_a_newer_first_link_voids_the_older(db: None, tmp_path: Path) -> None:
    first, second = invitations.first_path(tmp_path), invitations.first_path(tmp_path)
    assert first and second and first != second
    assert not invitations.is_first(tmp_path, first.split("/")[2]) and invitations.is_first(
        tmp_path, second.split("/")[2]
    )


def test_the_first_link_lies_nowhere_as_itself(db: None, tmp_path: Path) -> None:
    path = invitations.first_path(tmp_path)
    assert path
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert files and all(path.split("/")[2].encode() not in p.read_bytes() for p in files)
    assert all(p.stat().st_mode & 0o077 == 0 for p in files)


def test_a_second_factor_is_asked_for_after_the_password(members: dict[str, Member]) -> None:
    secret = generate_totp_secret()
    TOTP.activate(members["mara"], secret)
    client = Client()
    assert sign_in(client, "mara@brightwater.example")["Location"] == "/me/2fa/authenticate/"
    assert client.get("/settings/").status_code == 302
    assert client.post("/me/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/me/2fa/authenticate/", {"code": _code(secret)})["Location"] == "/"
    assert client.get("/settings/").status_code == 200


def test_a_code_counts_once(members: dict[str, Member]) -> None:
    secret = generate_totp_secret()
    TOTP.activate(members["mara"], secret)
    code = _code(secret)
    for expected in (302, 200):
        client = Client()
        sign_in(client, "mara@brightwater.example")
        assert client.post("/me/2fa/authenticate/", {"code": code}).status_code == expected


def test_adding_an_app_asks_for_the_password_again_and_leaves_a_line(
    members: dict[str, Member], django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    sign_in(client, "mara@brightwater.example")
    assert client.get("/me/2fa/totp/activate/")["Location"].startswith("/me/reauthenticate/")
    client.post("/me/reauthenticate/", {"password": PASSWORD})
    page = client.get("/me/2fa/totp/activate/")
    secret = page.context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/me/2fa/totp/activate/", {"code": _code(secret)}).status_code == 302
    assert Authenticator.objects.filter(user=members["mara"], type="totp").exists()
    assert AuditLine.objects.get(verb="added-app").subject == members["mara"].id


PAGES = (
    "/me/login/", "/me/logout/", "/me/inactive/", "/me/password/reset/", "/me/password/reset/done/",
    "/me/3rdparty/login/cancelled/", "/me/signup/",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_an_account_wears_our_design(members: dict[str, Member], path: str) -> None:
    text = signed_in(members["mara"]).get(path, follow=True).content.decode()
    assert "web/oarlock.css" in text and "<h1" in text and "Menu:" not in text


@pytest.mark.parametrize(
    "path",
    ["/me/password/change/", "/me/2fa/", "/me/2fa/totp/activate/", "/me/2fa/webauthn/", "/me/2fa/webauthn/add/",
     "/me/2fa/recovery-codes/generate/", "/me/reauthenticate/"],
)  # fmt: skip
def test_every_page_behind_the_password_wears_our_design(members: dict[str, Member], path: str) -> None:
    client = Client()
    sign_in(client, "mara@brightwater.example")
    client.post("/me/reauthenticate/", {"password": PASSWORD})
    TOTP.activate(members["mara"], generate_totp_secret()) if "recovery" in path else None
    answer = client.get(path, follow=True)
    text = answer.content.decode()
    assert answer.status_code == 200 and "web/oarlock.css" in text and "<h1" in text and "Menu:" not in text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://a:b%40c@mail.example:2525", ("mail.example", 2525, "a", "b@c", False, True)),
        ("smtps://mail.example", ("mail.example", 465, "", "", True, False)),
        ("smtp://127.0.0.1:25?tls=no", ("127.0.0.1", 25, "", "", False, False)),
    ],
)
def test_the_mail_server_is_read_from_one_address(url: str, expected: tuple[object, ...]) -> None:
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    assert tuple(mail_settings(url)[f"EMAIL_{name}"] for name in names) == expected


@pytest.mark.parametrize(
    "url", ["mail.example", "http://u:hidden@x", "smtp://", "smtp://u:hidden@x:port", "smtp://x?a"]
)
def test_a_mail_address_that_cannot_be_meant_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UserProblem) as refused:
        mail_settings(url)
    assert "hidden" not in str(refused.value.as_dict())


def _code(secret: str) -> str:
    from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time

    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def _in(environment: Any, home: Path) -> Any:
    from dataclasses import replace

    return replace(environment, home=home)
