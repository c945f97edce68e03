"""Decisions of routing, read: found by person, owner, pool, reason, whoever was passed over, and day; and one of them.

Promises: a page is walked along an index (`walking`), so that a decision of five years ago is found as quickly as
yesterday's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce

from oarlock.store.models import Decision
from oarlock.store.reads import search, walking
from oarlock.store.reads.filters import NOBODY, Asked, instants, started
from oarlock.store.reads.walking import Order, Residual, Rows, Walk

COLUMNS = {"person": "person_id", "owner": "owner", "pool": "pool", "because": "because"}
"""Word of the address -> column with an index of its own."""
WORDS = (*COLUMNS, "skipped")
SORTS = ("at",)
DEFAULT = "-at"
PEOPLE = 500
"""A text is looked for in the names of at most so many people."""


@dataclass(frozen=True, slots=True)
class Row:
    """One decision: whose lead, who got it and why; `body` holds every step (`routing.from_plain`)."""

    id: str
    handoff_id: str
    person_id: str
    at: datetime
    agreement: int
    owner: str | None
    pool: str | None
    because: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decisions:
    """A page of the list; `count` is None after the first page, and `walking.COUNTED` + 1 means more than that."""

    rows: tuple[Row, ...]
    walk: Walk
    count: int | None


def decisions(asked: Asked, zone: ZoneInfo, size: int = walking.SIZE) -> Decisions:
    """One page of the decisions asked for."""
    rows, residual = _listed(asked, zone)
    order = Order("at", "decision_id", asked.descending)
    walk = walking.walk(rows, residual, order, asked.after, size)
    count = walking.count(rows, residual) if asked.after is None else None
    return Decisions(tuple(_row(d) for d in walking.in_order(Decision, walk.keys)), walk, count)


def every(asked: Asked, zone: ZoneInfo) -> Iterator[Row]:
    """All decisions asked for, for an export."""
    at = asked
    while True:
        page = decisions(at, zone, 1000)
        yield from page.rows
        if page.walk.after is None:
            return
        at = started(at, page.walk.after)


def _listed(asked: Asked, zone: ZoneInfo) -> tuple[Rows, Residual | None]:
    """The stretch of an index to walk, and what else its rows must pass."""
    begin, end = instants(asked, zone)
    rows: Rows = Decision.objects.all()
    rows = rows.filter(at__gte=begin) if begin else rows
    rows = rows.filter(at__lt=end) if end else rows
    said = dict(asked.equal)
    if asked.text:
        rows = rows.filter(person_id__in=search.find_ids("person", asked.text, PEOPLE))
    first = next((word for word in COLUMNS if word in said), "")
    if first and not asked.text:
        rows = rows.filter(**_equal(first, said.pop(first)))
    return rows, (lambda r: _plainly(r, said)) if said else None


def _equal(word: str, value: str) -> dict[str, object]:
    return {f"{COLUMNS[word]}__isnull": True} if value == NOBODY else {COLUMNS[word]: value}


def _plainly(rows: Rows, said: Mapping[str, str]) -> Rows:
    """Filters said so that the index that is walked stays the one."""
    for word, value in said.items():
        if word == "skipped":
            rows = rows.filter(skipped__contains=f" {value} ")
            continue
        rows = rows.alias(**{f"_{word}": Coalesce(F(COLUMNS[word]), Value(""), output_field=TextField())})
        rows = rows.filter(**{f"_{word}": "" if value == NOBODY else value})
    return rows


def _row(d: Decision) -> Row:
    return Row(
        d.decision_id, d.handoff_id, d.person_id, d.at, d.agreement, d.owner, d.pool, d.because, json.loads(d.body)
    )  # fmt: skip


def decision(decision_id: str) -> Row | None:
    """One decision; None where there is none of that id."""
    found = Decision.objects.filter(pk=decision_id).first()
    return _row(found) if found else None


def of_handoff(handoff_id: str) -> tuple[Row, ...]:
    """Every decision about one hand-off, the first one first."""
    return tuple(_row(d) for d in Decision.objects.filter(handoff_id=handoff_id).order_by("at", "decision_id"))


def in_bulk(ids: Iterable[str | None]) -> dict[str, Row]:
    """These decisions by their id."""
    wanted = [key for key in ids if key]
    return {d.decision_id: _row(d) for d in Decision.objects.filter(pk__in=wanted)} if wanted else {}
