"""Charts of a funnel over time: entries a month, the share that got on, how long it took; with a mark where a version
came into force, paler before it, and dotted what was promised.

Each is a Vega-Lite specification as plain data, drawn by `drawing` once and shown often.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from oarlock.agreement.terms import Terms
from oarlock.charts import numerals
from oarlock.charts.frame import Spec, layer, months_axis, spec, unit
from oarlock.charts.funnel import version_lines
from oarlock.charts.names import short
from oarlock.charts.palette import INK, PALE, colour, team
from oarlock.loop.figures import VersionUsed
from oarlock.loop.period_figures import FunnelFigures
from oarlock.loop.reporting import Shown

MONTHS = 18
"""So many months are drawn, the latest."""


@dataclass(frozen=True, slots=True)
class OverTime:
    """One chart: its key, whose it is, its title, its specification."""

    key: str
    team: str
    title: str
    spec: Spec


def of_funnel(found: FunnelFigures, terms: Terms) -> list[OverTime]:
    """Entries into every stage; then rate and median time of every step between neighbours, by month of the cohort."""
    months = found.months[-MONTHS:]
    charts = [_entries(found, s, months, terms) for s in found.stages]
    for a, b in pairwise(found.stages):
        charts += [_rates(found, a, b, months, terms), _times(found, a, b, months)]
    return charts


def _entries(found: FunnelFigures, stage: Shown, months: Sequence[str], terms: Terms) -> OverTime:
    latest = _latest(found)
    rows = [
        {"month": m, "figure": found.entered(stage.key, m).entered, "colour": colour(stage.owner),
         "fill": PALE[team(stage.owner)] if m < latest else colour(stage.owner)}
        for m in months
    ]  # fmt: skip
    bars = unit(
        {"type": "bar", "strokeWidth": 1},
        {
            "x": _axis(months),
            "y": {"field": "figure", "type": "quantitative", "axis": {"title": None, "tickMinStep": 1}},
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {"field": "colour", "type": "nominal", "scale": None},
        },
    )
    last = found.entered(stage.key, months[-1]).entered if months else 0
    told = f"{stage.name}: entered a month, {_span(months)}{numerals.count(last)} in the last."
    layers = [bars, *_promised(terms, f"{stage.key}.entered", per="month"), *version_lines(_used(found), months)]
    layers += _end(last, numerals.count(last))
    title = f"{short(stage.name, stage.key)}: entered a month"
    return OverTime(f"entered.{stage.key}", team(stage.owner), title, spec(told, rows, layers, right=44))


def _rates(found: FunnelFigures, a: Shown, b: Shown, months: Sequence[str], terms: Terms) -> OverTime:
    steps = [found.step(a.key, b.key, m, "cohort") for m in months]
    rows = [{"month": s.period, "figure": s.rate, "old": s.period < _latest(found)} for s in steps if s.denominator]
    last = next((s for s in reversed(steps) if s.denominator), None)
    words = numerals.percent(last.rate) if last else numerals.NOTHING
    told = f"{a.name} to {b.name}: of those who entered in the month, {_span(months)}{words} in the last."
    layers = [*_line(b.owner, months, ".0%"), *_promised(terms, f"{a.key}.to.{b.key}")]
    layers += version_lines(_used(found), months)
    if last is not None and last.rate is not None:
        layers += _end(last.rate, words)
    title = f"{short(a.name, a.key)} to {short(b.name, b.key)}"
    return OverTime(f"rate.{a.key}.{b.key}", team(b.owner), title, spec(told, rows, layers, right=60))


def _times(found: FunnelFigures, a: Shown, b: Shown, months: Sequence[str]) -> OverTime:
    steps = [found.step(a.key, b.key, m, "cohort") for m in months]
    rows = [
        {"month": s.period, "figure": s.median_days, "old": s.period < _latest(found)}
        for s in steps
        if s.median_days is not None
    ]
    last = next((s.median_days for s in reversed(steps) if s.median_days is not None), None)
    told = f"{a.name} to {b.name}: median days, {_span(months)}{numerals.span(last)} in the last."
    layers = [*_line(b.owner, months, "~r"), *version_lines(_used(found), months)]
    if last is not None:
        layers += _end(last, numerals.span(last))
    title = f"{short(a.name, a.key)} to {short(b.name, b.key)}: days, median"
    return OverTime(f"time.{a.key}.{b.key}", team(b.owner), title, spec(told, rows, layers, right=60))


def _line(owner: str, months: Sequence[str], form: str) -> list[Spec]:
    """Two lines, one before the latest version and paler, one since."""
    y = {
        "field": "figure",
        "type": "quantitative",
        "axis": {"title": None, "format": form},
        "scale": {"domainMin": 0, "nice": True},
    }
    lines = []
    for old, tint in ((True, PALE[team(owner)]), (False, colour(owner))):
        drawn = unit({"type": "line", "color": tint, "point": {"color": tint}}, {"x": _axis(months), "y": y})
        lines.append(drawn | {"transform": [{"filter": f"datum.old === {str(old).lower()}"}]})
    return lines


def _promised(terms: Terms, metric: str, per: str | None = None) -> list[Spec]:
    """A dotted line where that metric was promised."""
    for _, promises in terms.promises.by_team:
        for promise in promises:
            amount = promise.at_least or promise.at_most
            if promise.metric == metric and promise.per == per and amount is not None:
                goal = {"type": "rule", "color": INK, "strokeDash": [2, 3], "strokeWidth": 1.5}
                return [layer(goal, {"y": {"datum": float(amount.value)}})]
    return []


def _axis(months: Sequence[str]) -> Spec:
    """Months, few of them named: these charts are small."""
    axis = months_axis(months)
    named = axis["axis"]["values"]
    return axis | {"axis": axis["axis"] | {"values": named[:: 2 if len(named) > 3 else 1]}}


def _end(figure: float, words: str) -> list[Spec]:
    """The last figure beside its mark."""
    mark = {"type": "text", "align": "left", "dx": 5, "text": words}
    return [layer(mark, {"x": {"value": "width"}, "y": {"datum": figure}})]


def _span(months: Sequence[str]) -> str:
    return f"{numerals.month(months[0])} to {numerals.month(months[-1])}, " if months else ""


def _used(found: FunnelFigures) -> Sequence[VersionUsed]:
    return found.agreement.versions


def _latest(found: FunnelFigures) -> str:
    versions = found.agreement.versions
    return f"{versions[-1].in_force:%Y-%m}" if len(versions) > 1 else ""
