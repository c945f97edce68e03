"""The inbox: the open hand-offs of some owners or queues, newest first, and what they have ended today.

Promises: a page costs its own rows, however many hand-offs are open: each owner's or queue's newest are one short walk
along its index, and the walks are one statement. `mark` changes whenever the first page would, and costs no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from oarlock.ground.intervals import micros
from oarlock.store.models import AuditLine, Handoff
from oarlock.store.reads.handoffs import Line, lines
from oarlock.store.reads.walking import Place

SIZE = 40
MOST = 100
"""So many owners or queues are walked at most."""
COUNTED = 200
"""Beyond so many open hand-offs an inbox says "more than"."""
DONE = 200
"""So many of somebody's newest lines in the trail are looked at for what they ended today."""
_ENDED = ("rejected", "returned", "passed-on", "recycled", "let-lapse")

_NEWEST = (
    "SELECT * FROM (SELECT offered_at, handoff_id FROM handoffs{index} WHERE {column} = %s AND ended_at IS NULL{beyond}"
    " ORDER BY offered_at DESC, handoff_id DESC LIMIT {size}) AS newest_{n}"
)
_BEYOND = " AND offered_at <= %s AND (offered_at < %s OR handoff_id < %s)"
_MARK = (
    "SELECT count(*), max(offered_at), max(held_since), max(answered_at), max(first_touch_at), sum(attempts)"
    " FROM (SELECT * FROM handoffs{index} WHERE owner = %s AND ended_at IS NULL"
    " ORDER BY offered_at DESC, handoff_id DESC LIMIT %s) AS newest"
)
_STATES = (
    "SELECT state FROM handoffs{index} WHERE owner = %s AND ended_at IS NULL"
    " ORDER BY offered_at DESC, handoff_id DESC LIMIT %s"
)
_INDEXES = {"owner": "handoffs_open", "queue": "handoffs_queued"}


@dataclass(frozen=True, slots=True)
class Page:
    """Open hand-offs, newest first; `after` is where the next page begins."""

    lines: tuple[Line, ...]
    after: Place | None


def owned(owners: Sequence[str], after: Place | None = None, size: int = SIZE) -> Page:
    """The open hand-offs of these owners."""
    return _walked("owner", owners, after, size)


def queued(queues: Sequence[str], after: Place | None = None, size: int = SIZE) -> Page:
    """What waits in these queues."""
    return _walked("queue", queues, after, size)


def _walked(column: str, values: Sequence[str], after: Place | None, size: int) -> Page:
    said = tuple(dict.fromkeys(values))[:MOST]
    if not said:
        return Page((), None)
    keys = _keys(column, said, after, size + 1)
    found = Handoff.objects.in_bulk([key for _, key in keys[:size]])
    rows = [found[key] for _, key in keys[:size] if key in found]
    return Page(lines(rows), Place(*keys[size - 1]) if len(keys) > size else None)


def _keys(column: str, values: Sequence[str], after: Place | None, size: int) -> list[tuple[int, str]]:
    """The newest of each, stacked, and the newest of all of them. `column` is a word of this program."""
    given: list[str | int] = []
    parts = []
    for n, value in enumerate(values):
        beyond = _BEYOND if after else ""
        parts.append(_NEWEST.format(column=column, index=walked(column), beyond=beyond, size=size, n=n))
        given += [value, int(after.value or 0), int(after.value or 0), after.key] if after else [value]
    whole = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS newest"  # noqa: S608  (texts of ours only)
    with connection.cursor() as cursor:
        cursor.execute(f"{whole} ORDER BY offered_at DESC, handoff_id DESC LIMIT {size}", given)
        return list(cursor.fetchall())


def count_open(owner: str) -> int:
    """How many somebody has open, up to `COUNTED` + 1."""
    return len(_states(owner, COUNTED + 1))


def count_to_answer(owner: str) -> int:
    """How many of somebody's newest wait for an answer."""
    return _states(owner, COUNTED).count("offered")


def _states(owner: str, size: int) -> list[str]:
    """How somebody's newest stand."""
    with connection.cursor() as cursor:
        cursor.execute(_STATES.format(index=walked("owner")), [owner, size])
        return [state for (state,) in cursor.fetchall()]


def walked(column: str) -> str:
    """The index an open owner's or queue's hand-offs are walked along, said where the engine would weigh another.

    SQLite, once it has counted, takes the index of reasons for one of ended hand-offs, and sorts all that is open.
    """
    return f" INDEXED BY {_INDEXES[column]}" if connection.vendor == "sqlite" else ""


def mark(owner: str) -> str:
    """A text that is another one as soon as somebody's open hand-offs are."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK.format(index=walked("owner")), [owner, SIZE])
        return "-".join(str(value or 0) for value in cursor.fetchone())


def mark_of(found: Sequence[Line]) -> str:
    """The same text, made of somebody's first page."""
    mine = [line.handoff for line in found]
    times = (
        [h.offered_at for h in mine], [h.held_since for h in mine], [h.answered_at for h in mine],
        [h.first_touch_at for h in mine],
    )  # fmt: skip
    latest = (max((micros(at) for at in each if at), default=0) for each in times)
    return "-".join(str(n) for n in (len(mine), *latest, sum(h.attempts for h in mine)))


def done_today(member_id: str, since: datetime) -> tuple[Line, ...]:
    """The hand-offs a member ended or gave away since then, the last one first."""
    mine = AuditLine.objects.filter(actor=member_id, subject_kind="handoff", at__gte=since, verb__in=_ENDED)
    ids = tuple(dict.fromkeys(mine.order_by("-number").values_list("subject", flat=True)[:DONE]))
    found = Handoff.objects.in_bulk(list(ids))
    return lines([found[key] for key in ids if key in found])
