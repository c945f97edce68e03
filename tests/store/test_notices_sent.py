"""What waits in the outbox leaves the house at least once, under one id, by a real mail server, whatever dies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from oarlock.jobs import outbox
from oarlock.jobs.outbox import WAITS, Outbox, send_due
from oarlock.records.shapes import ERASED
from oarlock.store.models import Choice, Member, Notice
from oarlock.store.writes import notices as writes
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.notices import CLAIM, Wish, claim, retry, wish, wish_all
from oarlock.web.accounts.mail import mail_settings

from .receiving import Mailbox, free_port, mail_server, silent_server

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


class Clock:
    """The time of a test, which stands until it is set."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, time: timedelta) -> None:
        self.at += time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(outbox, "now", made)
    return made


@pytest.fixture
def lena(settings: Any, tmp_path: Path) -> Member:
    settings.OARLOCK = replace(settings.OARLOCK, home=tmp_path, address="https://oarlock.example")
    return member("lena", "Lena Vogt")


def member(key: str, name: str, **told: Any) -> Member:
    return Member.objects.create(
        id=f"id-{key}", email=f"{key}@brightwater.example", name=name, person=key, joined_at=NOON, **told
    )


def post_by(settings: Any, url: str) -> None:
    """The mail server of this test, as the environment would name it. Django's tests keep mail in memory otherwise."""
    settings.OARLOCK = replace(settings.OARLOCK, mail_url=url)
    for name, value in mail_settings(url).items():
        setattr(settings, name, value)


@pytest.fixture
def box(settings: Any, lena: Member) -> Iterator[Mailbox]:
    with mail_server() as made:
        post_by(settings, made.url)
        yield made


def offer(user: str = "lena", about: str = "handoff:h1") -> str:
    body = {"words": "Ada Byron of Analytical waits. Answer by 13:00.", "path": "/handoffs/h1/"}
    return wish("offered", user, about, "A lead for you", body, NOON)


def state(notice_id: str) -> str:
    return Notice.objects.get(id=notice_id).state


def test_a_notice_reaches_its_receiver_by_mail_with_its_id_and_a_link(box: Mailbox, clock: Clock) -> None:
    notice = offer()
    send_due("ann")
    (letter,) = box.letters
    assert letter["To"] == "lena@brightwater.example" and letter["Subject"] == "A lead for you"
    assert letter["X-Oarlock-Notice"] == notice and letter["Message-ID"].startswith(f"<{notice}@")
    text = str(letter.get_payload())
    assert text.startswith("Hello Lena Vogt,") and "https://oarlock.example/handoffs/h1/" in text
    assert state(notice) == "sent"


def test_what_was_sent_is_not_sent_again(box: Mailbox, clock: Clock) -> None:
    offer()
    send_due("ann")
    offer()
    send_due("bob")
    assert len(box.letters) == 1


def test_a_worker_that_dies_between_sending_and_marking_is_followed_by_another_with_the_same_id(
    box: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = offer()
    with monkeypatch.context() as killed:
        killed.setattr(writes, "sent", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send_due("ann")
    assert state(notice) == "taken" and box.ids == [notice]
    send_due("bob")
    assert box.ids == [notice]
    clock.pass_(CLAIM + timedelta(seconds=1))
    send_due("bob")
    assert box.ids == [notice, notice] and state(notice) == "sent"
    assert len({letter["Message-ID"] for letter in box.letters}) == 1


def test_a_worker_that_was_frozen_and_lost_its_claim_sends_nothing(box: Mailbox, clock: Clock) -> None:
    notice = offer()
    Outbox("ann").round()
    assert claim([notice], "ann", now=clock()) == [notice]
    clock.pass_(CLAIM + timedelta(seconds=1))
    assert claim([notice], "bob", now=clock()) == [notice]
    assert not writes.is_mine(notice, "ann", now=clock())
    assert not writes.sent(notice, "ann", now=clock()) and state(notice) == "taken"


def test_two_workers_that_claim_at_once_share_the_notices(box: Mailbox, clock: Clock) -> None:
    ids = [offer(about=f"handoff:h{n}") for n in range(6)]
    first = claim(ids[:4], "ann", now=NOON)
    second = claim(ids, "bob", now=NOON)
    assert sorted(first + second) == sorted(ids) and not set(first) & set(second)


def test_a_mail_server_that_is_away_for_a_while_loses_nothing(settings: Any, lena: Member, clock: Clock) -> None:
    port = free_port()
    post_by(settings, f"smtp://127.0.0.1:{port}?tls=no")
    notice = offer()
    send_due("ann")
    waiting = Notice.objects.get(id=notice)
    assert (waiting.state, waiting.due_at) == ("waiting", NOON + WAITS[0])
    assert waiting.words == "The mail server does not answer. ConnectionRefusedError."
    with mail_server(port) as box:
        send_due("ann")
        assert not box.ids
        clock.pass_(WAITS[0])
        send_due("ann")
    assert box.ids == [notice] and state(notice) == "sent"


def test_waits_grow_and_the_last_failure_is_told_in_words_and_can_be_tried_again(
    settings: Any, lena: Member, clock: Clock
) -> None:
    port = free_port()
    post_by(settings, f"smtp://127.0.0.1:{port}?tls=no")
    notice = offer()
    tried = []
    for wait in (*WAITS, timedelta(0)):
        send_due("ann")
        tried.append(clock())
        clock.pass_(wait)
    assert [b - a for a, b in pairwise(tried)] == list(WAITS)
    assert state(notice) == "failed" and "does not answer" in Notice.objects.get().words
    with mail_server(port) as box:
        assert retry(notice, acting=SYSTEM, now=clock()) == 1
        send_due("ann")
    assert box.ids == [notice]


def test_a_mail_server_that_hangs_is_given_up_and_then_left_in_peace(settings: Any, lena: Member, clock: Clock) -> None:
    with silent_server() as port:
        post_by(settings, f"smtp://127.0.0.1:{port}?tls=no")
        settings.EMAIL_TIMEOUT = 0.3
        ids = [offer(about=f"handoff:h{n}") for n in range(3)]
        waiting = Outbox("ann")
        for _ in range(4):
            waiting.round()
        tried = Notice.objects.filter(id__in=ids, attempts=1)
        assert [each.words for each in tried] == ["The mail server does not answer. SMTPServerDisconnected."]
        assert Notice.objects.filter(id__in=ids, attempts=0, state="waiting").count() == 2


def test_a_receiver_the_server_does_not_know_fails_at_once_with_its_words(box: Mailbox, clock: Clock) -> None:
    box.answers.append("550 5.1.1 No such\tuser")
    notice = offer()
    send_due("ann")
    failed = Notice.objects.get(id=notice)
    assert (failed.state, failed.words) == ("failed", "The mail server refused it. It answered 550 5.1.1 No such user.")


def test_a_server_that_is_busy_is_asked_again(box: Mailbox, clock: Clock) -> None:
    box.answers.append("451 4.3.0 Too busy")
    notice = offer()
    send_due("ann")
    assert state(notice) == "waiting"
    clock.pass_(WAITS[0])
    send_due("ann")
    assert box.ids == [notice]


def test_one_letter_the_server_refuses_keeps_no_other_from_being_sent(box: Mailbox, clock: Clock) -> None:
    box.answers.append("554 5.6.0 No")
    offer(about="handoff:h1")
    offer(about="handoff:h2")
    send_due("ann")
    assert sorted(Notice.objects.values_list("state", flat=True)) == ["failed", "sent"] and len(box.ids) == 1


def test_whom_nobody_knows_or_who_was_sent_away_is_told_of_in_words(box: Mailbox, clock: Clock) -> None:
    member("jonas", "Jonas Weber", is_active=False)
    lost, gone = offer("nobody"), offer("jonas")
    send_due("ann")
    words = {n.id: n.words for n in Notice.objects.filter(state="failed")}
    assert "`nobody` is nobody" in words[lost] and words[gone] == "Jonas Weber is a member no more."
    assert not box.ids


def test_without_a_mail_server_a_notice_fails_and_names_the_setting(settings: Any, lena: Member, clock: Clock) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, mail_url=None)
    offer()
    send_due("ann")
    failed = Notice.objects.get()
    assert failed.state == "failed" and "OARLOCK_MAIL_URL" in failed.words


def test_who_wants_no_notice_of_a_kind_gets_none_and_it_is_no_failure(box: Mailbox, clock: Clock, lena: Member) -> None:
    Choice.objects.create(member=lena, kind="offered", channels="")
    notice = offer()
    send_due("ann")
    assert state(notice) == "unwanted" and not box.ids


def test_quiet_hours_of_ones_own_hold_a_notice_until_they_end(box: Mailbox, clock: Clock, lena: Member) -> None:
    Choice.objects.create(member=lena, kind="*", channels="mail", quiet="11:30-14:00")
    notice = offer()
    send_due("ann")
    assert state(notice) == "waiting" and Notice.objects.get().due_at == datetime(2026, 11, 16, 14, tzinfo=UTC)
    clock.at = datetime(2026, 11, 16, 14, tzinfo=UTC)
    send_due("ann")
    assert box.ids == [notice]


def test_a_digest_is_one_mail_a_day_with_all_that_was_gathered(box: Mailbox, clock: Clock, lena: Member) -> None:
    Choice.objects.create(member=lena, kind="*", channels="mail", when="digest")
    ids = [offer(about=f"handoff:h{n}") for n in range(3)]
    send_due("ann")
    assert {n.channel for n in Notice.objects.all()} == {"digest"} and not box.ids
    clock.at = datetime(2026, 11, 17, 8, tzinfo=UTC)
    send_due("ann")
    (letter,) = box.letters
    assert letter["Subject"] == "Your day in Oarlock: 3 notices"
    assert str(letter.get_payload()).count("A lead for you") == 3
    assert {state(each) for each in ids} == {"gathered"}
    send_due("bob")
    assert len(box.letters) == 1


def test_what_was_about_somebody_erased_since_is_told_to_nobody(box: Mailbox, clock: Clock, lena: Member) -> None:
    erased = offer()
    Notice.objects.update(subject=ERASED, body=json.dumps({ERASED: True}))
    send_due("ann")
    assert state(erased) == "unwanted"
    Choice.objects.create(member=lena, kind="*", channels="mail", when="digest")
    gone, told = offer(about="handoff:gone"), offer(about="handoff:there")
    send_due("ann")
    Notice.objects.filter(id=gone).update(subject=ERASED, body=json.dumps({ERASED: True}))
    clock.at = datetime(2026, 11, 17, 8, tzinfo=UTC)
    send_due("ann")
    (letter,) = box.letters
    assert letter["Subject"] == "Your day in Oarlock: 1 notice" and state(gone) == state(told) == "gathered"


def test_a_digest_lists_so_many_and_counts_the_rest(
    box: Mailbox, clock: Clock, lena: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "LINES", 2)
    Choice.objects.create(member=lena, kind="*", channels="mail", when="digest")
    for n in range(5):
        offer(about=f"handoff:h{n}")
    send_due("ann")
    clock.at = datetime(2026, 11, 17, 8, tzinfo=UTC)
    send_due("ann")
    text = str(box.letters[0].get_payload())
    assert text.count("A lead for you") == 2 and "And 3 more." in text


def test_many_due_at_once_all_go_out_once(box: Mailbox, clock: Clock) -> None:
    wishes = [Wish("offered", "lena", f"handoff:{n}", "A lead", {"words": "Look."}) for n in range(120)]
    wish_all(wishes, NOON)
    send_due("ann")
    assert sorted(box.ids) == sorted(each.id for each in wishes)
