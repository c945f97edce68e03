"""Charts of a report: bars of the funnel, entries by month, how soon people get on, what a field's values brought.

Each function returns a Vega-Lite specification as plain data, with the sentence that says what it shows as its
`description`. Bars start at zero; labels stand at the marks, no legends.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from typing import Any

from oarlock.charts import numerals
from oarlock.charts.frame import Spec, layer, months_axis, names_axis, spec, unit
from oarlock.charts.names import value
from oarlock.charts.palette import INK_3, PALE, colour, team
from oarlock.loop.figures import Conversion, Flow, Group, Report, StageFigures, VersionUsed

MOST_GROUPS = 12
"""So many values of a field are drawn; the table has them all."""


def funnel_bars(report: Report) -> Spec:
    """How many entered each stage: one bar a stage, in its owner's colour, the count at its end."""
    rows = [{"entered": s.entered, "label": numerals.count(s.entered), "colour": colour(s.owner)}
            for s in report.stages]  # fmt: skip
    told = ", ".join(f"{s.name} {numerals.count(s.entered)}" for s in report.stages)
    return _bars([s.name for s in report.stages], rows, "entered", f"People who entered each stage: {told}.")


def entered_by_month(report: Report, stage: StageFigures) -> Spec:
    """Entries into one stage, month by month; paler before the latest version came into force, a dashed line where
    each later version did."""
    flows = [f for f in report.flows if f.stage == stage.stage]
    versions = report.agreement.versions
    latest = f"{versions[-1].in_force:%Y-%m}" if len(versions) > 1 else ""
    rows = [
        {"month": f.month, "entered": f.in_flow, "colour": colour(stage.owner),
         "fill": PALE[team(stage.owner)] if f.month < latest else colour(stage.owner)}
        for f in flows
    ]  # fmt: skip
    months = [f.month for f in flows]
    bars = unit(
        {"type": "bar", "strokeWidth": 1},
        {
            "x": months_axis(months),
            "y": {"field": "entered", "type": "quantitative", "axis": {"title": None, "tickMinStep": 1}},
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {"field": "colour", "type": "nominal", "scale": None},
        },
    )
    return spec(_entries_told(stage, flows), rows, [bars, *version_lines(versions, months), *_last(flows)], right=38)


def _entries_told(stage: StageFigures, flows: Sequence[Flow]) -> str:
    if not flows:
        return f"Nobody has entered {stage.name}."
    first, last = flows[0], flows[-1]
    return (
        f"{stage.name}: entered a month, {numerals.month(first.month)} to {numerals.month(last.month)}, "
        f"{numerals.count(last.in_flow)} in the last."
    )


def version_lines(versions: Sequence[VersionUsed], months: Sequence[str]) -> list[dict[str, Any]]:
    """One dashed line a version that came into force within the months drawn, where in its month it did."""
    lines = []
    for used in versions[1:]:
        month = f"{used.in_force:%Y-%m}"
        if month in months:
            share = (used.in_force.day - 1) / monthrange(used.in_force.year, used.in_force.month)[1]
            x = {"datum": month, "type": "ordinal", "bandPosition": share}
            lines.append(layer({"type": "rule", "style": "version"}, {"x": x}))
            text = {"type": "text", "align": "left", "dx": 4, "dy": -3, "baseline": "bottom", "color": INK_3,
                    "fontWeight": 400, "text": f"v{used.version}"}  # fmt: skip
            lines.append(layer(text, {"x": x, "y": {"value": 0}}))
    return lines


def _last(flows: Sequence[Flow]) -> list[dict[str, Any]]:
    """The last month's figure beside its bar."""
    if not flows:
        return []
    mark = {"type": "text", "align": "left", "dx": 5, "text": numerals.count(flows[-1].in_flow)}
    return [layer(mark, {"x": {"value": "width"}, "y": {"datum": flows[-1].in_flow}})]


def how_soon(conversion: Conversion, names: dict[str, str], owner: str) -> Spec:
    """The share expected to get on within 30, 60 and 90 days (Kaplan-Meier), from zero on the first day."""
    known = [
        (int(d), rate)
        for d, rate in sorted(conversion.kaplan_meier.items(), key=lambda i: int(i[0]))
        if rate is not None
    ]
    rows = [{"day": d, "rate": rate} for d, rate in [(0, 0.0), *known]]
    told = ", ".join(f"{numerals.percent(rate)} within {d} days" for d, rate in known) or "not known"
    line = unit(
        {"type": "line", "point": {"color": colour(owner)}, "color": colour(owner)},
        {
            "x": {"field": "day", "type": "quantitative", "axis": {"title": None, "values": [0, 30, 60, 90]},
                  "scale": {"domain": [0, 90]}},
            "y": {"field": "rate", "type": "quantitative", "axis": {"title": None, "format": ".0%"},
                  "scale": {"domainMin": 0, "nice": True}},
        },
    )  # fmt: skip
    layers = [line]
    if known:
        mark = {"type": "text", "align": "left", "dx": 7, "text": numerals.percent(known[-1][1])}
        layers.append(layer(mark, {"x": {"value": "width"}, "y": {"datum": known[-1][1]}}))
    return spec(f"From {names[conversion.from_]} to {names[conversion.to]}: {told}.", rows, layers, right=52)


def closed_loop_bars(report: Report, field: str, owners: dict[str, str]) -> Spec:
    """Won revenue by the values of a field, largest first; `owners` says whose a value is."""
    groups = sorted(report.by[field], key=lambda g: (-g.revenue, g.value is None, g.value or ""))[:MOST_GROUPS]
    rows = [_brought(g, owners, report.agreement.currency) for g in groups]
    sentence = f"Won revenue by {field}, {report.agreement.currency}, largest first."
    return _bars([value(g.value) for g in groups], rows, "revenue", sentence)


def _brought(group: Group, owners: dict[str, str], currency: str) -> dict[str, Any]:
    return {
        "revenue": float(group.revenue),
        "label": numerals.money(group.revenue, currency),
        "colour": colour(owners.get(group.value or "", "joint")),
    }


def _bars(names: Sequence[str], rows: list[dict[str, Any]], figure: str, sentence: str) -> Spec:
    """Horizontal bars in the order given, each with its label at its end."""
    numbered = [{"row": number, **row} for number, row in enumerate(rows)]
    y = names_axis(names)
    x = {"field": figure, "type": "quantitative", "axis": None, "scale": {"domainMin": 0}}
    tint = {"field": "colour", "type": "nominal", "scale": None}
    label = {"type": "text", "align": "left", "dx": 6}
    layers = [unit("bar", {"y": y, "x": x, "color": tint}), unit(label, {"y": y, "x": x, "text": {"field": "label"}})]
    return spec(sentence, numbered, layers, width=560, left=24, height=28 * max(1, len(rows)), right=90)
