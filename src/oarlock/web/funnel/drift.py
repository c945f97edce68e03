"""The drift page: what the CRM recorded beside what the agreement defines; the rows, their causes, an export, and the
rule that would match."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from oarlock.charts import numerals
from oarlock.charts.names import short, shown, value
from oarlock.charts.palette import team
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import rows, suggestions
from oarlock.jobs.rows import every_page
from oarlock.loop.figures import DriftCounts
from oarlock.store.reads import measurements, naming, versions
from oarlock.store.reads.measurements import DriftFigures, Kept
from oarlock.store.writes.audit import Acting
from oarlock.web.funnel.choosing import Choice, chosen
from oarlock.web.funnel.funnel import asked, home, waiting
from oarlock.web.records.exporting import csv_file
from oarlock.web.rights import acting_member, may, needs

BY = ("owner", "source", "origin")
VERDICTS = ("different date", "only recorded", "only defined")
MONTHS = 12


@needs("look")
@require_safe
def drift(request: HttpRequest) -> HttpResponse:
    """The page."""
    choice = chosen(request)
    try:
        answer = asked(request, choice, "drift")
    except UserProblem as problem:
        if problem.code not in ("no-agreement", "no-facts"):
            raise
        return render(request, "web/funnel/nothing.html", {"problem": problem, "here": "drift"})
    if answer.kept is None:
        return render(request, "web/funnel/drift.html", {"waiting": waiting(choice, answer, "drift")})
    found = measurements.drift(answer.kept)
    return render(request, "web/funnel/drift.html", _context(request, answer.kept, found, choice))


def _context(request: HttpRequest, kept: Kept, found: DriftFigures, choice: Choice) -> dict[str, Any]:
    said = _said(request, found)
    page = _page(kept, said, request.GET.get("after", ""), rows.PAGE)
    people = naming.people({r.person_id for r in page.rows})
    users = naming.users({x for r in page.rows for x in (r.by, r.owner)} | {c.value for c in found.drift.by["owner"]})
    names = {s.key: short(s.name, s.key) for s in found.stages}
    return {
        "found": found.drift, "choice": choice, "said": said, "zone": found.drift.agreement.time_zone,
        "stages": [_counts(c, _stage(found, c.stage)) for c in found.drift.stages], "names": names,
        "trend": _trend(found, said["stage"]), "by": _by(found, said, users), "fields": BY, "verdicts": VERDICTS,
        "rows": [(r, people[r.person_id], names.get(r.stage, r.stage), users) for r in page.rows],
        "following": page.following, "query": _query(choice, said),
        "judging": versions.all_versions().all,
        "suggestions": suggestions.known(home(), choice.version, choice.as_known, said["stage"]),
        "may_propose": may(request.user, "propose"), "propose": _propose(),
    }  # fmt: skip


def _propose() -> str:
    """The address of the page on which a version is proposed."""
    return reverse("propose")


def _said(request: HttpRequest, found: DriftFigures) -> dict[str, str]:
    """Which rows are wanted; a stage is always chosen, so that a count and its rows stand together."""
    keys = [s.key for s in found.stages]
    worst = max(found.drift.stages, key=_apart, default=None)
    stage = request.GET.get("stage", "")
    verdict, field = request.GET.get("verdict", ""), request.GET.get("field", "")
    return {
        "stage": stage if stage in keys else worst.stage if worst else "",
        "verdict": verdict if verdict in VERDICTS else "", "field": field if field in BY else "owner",
        "value": request.GET.get("value", "")[:200],
    }  # fmt: skip


def _apart(c: DriftCounts) -> int:
    return c.different_date + c.only_recorded + c.only_defined


def _page(kept: Kept, said: dict[str, str], after: str, limit: int) -> rows.Page[rows.DriftRow]:
    kind, _, chosen_value = said["value"].partition(":")
    field = said["field"] if kind in ("is", "none") else ""
    return rows.drifted(
        home(), kept.files["compared"], stage=said["stage"], verdict=said["verdict"], field=field,
        value=chosen_value if kind == "is" else None, after=after, limit=limit,
    )  # fmt: skip


def _query(choice: Choice, said: dict[str, str]) -> str:
    rest = {k: v for k, v in said.items() if v} | {
        k: v for k, v in (("version", choice.version), ("as_known", choice.as_known)) if v
    }
    return urlencode(rest)


def _stage(found: DriftFigures, key: str) -> tuple[str, str]:
    stage = next(s for s in found.stages if s.key == key)
    return shown(stage.name, 60), team(stage.owner)


def _counts(c: DriftCounts, named: tuple[str, str]) -> dict[str, Any]:
    whole = c.both + _apart(c)
    parts, at = [], 0.0
    for kind, number in (
        ("same", c.both),
        ("date", c.different_date),
        ("rec", c.only_recorded),
        ("def", c.only_defined),
    ):
        width = number / whole * 100 if whole else 0
        parts.append({"kind": kind, "x": f"{at:.2f}", "width": f"{width:.2f}"})
        at += width
    return {"counts": c, "name": named[0], "team": named[1], "parts": parts, "apart": _apart(c),
            "rate": numerals.percent(_apart(c) / whole if whole else None), "whole": whole}  # fmt: skip


def _trend(found: DriftFigures, stage: str) -> list[dict[str, Any]]:
    """The last months of one stage."""
    mine = [t for t in found.trend if t.counts.stage == stage][-MONTHS:]
    most = max((t.counts.both + _apart(t.counts) for t in mine), default=1) or 1
    return [
        {"month": numerals.month(t.month), "counts": t.counts, "apart": _apart(t.counts),
         "width": f"{_apart(t.counts) / most * 100:.2f}", "whole": t.counts.both + _apart(t.counts)}
        for t in reversed(mine)
    ]  # fmt: skip


def _by(found: DriftFigures, said: dict[str, str], users: dict[str, str]) -> list[dict[str, Any]]:
    """The chosen stage by owner, source or origin; who disagrees most first."""
    mine = [c for c in found.drift.by[said["field"]] if c.stage == said["stage"]]
    rows_of = sorted(mine, key=lambda c: (-_apart(c), c.value is None, c.value or ""))[:30]
    return [
        {"value": shown(users.get(c.value or "", value(c.value))), "none": c.value is None, "counts": c,
         "apart": _apart(c), "token": "none" if c.value is None else f"is:{c.value}"}
        for c in rows_of
    ]  # fmt: skip


@needs("export")
@require_safe
def rows_csv(request: HttpRequest) -> HttpResponseBase:
    """The rows as CSV."""
    answer = asked(request, chosen(request), "drift")
    if answer.kept is None:
        raise UserProblem("busy-figures", "Drift is being computed.", "", "Open the page and try again.")
    found = measurements.drift(answer.kept)
    said = _said(request, found)
    read = partial(_page, answer.kept, said, limit=2000)
    columns = (
        "person_id",
        "stage",
        "verdict",
        "recorded_at",
        "defined_at",
        "days_apart",
        "owner",
        "source",
        "by",
        "origin",
    )
    lines = (
        (r.person_id, r.stage, r.verdict, r.recorded_at, r.defined_at, r.days_apart, r.owner, r.source, r.by, r.origin)
        for r in every_page(read)
    )
    return csv_file(f"drift-{said['stage']}", columns, lines)


@needs("propose")
@require_POST
def rule(request: HttpRequest) -> HttpResponse:
    """Order edits to be tried that would bring the rule nearer to what is recorded."""
    stage = request.POST.get("stage", "")[:100]
    choice = Choice(version=request.POST.get("version", "")[:20], as_known=request.POST.get("as_known", "")[:20])
    acting = Acting.member(acting_member(request).id)
    suggestions.ask(home(), choice.version, choice.as_known, stage, acting=acting, now=now())
    return redirect(f"{reverse('drift')}?{urlencode({'stage': stage})}#rule")
