"""Decisions of routing: found, exported, and one with every step, value, verdict and everybody passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock import routing
from oarlock.ground.clock import now
from oarlock.routing.decisions import REASONS
from oarlock.store.reads import decisions, filters, naming
from oarlock.store.reads.decisions import Row
from oarlock.store.reads.filters import Asked
from oarlock.store.writes import audit
from oarlock.store.writes.audit import Acting
from oarlock.web.handoffs import agreed
from oarlock.web.handoffs.agreed import Agreed
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.records.exporting import csv_file
from oarlock.web.records.lists import sheet
from oarlock.web.rights import acting_member, needs

COLUMNS = ("decision", "at", "handoff", "person", "owner", "pool", "because", "agreement", "sentence")


def _asked(request: HttpRequest) -> Asked:
    return filters.asked(request.GET, decisions.WORDS, decisions.SORTS, decisions.DEFAULT)


@needs("look")
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The list of decisions."""
    asked, known = _asked(request), agreed.read(now())
    if known is None:
        return render(request, "web/handoffs/nothing.html", {"tabs": tabs("decisions")})
    about = sheet(request, "decisions", asked, "decisions", "pool", terms=known.latest)
    found = decisions.decisions(asked, ZoneInfo(known.zone))
    people = naming.people({row.person_id for row in found.rows})
    context = {
        "sheet": about, "found": found, "rows": [(row, people[row.person_id], said(row, known)) for row in found.rows],
        "users": [(user.key, user.name) for user in known.latest.users], "reasons": REASONS, "agreed": known,
        "heads": [about.head("When", "at", "-at")], "further": about.further(found.walk), "zone": known.zone,
        "counted": about.counted(found.count), "tabs": tabs("decisions"),
    }  # fmt: skip
    return render(request, "web/handoffs/decisions.html", context)


def said(row: Row, known: Agreed) -> str:
    """The sentence of one decision, made from its steps."""
    return routing.sentence(routing.from_plain(row.body), known.names, ZoneInfo(known.zone))


@needs("export")
@require_GET
def exported(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file."""
    asked, known = _asked(request), agreed.read(now())
    acting = Acting.member(acting_member(request).id)
    audit.note("exported", "decisions", "", {}, acting=acting, now=now())
    return csv_file("decisions", COLUMNS, _rows(asked, known) if known else ())


def _rows(asked: Asked, known: Agreed) -> Iterator[tuple[object, ...]]:
    for row in decisions.every(asked, ZoneInfo(known.zone)):
        yield (
            row.id, row.at, row.handoff_id, row.person_id, row.owner, row.pool, row.because, row.agreement,
            said(row, known),
        )  # fmt: skip


@needs("look")
@require_GET
def one(request: HttpRequest, decision_id: str) -> HttpResponse:
    """One decision, step by step."""
    row, known = decisions.decision(decision_id), agreed.read(now())
    if row is None or known is None:
        raise Http404
    context = _of_one(row, known) | {"tabs": tabs("decisions"), "people": naming.people({row.person_id})}
    return render(request, "web/handoffs/decision.html", context)


def _of_one(row: Row, known: Agreed) -> dict[str, Any]:
    decision, zone = routing.from_plain(row.body), ZoneInfo(known.zone)
    lines = routing.told(decision, known.names, zone)
    return {
        "row": row, "decision": decision, "steps": list(zip(decision.steps, lines, strict=False)), "zone": known.zone,
        "sentence": lines[-1], "agreed": known, "owner": known.name(row.owner),
        "credits": [(known.name(user), credit) for user, credit in decision.credits.items()],
    }  # fmt: skip
