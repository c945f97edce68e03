"""The funnel's numbers, each with all that explains it, and drift. What is not computed yet is ordered: ask again."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from oarlock.charts.period_explanations import Explanation, explain
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.figures import Answer, Asked, Kind
from oarlock.loop.numbers import OF_DEALS, number
from oarlock.loop.pairs import pairs
from oarlock.loop.period_figures import FunnelFigures
from oarlock.loop.period_months import months_over
from oarlock.store.reads import measurements
from oarlock.store.reads.measurements import UnderWay
from oarlock.web.api import shapes
from oarlock.web.api.callers import Holding, caller_of
from oarlock.web.api.problems import only_known

router = Router(tags=["numbers"], auth=Holding("look"))


@router.get("/numbers", response={200: shapes.Numbers, 202: shapes.UnderWay}, summary="Read the funnel's numbers")
def read_numbers(request: HttpRequest, asked: Query[shapes.FiguresAsked]) -> object:
    """Every number of a period with its explanation: words, numerator, denominator, facts, query."""
    answer = _ask(request, "funnel", asked)
    if answer.kept is None:
        return Status(202, _waiting(answer.waiting))
    funnel = measurements.funnel(answer.kept)
    period = _period(asked.period, funnel)
    return {**_about(funnel), "period": period, "basis": asked.basis, "rows": list(_rows(funnel, period, asked.basis))}


@router.get("/numbers/{figure}", response={200: shapes.NumberWhole, 202: shapes.UnderWay}, summary="Read one number")
def read_number(request: HttpRequest, figure: Path[shapes.Figure], asked: Query[shapes.FiguresAsked]) -> object:
    """One number with all that its explanation shows: what it was frozen at, what was learned since, who uses it."""
    answer = _ask(request, "funnel", asked)
    if answer.kept is None:
        return Status(202, _waiting(answer.waiting))
    funnel = measurements.funnel(answer.kept)
    period = _period(asked.period, funnel)
    whole = figures.explained(answer.kept, number(funnel, figure, period, asked.basis))
    return {**_about(funnel), "period": period, "basis": asked.basis, **_whole(whole)}


def _period(asked: str, funnel: FunnelFigures) -> str:
    """The period asked for; else the last month that is over, as on the pages."""
    over = months_over(funnel.months, funnel.as_known, funnel.agreement.time_zone, now())
    period = asked or (over[-1] if over else "all")
    if period not in funnel.periods:
        raise UserProblem("unknown-period", f"Nothing is known of {period}.", "", "Ask for a month, a quarter or all.")
    return period


def _about(funnel: FunnelFigures) -> dict[str, object]:
    used = funnel.agreement
    return {
        "as_known": funnel.as_known, "company": used.company, "currency": used.currency,
        "versions": [v.version for v in used.versions],
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


def _rows(funnel: FunnelFigures, period: str, basis: str) -> Iterator[dict[str, object]]:
    """Every number of the funnel itself: entries, balance, steps, and the deals."""
    keys = [stage.key for stage in funnel.stages]
    names = [f"entered.{key}" for key in keys] + [f"balance.{key}" for key in keys]
    names += [f"rate.{before}.{after}" for before, after in pairs(keys)] + list(OF_DEALS)
    for name in names:
        yield _told(explain(funnel, number(funnel, name, period, basis)))


def _told(one: Explanation) -> dict[str, object]:
    """All that the page's drawer shows of one number."""
    return {
        "figure": one.number.figure, "title": one.title, "team": one.team, "value": one.value, "exact": one.exact,
        "words": one.words, "numerator": one.numerator, "denominator": one.denominator,
        "facts": dict(one.facts), "cases": one.cases, "few": one.few,
        "interval": list(one.interval) if one.interval else None, "terms": list(one.terms), "query": one.query,
    }  # fmt: skip


def _whole(whole: figures.Whole) -> dict[str, object]:
    frozen = whole.frozen
    return {
        **_told(whole.explanation),
        "uses": [use.term for use in whole.uses],
        "frozen": frozen and {
            "month": frozen.month, "closed_at": frozen.closed_at, "version": frozen.version,
            "as_known": frozen.as_known, "hash": frozen.hash, "value": whole.frozen_value,
        },
        "adjustments": [{"figure": a.figure, "frozen": a.frozen, "today": a.today} for a in whole.adjustments],
    }  # fmt: skip
