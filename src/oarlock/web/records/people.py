"""People: the list, its export, and one person's story."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from oarlock.ground.clock import now
from oarlock.store.reads import filters, people, stories
from oarlock.store.reads.filters import Asked
from oarlock.store.reads.timeline import KINDS
from oarlock.store.reads.walking import place
from oarlock.store.writes import audit
from oarlock.store.writes.audit import Acting
from oarlock.web.records.exporting import csv_file
from oarlock.web.records.lists import every_owner, sheet, stages_of, tabs, terms_now, versions_now
from oarlock.web.rights import acting_member, needs

COLUMNS = ("id", "name", "email", "title", "company", "stage", "since", "owner", "source", "country", "created")


def _asked(request: HttpRequest) -> Asked:
    default = "-since" if request.GET.get("stage") else people.DEFAULT
    return filters.asked(request.GET, people.WORDS, people.SORTS, default)


@needs("look")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The list of people."""
    asked, terms = _asked(request), terms_now()
    about = sheet(request, "people", asked, "people", "source", "country", terms=terms)
    found = people.people(asked, about.zone)
    heads = [
        about.head("Name", "name"), about.head("In the stage since", "since", "-since") if asked.get("stage") else None,
        about.head("Created", "created", "-created"),
    ]  # fmt: skip
    context = {
        "sheet": about,
        "found": found,
        "heads": heads,
        "tabs": tabs("people"),
        "further": about.further(found.walk),
    }
    return render(request, "web/records/people.html", context | {"counted": about.counted(found.count)})


@needs("export")
@require_GET
def exported(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file."""
    asked, terms = _asked(request), terms_now()
    stage = asked.get("stage") if asked.get("stage") in stages_of(terms) else ""  # nothing else that was typed
    audit.note("exported", "people", "", {"query": stage}, acting=_acting(request), now=now())
    rows = (
        (p.id, p.name, p.email, p.title, p.company, p.stage, p.since, p.owner_id, p.source, p.country, p.created_at)
        for p in people.every(asked, terms.zone if terms else ZoneInfo("UTC"))
    )
    return csv_file("people", COLUMNS, rows)


def _acting(request: HttpRequest) -> Acting:
    return Acting.member(acting_member(request).id)


@needs("look")
@require_GET
def story(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person: who they are, where they stand and why, and everything that happened."""
    versions, kind = versions_now(), request.GET.get("kind", "")
    if kind and kind not in KINDS:
        raise Http404
    told = stories.of_person(person_id, versions, kind, place(request.GET.get("after", "")), now())
    if told is None:
        raise Http404
    if told.head.merged_into and "alone" not in request.GET:
        return redirect("person", told.head.merged_into)
    context = {
        "told": told, "stages": stages_of(versions.at(now()) if versions else None), "owners": every_owner(),
        "kinds": KINDS, "kind": kind, "zone": versions.latest.time_zone if versions else "UTC", "tabs": tabs("people"),
    }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true" and "after" in request.GET
    return render(request, "web/records/moments.html" if fragment else "web/records/person.html", context)
