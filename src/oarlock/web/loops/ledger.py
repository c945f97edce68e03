"""The ledger of promises: both teams side by side, the cases behind each number, and excuses declared and confirmed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oarlock.charts.promise_explanations import explain_promise
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures, ledger_rows
from oarlock.jobs.ledger_rows import OwedRow
from oarlock.jobs.rows import PAGE, every_page
from oarlock.jobs.rows import Page as RowsPage
from oarlock.lifecycle.versions import Versions
from oarlock.loop.promises_kept import Cell, Ledger, LedgerLine
from oarlock.store.reads import naming, promises, versions
from oarlock.store.reads.measurements import Kept
from oarlock.web.funnel.funnel import home
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.loops.choosing import PAGES, Choice, asked, chosen, refresh, waiting
from oarlock.web.loops.excusing import excused_section
from oarlock.web.loops.ledger_showing import Page, parts_of
from oarlock.web.records.exporting import csv_file
from oarlock.web.rights import needs

SHOWN = 8
"""So many rows stand in the drawer."""


@needs("look")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; without an agreement or facts it says what comes first."""
    choice = chosen(request, "ledger")
    context: dict[str, Any] = {"tabs": tabs("promises"), "choice": choice, "title": "Promises"}
    try:
        every = versions.all_versions()
        answer = asked(request, choice, every)
    except UserProblem as problem:
        if problem.code not in ("no-agreement", "no-facts"):
            raise
        return render(request, "web/loops/nothing.html", context | {"problem": problem})
    if answer.kept is None:
        return render(request, "web/loops/ledger.html", context | {"waiting": waiting(choice, answer)})
    found = promises.ledger(answer.kept)
    terms = figures.judges(choice.version, every).latest
    shown = Page(found, choice, terms)
    context |= {
        "found": found, "sides": list(shown.sides()), "tables": list(shown.tables()), "judging": every.all,
        "excuses": excused_section(request, terms), "export": choice.plain().address("promises_csv"),
    }  # fmt: skip
    if choice.figure:
        context["explained"] = _explained(answer.kept, found, choice, every)
    return render(request, "web/loops/ledger.html", context)


@needs("look")
@require_safe
def explained(request: HttpRequest) -> HttpResponseBase:
    """One number's explanation as a fragment; the whole page to whoever comes without htmx."""
    if request.headers.get("HX-Request") != "true":
        return page(request)
    choice, kept, found = _ready(request)
    context = {"explained": _explained(kept, found, choice, versions.all_versions()), "zone": found.agreement.time_zone}
    return render(request, "web/loops/explained.html", context)


def _ready(request: HttpRequest) -> tuple[Choice, Kept, Ledger]:
    """What is kept for an address. UserProblem while it is being computed."""
    choice = chosen(request, "ledger")
    kept = asked(request, choice).kept
    if kept is None:
        raise UserProblem("busy-figures", "The ledger is being computed.", "", "Open the ledger and try again.")
    return choice, kept, promises.ledger(kept)


def _cell(found: Ledger, choice: Choice) -> tuple[LedgerLine, Cell]:
    """The number a choice names. UserProblem `unknown-figure`."""
    line = found.line(choice.figure)
    cell = line.cell(choice.period) if line else None
    if line is None or cell is None:
        raise UserProblem("unknown-figure", "There is no such number.", "", "Choose one on the ledger's page.")
    return line, cell


def _explained(kept: Kept, found: Ledger, choice: Choice, every: Versions) -> dict[str, Any]:
    """All that the drawer shows."""
    line, cell = _cell(found, choice)
    it = explain_promise(found, line, cell)
    rows = _rows(kept, line, cell, "all", "", SHOWN)
    people = naming.people([r.person_id for r in rows.rows])
    links = [
        {"word": word, "number": number, "address": replace(choice, part=part).address("promise_rows")}
        for part, word, number in parts_of(line, cell)
    ]
    return {
        "it": it, "close": choice.plain().address(), "links": links, "owed": True,
        "rows": [(r, people[r.person_id]) for r in rows.rows], "zone": found.agreement.time_zone,
        "csv": replace(choice, part="all").address("promise_rows_csv"), "uses": figures.used_by(every.latest, it.terms),
    }  # fmt: skip


def _rows(kept: Kept, line: LedgerLine, cell: Cell, part: str, after: str, limit: int) -> RowsPage[OwedRow]:
    return ledger_rows.owed_rows(
        home(), kept.files["cases"], line.key, cell.period, part or "all", after=after, limit=limit
    )


@needs("look")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The cases behind a number, page by page."""
    choice, kept, found = _ready(request)
    line, cell = _cell(found, choice)
    rows = _rows(kept, line, cell, choice.part, request.GET.get("after", ""), PAGE)
    people = naming.people([r.person_id for r in rows.rows])
    context = {
        "it": explain_promise(found, line, cell), "rows": [(r, people[r.person_id]) for r in rows.rows],
        "following": rows.following, "choice": choice, "zone": found.agreement.time_zone, "owed": True,
        "back": choice.address(), "back_word": "Promises", "here": choice.address("promise_rows"),
        "csv": choice.address("promise_rows_csv"), "part": choice.part or "all", "tabs": tabs("promises"),
    }  # fmt: skip
    return render(request, "web/loops/rows.html", context)


@needs("export")
@require_safe
def listed_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV, all of them."""
    choice, kept, found = _ready(request)
    line, cell = _cell(found, choice)
    read = partial(_all, kept, line, cell, choice.part)
    columns = ("promise", "period", "person_id", "handoff_id", "cycle", "at", "state", "minutes", "excuse")
    lines = (
        (line.key, cell.period, r.person_id, r.handoff_id, r.cycle, r.at, r.state, r.minutes, r.excuse)
        for r in every_page(read)
    )
    return csv_file(f"promise-{line.metric}-{cell.period}", columns, lines)


def _all(kept: Kept, line: LedgerLine, cell: Cell, part: str, after: str) -> RowsPage[OwedRow]:
    return _rows(kept, line, cell, part, after, 2000)


@needs("export")
@require_safe
def exported(request: HttpRequest) -> HttpResponseBase:
    """The ledger as CSV: one line a promise and period."""
    _, _, found = _ready(request)
    columns = ("team", "metric", "period", "version", "at_least", "at_most", "value", "numerator", "denominator",
               "open", "due", "past_due", "excused", "excuse", "status")  # fmt: skip
    lines = (
        (line.team, line.metric, c.period, c.version, c.at_least, c.at_most, c.value, c.numerator, c.denominator,
         c.still_open, c.due, c.past_due, c.excused, c.excuse, c.status)
        for line in found.lines for c in line.cells
    )  # fmt: skip
    return csv_file("promises", columns, lines)


@needs("look")
@require_safe
def progress(request: HttpRequest, kind: str) -> HttpResponse:
    """How far figures are; once they are there the page is loaded again."""
    if kind not in PAGES:
        raise Http404
    choice = chosen(request, kind)
    answer = asked(request, choice)
    if answer.kept is not None:
        return refresh()
    return render(request, "web/loops/waiting.html", {"waiting": waiting(choice, answer)})
