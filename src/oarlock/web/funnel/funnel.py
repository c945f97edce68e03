"""The funnel page: what is chosen is asked of `jobs.figures`; what is not there yet is shown as progress."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures, rows
from oarlock.jobs.figures import Answer, Kind
from oarlock.jobs.rows import LifeRow, every_page
from oarlock.lifecycle.versions import Versions
from oarlock.loop.numbers import Number
from oarlock.loop.period_figures import FunnelFigures
from oarlock.store.reads import closings, measurements, naming, versions
from oarlock.store.reads.measurements import Kept
from oarlock.store.writes.audit import Acting
from oarlock.web.funnel.choosing import Choice, chosen, settled
from oarlock.web.funnel.showing import Page
from oarlock.web.records.exporting import csv_file
from oarlock.web.rights import acting_member, needs

FIELDS = ("source", "campaign", "landing_page", "owner")
FILTERED = ("source", "owner", "campaign", "country", "landing_page", "region", "language")
SHOWN = 8
"""So many rows stand in the drawer."""


def home() -> Path:
    """The workspace."""
    found: Path = settings.OARLOCK.home
    return found


KINDS: dict[str, Kind] = {"funnel": "funnel", "loop": "loop", "drift": "drift"}
"""The kinds of figures an address may name."""


def asked(request: HttpRequest, choice: Choice, kind: Kind, every: Versions | None = None) -> Answer:
    """The figures of a choice, ordered where they are not there."""
    acting, again = Acting.member(acting_member(request).id), request.GET.get("again") == "1"
    return figures.ask(home(), choice.asked(kind), acting=acting, now=now(), again=again, every=every)


@needs("look")
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """The page; without an agreement or facts it says what comes first."""
    choice = chosen(request)
    try:
        every = versions.all_versions()
        answer = asked(request, choice, "funnel", every)
    except UserProblem as problem:
        if problem.code not in ("no-agreement", "no-facts"):
            raise
        return render(request, "web/funnel/nothing.html", {"problem": problem, "here": "funnel"})
    if answer.kept is None:
        return render(request, "web/funnel/funnel.html", {"waiting": waiting(choice, answer, "funnel")})
    found = measurements.funnel(answer.kept)
    choice = settled(choice, found)
    context = _context(request, answer.kept, found, choice, every)
    if choice.figure:
        context["explained"] = _explained(request, answer.kept, found, choice, every, context["loop"].get("kept"))
    return render(request, "web/funnel/funnel.html", context)


def waiting(choice: Choice, answer: Answer, kind: str) -> dict[str, Any]:
    """What the page says while figures are made."""
    again = choice.address("drift" if kind == "drift" else "funnel")
    return {"order": answer.waiting, "kind": kind, "query": choice.query(), "address": again,
            "again": again + ("&" if "?" in again else "?") + "again=1"}  # fmt: skip


def _context(
    request: HttpRequest, kept: Kept, found: FunnelFigures, choice: Choice, judging: Versions
) -> dict[str, Any]:
    page = Page(found, choice)
    handed = [s.key for s in found.stages].index(found.handed)
    pair = ".".join(s.key for s in found.stages[handed : handed + 2])
    first = (f"entered.{found.handed}", f"rate.{pair}", f"time.{pair}")
    whole = request.GET.get("charts") == "all"
    closed = {c.month: c for c in closings.closed_months()}
    return {
        "found": found, "choice": choice, "page": page, "period": page.word(choice.period), "kept": kept,
        "stages": list(page.stages()), "flows": list(page.flows()), "deals": page.deals(), "periods": page.periods(),
        "bases": page.bases(), "filters": page.filters(), "frozen": closed.get(choice.period),
        "charts": [c for c in kept.charts if whole or c.key in first], "every_chart": whole,
        "others": [(p, page.word(p)) for p in found.periods], "judging": judging.all, "fields": FILTERED,
        "loop": loop_section(request, found, choice, judging), "zone": found.agreement.time_zone,
    }  # fmt: skip


def loop_section(request: HttpRequest, found: FunnelFigures, choice: Choice, every: Versions) -> dict[str, Any]:
    """The closed loop's part of the page."""
    chips = [(f.replace("_", " "), replace(choice.plain(), by=f).address(), f == choice.by) for f in FIELDS]
    told: dict[str, Any] = {"choice": choice, "chips": chips, "own": "" if choice.by in FIELDS else choice.by}
    try:
        answer = asked(request, choice, "loop", every)
    except UserProblem as problem:
        return told | {"problem": problem}
    if answer.kept is None:
        return told | {"waiting": waiting(choice, answer, "loop")}
    loop = measurements.loop(answer.kept)
    values = [r.value for r in loop.of(choice.period, choice.basis)]
    names = (
        naming.users(values) if choice.by == "owner" else naming.campaigns(values) if choice.by == "campaign" else {}
    )
    return told | {"table": Page(found, choice).loop(loop, figures.judges(choice.version, every).latest, names),
                   "currency": found.agreement.currency, "kept": answer.kept}  # fmt: skip


@needs("look")
@require_safe
def loop(request: HttpRequest) -> HttpResponse:
    """The closed loop alone, while it is being made."""
    answer = asked(request, chosen(request), "funnel")
    if answer.kept is None:
        return _refresh()
    found = measurements.funnel(answer.kept)
    choice = settled(chosen(request), found)
    every = versions.all_versions()
    context = {"loop": loop_section(request, found, choice, every), "period": Page(found, choice).word(choice.period)}
    return render(request, "web/funnel/loop.html", context)


@needs("look")
@require_safe
def progress(request: HttpRequest, kind: str) -> HttpResponse:
    """How far the figures are; once they are there the page is loaded again."""
    wanted = KINDS.get(kind)
    if wanted is None:
        raise Http404
    choice = chosen(request)
    answer = asked(request, choice, wanted)
    if answer.kept is not None:
        return _refresh()
    return render(request, "web/funnel/waiting.html", {"waiting": waiting(choice, answer, wanted)})


def _refresh() -> HttpResponse:
    return HttpResponse(headers={"HX-Refresh": "true"})


@needs("look")
@require_safe
def explained(request: HttpRequest) -> HttpResponseBase:
    """One number's explanation as a fragment; the whole page to whoever comes without htmx."""
    if request.headers.get("HX-Request") != "true":
        return funnel(request)
    answer = asked(request, chosen(request), "funnel")
    if answer.kept is None:
        return _refresh()
    found = measurements.funnel(answer.kept)
    choice = settled(chosen(request), found)
    every = versions.all_versions()
    context = {"explained": _explained(request, answer.kept, found, choice, every), "zone": found.agreement.time_zone}
    return render(request, "web/funnel/explained.html", context)


def _explained(
    request: HttpRequest, kept: Kept, found: FunnelFigures, choice: Choice, every: Versions, loop: Kept | None = None
) -> dict[str, Any]:
    """All that the drawer shows."""
    named = choice.number(found)
    if named.kind == "loop" and loop is None:
        loop = _loop_of(request, choice)
    loop = loop if named.kind == "loop" else None
    whole = figures.explained(kept, named, loop, every)
    page = _page(kept, loop, found, named, "", SHOWN) if named.has_rows else None
    people = naming.people([r.person_id for r in page.rows]) if page else {}
    return {
        "whole": whole, "it": whole.explanation, "close": choice.plain().address(), "choice": choice,
        "rows": [(r, people[r.person_id]) for r in page.rows] if page else None,
        "all": choice.address("funnel_rows"), "csv": choice.address("funnel_rows_csv"),
        "seen": page and (f"{SHOWN} of more" if page.following else f"{len(page.rows)}"),
    }  # fmt: skip


def _loop_of(request: HttpRequest, choice: Choice) -> Kept:
    kept = asked(request, choice, "loop").kept
    if kept is None:
        raise UserProblem("busy-figures", "This closed loop is being computed.", "", "Try again in a moment.")
    return kept


def _page(
    kept: Kept, loop: Kept | None, found: FunnelFigures, named: Number, after: str, limit: int
) -> rows.Page[LifeRow]:
    files = dict(loop.files) if loop else {}
    return rows.behind(
        home(), kept.files["lives"], found, named, answers=files.get("answers", ""), values=files.get("values", ""),
        after=after, limit=limit,
    )  # fmt: skip


def _whole_list(request: HttpRequest) -> tuple[Kept, Kept | None, FunnelFigures, Choice, Number]:
    """What a list of rows is of."""
    answer = asked(request, chosen(request), "funnel")
    if answer.kept is None:
        raise UserProblem("busy-figures", "These figures are being computed.", "", "Open the funnel and try again.")
    found = measurements.funnel(answer.kept)
    choice = settled(chosen(request), found)
    named = choice.number(found)
    if not named.has_rows:
        raise UserProblem("unknown-rows", "No people stand behind this number.", "", "Go back to the funnel.")
    return answer.kept, _loop_of(request, choice) if named.kind == "loop" else None, found, choice, named


@needs("look")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All rows behind a number, page by page."""
    kept, loop, found, choice, named = _whole_list(request)
    page = _page(kept, loop, found, named, request.GET.get("after", ""), rows.PAGE)
    people = naming.people([r.person_id for r in page.rows])
    context = {
        "whole": figures.explained(kept, named, loop), "rows": [(r, people[r.person_id]) for r in page.rows],
        "following": page.following, "choice": choice, "zone": found.agreement.time_zone,
        "back": choice.address(), "csv": choice.address("funnel_rows_csv"), "here": choice.address("funnel_rows"),
    }  # fmt: skip
    return render(request, "web/funnel/rows.html", context)


@needs("export")
@require_safe
def listed_csv(request: HttpRequest) -> HttpResponseBase:
    """All rows behind a number as CSV."""
    kept, loop, found, _, named = _whole_list(request)
    read = partial(_page, kept, loop, found, named, limit=2000)
    columns = ("person_id", "cycle", "at", "next", "left_at", "because")
    lines = ((r.person_id, r.cycle, r.at, r.then, r.left_at, r.because) for r in every_page(read))
    return csv_file(f"{named.figure}-{named.period}", columns, lines)


@needs("export")
@require_safe
def loop_csv(request: HttpRequest) -> HttpResponseBase:
    """The closed loop of the period as CSV, every value and reason."""
    choice = chosen(request)
    answer = asked(request, choice, "funnel")
    if answer.kept is None:
        raise UserProblem("busy-figures", "These figures are being computed.", "", "Open the funnel and try again.")
    found = measurements.funnel(answer.kept)
    choice = settled(choice, found)
    figures_of_loop = measurements.loop(_loop_of(request, choice))
    return csv_file(f"closed-loop-{choice.by}-{choice.period}", *_loop_lines(found, choice, figures_of_loop))


def _loop_lines(
    found: FunnelFigures, choice: Choice, loop: Any
) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
    stages = [s.key for s in found.stages]
    rows_of = loop.of(choice.period, choice.basis)
    reasons = sorted({r for row in rows_of for r in row.reasons})
    columns = (loop.by, "period", "basis", *stages, "accepted", "rejected", "lapsed",
               *(f"rejected: {r}" for r in reasons), "won", "revenue", "cost")  # fmt: skip
    lines = (
        (r.value, r.period, r.basis, *(r.entered.get(s, 0) for s in stages), r.accepted, r.rejected, r.lapsed,
         *(r.reasons.get(x, 0) for x in reasons), r.won, r.revenue, r.cost)
        for r in rows_of
    )  # fmt: skip
    return columns, lines


@needs("look")
@require_safe
def chart(request: HttpRequest, key: str, name: str) -> JsonResponse:
    """A chart's Vega-Lite specification, for the interactive form of it."""
    kept = measurements.kept(key)
    found = next((c for c in kept.charts if c.key == name), None) if kept else None
    if found is None:
        raise Http404
    return JsonResponse(json.loads(found.spec))
