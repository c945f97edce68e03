"""The outbox's way out of the house: what is due goes by mail or by a channel, beside the orders and never behind one.

    send_until(stop, worker)    the loop of every worker, in a thread of its own
    send_due(worker)            everything that is due now
    Outbox(worker).round()      ask the receivers' choices, claim, send, mark; once

Promises: at least once, under one id, whatever dies in between; never two workers at once; what does not get through is
tried again after growing waits (WAITS) and ends as failed, in words. A server that hangs or is away delays its own
notices alone: it is left in peace for RESTING seconds.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from threading import Event, Thread

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection

from oarlock.ground.clock import monotonic, now
from oarlock.ground.problems import OutsideProblem, Problem
from oarlock.ground.quiet import Quiet
from oarlock.jobs import channels
from oarlock.jobs.digesting import make_digests
from oarlock.jobs.post import Letter, Post, with_foot, words_of
from oarlock.jobs.ways import MAIL, House, Way, way_of
from oarlock.store.reads import channels as channels_known
from oarlock.store.reads import notices as reads
from oarlock.store.reads.notices import Receiver, Waiting
from oarlock.store.writes import notices as writes
from oarlock.store.writes.notices import CLAIM, GATHERING

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""How long to wait before each further try: two days in all."""
IDLE_SECONDS = 1.0
AWAY_SECONDS = 2.0
RESTING = 30.0
"""Seconds a mail server or channel that does not answer is left in peace by this worker."""
TOO_MANY = "Every worker that tried to send it died."
log = logging.getLogger("oarlock.jobs")


class Outbox:
    """One worker's sending: its connection to the mail server, and who is left in peace until when."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self.post = Post()
        self.resting: dict[str, float] = {}

    def round(self) -> int:
        """Look at what is due once; how many notices were looked at."""
        at = now()
        due = reads.due(at, but=[name for name in self.resting if self._rests(name)])
        make_digests([n for n in due if n.channel == GATHERING], at)
        ready = _ready([n for n in due if n.channel != GATHERING], at)
        mine = set(writes.claim([n.id for n, _ in ready], self.worker, now=at)) if ready else set()
        with self.post:
            for notice, receiver in sorted(ready, key=lambda pair: pair[0].channel != MAIL):
                if notice.id in mine:
                    self._send(notice, receiver)
        return len(due)

    def _rests(self, channel: str) -> bool:
        return self.resting.get(channel, 0.0) > monotonic()

    def _send(self, notice: Waiting, receiver: Receiver) -> None:
        if not writes.is_mine(notice.id, self.worker, now=now()):
            log.warning("notice %s was taken over", notice.id)
        elif self._rests(notice.channel):
            writes.give_back(notice.id, worker=self.worker)
        elif notice.attempts > len(WAITS) + 2:
            writes.fail(notice.id, TOO_MANY, worker=self.worker)
        else:
            self._try(notice, receiver)

    def _try(self, notice: Waiting, receiver: Receiver) -> None:
        begun = monotonic()
        try:
            _hand_over(notice, receiver, self.post)
        except Problem as problem:
            self._failed(notice, problem)
            return
        except Exception as bug:
            log.exception("notice %s: a bug", notice.id)
            words = f"A bug in Oarlock: {type(bug).__name__}. The log has more."
            writes.fail(notice.id, words, worker=self.worker)
            return
        writes.sent(notice.id, self.worker, now=now())
        if monotonic() - begun > CLAIM.total_seconds() / 3:
            self.resting[notice.channel] = monotonic() + RESTING

    def _failed(self, notice: Waiting, problem: Problem) -> None:
        words = " ".join(part for part in (problem.what, problem.why, problem.next_step) if part)
        permanent = not isinstance(problem, OutsideProblem) or problem.permanent
        if problem.code in ("mail-away", "channel-refused"):
            self.resting[notice.channel] = monotonic() + RESTING
        if permanent or notice.attempts >= len(WAITS):
            writes.fail(notice.id, words, worker=self.worker)
        else:
            writes.again(notice.id, words, now() + WAITS[notice.attempts], worker=self.worker)


def _hand_over(notice: Waiting, receiver: Receiver, post: Post) -> None:
    """It leaves the house. OutsideProblem where it does not."""
    text = words_of(notice.body, receiver.name)
    if notice.channel == MAIL:
        post.send(Letter(notice.id, receiver.email, notice.subject, with_foot(text)))
        return
    address = channels_known.address_of(notice.channel, settings.OARLOCK.home)
    if address is None:
        raise OutsideProblem("no-channel", f"The channel `{notice.channel}` was closed.", permanent=True)
    channels.send(address, notice.id, notice.subject, text, inside=settings.OARLOCK.inside_hosts)


def send_until(stop: Event, worker: str) -> None:
    """Send what is due until `stop` is set. What is wrong in one round keeps no later one from its work."""
    outbox = Outbox(worker)
    with _Beating(worker):
        while not stop.is_set():
            looked_at = _round(outbox)
            if not looked_at:
                close_old_connections()
                stop.wait(IDLE_SECONDS if looked_at == 0 else AWAY_SECONDS)
    connection.close()


def _round(outbox: Outbox) -> int | None:
    """One round; None where it came to no good end."""
    try:
        return outbox.round()
    except OperationalError as away:
        log.warning("the database does not answer: %s", type(away).__name__)
        connection.close()
    except Problem as problem:
        log.warning("no notice is sent: %s", problem.what)
    except Exception:
        log.exception("the outbox: a bug")
    return None


def send_due(worker: str) -> None:
    """Send what is due and nothing else."""
    outbox = Outbox(worker)
    with _Beating(worker):
        while outbox.round():
            continue


def _ready(due: list[Waiting], at: datetime) -> list[tuple[Waiting, Receiver]]:
    """Settle each notice's way; those that go out now, by a channel that is known."""
    if not due:
        return []
    known, house = reads.receivers({n.user for n in due}, at), house_now(at)
    ways = [(notice, way_of(notice, known.get(notice.user), house, at)) for notice in due]
    alike: dict[Way, list[str]] = {}
    for notice, way in ways:
        if way.kind != "send" or not notice.channel:
            alike.setdefault(way, []).append(notice.id)
    for way, ids in alike.items():
        _settle(ids, way, at)
    return [(notice, known[notice.user]) for notice, way in ways if way.kind == "send" and notice.channel]


def _settle(ids: Sequence[str], way: Way, at: datetime) -> None:
    """Write down what was decided. What was given its channels is due again at once, by them."""
    if way.kind == "send":
        writes.route(ids, way.channels, now=at)
    elif way.kind == "unwanted":
        writes.settle_unwanted(ids, now=at)
    elif way.kind == "failed":
        writes.give_up(ids, way.words, now=at)
    elif way.until is not None:
        (writes.wait if way.kind == "wait" else writes.gather)(ids, way.until, now=at)


def house_now(at: datetime) -> House:
    """What notices find in the house at this instant."""
    terms = reads.terms_now(at)
    said = terms.notices if terms else None
    begins, ends = (time.fromisoformat(clock) for clock in said.quiet) if said and said.quiet else (time(), time())
    quiet = (Quiet(begins, ends),) if begins != ends else ()
    return House(channels_known.names(), said.channels if said else (), quiet)


class _Beating:
    """Keeps this worker's claims fresh from a thread of its own, for one server may take long to answer."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self._over = Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *raised: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(CLAIM.total_seconds() / 3):
            try:
                writes.keep(self.worker, now=now())
            except OperationalError:
                log.warning("the claims on notices could not be renewed")
        connection.close()
