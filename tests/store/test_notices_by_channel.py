"""A notice goes by a channel to a real webhook; an address reaches nothing inside, and its secrets stand nowhere."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from django.db import connection

from oarlock.ground.clock import now as instant_now
from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs import channels as speaking
from oarlock.jobs import outbox
from oarlock.jobs.outbox import WAITS, send_due
from oarlock.jobs.reaching import Inside, reaching, require_outside
from oarlock.store.models import AuditLine, Channel, Choice, Member, Notice
from oarlock.store.reads import channels as reads
from oarlock.store.safe import lock, unlock
from oarlock.store.writes import channels
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.notices import wish

from .receiving import Hook, web_hook

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
SECRET = "TIiajkdnlazkcOXrIdevi7FQ"
SLACK = f"slack://T1JJ3T3L2/A1BRTD4JD/{SECRET}/#leads"


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as made:
        yield made


@pytest.fixture
def lena(settings: Any, tmp_path: Path, db: None) -> Member:
    settings.OARLOCK = replace(settings.OARLOCK, home=tmp_path, inside_hosts=("127.0.0.1",))
    return Member.objects.create(
        id="id-lena", email="lena@brightwater.example", name="Lena Vogt", person="lena", joined_at=NOON
    )


def add(name: str, address: str, home: Path) -> None:
    looked = speaking.look_at(address)
    channels.add(name, address, kind=looked.service, shown=looked.shown, home=home, acting=SYSTEM, now=NOON)


def offer(at: datetime = NOON) -> str:
    return wish("offered", "lena", "handoff:h1", "A lead for you", {"words": "Answer by 13:00."}, at)


@pytest.fixture
def room(hook: Hook, lena: Member, settings: Any) -> Hook:
    add("room", f"json://127.0.0.1:{hook.port}/in/{SECRET}", settings.OARLOCK.home)
    Choice.objects.create(member=lena, kind="*", channels="room")
    return hook


def test_a_notice_reaches_a_webhook_with_its_id_in_a_header(room: Hook) -> None:
    notice = offer()
    send_due("ann")
    ((headers, body),) = room.got
    assert headers["x-oarlock-notice"] == headers["idempotency-key"] == notice
    assert body["title"] == "A lead for you" and "Hello Lena Vogt" in body["message"]
    assert Notice.objects.get().state == "sent"


def test_by_two_channels_goes_one_notice_each(room: Hook, lena: Member, settings: Any) -> None:
    add("other", f"json://127.0.0.1:{room.port}/other", settings.OARLOCK.home)
    Choice.objects.update(channels="room other")
    first = offer()
    send_due("ann")
    ids = [headers["x-oarlock-notice"] for headers, _ in room.got]
    assert first in ids and len(set(ids)) == 2 and set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_a_webhook_that_fails_is_asked_again_and_what_is_told_holds_no_secret(
    room: Hook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    room.status = 503
    notice = offer(instant_now())
    send_due("ann")
    kept = Notice.objects.get(id=notice)
    assert kept.state == "waiting" and kept.words.startswith("The channel did not take it.")
    assert SECRET not in kept.words + caplog.text and "apprise" in {each.name for each in caplog.records}
    at = instant_now() + WAITS[0] + timedelta(seconds=1)
    monkeypatch.setattr(outbox, "now", lambda: at)
    room.status = 200
    send_due("ann")
    assert Notice.objects.get(id=notice).state == "sent"


def test_a_channel_inside_the_network_is_refused_unless_the_server_allows_its_host(room: Hook, settings: Any) -> None:
    settings.OARLOCK = replace(settings.OARLOCK, inside_hosts=())
    offer()
    send_due("ann")
    failed = Notice.objects.get()
    assert failed.state == "failed" and "OARLOCK_INSIDE_HOSTS" in failed.words and not room.got


def test_a_redirect_inside_is_not_followed(room: Hook, hook: Hook) -> None:
    with web_hook() as inner:
        room.status, room.location = 307, f"http://127.0.0.1:{inner.port}/"
        offer()
        send_due("ann")
        assert room.got and not inner.got and Notice.objects.get().state == "waiting"


def test_a_closed_channel_sends_nothing_and_forgets_its_address(room: Hook, settings: Any) -> None:
    notice = offer()
    outbox.Outbox("ann").round()
    channels.close("room", acting=SYSTEM, now=NOON)
    send_due("ann")
    assert Notice.objects.get(id=notice).words == "The channel `room` was closed." and not room.got
    assert Channel.objects.get().sealed == "" and not reads.names()


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.1.1", "0.0.0.0", "224.0.0.1", "::1",
        "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::",
        "fe80::1%eth0", "localhost", "/run/docker.sock", "",
    ],
)  # fmt: skip
def test_what_lies_inside_is_refused(address: str) -> None:
    with pytest.raises(Inside):
        require_outside(address)


def test_what_lies_outside_may_be_reached_and_metadata_never_even_where_it_is_allowed() -> None:
    require_outside("93.184.216.34")
    require_outside("2606:2800:220:1:248:1893:25c8:1946")
    require_outside("10.0.0.1", {"10.0.0.1"})
    with pytest.raises(Inside):
        require_outside("169.254.169.254", {"169.254.169.254"})


def test_every_way_of_connecting_is_watched_and_nothing_is_once_it_is_over(hook: Hook, tmp_path: Path) -> None:
    where = ("127.0.0.1", hook.port)
    with reaching() as watch:
        with pytest.raises(Inside):
            socket.create_connection(where)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, pytest.raises(Inside):
            datagram.sendto(b"x", where)
        with socket.socket(socket.AF_UNIX) as pipe, pytest.raises(Inside):
            pipe.connect(str(tmp_path / "socket"))
        with pytest.raises(OSError):
            urlopen(f"http://localhost:{hook.port}/")
        assert watch.refused
    socket.create_connection(where).close()
    assert not hook.got


def test_a_name_that_resolves_inside_is_refused_at_the_connect(monkeypatch: pytest.MonkeyPatch, hook: Hook) -> None:
    """A rebinding name: asked once it is outside, and inside when it is connected to."""
    answers = iter([("93.184.216.34", hook.port), ("127.0.0.1", hook.port)])
    rebound = lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", next(answers))]  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    first = socket.getaddrinfo("rebound.example", hook.port)[0][4][0]
    require_outside(str(first))
    with reaching(), pytest.raises(Inside):
        socket.create_connection(("rebound.example", hook.port))
    assert not hook.got


@pytest.mark.parametrize(
    ("address", "service", "shown"),
    [
        (SLACK, "Slack", "slack://…"),
        (f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{SECRET}", "Slack", "https://hooks.slack.com/…"),
        ("mmosts://chat.example.com/abc123token", "Mattermost", "mmosts://chat.example.com/…"),
        ("jsons://user:pass@hooks.example.com/in?key=1", "Webhook", "jsons://hooks.example.com/…"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "Discord", "discord://…"),
        ("workflows://prod.example.com:443/WORKFLOWID/SIG/", "Teams", "workflows://…"),
    ],
)
def test_an_address_is_known_by_its_service_and_shown_without_its_secret(
    address: str, service: str, shown: str
) -> None:
    looked = speaking.look_at(address)
    assert (looked.service, looked.shown) == (service, shown)


@pytest.mark.parametrize(
    "address",
    [
        "", "file:///etc/passwd", "syslog://", "dbus://", "mailto://u:p@example.com", "https://inside.example/x",
        "json://", "slack://short", "jsons://h/?attach=/etc/passwd", "jsons://h/?%61ttach=/etc/passwd",
        "jsons://h/?verify=no", "json://h/\nx", "jsons://h/" + "x" * 2_000,
        "https://hooks.slack.com.evil.example/services/",
    ],
)  # fmt: skip
def test_an_address_of_no_service_or_with_a_way_around_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(UserProblem) as refused:
        speaking.look_at(address)
    assert refused.value.code == "bad-channel" and "passwd" not in refused.value.why


def test_no_secret_of_a_channel_stands_in_the_database_in_clear(lena: Member, settings: Any) -> None:
    add("slack", SLACK, settings.OARLOCK.home)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM channels")
        told = repr(cursor.fetchall()) + repr(list(AuditLine.objects.values_list()))
    assert SECRET not in told and "slack" in told
    assert reads.address_of("slack", settings.OARLOCK.home) == SLACK


def test_what_is_locked_opens_with_the_houses_keys_alone_and_not_when_it_was_changed(tmp_path: Path) -> None:
    locked = lock(tmp_path / "one", SLACK)
    assert unlock(tmp_path / "one", locked) == SLACK and lock(tmp_path / "one", SLACK) != locked
    for home, text in ((tmp_path / "other", locked), (tmp_path / "one", "A" + locked[1:]), (tmp_path / "one", "ü")):
        with pytest.raises(UserProblem) as refused:
            unlock(home, text)
        assert refused.value.code == "cannot-unlock"


def test_a_channel_keeps_its_name_to_itself(lena: Member, settings: Any) -> None:
    add("room", SLACK, settings.OARLOCK.home)
    for name, code in (("room", "taken-channel-name"), ("mail", "bad-channel-name"), ("A b", "bad-channel-name")):
        with pytest.raises(UserProblem) as refused:
            add(name, SLACK, settings.OARLOCK.home)
        assert refused.value.code == code


def test_an_address_that_means_nothing_any_more_is_a_failure_in_words() -> None:
    with pytest.raises(OutsideProblem) as failed:
        speaking.send("slack://short", "id", "subject", "text", inside=())
    assert failed.value.permanent
