"""The funnel's numbers, each with all that explains it, and drift. What is not computed yet is ordered: ask again."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router, Status

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.figures import Answer, Asked, Kind
from oarlock.loop.period_figures import Entered, FunnelFigures, Step
from oarlock.store.reads import measurements
from oarlock.store.reads.measurements import Kept, UnderWay
from oarlock.web.api import shapes
from oarlock.web.api.callers import Holding, caller_of
from oarlock.web.api.problems import only_known

router = Router(tags=["numbers"], auth=Holding("look"))


@router.get("/numbers", response={200: shapes.Numbers, 202: shapes.UnderWay}, summary="Read the funnel's numbers")
def read_numbers(request: HttpRequest, asked: Query[shapes.FiguresAsked]) -> object:
    """Every count and conversion of a period, with numerator, denominator, versions, as-known date and query."""
    answer = _ask(request, "funnel", asked)
    if answer.kept is None:
        return Status(202, _waiting(answer.waiting))
    funnel = measurements.funnel(answer.kept)
    period = asked.period or next((p for p in funnel.periods if p < f"{funnel.as_known:%Y-%m}"), "all")
    if period not in funnel.periods:
        raise UserProblem("unknown-period", f"Nothing is known of {period}.", "", "Ask for a month, a quarter or all.")
    return {
        "as_known": funnel.as_known, "company": funnel.agreement.company, "currency": funnel.agreement.currency,
        "period": period, "basis": asked.basis, "rows": list(_rows(answer.kept, funnel, period, asked.basis)),
    }  # fmt: skip


@router.get("/drift", response={200: shapes.Drift, 202: shapes.UnderWay}, summary="Read drift")
def read_drift(request: HttpRequest, asked: Query[shapes.DriftAsked]) -> object:
    """What the CRM recorded beside what the agreement defines, a stage at a time."""
    answer = _ask(request, "drift", asked)
    if answer.kept is None:
        return Status(202, _waiting(answer.waiting))
    found = measurements.drift(answer.kept).drift
    rows = [
        {
            "stage": c.stage, "same": c.both, "another_date": c.different_date, "only_recorded": c.only_recorded,
            "only_defined": c.only_defined,
        }
        for c in found.stages
    ]  # fmt: skip
    return {"as_known": found.as_known, "versions": [v.version for v in found.agreement.versions], "rows": rows}


def _ask(request: HttpRequest, kind: Kind, asked: shapes.FiguresAsked | shapes.DriftAsked) -> Answer:
    only_known(request, asked)
    wanted = Asked(
        kind, str(asked.version) if asked.version else "", asked.as_known.isoformat() if asked.as_known else ""
    )
    return figures.ask(settings.OARLOCK.home, wanted, acting=caller_of(request).acting, now=now())


def _waiting(under_way: UnderWay | None) -> dict[str, object]:
    if under_way is None:
        return {"state": "open", "words": "", "share": None}
    return {"state": under_way.state, "words": under_way.words, "share": under_way.share}


def _rows(kept: Kept, funnel: FunnelFigures, period: str, basis: str) -> Iterator[dict[str, object]]:
    """Entries of each stage, then each stage to the next."""
    names = {stage.key: stage.name for stage in funnel.stages}
    about = {
        "period": period, "basis": basis, "versions": [v.version for v in funnel.agreement.versions],
        "as_known": funnel.as_known, "page": f"{reverse('funnel')}?period={period}&basis={basis}",
    }  # fmt: skip
    for stage in funnel.stages:
        yield {**about, **_entries(funnel.entered(stage.key, period), names, funnel.queries)}
    for before, after in zip(funnel.stages, funnel.stages[1:], strict=False):
        yield {**about, **_step(funnel.step(before.key, after.key, period, basis), names, funnel.queries)}


def _entries(found: Entered, names: dict[str, str], queries: dict[str, str]) -> dict[str, object]:
    words = f"People who entered {names[found.stage]}; {found.skipped} of them only by reaching a later stage."
    return {
        "figure": f"{found.stage}.entered", "words": words, "value": found.entered, "numerator": found.entered,
        "denominator": None, "still_open": None, "few": False, "query": queries.get("entries", ""),
    }  # fmt: skip


def _step(found: Step, names: dict[str, str], queries: dict[str, str]) -> dict[str, object]:
    words = f"Of those who entered {names[found.from_]}, how many entered {names[found.to]}."
    return {
        "figure": f"{found.from_}.to.{found.to}", "words": words, "value": found.rate, "numerator": found.numerator,
        "denominator": found.denominator, "still_open": found.still_open, "few": found.few,
        "query": queries.get("steps", ""),
    }  # fmt: skip
