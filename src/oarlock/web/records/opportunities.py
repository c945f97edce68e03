"""Opportunities: the list, its export, and one of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock.ground.clock import now
from oarlock.store.reads import deals, filters, stories
from oarlock.store.reads.filters import Asked
from oarlock.store.reads.timeline import Whose
from oarlock.store.reads.walking import place
from oarlock.store.writes import audit
from oarlock.store.writes.audit import Acting
from oarlock.web.records.exporting import csv_file
from oarlock.web.records.lists import every_owner, sheet, stages_of, tabs, terms_now, versions_now
from oarlock.web.rights import acting_member, needs

COLUMNS = (
    "id", "name", "account", "person", "kind", "product", "amount", "currency", "stage", "status", "owner", "created",
    "expected_close", "closed", "lost_reason",
)  # fmt: skip


def _asked(request: HttpRequest) -> Asked:
    return filters.asked(request.GET, deals.WORDS, deals.SORTS, deals.DEFAULT)


@needs("look")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The list of opportunities."""
    asked = _asked(request)
    about = sheet(request, "opportunities", asked, "opportunities", "status", terms=terms_now())
    found = deals.deals(asked, about.zone)
    heads = [about.head("Amount", "amount", "-amount", figure=True), about.head("Created", "created", "-created")]
    context = {"sheet": about, "found": found, "heads": heads, "tabs": tabs("opportunities")}
    more = {"further": about.further(found.walk), "counted": about.counted(found.count)}
    return render(request, "web/records/opportunities.html", context | more)


@needs("export")
@require_GET
def exported(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file."""
    asked, terms = _asked(request), terms_now()
    audit.note("exported", "opportunities", "", {}, acting=Acting.member(acting_member(request).id), now=now())
    rows = (
        (d.id, d.name, d.account_id, d.person_id, d.kind, d.product, d.amount, d.currency, d.stage, d.status,
         d.owner_id, d.created_at, d.expected_close, d.closed_at, d.lost_reason)
        for d in deals.every(asked, terms.zone if terms else ZoneInfo("UTC"))
    )  # fmt: skip
    return csv_file("opportunities", COLUMNS, rows)


@needs("look")
@require_GET
def whole(request: HttpRequest, opportunity_id: str) -> HttpResponse:
    """One opportunity with its contacts, activities and history."""
    found, versions = deals.deal(opportunity_id), versions_now()
    if found is None:
        raise Http404
    told = stories.story_of(Whose(deals=(opportunity_id,)), versions, "", place(request.GET.get("after", "")))
    context = {
        "found": found, "told": told, "stages": stages_of(versions.at(now()) if versions else None),
        "owners": every_owner(), "tabs": tabs("opportunities"),
        "zone": versions.latest.time_zone if versions else "UTC",
    }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true" and "after" in request.GET
    return render(request, "web/records/moments.html" if fragment else "web/records/opportunity.html", context)
