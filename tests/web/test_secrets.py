"""Planted secrets are in no log and no page: password, session, token, and the addresses with passwords in them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.http import StreamingHttpResponse
from django.test import Client

from oarlock.store.models import AuditLine, Member, Version
from oarlock.store.writes import tokens
from oarlock.store.writes.audit import Acting

from .addresses import addresses
from .conftest import PASSWORD

NOW = datetime(2026, 11, 16, 14, 0, tzinfo=UTC)
PLANTED = "planted-5eCr3t"


def test_no_page_log_or_audit_line_holds_a_secret(
    members: dict[str, Member], in_force: tuple[Version, ...], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    mail, database = f"smtp://u:{PLANTED}-mail@mail.example", f"postgres://u:{PLANTED}-db@db.example/x"
    settings.OARLOCK = replace(settings.OARLOCK, mail_url=mail, database_url=database, secret_key=f"{PLANTED}-key")
    settings.SECRET_KEY = f"{PLANTED}-key"
    admin = members["admin"]
    made = tokens.make(admin.id, "x", ["read"], lasts=timedelta(days=9), acting=Acting(admin.id), now=NOW)
    client = Client(raise_request_exception=False)
    client.post("/me/login/", {"login": admin.email, "password": f"{PLANTED}-wrong"})
    client.post("/me/login/", {"login": f"{PLANTED}-typed-into-the-wrong-field", "password": "x"})
    client.post("/me/login/", {"login": admin.email, "password": PASSWORD})
    secrets = (PLANTED, PASSWORD, made.secret, client.cookies["oarlock"].value)
    for address in addresses():
        cache.clear()
        answer = client.get(address.path, headers={"authorization": f"Bearer {made.secret}"})
        body = b"".join(answer) if isinstance(answer, StreamingHttpResponse) else answer.content
        assert not [s for s in secrets if s.encode() in body], address.path
    lines = [
        *caplog.messages,
        *(record.exc_text or "" for record in caplog.records),
        *map(str, AuditLine.objects.values()),
    ]
    assert not [(line, secret) for line in lines for secret in secrets if secret in line]


def test_a_bug_shows_nothing_of_what_it_was_working_on(
    members: dict[str, Member], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        hidden = PLANTED  # stands in a frame, as a password does
        raise RuntimeError(len(hidden))

    monkeypatch.setattr("oarlock.web.settings_pages.me.sessions", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(members["mara"])
    answer = client.get("/settings/")
    text = answer.content.decode()
    assert answer.status_code == 500 and "This is a bug in Oarlock" in text
    assert "Traceback" not in text and PLANTED not in text and PLANTED not in caplog.text


@pytest.mark.parametrize(
    "variable",
    [
        {"OARLOCK_DATABASE_URL": f"mysql://u:{PLANTED}@h/x"},
        {"OARLOCK_DATABASE_URL": f"postgres://u:{PLANTED}@h:port/x"},
        {"OARLOCK_MAIL_URL": f"imap://u:{PLANTED}@h"},
        {"OARLOCK_MAIL_URL": f"smtp://u:{PLANTED}@h:port"},
        {"OARLOCK_OIDC_CLIENT_SECRET": PLANTED},
        {"OARLOCK_SECRET_KEY": PLANTED, "OARLOCK_SECRET_KEY_FILE": "x"},
    ],
)
def test_a_setting_that_is_refused_is_not_repeated(variable: dict[str, str], tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OARLOCK_")} | variable
    told = subprocess.run(
        [sys.executable, "-m", "oarlock.cli", "members", "--home", str(tmp_path)],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert told.returncode == 1, told.stdout + told.stderr
    assert PLANTED not in told.stdout + told.stderr and "OARLOCK_" in told.stdout + told.stderr
