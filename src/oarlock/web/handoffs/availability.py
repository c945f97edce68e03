"""When somebody is there: hours and caps as agreed, absences they say themselves, the calendar these are read from."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import availability as reads
from oarlock.store.reads import inbox
from oarlock.store.writes import availability as writes
from oarlock.store.writes.audit import Acting
from oarlock.web.handoffs import agreed
from oarlock.web.handoffs.agreed import Agreed, hours_of, pools_of, user_of
from oarlock.web.handoffs.clocks import Clocks
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.rights import acting_member, needs

TYPED = ("from", "from_time", "until", "until_time", "why")


@needs("own-account")
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The page of whoever asks."""
    return _page(request, {}, None)


def _page(request: HttpRequest, typed: dict[str, str], problem: UserProblem | None) -> HttpResponse:
    found, status = agreed.read(now()), 400 if problem else 200
    if found is None:
        return render(request, "web/handoffs/nothing.html", {"tabs": tabs("availability")})
    user = user_of(found.latest, acting_member(request).person)
    context = _of(found, user.key if user else "") | {"typed": typed, "problem": problem, "user": user}
    return render(
        request, "web/handoffs/availability.html", context | {"tabs": tabs("availability")}, status=status
    )  # fmt: skip


def _of(found: Agreed, key: str) -> dict[str, Any]:
    """Everything the page shows of somebody who works leads."""
    if not key:
        return {"zone": found.zone}
    clocks, calendar = Clocks(found), reads.calendar(key)
    zone = clocks.of_reader(key).time_zone
    today = (found.now.astimezone(ZoneInfo(zone)).date() - date(1970, 1, 1)).days
    return {
        "zone": zone, "hours": hours_of(found.latest, key), "your_clock": clocks.yours(key),
        "absences": reads.absent(key, found.now), "calendar": calendar,
        "host": urlsplit(calendar.address).hostname if calendar else "",
        "agreed_absences": [a for a in found.latest.absences if a.who == key and a.until >= found.now.date()],
        "open": inbox.count_open(key), "counted": inbox.COUNTED, "pools": _pools(found, key, today),
    }  # fmt: skip


def _pools(found: Agreed, key: str, today: int) -> list[dict[str, Any]]:
    """The pools somebody is in: weight, caps, and what they got today."""
    given = {t.pool: t for t in reads.turns(key)}
    return [
        {
            "key": pool.key, "weight": dict(pool.members)[key], "cap": pool.cap,
            "today": given[pool.key].given if pool.key in given and given[pool.key].day == today else 0,
        }
        for pool in pools_of(found.latest, key)
    ]  # fmt: skip


@needs("own-account")
@require_POST
def away(request: HttpRequest) -> HttpResponseBase:
    """Say an absence of one's own; what was typed stays where it is refused."""
    key, zone = _mine(request)
    typed = {name: request.POST.get(name, "")[:200] for name in TYPED}
    try:
        begins = _instant(typed["from"], typed["from_time"], zone, end=False)
        ends = _instant(typed["until"], typed["until_time"], zone, end=True)
        acting = Acting.member(acting_member(request).id)
        writes.say_away(key, begins, ends, typed["why"], acting=acting, now=now())
    except UserProblem as problem:
        return _page(request, typed, problem)
    messages.info(request, "Kept: routing passes you over while you are away.")
    return redirect("availability")


@needs("own-account")
@require_POST
def back(request: HttpRequest, away_id: str) -> HttpResponseBase:
    """Take back an absence of one's own."""
    key, _ = _mine(request)
    writes.take_back(key, away_id, acting=Acting.member(acting_member(request).id), now=now())
    messages.info(request, "Taken back: you are there.")
    return redirect("availability")


@needs("own-account")
@require_POST
def calendar(request: HttpRequest) -> HttpResponseBase:
    """Say from which address one's absences are read; an empty one ends that."""
    key, _ = _mine(request)
    try:
        acting = Acting.member(acting_member(request).id)
        address, home = request.POST.get("address", ""), settings.OARLOCK.home
        writes.keep_calendar(key, address, home=home, acting=acting, now=now())
    except UserProblem as problem:
        return _page(request, {"address": request.POST.get("address", "")[:2000]}, problem)
    messages.info(request, "Kept. Your calendar is read every quarter of an hour.")
    return redirect("availability")


def _mine(request: HttpRequest) -> tuple[str, ZoneInfo]:
    """The asker's key among those who work leads, and the zone of their hours."""
    found = agreed.read(now())
    user = user_of(found.latest, acting_member(request).person) if found else None
    if found is None or user is None:
        raise PermissionDenied("work-handoffs")
    return user.key, ZoneInfo(Clocks(found).of_reader(user.key).time_zone)


def _instant(day: str, clock: str, zone: ZoneInfo, *, end: bool) -> datetime:
    """The instant a day and an hour mean; without an hour the beginning of the day, or its end."""
    try:
        which = date.fromisoformat(day.strip())
        if clock.strip():
            return datetime.combine(which, time.fromisoformat(clock.strip()), zone)
        return datetime.combine(which + timedelta(days=1) if end else which, time(), zone)
    except (ValueError, OverflowError) as error:
        raise UserProblem(
            "bad-absence", f"“{day[:20]} {clock[:20]}” is no day and hour.", "", "Write it as 2026-12-24 and 13:00."
        ) from error
