"""Single sign-on against a small provider on this machine: only members come in, by an address it has verified."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.test import Client

from oarlock.store.models import AuditLine, Member
from oarlock.store.writes import members as writes
from oarlock.store.writes.audit import SYSTEM

from .conftest import JOINED, PASSWORD, signed_in

SECRET = "what the provider and Oarlock know"
START = "/me/oidc/sso/login/?process=login"


class Provider(BaseHTTPRequestHandler):
    """Discovery, token and userinfo. `claims` is who signs in there; the code's challenge is checked (PKCE)."""

    claims: dict[str, object]
    challenge: str
    exchanged: list[dict[str, list[str]]]

    def do_GET(self) -> None:
        root = f"http://{self.headers['Host']}"
        ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "userinfo_endpoint": "/userinfo"}
        if self.path == "/.well-known/openid-configuration":
            methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
            self._say({"issuer": root, "jwks_uri": f"{root}/keys", **methods, **{k: root + v for k, v in ends.items()}})
        else:
            assert self.path == "/userinfo" and self.headers["Authorization"] == "Bearer access"
            self._say(type(self).claims)

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        type(self).exchanged.append(asked)
        verifier = asked.get("code_verifier", [""])[0]
        made = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        good = asked["client_secret"] == [SECRET] and asked["code"] == ["one-code"] and made == type(self).challenge
        self._say({"access_token": "access", "token_type": "Bearer"} if good else {"error": "invalid_grant"})

    def _say(self, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def provider(settings: Any) -> Iterator[type[Provider]]:
    cache.clear()
    Provider.exchanged, Provider.challenge = [], ""
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        app = {"provider_id": "sso", "name": "Brightwater", "client_id": "oarlock", "secret": SECRET,
               "settings": {"server_url": f"http://127.0.0.1:{server.server_port}"}}  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
        yield Provider
        server.shutdown()


def come_back(client: Client, claims: dict[str, object], *, start: str = START, state: str | None = None) -> Any:
    """Go to the provider, sign in there as somebody with these claims, and come back."""
    Provider.claims = {"sub": "1"} | claims
    asked = parse_qs(urlsplit(client.get(start)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    Provider.challenge = asked["code_challenge"][0]
    told = {"code": "one-code", "state": asked["state"][0] if state is None else state}
    return client.get("/me/oidc/sso/login/callback/", told)


def inside(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_a_member_comes_in_by_the_address_the_provider_verified(
    provider: type[Provider], members: dict[str, Member]
) -> None:
    client = Client()
    assert "Sign in with Brightwater" in client.get("/me/login/").content.decode()
    answer = come_back(client, {"email": "MARA@brightwater.example", "email_verified": True})
    assert answer["Location"] == "/" and inside(client)
    assert AuditLine.objects.get(verb="signed-in").subject == members["mara"].id
    members["mara"].refresh_from_db()
    assert members["mara"].check_password(PASSWORD), "the member's own password stays"
    assert not SocialAccount.objects.exists() and not SocialToken.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "mara@brightwater.example"},
        {"email": "mara@brightwater.example", "email_verified": False},
        {"email": "mara@brightwater.example", "email_verified": "false"},
        {"email": "nobody@brightwater.example", "email_verified": True},
        {"email": "", "email_verified": True},
        {},
    ],
)
def test_nobody_else_comes_in(provider: type[Provider], members: dict[str, Member], claims: dict[str, object]) -> None:
    client = Client()
    answer = come_back(client, claims)
    assert not inside(client) and Member.objects.count() == len(members)
    assert "no member here" in answer.content.decode()


def test_a_member_who_was_sent_away_stays_out(provider: type[Provider], members: dict[str, Member]) -> None:
    writes.deactivate(members["mara"].id, acting=SYSTEM, now=JOINED)
    client = Client()
    come_back(client, {"email": "mara@brightwater.example", "email_verified": True})
    assert not inside(client)


@pytest.mark.parametrize("state", ["", "made-up", "x" * 400])
def test_an_answer_to_a_question_we_did_not_ask_opens_nothing(
    provider: type[Provider], members: dict[str, Member], state: str
) -> None:
    client = Client()
    answer = come_back(client, {"email": "mara@brightwater.example", "email_verified": True}, state=state)
    assert not inside(client) and provider.exchanged == []
    assert "did not work" in answer.content.decode()


def test_another_browsers_answer_opens_nothing(provider: type[Provider], members: dict[str, Member]) -> None:
    theirs, ours = Client(), Client()
    asked = parse_qs(urlsplit(theirs.get(START)["Location"]).query)
    ours.get("/me/oidc/sso/login/callback/", {"code": "one-code", "state": asked["state"][0]})
    assert not inside(ours) and provider.exchanged == []


def test_no_account_elsewhere_is_tied_to_a_member(provider: type[Provider], members: dict[str, Member]) -> None:
    client = signed_in(members["lena"])
    claims: dict[str, object] = {"email": "x@evil.example", "email_verified": True}
    answer = come_back(client, claims, start="/me/oidc/sso/login/?process=connect")
    assert answer.status_code == 401 and not SocialAccount.objects.exists()


def test_a_provider_that_does_not_answer_is_said_in_words(settings: Any, members: dict[str, Member]) -> None:
    cache.clear()
    app = {"provider_id": "sso", "name": "B", "client_id": "o", "secret": SECRET,
           "settings": {"server_url": "http://127.0.0.1:1"}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    answer = Client(raise_request_exception=False).get(START)
    assert "did not work" in answer.content.decode() and SECRET not in answer.content.decode()


def test_without_a_provider_there_is_no_button_and_no_way(members: dict[str, Member]) -> None:
    client = Client(raise_request_exception=False)
    assert "Sign in with Brightwater" not in client.get("/me/login/").content.decode()
    assert client.get(START).status_code == 404
