"""What became of the leads marketing sent: by source, campaign, owner and month, why they were rejected, and which
edits of the rule history proposes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from oarlock.charts.promise_explanations import OUTCOME_WORDS, explain_sent, period_name
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures, ledger_rows
from oarlock.jobs.ledger_rows import SentRow
from oarlock.jobs.rows import PAGE, every_page
from oarlock.jobs.rows import Page as RowsPage
from oarlock.lifecycle.versions import Versions
from oarlock.loop.period_months import months_over
from oarlock.loop.reasons import REASON, SENT_BY, SentFigures
from oarlock.store.reads import naming, promises, versions
from oarlock.store.reads.measurements import Kept
from oarlock.web.funnel.funnel import home
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.loops.choosing import Choice, asked, chosen, waiting
from oarlock.web.loops.edits import edits_section
from oarlock.web.loops.sent_showing import Page, lines_of
from oarlock.web.records.exporting import csv_file
from oarlock.web.rights import needs

SHOWN = 8
"""So many rows stand in the drawer."""


@needs("look")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page; without an agreement or facts it says what comes first."""
    choice = chosen(request, "sent")
    context: dict[str, Any] = {"tabs": tabs("sent"), "choice": choice, "title": "Sent"}
    try:
        every = versions.all_versions()
        answer = asked(request, choice, every)
    except UserProblem as problem:
        if problem.code not in ("no-agreement", "no-facts"):
            raise
        return render(request, "web/loops/nothing.html", context | {"problem": problem})
    if answer.kept is None:
        return render(request, "web/loops/sent.html", context | {"waiting": waiting(choice, answer)})
    found = promises.sent(answer.kept)
    choice = settled(choice, found)
    context |= _context(found, choice, every) | {"edits": edits_section(request, choice, every)}
    if choice.figure:
        context["explained"] = _explained(answer.kept, found, choice)
    return render(request, "web/loops/sent.html", context)


def settled(choice: Choice, found: SentFigures) -> Choice:
    """With a period: the one chosen if it is there, else the latest quarter that has a month that is over."""
    if choice.period in found.periods:
        return choice
    over = months_over(found.months, found.as_known, found.agreement.time_zone, now())
    last = (over or found.months or ("",))[-1]
    return replace(choice, period=f"{last[:4]}-Q{(int(last[5:]) + 2) // 3}" if last else "all")


def _context(found: SentFigures, choice: Choice, every: Versions) -> dict[str, Any]:
    values = [r.value for r in found.of(choice.period)]
    names = naming.users(values) if found.by == "owner" else naming.campaigns(values) if found.by == "campaign" else {}
    shown = Page(found, choice, figures.judges(choice.version, every).latest, names)
    chips = [(by, replace(choice.plain(), by=by).address(), by == choice.by) for by in SENT_BY]
    return {
        "found": found, "choice": choice, "period": period_name(choice.period), "heads": shown.heads(),
        "rows": shown.table(), "sum": shown.sum(), "bars": shown.bars(), "periods": shown.periods(), "chips": chips,
        "own": "" if choice.by in SENT_BY else choice.by, "judging": every.all, "whole": shown.whole,
        "currency": found.agreement.currency, "export": choice.plain().address("sent_csv"),
        "more": max(0, len(shown.rows) - len(shown.table())),
    }  # fmt: skip


@needs("look")
@require_safe
def explained(request: HttpRequest) -> HttpResponseBase:
    """One number's explanation as a fragment; the whole page to whoever comes without htmx."""
    if request.headers.get("HX-Request") != "true":
        return page(request)
    choice, kept, found = _ready(request)
    return render(request, "web/loops/explained.html", {"explained": _explained(kept, found, choice)})


def _ready(request: HttpRequest) -> tuple[Choice, Kept, SentFigures]:
    """What is kept for an address. UserProblem while it is being computed."""
    choice = chosen(request, "sent")
    kept = asked(request, choice).kept
    if kept is None:
        raise UserProblem("busy-figures", "These figures are being computed.", "", "Open the page and try again.")
    found = promises.sent(kept)
    return settled(choice, found), kept, found


def _explained(kept: Kept, found: SentFigures, choice: Choice) -> dict[str, Any]:
    """All that the drawer shows. UserProblem `unknown-figure`."""
    _known(choice.figure)
    row = found.one(choice.period, choice.named, choice.every)
    rows = _rows(kept, found, choice, "", SHOWN)
    people = naming.people([r.person_id for r in rows.rows])
    return {
        "it": explain_sent(found, row, choice.figure, choice.every), "close": choice.plain().address(), "links": (),
        "rows": [(r, people[r.person_id]) for r in rows.rows], "zone": found.agreement.time_zone, "owed": False,
        "all": choice.address("sent_rows"), "csv": choice.address("sent_rows_csv"), "uses": (),
    }  # fmt: skip


def _known(figure: str) -> None:
    if figure not in OUTCOME_WORDS and not figure.startswith(REASON):
        raise UserProblem("unknown-figure", "There is no such number.", "", "Choose one on the page.")


def _rows(kept: Kept, found: SentFigures, choice: Choice, after: str, limit: int) -> RowsPage[SentRow]:
    what = {"acceptance": "answered", "revenue": "won"}.get(choice.figure, choice.figure)
    return ledger_rows.sent_rows(
        home(), kept.files["sent"], found, what, choice.period, value=choice.named, every=choice.every, after=after,
        limit=limit,
    )  # fmt: skip


@needs("look")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The hand-offs behind a number, page by page."""
    choice, kept, found = _ready(request)
    _known(choice.figure)
    rows = _rows(kept, found, choice, request.GET.get("after", ""), PAGE)
    people = naming.people([r.person_id for r in rows.rows])
    row = found.one(choice.period, choice.named, choice.every)
    context = {
        "it": explain_sent(found, row, choice.figure, choice.every), "following": rows.following, "choice": choice,
        "rows": [(r, people[r.person_id]) for r in rows.rows], "zone": found.agreement.time_zone, "owed": False,
        "users": naming.users({r.owner for r in rows.rows}), "back": choice.address(), "back_word": "Sent",
        "here": choice.address("sent_rows"), "csv": choice.address("sent_rows_csv"), "tabs": tabs("sent"),
    }  # fmt: skip
    return render(request, "web/loops/rows.html", context)


@needs("export")
@require_safe
def listed_csv(request: HttpRequest) -> HttpResponseBase:
    """The same as CSV, all of them."""
    choice, kept, found = _ready(request)
    _known(choice.figure)
    read = partial(_all, kept, found, choice)
    columns = ("person_id", "handoff_id", "offered_at", "owner", "answer", "reason", "answered_at", "ended", "won_at")
    lines = (
        (r.person_id, r.handoff_id, r.offered_at, r.owner, r.answer, r.reason, r.answered_at, r.ended, r.won_at)
        for r in every_page(read)
    )
    return csv_file(f"sent-{choice.figure.replace(':', '-')}-{choice.period}", columns, lines)


def _all(kept: Kept, found: SentFigures, choice: Choice, after: str) -> RowsPage[SentRow]:
    return _rows(kept, found, choice, after, 2000)


@needs("export")
@require_safe
def exported(request: HttpRequest) -> HttpResponseBase:
    """The view of a period as CSV."""
    choice, _, found = _ready(request)
    return csv_file(f"sent-by-{found.by}-{choice.period}", *lines_of(found, choice.period))
