"""Accounts: the list, and one account with its people, deals and parent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce

from oarlock.store.models import Account, Opportunity, Person
from oarlock.store.reads import search, walking
from oarlock.store.reads.deals import Deal, deal_row
from oarlock.store.reads.filters import NOBODY, Asked, started
from oarlock.store.reads.people import TEXT_FOUND, Row, _rows, properties_of
from oarlock.store.reads.walking import Order, Residual, Rows, Walk

COLUMNS = {"owner": "owner_id", "industry": "industry", "country": "country"}
SORTS = {"name": "name"}
DEFAULT = "name"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list of accounts."""

    id: str
    name: str
    domain: str
    industry: str
    employees: float | None
    annual_revenue: float | None
    country: str
    owner_id: str | None
    parent_id: str | None


@dataclass(frozen=True, slots=True)
class Accounts:
    """A page of the list."""

    rows: tuple[Line, ...]
    walk: Walk
    count: int | None


def accounts(asked: Asked, size: int = walking.SIZE) -> Accounts:
    """One page of the accounts asked for."""
    rows, residual, order = _listed(asked)
    walk = walking.walk(rows, residual, order, asked.after, size)
    count = walking.count(rows, residual) if asked.after is None else None
    return Accounts(tuple(_line(a) for a in walking.in_order(Account, walk.keys)), walk, count)


def every(asked: Asked) -> Iterator[Line]:
    """All accounts asked for, for an export."""
    rows, residual, order = _listed(asked)
    at = asked
    while True:
        walk = walking.walk(rows, residual, order, at.after, 1000)
        yield from (_line(a) for a in walking.in_order(Account, walk.keys))
        if walk.after is None:
            return
        at = started(at, walk.after)


def _listed(asked: Asked) -> tuple[Rows, Residual | None, Order]:
    order = Order("name", "account_id", asked.descending)
    if asked.text:
        rows: Rows = Account.objects.filter(pk__in=search.find_ids("account", asked.text, TEXT_FOUND))
        for word, value in asked.equal:
            rows = rows.filter(**_equal(word, value))
        return rows, None, order
    first, *others = asked.equal or (("", ""),)
    rows = Account.objects.filter(**_equal(*first)) if first[0] else Account.objects.all()
    return rows, (lambda r: _plainly(r, others)) if others else None, order


def _equal(word: str, value: str) -> dict[str, object]:
    return {f"{COLUMNS[word]}__isnull": True} if value == NOBODY else {COLUMNS[word]: value}


def _plainly(rows: Rows, equal: list[tuple[str, str]]) -> Rows:
    """Filters said so that the index that is walked stays the one."""
    for word, value in equal:
        rows = rows.alias(**{f"_{word}": Coalesce(F(COLUMNS[word]), Value(""), output_field=TextField())})
        rows = rows.filter(**{f"_{word}": "" if value == NOBODY else value})
    return rows


def _line(a: Account) -> Line:
    return Line(
        a.account_id, a.name or a.domain or a.account_id, a.domain or "", a.industry or "", a.employees,
        a.annual_revenue, a.country or "", a.owner_id, a.parent_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Whole:
    """One account with what hangs on it; lists end at `SHOWN`, newest first."""

    line: Line
    properties: tuple[tuple[str, str | None], ...]
    parent: Line | None
    children: tuple[Line, ...]
    people: tuple[Row, ...]
    more_people: bool
    deals: tuple[Deal, ...]
    first_seen: datetime | None


def account(account_id: str) -> Whole | None:
    """One account; None where there is none."""
    a = Account.objects.filter(pk=account_id).first()
    if a is None:
        return None
    family = [*Account.objects.filter(parent_id=account_id)[:SHOWN]]
    parent = Account.objects.filter(pk=a.parent_id).first() if a.parent_id else None
    keys = tuple(Person.objects.filter(account_id=account_id).values_list("pk", flat=True)[: SHOWN + 1])
    deals = Opportunity.objects.filter(account_id=account_id).order_by("-created_at")[:SHOWN]
    people = sorted(_rows(keys[:SHOWN]), key=lambda p: (p.created_at is None, p.created_at), reverse=True)
    return Whole(
        _line(a), tuple(properties_of(a.properties).items()), _line(parent) if parent else None,
        tuple(_line(child) for child in family), tuple(people), len(keys) > SHOWN, tuple(deal_row(d) for d in deals),
        min((p.created_at for p in people if p.created_at), default=None),
    )  # fmt: skip
