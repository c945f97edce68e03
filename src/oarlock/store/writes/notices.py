"""The outbox: what somebody is to be told, wished for in the transaction of what it tells of and sent afterwards.

    wish(kind, user, about, subject, body, now)     one notice; wish_all(wishes, now) many in one statement
    claim, keep -> sent | again | give_back | fail  by the one worker that sends it now
    wait, gather, route, give_up, settle_unwanted   what the receiver's choice made of it when it was due

Promises: a notice's id is made of what it tells, so that the same one twice is one; what was wished for in a
transaction that is undone was never wished for. By which channel, when, and whether at all is the receiver's choice,
asked when the notice is due (`jobs.outbox`). A claim that is not kept fresh lapses, and another worker sends.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from oarlock.charts.numerals import plural
from oarlock.ground.ids import fact_id
from oarlock.ground.problems import UserProblem
from oarlock.records.shapes import ERASED
from oarlock.store.models import Notice
from oarlock.store.writes.audit import Acting, note

KINDS = {
    "offered": "A lead is mine now",
    "reminder": "A clock of mine is running out",
    "late": "A lead of somebody I answer for has waited too long",
    "waiting": "A lead waits and nobody has it",
    "appeal": "Somebody appeals a rejection that concerns me",
    "appeal-answered": "My appeal is answered",
}
"""Kind of notice -> when it is told, as the page of choices says it. Another kind goes by the choice for all."""

SUBJECT = 200
"""Letters of a subject; a longer one is cut, with an ellipsis."""
CLAIM = timedelta(seconds=15)
"""How long a claim holds without being renewed."""
LINES = 200
"""Notices a digest lists; further ones are counted."""
GATHERING = "digest"
"""What stands as the channel of a notice that waits for its receiver's next digest."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody is to be told something. `user` is a key of the agreement's people or users; `about` is `<kind>:<id>`.

    `body` holds `words` (what is told, as plain text) and may hold `path` (the address within Oarlock to look at).
    `step` tells two notices of one kind about one thing apart: the clock and its step, the number of a try.
    """

    kind: str
    user: str
    about: str
    subject: str
    body: Mapping[str, object]
    step: str = ""

    @property
    def id(self) -> str:
        """What this notice is known by, here and to whoever receives it."""
        return fact_id("notice", self.kind, self.user, self.about, self.step)


def wish(
    kind: str, user: str, about: str, subject: str, body: Mapping[str, object], now: datetime, *, step: str = "",
    channel: str = "",
) -> str:  # fmt: skip
    """Wish for one notice, inside the transaction that is open; its id. The same one again is that same notice.

    With a `channel` it goes that way whatever its receiver chose: a test, a digest.
    """
    wished = Wish(kind, user, about, subject, body, step)
    wish_all((wished,), now, channel=channel)
    return wished.id


def wish_all(wishes: Iterable[Wish], now: datetime, *, channel: str = "") -> None:
    """Wish for many in one statement."""
    Notice.objects.bulk_create((_row(each, now, channel) for each in wishes), ignore_conflicts=True)


def _row(wished: Wish, now: datetime, channel: str) -> Notice:
    subject = " ".join(wished.subject.split())
    return Notice(
        id=wished.id, kind=wished.kind, user=wished.user, channel=channel, about=wished.about,
        subject=subject if len(subject) <= SUBJECT else f"{subject[: SUBJECT - 1]}…",
        body=json.dumps(dict(wished.body), ensure_ascii=False), made_at=now, due_at=now,
    )  # fmt: skip


def free(now: datetime) -> Q:
    """Notices that are due and that nobody is sending just now."""
    return Q(due_at__lte=now) & (Q(state="waiting") | Q(state="taken", taken_until__lt=now))


def wait(ids: Collection[str], until: datetime, *, now: datetime) -> None:
    """Quiet hours: not before that instant."""
    _due(ids, now).update(due_at=until, state="waiting")


def gather(ids: Collection[str], until: datetime, *, now: datetime) -> None:
    """Into the digest of that instant."""
    _due(ids, now).update(due_at=until, channel=GATHERING, state="waiting")


def give_up(ids: Collection[str], words: str, *, now: datetime) -> None:
    """They reach nobody, and `words` say why."""
    _due(ids, now).update(state="failed", words=words)


def settle_unwanted(ids: Collection[str], *, now: datetime) -> None:
    """Their receiver chose not to have them."""
    _due(ids, now).update(state="unwanted")


def route(ids: Collection[str], channels: Sequence[str], *, now: datetime) -> None:
    """By these channels: each notice by the first, and one more of its own for each further one."""
    with transaction.atomic():
        chosen = list(_due(ids, now).filter(channel="").select_for_update())
        Notice.objects.filter(id__in=[n.id for n in chosen]).update(channel=channels[0])
        more = (
            Notice(
                id=fact_id("notice", n.id, channel), kind=n.kind, user=n.user, channel=channel, about=n.about,
                subject=n.subject, body=n.body, made_at=n.made_at, due_at=n.due_at,
            )
            for channel in channels[1:]
            for n in chosen
        )  # fmt: skip
        Notice.objects.bulk_create(more, ignore_conflicts=True)


def bundle(user: str, *, now: datetime) -> str | None:
    """All that waits for that receiver's digest as one mail; its id, None where nothing is left to tell."""
    with transaction.atomic():
        waiting = Notice.objects.filter(free(now), user=user, channel=GATHERING).order_by("made_at", "id")
        found = [(n.id, n.subject, json.loads(n.body)) for n in waiting.select_for_update()]
        Notice.objects.filter(id__in=[id for id, _, _ in found]).update(state="gathered")
        told = [each for each in found if ERASED not in each[2]]
        if not told:
            return None
        lines = [{"subject": title, "path": body.get("path", "")} for _, title, body in told[:LINES]]
        body = {"lines": lines, "more": len(told) - len(lines)}
        subject, step = f"Your day in Oarlock: {plural(len(told), 'notice')}", fact_id(*(id for id, _, _ in told))
        return wish("digest", user, f"digest:{user}", subject, body, now, step=step, channel="mail")


def claim(ids: Collection[str], worker: str, *, now: datetime) -> list[str]:
    """Those of them that are this worker's now, until `now + CLAIM`."""
    with transaction.atomic():
        mine = list(_due(ids, now).select_for_update().values_list("id", flat=True))
        Notice.objects.filter(id__in=mine).update(
            state="taken", taken_by=worker, taken_until=now + CLAIM, attempts=F("attempts") + 1
        )
    return mine


def keep(worker: str, *, now: datetime) -> None:
    """Keep fresh what this worker has claimed and has not lost."""
    Notice.objects.filter(state="taken", taken_by=worker, taken_until__gte=now).update(taken_until=now + CLAIM)


def is_mine(notice_id: str, worker: str, *, now: datetime) -> bool:
    """Whether the claim still holds: asked right before the notice leaves the house."""
    return Notice.objects.filter(id=notice_id, state="taken", taken_by=worker, taken_until__gte=now).exists()


def sent(notice_id: str, worker: str, *, now: datetime) -> bool:
    """It left the house. False where another worker has it by now, and will send it again under the same id."""
    return _taken(notice_id, worker).update(state="sent", sent_at=now, words="", taken_until=None) == 1


def again(notice_id: str, words: str, due_at: datetime, *, worker: str) -> bool:
    """It did not get through, for the reason in `words`, and is tried again then."""
    return _taken(notice_id, worker).update(state="waiting", words=words, due_at=due_at, taken_until=None) == 1


def give_back(notice_id: str, *, worker: str) -> bool:
    """It was not tried, for its server is left in peace: free again at once, and the claim does not count."""
    return _taken(notice_id, worker).update(state="waiting", taken_until=None, attempts=F("attempts") - 1) == 1


def fail(notice_id: str, words: str, *, worker: str) -> bool:
    """It will not get through, and `words` say why."""
    return _taken(notice_id, worker).update(state="failed", words=words, taken_until=None) == 1


def retry(notice_id: str | None, *, acting: Acting, now: datetime) -> int:
    """Send a failed notice (None: every one) after all, from the beginning; how many. UserProblem `nothing-failed`."""
    with transaction.atomic():
        failed = Notice.objects.filter(state="failed")
        chosen = failed if notice_id is None else failed.filter(id=notice_id)
        many = chosen.update(state="waiting", due_at=now, attempts=0, words="", taken_until=None)
        if not many:
            raise UserProblem("nothing-failed", "There is no such notice that failed.", "", "Load the page again.")
        note("retried", "notice", notice_id or "every failed one", {"notices": many}, acting=acting, now=now)
    return many


def _due(ids: Collection[str], now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(free(now), id__in=list(ids))


def _taken(notice_id: str, worker: str) -> QuerySet[Notice]:
    return Notice.objects.filter(id=notice_id, state="taken", taken_by=worker)
