"""Letters about accounts: ordered by pages, written and sent by the worker, tried again, with links that work."""

from __future__ import annotations

import re
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from oarlock.jobs.working import work
from oarlock.store.models import Member, WorkOrder
from oarlock.store.writes import members as writes
from oarlock.store.writes.audit import SYSTEM

from .conftest import JOINED

SECRET = "hidden-in-the-address"


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    cache.clear()
    settings.OARLOCK = replace(settings.OARLOCK, mail_url=f"smtp://u:{SECRET}@mail.example")


def test_a_forgotten_password_brings_a_letter_with_a_link_that_works(members: dict[str, Member]) -> None:
    page = Client().post("/me/password/reset/", {"email": "Mara@brightwater.example"}, follow=True)
    assert "Look into your mail" in page.content.decode()
    orders = [order.asked for order in WorkOrder.objects.all()]
    assert len(orders) == 1 and "begin" not in orders[0], "no link lies in the store"
    work(Event(), once=True)
    letter = mail.outbox[0]
    assert letter.to == ["mara@brightwater.example"] and "Hello Mara Oyelaran" in letter.body
    link = re.findall(r"http://testserver(/me/begin/\S+)", str(letter.body))[0]
    assert Client().get(link).status_code == 200


def test_a_stranger_brings_no_letter_and_sees_the_same_page(members: dict[str, Member]) -> None:
    pages = [
        Client().post("/me/password/reset/", {"email": f"{who}@brightwater.example"}, follow=True).content
        for who in ("mara", "nobody")
    ]
    assert pages[0] == pages[1]
    work(Event(), once=True)
    assert [letter.to for letter in mail.outbox] == [["mara@brightwater.example"]]


def test_asking_ten_times_brings_one_letter(members: dict[str, Member]) -> None:
    for _ in range(10):
        cache.clear()
        Client().post("/me/password/reset/", {"email": "mara@brightwater.example"})
    work(Event(), once=True)
    assert len(mail.outbox) == 1


def test_an_invitation_goes_out_by_letter(as_admin: Client) -> None:
    as_admin.post("/settings/members/new/", {"email": "n@b.example", "name": "N", "roles": ["sales"], "team": "sales"})
    work(Event(), once=True)
    assert mail.outbox[0].to == ["n@b.example"] and "You are invited" in mail.outbox[0].subject


def test_a_link_in_a_letter_begins_with_the_address_people_use(members: dict[str, Member], settings: Any) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, address="https://oarlock.example.com")
    Client().post("/me/password/reset/", {"email": "mara@brightwater.example"})
    work(Event(), once=True)
    assert "https://oarlock.example.com/me/begin/" in mail.outbox[0].body


def test_who_was_sent_away_meanwhile_gets_no_letter(members: dict[str, Member]) -> None:
    Client().post("/me/password/reset/", {"email": "mara@brightwater.example"})
    writes.deactivate(members["mara"].id, acting=SYSTEM, now=JOINED)
    work(Event(), once=True)
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_tried_again_later(
    members: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("oarlock.jobs.mailing.send_mail", refuses)
    Client().post("/me/password/reset/", {"email": "mara@brightwater.example"})
    for tries in range(1, 6):
        work(Event(), once=True)
        waiting = WorkOrder.objects.get(state="open")
        assert waiting.due_at > waiting.made_at and f'"tried": {tries}' in waiting.asked
        WorkOrder.objects.filter(id=waiting.id).update(due_at=waiting.made_at)
    work(Event(), once=True)
    assert not WorkOrder.objects.filter(state="open").exists()
    failed = WorkOrder.objects.get(state="failed")
    assert "did not take the letter" in failed.words and SECRET not in failed.words


def test_without_mail_nothing_is_ordered(members: dict[str, Member], settings: Any) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, mail_url=None)
    Client().post("/me/password/reset/", {"email": "mara@brightwater.example"})
    assert not WorkOrder.objects.exists()
