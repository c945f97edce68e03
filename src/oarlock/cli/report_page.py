"""The report as a page: stages, months, closed loop, opportunities; every number opens what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from oarlock.charts import funnel, numerals
from oarlock.charts.basis import Basis
from oarlock.charts.explanations import Explained, of_report
from oarlock.charts.names import short, shown, value
from oarlock.charts.palette import team
from oarlock.cli.pages import drawn, element_id, panel, render
from oarlock.loop.figures import FEW, Conversion, DealGroup, Group, Report, StageFigures

Plain = dict[str, Any]
MOST = 500
"""So many values of a field are shown; JSON has all."""


def report_page(report: Report, source_owners: Mapping[str, str]) -> str:
    """The whole page. `source_owners` says whose a lead source is."""
    basis = Basis(report.agreement, report.as_known)
    told = of_report(report)
    return render(
        "report.html",
        basis,
        lede=_lede(report),
        notes=_notes(report),
        summary=[panel(told[key]) for key in ("people", "quarantined", "out_of_order")],
        whole_way=_whole_way(report, told),
        stages=_stages(report),
        months=_month_charts(report),
        versions=len(report.agreement.versions) > 1,
        chances=_chance_charts(report),
        loops=[_loop(report, field, groups, source_owners) for field, groups in report.by.items()],
        opportunities=_opportunities(report, told),
        deals=[_deals(report, field, groups, source_owners) for field, groups in report.opportunities.by.items()],
        flows=_flows(report),
        currency=report.agreement.currency,
        out_of_order=_out_of_order(report),
        panels=[panel(e) for e in told.values()],
    )


def _lede(report: Report) -> str:
    """What the page is about, in a sentence or two."""
    first, last = report.stages[0], report.stages[-1]
    people = numerals.plural(report.people, "person", "people")
    return (
        f"{people}, of whom {numerals.count(first.entered)} entered {shown(first.name)} and "
        f"{numerals.count(last.entered)} {shown(last.name)}, each counted once a cycle."
    )


def _notes(report: Report) -> list[str]:
    """What one must know to read the stages rightly."""
    names = {s.stage: shown(s.name) for s in report.stages}
    notes = [
        f"{numerals.plural(a.people, 'person', 'people')} away "
        + ("for good." if a.back_to is None else f"until they come back to {names.get(a.back_to, shown(a.back_to))}.")
        for a in report.away
        if a.people
    ]
    if report.no_history:
        notes.append(f"No history, so judged by today’s value: {', '.join(map(shown, report.no_history))}.")
    return notes


def _num(text: str, key: str, few: bool = False) -> Plain:
    """A figure that opens its explanation."""
    return {"text": text, "id": element_id(key), "few": few and text != numerals.NOTHING}


def _whole_way(report: Report, told: Mapping[str, Explained]) -> Plain | None:
    """From the first stage to the last: the one large figure of the page."""
    if not report.conversions:
        return None
    longest = report.conversions[-1]
    return panel(told[f"rate.{longest.from_}.{longest.to}"])


def _stages(report: Report) -> list[Plain]:
    """One row a stage, with the conversion from the stage before."""
    before = {c.to: c for c in reversed(report.conversions)}
    most = max((s.entered for s in report.stages), default=0) or 1
    return [_stage(s, before.get(s.stage) if n else None, most, report) for n, s in enumerate(report.stages)]


def _stage(stage: StageFigures, conversion: Conversion | None, most: int, report: Report) -> Plain:
    row = {
        "name": shown(stage.name), "team": team(stage.owner), "owner": stage.owner,
        "kind": numerals.KINDS.get(stage.kind, stage.kind), "bar": f"{stage.entered / most * 100:.2f}",
        "entered": _num(numerals.count(stage.entered), f"entered.{stage.stage}"),
        "balance": _num(numerals.count(stage.balance), f"balance.{stage.stage}"),
        "conversion": None, "rest": _rest(report) if conversion is None else "",
    }  # fmt: skip
    if conversion is not None:
        row["conversion"] = _conversion(conversion)
    return row


def _conversion(c: Conversion) -> Plain:
    pair, times = f"{c.from_}.{c.to}", c.numerator < FEW
    return {
        "rate": _num(numerals.percent(c.rate), f"rate.{pair}", c.few),
        "of": numerals.of(c.numerator, c.denominator),
        "open": numerals.count(c.still_open),
        "expected": _num(numerals.percent(c.kaplan_meier.get("90")), f"expected.{pair}", c.few),
        "median": _num(numerals.span(c.median_days), f"time.{pair}", times),
        "p90": _num(numerals.span(c.p90_days), f"time.{pair}", times),
    }


def _rest(report: Report) -> str:
    """Of the first stage: who has not gone on, and who of them may still."""
    if not report.conversions:
        return ""
    c = report.conversions[0]
    name = next(short(s.name, s.stage) for s in report.stages if s.stage == c.to)
    waiting = c.denominator - c.numerator
    return f"{numerals.count(waiting)} not yet {name}, of whom {numerals.count(c.still_open)} may still be"


def _month_charts(report: Report) -> list[Plain]:
    charts = ((s, funnel.entered_by_month(report, s)) for s in report.stages if report.flows)
    return [{"team": team(s.owner), "title": f"{shown(s.name)}: entered", "svg": drawn(spec)} for s, spec in charts]


def _chance_charts(report: Report) -> list[Plain]:
    """Each step between neighbours, whose expected share is known at all."""
    stages = {s.stage: s for s in report.stages}
    names = {s.stage: s.name for s in report.stages}
    steps = [c for c in report.conversions if any(rate is not None for rate in c.kaplan_meier.values())]
    charts = []
    for c in steps[: max(1, len(report.stages) - 1)]:
        a, b = stages[c.from_], stages[c.to]
        svg = drawn(funnel.how_soon(c, names, b.owner))
        title = f"{short(a.name, a.stage)} to {short(b.name, b.stage)}"
        charts.append({"team": team(b.owner), "title": title, "svg": svg, "few": c.few})
    return charts


def _loop(report: Report, field: str, groups: Sequence[Group], owners: Mapping[str, str]) -> Plain:
    """The closed loop by one field, with the sum of all its values."""
    heads = [{"name": short(s.name, s.stage), "team": team(s.owner)} for s in report.stages]
    sums = {s.stage: sum(g.entered.get(s.stage, 0) for g in groups) for s in report.stages}
    revenue = sum((g.revenue for g in groups), Decimal(0))
    whole = Group(None, sum(g.people for g in groups), sums, revenue)
    enough = [g for g in groups if g.entered.get(report.stages[0].stage, 0) >= FEW] or groups
    best = max((_through(report, g) or 0.0 for g in enough), default=0.0) or 1.0
    return {
        "field": shown(field), "id": element_id(f"by.{field}"), "stages": heads, "way": _way(report),
        "rows": [_loop_row(report, g, best, _owner(field, g.value, owners)) for g in groups[:MOST]],
        "more": _more(len(groups)),
        "sum": _loop_row(report, whole, best, "joint") if groups else None,
        "chart": drawn(funnel.closed_loop_bars(report, field, dict(owners))) if revenue else "",
    }  # fmt: skip


def _owner(field: str, text: str | None, owners: Mapping[str, str]) -> str:
    """Whose a value is: a lead source has an owner, other values belong to both."""
    return team(owners.get(text or "", "joint")) if field == "source" else "joint"


def _way(report: Report) -> str:
    first, last = report.stages[0], report.stages[-1]
    return f"{short(first.name, first.stage)} to {short(last.name, last.stage)}"


def _through(report: Report, group: Group) -> float | None:
    """The share of the first stage that has entered the last."""
    first, last = (group.entered.get(report.stages[n].stage, 0) for n in (0, -1))
    return last / first if first else None


def _loop_row(report: Report, group: Group, best: float, owner: str) -> Plain:
    rate, entered = _through(report, group), [group.entered.get(s.stage, 0) for s in report.stages]
    return {
        "value": value(group.value), "none": group.value is None, "team": owner, "people": numerals.count(group.people),
        "entered": [numerals.count(n) for n in entered],
        "rate": numerals.percent(rate), "few": rate is not None and entered[0] < FEW,
        "of": numerals.of(entered[-1], entered[0]), "bar": f"{min(1.0, (rate or 0) / best) * 100:.2f}",
        "revenue": numerals.amount(group.revenue),
    }  # fmt: skip


def _opportunities(report: Report, told: Mapping[str, Explained]) -> list[Plain]:
    """The large figures, each with its counts or its mean under it."""
    o, currency = report.opportunities, report.agreement.currency
    closed = o.won + o.lost
    others = ", ".join(numerals.money(money, shown(name, 8)) for name, money in o.other_currencies.items())
    notes = {
        "revenue": f"{numerals.count(o.won)} won" + (f"; not in it {others}" if others else ""),
        "win_rate": f"{numerals.of(o.won, closed)} won or lost; {numerals.count(o.open)} open",
        "deal_size": f"median; mean {numerals.money(o.mean_deal, currency)}",
        "cycle": f"median; mean {numerals.span(o.mean_cycle_days)}",
    }
    few = {"revenue": False, "win_rate": closed < FEW, "deal_size": o.won < FEW, "cycle": closed < FEW}
    return [
        {"title": told[key].title, "team": told[key].team, "note": note, **_num(told[key].value, key, few[key])}
        for key, note in notes.items()
    ]


def _more(values: int) -> str:
    """Where the values are that the page leaves out."""
    return (
        f"The first {MOST:,} of {numerals.count(values)} values; the sum is of all, and --json has them."
        if values > MOST
        else ""
    )


def _deals(report: Report, field: str, groups: Sequence[DealGroup], owners: Mapping[str, str]) -> Plain:
    rows = []
    for g in groups[:MOST]:
        closed = g.won + g.lost
        rows.append({
            "value": value(g.value), "none": g.value is None, "team": _owner(field, g.value, owners),
            "won": numerals.count(g.won), "lost": numerals.count(g.lost), "open": numerals.count(g.open),
            "rate": numerals.percent(g.win_rate), "few": bool(closed) and closed < FEW,
            "of": numerals.of(g.won, closed) if closed else numerals.NOTHING,
            "bar": f"{(g.win_rate or 0) * 100:.2f}",
            "revenue": numerals.amount(g.revenue),
        })  # fmt: skip
    return {"field": shown(field), "id": element_id(f"deals.{field}"), "rows": rows}


def _flows(report: Report) -> Plain:
    """Months down; for every stage who came in, who went out, who was there at the end."""
    found = {(f.month, f.stage): f for f in report.flows}
    rows = []
    for month in sorted({f.month for f in report.flows}, reverse=True):
        flows = [found.get((month, s.stage)) for s in report.stages]
        cells = [(f.in_flow, f.out_flow, f.balance) if f else (0, 0, 0) for f in flows]
        rows.append({"month": numerals.month(month), "cells": [[numerals.count(n) for n in three] for three in cells]})
    heads = [{"name": short(s.name, s.stage), "team": team(s.owner)} for s in report.stages]
    return {"stages": heads, "rows": rows, "id": element_id("flows")}


def _out_of_order(report: Report) -> Plain:
    zone = report.agreement.time_zone
    rows = [
        {
            "what": shown(r.what),
            "id": shown(r.id),
            "first": numerals.moment(r.first, zone),
            "then": numerals.moment(r.then, zone),
        }
        for r in report.out_of_order_rows
    ]
    return {"rows": rows, "count": numerals.count(report.out_of_order), "more": report.out_of_order > len(rows)}
