"""Accounts: the list, its export, and one account."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock.ground.clock import now
from oarlock.store.reads import accounts, filters, stories
from oarlock.store.reads.filters import Asked
from oarlock.store.reads.timeline import Whose
from oarlock.store.reads.walking import place
from oarlock.store.writes import audit
from oarlock.store.writes.audit import Acting
from oarlock.web.records.exporting import csv_file
from oarlock.web.records.lists import every_owner, sheet, stages_of, tabs, terms_now, versions_now
from oarlock.web.rights import acting_member, needs

COLUMNS = ("id", "name", "domain", "industry", "employees", "annual_revenue", "country", "owner", "parent")


def _asked(request: HttpRequest) -> Asked:
    return filters.asked(request.GET, accounts.COLUMNS, accounts.SORTS, accounts.DEFAULT)


@needs("look")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The list of accounts."""
    asked = _asked(request)
    about = sheet(request, "accounts", asked, "accounts", "industry", "country", terms=terms_now())
    found = accounts.accounts(asked)
    context = {"sheet": about, "found": found, "heads": [about.head("Name", "name")], "tabs": tabs("accounts")}
    more = {"further": about.further(found.walk), "counted": about.counted(found.count)}
    return render(request, "web/records/accounts.html", context | more)


@needs("export")
@require_GET
def exported(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file."""
    asked = _asked(request)
    audit.note("exported", "accounts", "", {}, acting=Acting.member(acting_member(request).id), now=now())
    rows = (
        (a.id, a.name, a.domain, a.industry, a.employees, a.annual_revenue, a.country, a.owner_id, a.parent_id)
        for a in accounts.every(asked)
    )
    return csv_file("accounts", COLUMNS, rows)


@needs("look")
@require_GET
def whole(request: HttpRequest, account_id: str) -> HttpResponse:
    """One account with its people and deals."""
    found, versions = accounts.account(account_id), versions_now()
    if found is None:
        raise Http404
    whose = Whose(deals=tuple(d.id for d in found.deals), accounts=(account_id,))
    told = stories.story_of(whose, versions, "", place(request.GET.get("after", "")))
    context = {
        "found": found, "told": told, "stages": stages_of(versions.at(now()) if versions else None),
        "owners": every_owner(), "tabs": tabs("accounts"),
        "zone": versions.latest.time_zone if versions else "UTC",
    }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true" and "after" in request.GET
    return render(request, "web/records/moments.html" if fragment else "web/records/account.html", context)
