"""The audit trail, read: a page of it by actor, verb, subject and time; its head; whether what is shown fits together.

Pages go back by number (keyset), so that the millionth line costs what the first does. Names are looked up when the
trail is read: the trail itself holds ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from oarlock.store.models import AuditLine, Checkpoint, Member, Token
from oarlock.store.writes.audit import BEGINNING, chained

SIZE = 50
EXPORT = 2_000
"""Lines read at a time for an export."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: all that is None or empty asks nothing. `before` is the number to go back from."""

    actor: str = ""
    verb: str = ""
    kind: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line with its actor's and subject's name as they are today (empty where nobody has one)."""

    number: int
    at: datetime
    actor: str
    actor_name: str
    verb: str
    kind: str
    subject: str
    subject_name: str
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, newest first; `more` is the number to go back from, None at the beginning.

    `broken` is the number of the first line here whose hash does not fit the line before, None where all fit.
    """

    lines: tuple[Line, ...]
    more: int | None
    broken: int | None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line's number and hash, and the last checkpoint that left the house."""

    number: int
    hash: str
    checkpoint: int | None = None
    checkpoint_at: datetime | None = None
    told: str = ""


def page(wanted: Wanted, size: int = SIZE) -> Page:
    """One page of the trail. Five queries at most."""
    found = list(_chosen(wanted)[: size + 1])
    rows = found[:size]
    more = rows[-1].number if len(found) > size else None
    return Page(tuple(_named(rows)), more, _broken(rows))


def every(wanted: Wanted) -> Iterator[Line]:
    """All lines, newest first, EXPORT at a time."""
    while True:
        rows = list(_chosen(wanted)[:EXPORT])
        yield from _named(rows)
        if len(rows) < EXPORT:
            return
        wanted = _back(wanted, rows[-1].number)


def head() -> Head:
    """Where the trail stands. Two queries."""
    last = AuditLine.objects.order_by("-number").values_list("number", "hash").first()
    told = Checkpoint.objects.order_by("-number").first()
    number, line_hash = last or (0, BEGINNING)
    return Head(number, line_hash, *((told.number, told.at, told.told) if told else (None, None, "")))


def actors() -> list[tuple[str, str]]:
    """Who may have acted, for the filter: members by id and name, the system last."""
    return [*Member.objects.order_by("name").values_list("id", "name")[:500], ("system", "Oarlock itself")]


def _chosen(wanted: Wanted) -> QuerySet[AuditLine]:
    lines = AuditLine.objects.order_by("-number")
    asked = {
        "actor": wanted.actor, "verb": wanted.verb, "subject_kind": wanted.kind, "subject": wanted.subject,
        "at__gte": wanted.since, "at__lt": wanted.until, "number__lt": wanted.before,
    }  # fmt: skip
    return lines.filter(**{name: value for name, value in asked.items() if value not in ("", None)})


def _back(wanted: Wanted, number: int) -> Wanted:
    return Wanted(
        wanted.actor, wanted.verb, wanted.kind, wanted.subject, wanted.since, wanted.until, before=number
    )  # fmt: skip


def _named(rows: Sequence[AuditLine]) -> Iterator[Line]:
    tokens = {row.actor.removeprefix("token:") for row in rows if row.actor.startswith("token:")}
    tokens |= {row.subject for row in rows if row.subject_kind == "token"}
    people = {row.actor for row in rows} | {row.subject for row in rows if row.subject_kind == "member"}
    names = {"system": "Oarlock itself"} | dict(Member.objects.filter(id__in=people).values_list("id", "name"))
    for token_id, hint, owner in Token.objects.filter(id__in=tokens).values_list("id", "hint", "member__name"):
        names[f"token:{token_id}"] = f"{owner} through a token (oar_…{hint})"
        names[token_id] = f"oar_…{hint}"  # what its member calls it is nobody else's
    for row in rows:
        yield Line(
            row.number, row.at, row.actor, names.get(row.actor, ""), row.verb, row.subject_kind, row.subject,
            names.get(row.subject, ""), json.loads(row.detail), row.hash,
        )  # fmt: skip


def _broken(rows: Sequence[AuditLine]) -> int | None:
    """Recompute what is shown, each upon the line before it, whether that is shown or not."""
    if not rows:
        return None
    before = {row.number: row.hash for row in rows} | {0: BEGINNING}
    missing = [row.number - 1 for row in rows if row.number - 1 not in before]
    before |= dict(AuditLine.objects.filter(number__in=missing).values_list("number", "hash"))
    bad = [row.number for row in rows if row.hash != chained(before.get(row.number - 1, ""), row)]
    return min(bad, default=None)
