"""The head of the trail leaves the house by mail; a mail server that is away undoes nothing and is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from tests.store.signing_desk import member, own_workspace, signed_first

from oarlock.jobs import checkpoints as sending
from oarlock.jobs.working import KINDS
from oarlock.store.models import AuditLine, Checkpoint, Version, WorkOrder
from oarlock.store.writes import orders
from oarlock.store.writes.orders import Order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def signed(settings: Any, tmp_path: Path) -> None:
    own_workspace(settings, tmp_path)
    settings.OARLOCK = replace(settings.OARLOCK, mail_url="smtp://mail.example")
    signed_first(member("mara"), member("sam"))


def waiting() -> list[Order]:
    found = WorkOrder.objects.filter(kind="checkpoint", state="open").order_by("id")
    late = found[0].due_at + timedelta(days=1)
    return [order for _ in found if (order := orders.claim("ann", late)) is not None]


def tell(words: str, share: float | None = None) -> None:
    assert words


def test_each_signature_is_told_to_the_signers_with_number_and_hash() -> None:
    for order in waiting():
        assert KINDS["checkpoint"](order, tell)["sent"] == 2
    assert [sorted(letter.to) for letter in mail.outbox] == [
        ["mara@brightwater.example", "sam@brightwater.example"]
    ] * 2
    last = AuditLine.objects.order_by("-number")[0]
    assert f"{last.number}:{last.hash}" in f"{mail.outbox[0].body}{mail.outbox[1].body}"
    listed = Checkpoint.objects.order_by("number").values_list("number", "hash", "told")
    assert list(listed)[-1] == (last.number, last.hash, "mail to mara, sam")


def test_done_twice_is_listed_once() -> None:
    order = waiting()[0]
    sending.checkpoint(order, tell)
    sending.checkpoint(order, tell)
    assert Checkpoint.objects.count() == 1


@pytest.mark.parametrize("trouble", [SMTPException("no"), ConnectionRefusedError(), TimeoutError()])
def test_a_mail_server_that_is_away_is_asked_again_and_nothing_is_listed_or_undone(
    monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def away(*said: object, **more: object) -> None:
        raise trouble

    monkeypatch.setattr(sending, "send_mail", away)
    order = waiting()[0]
    assert sending.checkpoint(order, tell)["tried"] == 1
    again = WorkOrder.objects.get(kind="checkpoint", state="open")
    assert again.due_at - again.made_at == sending.AGAIN
    assert not Checkpoint.objects.exists() and Version.objects.count() == 1


def test_without_mail_nothing_is_sent_and_nothing_claims_it_was(settings: Any) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, mail_url=None)
    assert sending.checkpoint(waiting()[0], tell)["sent"] == 0
    assert not mail.outbox and not Checkpoint.objects.exists()
