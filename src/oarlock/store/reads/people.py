"""People: the list, one person's head, and who is the same as whom.

Promises: a page of the list is walked along an index (`walking`); what no index serves is asked of a bounded stretch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Coalesce

from oarlock.store.models import Account, Erasure, Person, PersonState
from oarlock.store.reads import search, walking
from oarlock.store.reads.filters import NOBODY, Asked, instants, started
from oarlock.store.reads.walking import Order, Residual, Rows, Walk

COLUMNS = {"owner": "owner_id", "source": "source", "country": "country"}
"""Word of the address -> column: what the list can be narrowed by, beside stage, text and days."""
WORDS = ("stage", *COLUMNS)
SORTS = ("created", "name", "since")
"""`since` is the day of entry into the stage the list is narrowed to; without a stage it means `created`."""
DEFAULT = "-created"
TEXT_FOUND = 1_000
"""A list narrowed by text holds at most so many records."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of people."""

    id: str
    name: str
    email: str
    title: str
    company: str
    account_id: str | None
    stage: str | None
    since: datetime | None
    detour: str | None
    owner_id: str | None
    source: str | None
    country: str | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class People:
    """A page of the list; `count` is None after the first page, and `walking.COUNTED` + 1 means more than that."""

    rows: tuple[Row, ...]
    walk: Walk
    count: int | None


def people(asked: Asked, zone: ZoneInfo, size: int = walking.SIZE) -> People:
    """One page of the people asked for."""
    rows, residual, order = _listed(asked, zone)
    walk = walking.walk(rows, residual, order, asked.after, size)
    count = walking.count(rows, residual) if asked.after is None else None
    return People(_rows(walk.keys), walk, count)


def every(asked: Asked, zone: ZoneInfo) -> Iterator[Row]:
    """All people asked for, a thousand at a time, for an export."""
    rows, residual, order = _listed(asked, zone)
    at = asked
    while True:
        walk = walking.walk(rows, residual, order, at.after, 1000)
        yield from _rows(walk.keys)
        if walk.after is None:
            return
        at = started(at, walk.after)


def _listed(asked: Asked, zone: ZoneInfo) -> tuple[Rows, Residual | None, Order]:
    """The stretch of an index to walk, and what else its rows must pass."""
    stage = asked.get("stage")
    if asked.column == "since" and stage:
        return PersonState.objects.filter(stage=stage), _of_person(asked, zone), _order("since", asked)
    order = _order("name" if asked.column == "name" else "created_at", asked)
    if asked.text:
        ids = search.find_ids("person", asked.text, TEXT_FOUND)
        return _within(Person.objects.filter(pk__in=ids), asked, zone), _in_stage(stage, None), order
    first = next((word for word, _ in asked.equal if word in COLUMNS and order.column == "created_at"), "")
    rows = Person.objects.filter(**_equal(first, asked.get(first))) if first else Person.objects.all()
    days = order.column == "created_at"
    if days:
        rows = _between(rows, asked, zone)
    others = [(word, value) for word, value in asked.equal if word in COLUMNS and word != first]
    plain = not others and (days or not (asked.begin or asked.end))
    return rows, _in_stage(stage, None if plain else lambda r: _plainly(r, others, asked, zone, days)), order


def _order(column: str, asked: Asked) -> Order:
    return Order(column, "person_id", asked.descending)


def _within(rows: Rows, asked: Asked, zone: ZoneInfo) -> Rows:
    for word, value in asked.equal:
        if word in COLUMNS:
            rows = rows.filter(**_equal(word, value))
    return _between(rows, asked, zone)


def _equal(word: str, value: str) -> dict[str, Any]:
    column = COLUMNS[word]
    return {f"{column}__isnull": True} if value == NOBODY else {column: value}


def _between(rows: Rows, asked: Asked, zone: ZoneInfo) -> Rows:
    begin, end = instants(asked, zone)
    rows = rows.filter(created_at__gte=begin) if begin else rows
    return rows.filter(created_at__lt=end) if end else rows


def _plainly(rows: Rows, equal: list[tuple[str, str]], asked: Asked, zone: ZoneInfo, days: bool) -> Rows:
    """Filters said so that no database takes another index for them than the one that is walked."""
    for word, value in equal:
        name = f"_{word}"
        rows = rows.alias(**{name: Coalesce(F(COLUMNS[word]), Value(""), output_field=TextField())})
        rows = rows.filter(**{name: "" if value == NOBODY else value})
    return rows if days else _between(rows, asked, zone)


def _in_stage(stage: str, others: Residual | None) -> Residual | None:
    if not stage:
        return others
    here = PersonState.objects.filter(person_id=OuterRef("person_id"), stage=stage)
    passed: Callable[[Rows], Rows] = others or (lambda rows: rows)
    return lambda rows: passed(rows).filter(Exists(here))


def _of_person(asked: Asked, zone: ZoneInfo) -> Residual | None:
    """Filters on the person behind a state; None where there are none."""
    if not (asked.text or asked.begin or asked.end or any(word in COLUMNS for word, _ in asked.equal)):
        return None
    person: Rows = Person.objects.filter(person_id=OuterRef("person_id"))
    person = _within(person, asked, zone)
    if asked.text:
        ids = search.find_ids("person", asked.text, TEXT_FOUND)
        return lambda rows: rows.filter(person_id__in=ids).filter(Exists(person))
    return lambda rows: rows.filter(Exists(person))


def _rows(keys: tuple[str, ...]) -> tuple[Row, ...]:
    """The lines of these people; whoever was merged into somebody is left out."""
    states = PersonState.objects.in_bulk(list(keys))
    found = walking.in_order(Person, keys)
    return tuple(_row(p, state) for p in found if not ((state := states.get(p.person_id)) and state.merged_into))


def _row(p: Person, state: PersonState | None) -> Row:
    return Row(
        p.person_id, p.name or p.email or p.person_id, p.email or "", p.title or "", p.company_name or "",
        p.account_id, state.stage if state else None, state.since if state else None, state.detour if state else None,
        p.owner_id, p.source, p.country, p.created_at,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """One person's record as it stands: every field, the state, and what was done to it."""

    row: Row
    values: tuple[tuple[str, str | None], ...]
    cycle: int
    version: int | None
    back_at: datetime | None
    merged_into: str | None
    merged: tuple[str, ...]
    erased: bool


FIELDS = (
    "email", "name", "title", "phone", "company_name", "account_id", "country", "region", "language", "source",
    "source_detail", "campaign_id", "landing_page", "owner_id", "recorded_stage", "consent",
)  # fmt: skip
"""The fields of a person a member may edit by hand; their properties come beside these."""


def person(person_id: str) -> Head | None:
    """One person; None where nobody has that id."""
    p = Person.objects.filter(pk=person_id).annotate(gone=Exists(Erasure.objects.filter(pk=OuterRef("pk")))).first()
    if p is None:
        return None
    near = PersonState.objects.filter(Q(pk=person_id) | Q(merged_into=person_id))
    states = {state.person_id: state for state in near}
    state = states.pop(person_id, None)
    return Head(
        _row(p, state), values_of(p), state.cycle if state else 1, state.version if state else None,
        state.back_at if state else None, state.merged_into if state else None, tuple(sorted(states)), p.gone,
    )  # fmt: skip


def values_of(p: Person) -> tuple[tuple[str, str | None], ...]:
    """Every field of a person by name, properties last."""
    plain: dict[str, str | None] = {
        "email": p.email, "name": p.name, "title": p.title, "phone": p.phone, "company_name": p.company_name,
        "account_id": p.account_id, "country": p.country, "region": p.region, "language": p.language,
        "source": p.source, "source_detail": p.source_detail, "campaign_id": p.campaign_id,
        "landing_page": p.landing_page, "owner_id": p.owner_id, "recorded_stage": p.recorded_stage,
        "consent": p.consent,
    }  # fmt: skip
    return (*plain.items(), *properties_of(p.properties).items())


def properties_of(text: str) -> dict[str, str | None]:
    """The company's own fields of a record, in the order of their names."""
    return dict(sorted(json.loads(text or "{}").items()))


@dataclass(frozen=True, slots=True)
class Double:
    """Two people who may be one: `because` they share an e-mail address, or a name at one company."""

    one: Row
    other: Row
    because: str


def doubles_of(person_id: str, most: int = 10) -> tuple[Row, ...]:
    """Others with this person's e-mail address, or of the same name at the same company."""
    p = Person.objects.filter(pk=person_id).first()
    if p is None or Erasure.objects.filter(pk=person_id).exists():
        return ()
    same: list[str] = []
    if p.email:
        same += Person.objects.filter(email=p.email).exclude(pk=person_id).values_list("pk", flat=True)[:most]
    if p.name and (p.account_id or p.company_name):
        there = Q(account_id=p.account_id) if p.account_id else Q(company_name=p.company_name)
        same += Person.objects.filter(there, name=p.name).exclude(pk=person_id).values_list("pk", flat=True)[:most]
    return _rows(tuple(dict.fromkeys(same))[:most])


def account_names(ids: set[str]) -> dict[str, str]:
    """What accounts are called."""
    named = Account.objects.filter(pk__in=ids, name__isnull=False).values_list("account_id", "name") if ids else ()
    return {account_id: name for account_id, name in named if name is not None}
