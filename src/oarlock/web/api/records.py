"""People, accounts and opportunities: the same lists and records as the pages show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Path, Query, Router

from oarlock.ground.problems import UserProblem
from oarlock.store.reads import accounts, deals, filters, people
from oarlock.store.reads.versions import in_force
from oarlock.store.reads.walking import Walk, place
from oarlock.web.api import cursors, record_shapes, shapes
from oarlock.web.api.callers import Holding
from oarlock.web.api.problems import only_known

router = Router(tags=["records"], auth=Holding("look"))


@router.get("/people", response=record_shapes.People, summary="List people")
def list_people(request: HttpRequest, asked: Query[record_shapes.PeopleAsked]) -> object:
    """People, newest first unless `sort` says otherwise."""
    only_known(request, asked)
    equal = {"stage": asked.stage, "owner": asked.owner, "source": asked.source, "country": asked.country}
    wanted = _asked(asked, asked.q, equal, "people", asked.sort, asked.from_, asked.until)
    found = people.people(wanted, _zone(), asked.limit)
    return {"rows": found.rows, "next": _next(found.walk, "people", asked.sort)}


@router.get("/people/{person_id}", response=record_shapes.PersonWhole, summary="Get a person")
def get_person(request: HttpRequest, person_id: Path[shapes.Id]) -> object:
    """One person with every field; a person who was merged says into whom."""
    head = people.person(person_id)
    if head is None:
        raise _unknown("person")
    return {
        "person": head.row, "fields": dict(head.values), "cycle": head.cycle, "version": head.version,
        "merged_into": head.merged_into, "merged": list(head.merged), "erased": head.erased,
    }  # fmt: skip


@router.get("/accounts", response=record_shapes.Accounts, summary="List accounts")
def list_accounts(request: HttpRequest, asked: Query[record_shapes.AccountsAsked]) -> object:
    """Accounts by name."""
    only_known(request, asked)
    equal = {"owner": asked.owner, "industry": asked.industry, "country": asked.country}
    found = accounts.accounts(_asked(asked, asked.q, equal, "accounts", asked.sort), asked.limit)
    return {"rows": found.rows, "next": _next(found.walk, "accounts", asked.sort)}


@router.get("/accounts/{account_id}", response=record_shapes.AccountWhole, summary="Get an account")
def get_account(request: HttpRequest, account_id: Path[shapes.Id]) -> object:
    """One account with its people and opportunities."""
    found = accounts.account(account_id)
    if found is None:
        raise _unknown("account")
    return {
        "account": found.line, "fields": dict(found.properties), "parent": found.parent, "children": found.children,
        "people": found.people, "opportunities": found.deals,
    }  # fmt: skip


@router.get("/opportunities", response=record_shapes.Opportunities, summary="List opportunities")
def list_opportunities(request: HttpRequest, asked: Query[record_shapes.OpportunitiesAsked]) -> object:
    """Opportunities, newest first unless `sort` says otherwise."""
    only_known(request, asked)
    equal = {"status": asked.status, "owner": asked.owner, "stage": asked.stage}
    wanted = _asked(asked, asked.q, equal, "opportunities", asked.sort, asked.from_, asked.until)
    found = deals.deals(wanted, _zone(), asked.limit)
    return {"rows": found.rows, "next": _next(found.walk, "opportunities", asked.sort)}


@router.get("/opportunities/{opportunity_id}", response=record_shapes.OpportunityWhole, summary="Get an opportunity")
def get_opportunity(request: HttpRequest, opportunity_id: Path[shapes.Id]) -> object:
    """One opportunity with everybody who has a part in it."""
    found = deals.deal(opportunity_id)
    if found is None:
        raise _unknown("opportunity")
    return {
        "opportunity": found.deal, "fields": dict(found.properties), "account_name": found.account,
        "contacts": found.contacts,
    }  # fmt: skip


def _asked(
    page: shapes.Listing, text: str, equal: dict[str, str], of: str, sort: str,
    begin: date | None = None, end: date | None = None,
) -> filters.Asked:  # fmt: skip
    """The list as the pages would ask for it."""
    after = place(cursors.taken(page.after, f"{of} {sort}"))
    return filters.Asked(text.strip(), _said(equal.items()), begin, end, sort, after)


def _said(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((word, value) for word, value in pairs if value)


def _next(walk: Walk, of: str, sort: str) -> str | None:
    return cursors.given(walk.after.text() if walk.after else None, f"{of} {sort}")


def _zone() -> ZoneInfo:
    force = in_force()
    return ZoneInfo(force.time_zone if force else "UTC")


def _unknown(what: str) -> UserProblem:
    return UserProblem(f"unknown-{what}", f"There is no such {what}.", "", "The list has those there are.")
