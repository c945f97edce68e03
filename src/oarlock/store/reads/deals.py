"""Opportunities: the list, and one with its contacts, activities and history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import F, TextField, Value
from django.db.models.functions import Coalesce

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Account, Opportunity, OpportunityContact, Person
from oarlock.store.reads import search, walking
from oarlock.store.reads.filters import NOBODY, Asked, instants, started
from oarlock.store.reads.people import TEXT_FOUND, properties_of
from oarlock.store.reads.walking import Order, Residual, Rows, Walk

COLUMNS = {"status": "status", "owner": "owner_id", "stage": "stage"}
INDEXED = ("status", "owner")
"""Words with an index of their own, in the order of the day the deal began."""
WORDS = (*COLUMNS, "least", "most")
SORTS = {"created": "created_at", "amount": "amount"}
DEFAULT = "-created"


@dataclass(frozen=True, slots=True)
class Deal:
    """One line of the list of opportunities."""

    id: str
    name: str
    account_id: str | None
    person_id: str | None
    kind: str
    product: str
    amount: Decimal | None
    currency: str
    stage: str
    status: str
    owner_id: str | None
    campaign_id: str | None
    created_at: datetime | None
    expected_close: datetime | None
    closed_at: datetime | None
    lost_reason: str


@dataclass(frozen=True, slots=True)
class Deals:
    """A page of the list."""

    rows: tuple[Deal, ...]
    walk: Walk
    count: int | None


def deals(asked: Asked, zone: ZoneInfo, size: int = walking.SIZE) -> Deals:
    """One page of the opportunities asked for."""
    rows, residual, order = _listed(asked, zone)
    walk = walking.walk(rows, residual, order, asked.after, size)
    count = walking.count(rows, residual) if asked.after is None else None
    return Deals(tuple(deal_row(d) for d in walking.in_order(Opportunity, walk.keys)), walk, count)


def every(asked: Asked, zone: ZoneInfo) -> Iterator[Deal]:
    """All opportunities asked for, for an export."""
    rows, residual, order = _listed(asked, zone)
    at = asked
    while True:
        walk = walking.walk(rows, residual, order, at.after, 1000)
        yield from (deal_row(d) for d in walking.in_order(Opportunity, walk.keys))
        if walk.after is None:
            return
        at = started(at, walk.after)


def _listed(asked: Asked, zone: ZoneInfo) -> tuple[Rows, Residual | None, Order]:
    order = Order(SORTS[asked.column], "opportunity_id", asked.descending)
    days = asked.column == "created"
    equal = [(word, value) for word, value in asked.equal if word in COLUMNS]
    rows: Rows = Opportunity.objects.all()
    if asked.text:
        rows = rows.filter(pk__in=search.find_ids("deal", asked.text, TEXT_FOUND))
    first = next((word for word, _ in equal if word in INDEXED and days and not asked.text), "")
    if first:
        rows = rows.filter(**_equal(first, asked.get(first)))
    rows = _between(rows, asked, zone) if days else _amounts(rows, asked)
    others = [(word, value) for word, value in equal if word != first]
    rest = (asked.get("least") or asked.get("most")) if days else (asked.begin or asked.end)
    if not others and not rest:
        return rows, None, order
    return rows, lambda r: _plainly(r, others, asked, zone, days), order


def _equal(word: str, value: str) -> dict[str, object]:
    return {f"{COLUMNS[word]}__isnull": True} if value == NOBODY else {COLUMNS[word]: value}


def _between(rows: Rows, asked: Asked, zone: ZoneInfo) -> Rows:
    begin, end = instants(asked, zone)
    rows = rows.filter(created_at__gte=begin) if begin else rows
    return rows.filter(created_at__lt=end) if end else rows


def _amounts(rows: Rows, asked: Asked) -> Rows:
    least, most = _amount(asked.get("least")), _amount(asked.get("most"))
    rows = rows.filter(amount__gte=least) if least is not None else rows
    return rows.filter(amount__lte=most) if most is not None else rows


def _amount(text: str) -> Decimal | None:
    """`12,000` or `12000.50`; UserProblem where it is no amount."""
    if not text:
        return None
    plain = text.replace(",", "").replace(" ", "")
    if not plain.replace(".", "", 1).isdecimal() or len(plain) > 16:
        raise UserProblem("bad-amount", f"“{text[:40]}” is not an amount.", "", "Write it as 12000 or 12,000.50.")
    return Decimal(plain)


def _plainly(rows: Rows, equal: list[tuple[str, str]], asked: Asked, zone: ZoneInfo, days: bool) -> Rows:
    """Filters said so that the index that is walked stays the one."""
    for word, value in equal:
        rows = rows.alias(**{f"_{word}": Coalesce(F(COLUMNS[word]), Value(""), output_field=TextField())})
        rows = rows.filter(**{f"_{word}": "" if value == NOBODY else value})
    return _amounts(rows, asked) if days else _between(rows, asked, zone)


def deal_row(d: Opportunity) -> Deal:
    """An opportunity as lists show it."""
    return Deal(
        d.opportunity_id, d.name or d.opportunity_id, d.account_id, d.person_id, d.kind or "", d.product or "",
        d.amount, d.currency or "", d.stage or "", d.status, d.owner_id, d.campaign_id, d.created_at,
        d.expected_close, d.closed_at, d.lost_reason or "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who has a part in a deal."""

    person_id: str
    name: str
    title: str
    role: str
    first: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """One opportunity with its contacts and its account."""

    deal: Deal
    properties: tuple[tuple[str, str | None], ...]
    account: str
    contacts: tuple[Contact, ...]


def deal(opportunity_id: str) -> Whole | None:
    """One opportunity; None where there is none."""
    d = Opportunity.objects.filter(pk=opportunity_id).first()
    if d is None:
        return None
    parts = dict(
        OpportunityContact.objects.filter(opportunity_id=opportunity_id).values_list("person_id", "role")[:100]
    )
    ids = list(dict.fromkeys([*filter(None, [d.person_id]), *parts]))
    people = Person.objects.in_bulk(ids)
    contacts = tuple(
        Contact(i, p.name or p.email or i, p.title or "", parts.get(i) or "", i == d.person_id)
        for i in ids
        if (p := people.get(i)) is not None
    )
    account = Account.objects.filter(pk=d.account_id).values_list("name", flat=True).first() if d.account_id else None
    return Whole(deal_row(d), tuple(properties_of(d.properties).items()), account or "", contacts)
