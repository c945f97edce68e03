"""One hand-off: its facts in time, both clocks, every decision about it, what people said; and the buyer's story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from oarlock.agreement.sentences import ruled
from oarlock.charts import numerals
from oarlock.ground.clock import now
from oarlock.handoffs.state import HandedOver
from oarlock.store.reads import decisions, handoffs
from oarlock.store.reads.handoffs import Event
from oarlock.web.handoffs import agreed, showing
from oarlock.web.handoffs.agreed import Agreed
from oarlock.web.handoffs.clocks import Clocks
from oarlock.web.handoffs.deciding import said
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.rights import acting_member, needs

TEAMS = {
    "accepted": "sales", "rejected": "sales", "returned": "sales", "worked": "sales", "converted": "sales",
    "appealed": "marketing",
}  # fmt: skip
"""Whose fact it is; all others are both teams'."""
ACTORS = {"routing": "routing", "clock": "the clock", "oarlock": "Oarlock"}


@dataclass(frozen=True, slots=True)
class Told:
    """One fact in words."""

    at: datetime
    team: str
    words: str
    more: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One clock of a hand-off: until when, when it was met, and how that stands in a word."""

    words: str
    due_at: datetime | None
    met_at: datetime | None
    state: str
    verdict: str


@needs("look")
@require_GET
def page(request: HttpRequest, handoff_id: str) -> HttpResponse:
    """The page of one hand-off."""
    line, found = handoffs.handoff(handoff_id), agreed.read(now())
    if line is None or found is None:
        raise Http404
    h, clocks = line.handoff, Clocks(found)
    made = decisions.of_handoff(h.id)
    remarks = handoffs.remarks(h.id)
    named = handoffs.authors(remarks)
    words = tuple((s, named.get(s.by, found.name(s.by))) for s in remarks)
    pane = showing.pane(line, clocks, made[-1] if made else None, words, acting_member(request))
    context = {
        "pane": pane, "line": line, "h": h, "facts": [told(event, found) for event in handoffs.events(h)],
        "limits": list(limits(h, found)), "decisions": [(row, said(row, found)) for row in made], "zone": found.zone,
        "agreed": found, "owner": found.name(h.owner), "holders": [found.name(key) for key in h.holders],
        "tabs": tabs("handoffs"), "back": "one",
    }  # fmt: skip
    return render(request, "web/handoffs/one.html", context)


def told(event: Event, found: Agreed) -> Told:
    """One fact of a hand-off in words."""
    to = f" to {found.name(event.to)}" if event.to else ""
    by = ACTORS.get(event.by or "", found.name(event.by)) if event.by else ""
    parts = [f"by {by}" if by else "", f"“{event.reason}”" if event.reason else ""]
    if event.due_at:
        parts.append(f"due {numerals.moment(event.due_at, found.zone)}")
    if (event.recorded_at - event.at).total_seconds() >= 60:
        parts.append(f"learned {numerals.moment(event.recorded_at, found.zone)}")
    team = TEAMS.get(event.kind, "joint")
    return Told(event.at, team, f"{event.kind.capitalize()}{to}", " · ".join(part for part in parts if part))


def limits(h: HandedOver, found: Agreed) -> Iterator[Limit]:
    """The clocks that were agreed, in the order they run."""
    term, at = found.term(h), found.now
    until = h.ended_at or at
    if h.accept_due_at:
        yield _limit("Answer", h.accept_due_at, h.answered_at, until, "accept" in h.breached)
    if h.first_touch_due_at:
        yield _limit("First touch", h.first_touch_due_at, h.first_touch_at, until, "first_touch" in h.breached)
    if h.work_due_at:
        wanted = term.attempts if term and term.attempts else 0
        met = h.last_at if h.attempts >= wanted else None
        words = f"{h.attempts} of {wanted} tries" if wanted else numerals.plural(h.attempts, "try", "tries")
        yield _limit(words, h.work_due_at, met, until, "work" in h.breached)


def _limit(words: str, due: datetime, met: datetime | None, until: datetime, breached: bool) -> Limit:
    """Met in time, met late, past due, or still running."""
    if met is not None and met <= due and not breached:
        return Limit(words, due, met, "ok", "in time")
    if met is not None:
        return Limit(words, due, met, "off", "late")
    return Limit(words, due, None, "off", "past due") if due <= until else Limit(words, due, None, "due", "running")


@needs("look")
@require_GET
def story(request: HttpRequest, handoff_id: str) -> HttpResponse:
    """The buyer's story, and the account beside it: a fragment, asked for once the pane stands."""
    h, found = handoffs.bare(handoff_id), agreed.read(now())
    if h is None or found is None:
        raise Http404
    return HttpResponse(render_to_string("web/handoffs/story.html", _of_story(h, found)))  # without a page around it


def _of_story(h: HandedOver, found: Agreed) -> dict[str, Any]:
    terms, term = found.terms(h.agreement), found.term(h)
    stage = terms.stage(term.at) if term else None
    buyer = handoffs.buyer(h, found.versions, terms, found.now)
    account = buyer.account if buyer else None
    return {
        "h": h, "buyer": buyer, "zone": found.zone, "stage": stage,
        "rule": ruled(terms, stage.rule) if stage and stage.rule else "",
        "owner": found.name(account.owner_id) if account and account.owner_id else "",
    }  # fmt: skip
