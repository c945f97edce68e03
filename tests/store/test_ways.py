"""Which way a notice goes: by whose choice, around whose quiet hours, and whose clock on the wall."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError

from oarlock.agreement import read_text, seal
from oarlock.agreement.handling import Notices
from oarlock.ground.problems import UserProblem
from oarlock.ground.quiet import read_quiet
from oarlock.jobs import beside, outbox
from oarlock.jobs.outbox import Outbox, house_now
from oarlock.jobs.ways import House, Way, next_digest, way_of
from oarlock.store.reads import notices as reads
from oarlock.store.reads.notices import Chosen, Receiver, Waiting

BRIGHTWATER = Path(__file__).parents[2] / "agreements/brightwater/agreement.yaml"
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = read_quiet("19:00-08:00")
LENA = Receiver("lena", "Lena Vogt", "lena@brightwater.example", BERLIN)
HOUSE = House(frozenset({"room", "phone"}))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


MONDAY = berlin("2026-11-16 12:00")


def notice(kind: str = "offered", channel: str = "", made_at: datetime = MONDAY) -> Waiting:
    return Waiting("n1", kind, "lena", channel, "handoff:h1", "A lead", {}, made_at, 0)


def way(receiver: Receiver | None = LENA, house: House = HOUSE, at: datetime = MONDAY, kind: str = "offered") -> Way:
    return way_of(notice(kind, made_at=at), receiver, house, at)


def choosing(**kinds: Chosen) -> Receiver:
    return replace(LENA, choices={"*" if kind == "every" else kind: chosen for kind, chosen in kinds.items()})


def test_who_never_chose_hears_by_mail_or_as_the_agreement_says() -> None:
    assert way() == Way("send", ("mail",))
    assert way(house=replace(HOUSE, usual=("room", "mail"))) == Way("send", ("room", "mail"))
    assert way(house=replace(HOUSE, usual=("closed",))) == Way("send", ("mail",))


def test_the_choice_for_a_kind_goes_before_the_one_for_all() -> None:
    lena = choosing(every=Chosen(("room",)), late=Chosen(()))
    assert way(lena) == Way("send", ("room",)) and way(lena, kind="late") == Way("unwanted")


def test_a_channel_that_was_closed_since_falls_back_to_mail() -> None:
    assert way(choosing(every=Chosen(("closed",)))) == Way("send", ("mail",))


def test_without_an_address_a_channel_still_serves_and_without_either_it_fails_in_words() -> None:
    nowhere = replace(LENA, email="")
    assert way(replace(choosing(every=Chosen(("room",), "digest")), email="")) == Way("send", ("room",))
    failed = way(nowhere)
    assert failed.kind == "failed" and "No e-mail of Lena Vogt" in failed.words


def test_nobody_and_somebody_who_was_sent_away_fail_in_words() -> None:
    assert way(None).kind == way(replace(LENA, gone=True)).kind == "failed"


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-16 22:00", "2026-11-17 08:00"),
        ("2026-03-28 22:00", "2026-03-29 08:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00"),
    ],
)
def test_quiet_hours_end_by_the_receivers_wall_clock_also_where_clocks_change(at: str, until: str) -> None:
    house = replace(HOUSE, quiet=(NIGHT,))
    assert way(house=house, at=berlin(at)) == Way("wait", until=berlin(until))
    abroad = replace(LENA, zone=ZoneInfo("America/New_York"))
    assert way(abroad, house, berlin(at)).kind == "send"


def test_ones_own_quiet_hours_come_on_top_and_a_notice_waits_a_day_at_most() -> None:
    own, house = replace(LENA, quiet=read_quiet("08:00-10:00")), replace(HOUSE, quiet=(NIGHT,))
    assert way(own, house, berlin("2026-11-16 20:00")).until == berlin("2026-11-17 10:00")
    never = replace(LENA, quiet=read_quiet("08:00-19:00"))
    at = berlin("2026-11-16 20:00")
    assert way(never, house, at).until == at + timedelta(days=1)
    late = way_of(notice(made_at=at), never, house, at + timedelta(days=1))
    assert late == Way("send", ("mail",))


def test_a_notice_that_is_tried_again_keeps_quiet_hours_too_and_a_test_does_not() -> None:
    house, at = replace(HOUSE, quiet=(NIGHT,)), berlin("2026-11-16 20:00")
    assert way_of(notice(channel="mail", made_at=at), LENA, house, at).kind == "wait"
    assert way_of(notice("test", "room", made_at=at), LENA, house, at) == Way("send", ("room",))


@pytest.mark.parametrize(
    ("at", "digest"),
    [
        ("2026-11-16 07:59", "2026-11-16 08:00"),
        ("2026-11-16 08:00", "2026-11-17 08:00"),
        ("2026-03-28 20:00", "2026-03-29 08:00"),
    ],
)
def test_a_digest_waits_for_the_next_morning_of_its_receiver(at: str, digest: str) -> None:
    assert next_digest(BERLIN, berlin(at)) == berlin(digest)
    assert way(choosing(every=Chosen(("mail",), "digest")), at=berlin(at)) == Way("gather", until=berlin(digest))


@pytest.mark.django_db
def test_the_house_has_the_quiet_hours_and_channels_of_the_agreement_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    terms = seal(read_text(BRIGHTWATER.read_bytes()), 1)
    monkeypatch.setattr(reads, "terms_now", lambda at: terms)
    found = reads.receivers(["lena", "mara", "nobody"], MONDAY)
    assert set(found) == {"lena", "mara"} and found["lena"].zone.key == "Europe/Berlin"
    assert house_now(MONDAY) == House(frozenset(), ("mail",), (NIGHT,))
    for said in (("08:00", "08:00"), None):
        told = replace(terms, notices=Notices(said, ("room",)))
        monkeypatch.setattr(reads, "terms_now", lambda at, told=told: told)
        assert house_now(MONDAY) == House(frozenset(), ("room",))


@pytest.mark.parametrize(
    "wrong",
    [OperationalError("gone"), UserProblem("forged-agreement", "It is not the one that was signed."), KeyError()],
)
def test_whatever_is_wrong_with_one_round_of_the_outbox_the_next_one_comes(
    wrong: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, rounds = Event(), []

    def fail(box: Outbox) -> int:
        rounds.append(box)
        if len(rounds) == 2:
            stop.set()
        raise wrong

    @contextmanager
    def quietly(worker: str) -> Iterator[None]:
        yield

    monkeypatch.setattr(Outbox, "round", fail)
    monkeypatch.setattr(outbox, "AWAY_SECONDS", 0.01)
    monkeypatch.setattr(outbox, "_Beating", quietly)
    monkeypatch.setattr(outbox, "close_old_connections", lambda: None)
    monkeypatch.setattr(outbox, "connection", type("Gone", (), {"close": staticmethod(lambda: None)}))
    outbox.send_until(stop, "ann")
    assert len(rounds) == 2 and len(caplog.records) == 2 and caplog.records[0].levelno >= logging.WARNING


def test_what_is_done_beside_orders_runs_while_they_do_and_ends_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = Event(), Event()

    def loop(stop: Event, worker: str) -> None:
        begun.set()
        stop.wait(10)
        ended.set()

    monkeypatch.setattr(beside, "LOOPS", (loop,))
    with beside.beside("ann"):
        assert begun.wait(5) and not ended.is_set()
    assert ended.is_set()
