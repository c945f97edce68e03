"""The inbox: what a rep works next, with the clock, why them, and the buyer's story beside it.

One page and two fragments of it: the pane of one hand-off, and the list when something is new. It all works by links
and forms; the script adds keys and lets the clocks tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from oarlock.ground.clock import now
from oarlock.store.models import Member
from oarlock.store.reads import decisions, handoffs, inbox, queues
from oarlock.store.reads.handoffs import Line
from oarlock.store.reads.walking import Place, place
from oarlock.web.handoffs import agreed, showing
from oarlock.web.handoffs.agreed import Agreed, user_of
from oarlock.web.handoffs.clocks import Clocks
from oarlock.web.handoffs.showing import Pane, Section
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.rights import acting_member, needs

VIEWS = {"mine": "Mine", "team": "Team", "queue": "Queue", "done": "Ended today"}
"""Word of the address -> what the list shows."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One list as it was asked for; `reader` is the member's key among those who work leads."""

    view: str
    reader: str
    lines: tuple[Line, ...]
    after: Place | None
    mark: str

    @property
    def following(self) -> str:
        """The place of the next page in an address; empty where the list is over."""
        return self.after.text() if self.after else ""


@needs("look")
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The inbox; htmx asks for one pane of it with `HX-Target: pane`."""
    found = agreed.read(now())
    if found is None:
        return render(request, "web/handoffs/nothing.html", {"tabs": tabs("handoffs")})
    listed = _listed(request, found)
    clocks = Clocks(found)
    sections = showing.sections(listed.lines, clocks, listed.reader)
    chosen = _chosen(request.GET.get("at", ""), listed, sections)
    if request.headers.get("HX-Target") == "pane" and chosen:
        return render(request, "web/handoffs/pane.html", _of_pane(request, found, clocks, chosen) | {"listed": listed})
    context = _of_list(listed, sections, found) | _of_pane(request, found, clocks, chosen)
    return render(request, "web/handoffs/inbox.html", context | {"tabs": tabs("handoffs")})


@needs("look")
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The list, if it is another one than the page has; else 204 after one indexed query."""
    member = acting_member(request)
    reader = request.GET.get("reader", "")[:200]
    if member.person and reader and inbox.mark(reader) == request.GET.get("mark"):
        return HttpResponse(status=204)
    found = agreed.read(now())
    if found is None or not reader:
        return HttpResponse(status=204)
    listed = _listed(request, found)
    clocks = Clocks(found)
    sections = showing.sections(listed.lines, clocks, listed.reader)
    context = _of_list(listed, sections, found) | {"at": request.GET.get("at", ""), "arrived": True}
    return HttpResponse(render_to_string("web/handoffs/list.html", context))  # without a page around it


def _listed(request: HttpRequest, found: Agreed) -> Listed:
    """The list the address asks for; by default one's own for who works leads, else everybody's."""
    member = acting_member(request)
    mine = user_of(found.latest, member.person)
    reader = mine.key if mine else ""
    view = request.GET.get("show", "")
    view = view if view in VIEWS else "mine" if reader else "team"
    after = place(request.GET.get("after", ""))
    if view == "mine":
        shown = inbox.owned([reader or member.person], after)
        mark = inbox.mark_of(shown.lines) if reader and not after else ""
        return Listed(view, reader, shown.lines, shown.after, mark)
    if view == "done":
        return Listed(view, reader, inbox.done_today(member.id, _midnight(found)), None, "")
    if view == "queue":
        shown = inbox.queued([q.name for q in queues.queues()], after)
    else:
        shown = inbox.owned(agreed.colleagues(found.latest, reader or member.person), after)
    return Listed(view, reader, shown.lines, shown.after, "")


def _midnight(found: Agreed) -> datetime:
    zone = ZoneInfo(found.zone)
    return datetime.combine(found.now.astimezone(zone).date(), time(), zone)


def _chosen(at: str, listed: Listed, sections: tuple[Section, ...]) -> Line | None:
    """The hand-off the address names, else the most pressing one of the list."""
    near = next((line for line in listed.lines if line.handoff.id == at), None)
    if near or at:
        return near or handoffs.handoff(at[:200].replace("\0", ""))
    return next((line for line in listed.lines if sections and line.handoff.id == sections[0].lines[0].id), None)


def _of_list(listed: Listed, sections: tuple[Section, ...], found: Agreed) -> dict[str, Any]:
    return {
        "listed": listed, "sections": sections, "views": VIEWS, "zone": found.zone, "agreed": found,
        "open": len(listed.lines), "more": bool(listed.after), "cap": _cap(found, listed.reader),
        "your_clock": Clocks(found).yours(listed.reader), "hours": agreed.hours_of(found.latest, listed.reader),
    }  # fmt: skip


def _cap(found: Agreed, reader: str) -> int | None:
    """The most this reader may have open, where a pool of theirs says so."""
    caps = [p.cap.open for p in agreed.pools_of(found.latest, reader) if p.cap and p.cap.open]
    return min(caps, default=None)


def _of_pane(request: HttpRequest, found: Agreed, clocks: Clocks, chosen: Line | None) -> dict[str, Any]:
    """The pane of the chosen hand-off, where there is one."""
    if chosen is None:
        return {"pane": None, "at": ""}
    return {
        "pane": read_pane(chosen, clocks, acting_member(request)), "at": chosen.handoff.id, "zone": found.zone,
        "asked": "at" in request.GET,
    }  # fmt: skip


def read_pane(line: Line, clocks: Clocks, member: Member) -> Pane:
    """Everything a pane shows beside the hand-off itself. Three queries at most."""
    h = line.handoff
    decision = decisions.decision(h.decision_id) if h.decision_id else None
    said = handoffs.remarks(h.id)
    named = handoffs.authors(said)
    remarks = tuple((s, named.get(s.by, clocks.agreed.name(s.by))) for s in said)
    return showing.pane(line, clocks, decision, remarks, member)
