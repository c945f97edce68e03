"""The outbox: what somebody is to be told, wished for in the transaction of what it tells of and sent afterwards.

    wish(kind, user, about, subject, body, now)     one notice; wish_all(wishes, now) many in one statement

Promises: a notice's id is made of what it tells, so that the same one twice is one; what was wished for in a
transaction that is undone was never wished for. Nothing is decided here: by which channel, when, and whether at all is
the receiver's choice, asked when the notice is due (`jobs.sending`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from oarlock.ground.ids import fact_id
from oarlock.store.models import Notice

SUBJECT = 200
"""Letters of a subject; a longer one is cut, with an ellipsis."""


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
    kind: str, user: str, about: str, subject: str, body: Mapping[str, object], now: datetime, *, step: str = ""
) -> str:
    """Wish for one notice, inside the transaction that is open; its id. The same one again is that same notice."""
    wished = Wish(kind, user, about, subject, body, step)
    wish_all((wished,), now)
    return wished.id


def wish_all(wishes: Iterable[Wish], now: datetime) -> None:
    """Wish for many in one statement."""
    Notice.objects.bulk_create((_row(each, now) for each in wishes), ignore_conflicts=True)


def _row(wished: Wish, now: datetime) -> Notice:
    subject = " ".join(wished.subject.split())
    return Notice(
        id=wished.id, kind=wished.kind, user=wished.user, channel="", about=wished.about,
        subject=subject if len(subject) <= SUBJECT else f"{subject[: SUBJECT - 1]}…",
        body=json.dumps(dict(wished.body), ensure_ascii=False), made_at=now, due_at=now,
    )  # fmt: skip
