"""People, accounts and opportunities as the API takes questions of them and tells them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema
from pydantic import Field

from oarlock.web.api.shapes import Listing, Text


class PeopleAsked(Listing):
    """Which people; `from` and `until` are days of their first record."""

    q: Text = ""
    stage: Text = ""
    owner: Text = ""
    source: Text = ""
    country: Text = ""
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    sort: Literal["created", "-created", "name", "-name", "since", "-since"] = "-created"


class AccountsAsked(Listing):
    """Which accounts."""

    q: Text = ""
    owner: Text = ""
    industry: Text = ""
    country: Text = ""
    sort: Literal["name", "-name"] = "name"


class OpportunitiesAsked(Listing):
    """Which opportunities; `from` and `until` are days of their beginning."""

    q: Text = ""
    status: Literal["", "open", "won", "lost"] = ""
    owner: Text = ""
    stage: Text = ""
    from_: date | None = Field(None, alias="from")
    until: date | None = None
    sort: Literal["created", "-created", "amount", "-amount"] = "-created"


class Person(Schema):
    """A person as lists show them."""

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


class PersonWhole(Schema):
    """One person: every field with its value, the stage they stand in and the version that judged it."""

    person: Person
    fields: dict[str, str | None]
    cycle: int
    version: int | None
    merged_into: str | None
    merged: list[str]
    erased: bool


class Account(Schema):
    """An account as lists show it."""

    id: str
    name: str
    domain: str
    industry: str
    employees: float | None
    annual_revenue: float | None
    country: str
    owner_id: str | None
    parent_id: str | None


class Opportunity(Schema):
    """A deal as lists show it."""

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


class People(Schema):
    """A page of people; `next` is null at the end."""

    rows: list[Person]
    next: str | None


class Accounts(Schema):
    """A page of accounts."""

    rows: list[Account]
    next: str | None


class Opportunities(Schema):
    """A page of opportunities."""

    rows: list[Opportunity]
    next: str | None


class AccountWhole(Schema):
    """One account with what hangs on it; at most 50 of each, newest first."""

    account: Account
    fields: dict[str, str | None]
    parent: Account | None
    children: list[Account]
    people: list[Person]
    opportunities: list[Opportunity]


class Contact(Schema):
    """Somebody who has a part in a deal."""

    person_id: str
    name: str
    title: str
    role: str


class OpportunityWhole(Schema):
    """One opportunity with its contacts."""

    opportunity: Opportunity
    fields: dict[str, str | None]
    account_name: str
    contacts: list[Contact]
