"""The first page: what is true now. It reads, orders what is not computed yet, and shows; it computes nothing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.aside import set_aside
from oarlock.jobs.figures import Answer, Kind
from oarlock.store.models import Member
from oarlock.store.reads import measurements
from oarlock.store.reads import today as reads
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes.audit import Acting
from oarlock.web.rights import acting_member, needs
from oarlock.web.today.showing import Known, attention, month_of, owed_by, verdict


@needs("look")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Today; htmx asks for its inside again while figures are being made."""
    known = _known(acting_member(request), now())
    context = {
        "known": known, "verdict": verdict(known), "owed": owed_by(known), "attention": attention(known),
        "zone": known.zone.key, "making": known.facts and bool(known.versions) and (not known.month or not known.drift),
    }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "web/today/inside.html" if fragment else "web/today/today.html", context)


def _known(member: Member, at: datetime) -> Known:
    try:
        versions = all_versions().all
    except UserProblem:  # none was signed yet, and the page says so
        versions = ()
    zone = ZoneInfo(versions[-1].time_zone if versions else "UTC")
    facts = figures.lake_mark(settings.OARLOCK.home) != ""
    funnel = _figures("funnel", member, at) if versions and facts else None
    drift = _figures("drift", member, at) if versions and facts else None
    found = measurements.funnel(funnel.kept) if funnel and funnel.kept else None
    stage = found.stage(found.handed) if found else None
    return Known(
        member, at, zone, versions, month_of(found, at, zone) if found else None,
        measurements.drift(drift.kept) if drift and drift.kept else None, stage.name if stage else "",
        reads.waiting(versions[-1] if versions else None), reads.standing(at),
        set_aside(settings.OARLOCK.home) if facts else 0, facts,
    )  # fmt: skip


def _figures(kind: Kind, member: Member, at: datetime) -> Answer:
    return figures.ask(settings.OARLOCK.home, figures.Asked(kind), acting=Acting.member(member.id), now=at)
