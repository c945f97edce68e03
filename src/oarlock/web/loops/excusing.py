"""Excuses on the ledger's page: one team declares, the other confirms or does not; every one is kept and shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from oarlock.agreement.terms import Terms
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.ground.zones import first_instant, zone_of
from oarlock.jobs import figures
from oarlock.store.models import Member
from oarlock.store.reads import promises
from oarlock.store.writes import excuses
from oarlock.store.writes.audit import Acting
from oarlock.web.rights import acting_member, may, needs

DAY = timedelta(days=1)


def excused_section(request: HttpRequest, terms: Terms) -> dict[str, Any]:
    """What the page shows of excuses: all there are, those one may declare, and which of them one may answer."""
    member = acting_member(request)
    can = may(member, "excuse")
    agreed = {e.key: e for e in terms.excuses}
    rows = []
    for row in promises.excuses():
        excuse = agreed.get(row.excuse)
        answers = can and excuse is not None and row.confirmed is None and row.declared_by != member.id
        rows.append((row, row.ends - DAY, excuse, answers and _speaks(member, excuse.confirmed_by if excuse else "")))
    return {
        "rows": rows, "agreed": terms.excuses, "zone": terms.time_zone,
        "mine": [e for e in terms.excuses if can and _speaks(member, e.declared_by)],
    }  # fmt: skip


def _speaks(member: Member, team: str) -> bool:
    return team == "joint" or member.team in (team, "joint")


@needs("excuse")
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare one."""
    member, terms = acting_member(request), figures.judges("").latest
    zone = terms.time_zone
    excuses.declare(
        request.POST.get("excuse", "")[:100], begins=_start(request.POST.get("first", ""), zone),
        ends=_start(request.POST.get("last", ""), zone, after=True), why=request.POST.get("why", ""), terms=terms,
        member=member, acting=Acting.member(member.id), now=now(),
    )  # fmt: skip
    messages.success(request, "Declared. It counts once the other team has confirmed it.")
    return redirect(f"{reverse('promises')}#excuses")


@needs("excuse")
@require_POST
def answer(request: HttpRequest, excuse_id: str) -> HttpResponse:
    """Confirm one, or not."""
    member, confirmed = acting_member(request), request.POST.get("answer") == "confirm"
    excuses.answer(
        excuse_id, confirmed=confirmed, terms=figures.judges("").latest, member=member,
        acting=Acting.member(member.id), now=now(),
    )  # fmt: skip
    messages.success(
        request, "Confirmed. The ledger is made anew." if confirmed else "Not confirmed. It changes nothing."
    )
    return redirect(f"{reverse('promises')}#excuses")


def _start(day: str, zone: str, *, after: bool = False) -> datetime:
    """The first instant of that day, or of the one after it, in the agreement's zone. UserProblem `bad-date`."""
    try:
        return first_instant(date.fromisoformat(day[:20]) + (DAY if after else timedelta(0)), time(), zone_of(zone))
    except (ValueError, OverflowError) as error:
        raise UserProblem("bad-date", f"`{day[:40]}` is not a date.", "", "Write it as 2026-10-31.") from error
