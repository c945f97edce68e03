"""From tables to the report: which queries it needs, and the frozen figures made of their rows.

    report_queries(...) -> {name: ibis table}      # an engine runs them and brings rows back
    report(..., rows)   -> Report

Rows are lists of dicts by column name. Queries keep their names, so that each figure can show the one that made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Terms
from oarlock.ground.periods import Period
from oarlock.lifecycle.versions import Versions
from oarlock.loop import closed_loop, deals, earlier, funnel, order, survival
from oarlock.loop.fields import FOR_DEALS, FOR_PEOPLE, deals_by, people_by, resolve
from oarlock.loop.figures import (
    AgreementUsed,
    Away,
    Conversion,
    DealGroup,
    Flow,
    Group,
    Opportunities,
    OutOfOrder,
    Report,
    StageFigures,
    VersionUsed,
)
from oarlock.tables.lake import Lake

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]

LISTED = 100
"""So many facts out of order are listed; all are counted."""

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Measured:
    """What an engine has made ready: the lake, `lives`, and the smaller tables several queries share."""

    lake: Lake
    lives: ir.Table
    deals: ir.Table
    totals: ir.Table
    absences: ir.Table


def report_queries(
    ready: Measured, versions: Versions, by: Sequence[str], months: Sequence[Period], until: datetime
) -> dict[str, ir.Table]:
    """Every query of a report by the name of its figure."""
    stages = versions.stage_keys
    misplaced = order.out_of_order(ready.lake, until)
    queries = {
        "people": earlier.known_people(ready.lake, until).aggregate(people=lambda t: t.count()),
        "stages": funnel.stage_counts(ready.lives, stages),
        "flows": funnel.flows(ready.lives, stages, months),
        "away": funnel.away(ready.lives, ready.absences),
        "opportunities": deals.totals(ready.deals),
        "other_currencies": deals.other_currencies(ready.deals),
        "out_of_order": misplaced.mutate(n=misplaced.count().over(ibis.window())).order_by("what", "id").limit(LISTED),
    }
    if len(stages) > 1:
        queries["conversions"] = funnel.conversions(ready.lives, stages)
        queries["kaplan_meier"] = survival.kaplan_meier(survival.watched(ready.lives, stages, until))
    return queries | _broken_down(ready, versions.latest, by, until)


def _broken_down(ready: Measured, terms: Terms, by: Sequence[str], until: datetime) -> dict[str, ir.Table]:
    queries: dict[str, ir.Table] = {}
    stages = [s.key for s in terms.stages]
    for word in by:
        if source := resolve(word, terms, FOR_PEOPLE):
            queries[f"by {word}"] = closed_loop.grouped(ready.totals, people_by(ready.lake, source, until), stages)
        if source := resolve(word, terms, FOR_DEALS):
            queries[f"opportunities by {word}"] = deals.grouped(ready.deals, deals_by(ready.lake, source, until))
    return queries


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself beside its figures."""

    versions: Versions
    as_known: datetime
    by: tuple[str, ...]
    quarantined: int
    no_history: tuple[str, ...]
    queries: dict[str, str]


def report(about: About, rows: Rows) -> Report:
    """The figures of all rows."""
    stages = stage_figures(about.versions, rows["stages"][0])
    return Report(
        agreement=agreement_used(about.versions),
        as_known=about.as_known,
        people=number(rows["people"][0]["people"]),
        quarantined=about.quarantined,
        out_of_order=number(rows["out_of_order"][0]["n"]) if rows["out_of_order"] else 0,
        out_of_order_rows=tuple(_misplaced(r) for r in rows["out_of_order"]),
        stages=stages,
        conversions=_conversions(about.versions, rows),
        flows=_flows(about.versions, rows["flows"]),
        away=tuple(Away(text(r["back_to"]), number(r["people"])) for r in rows["away"]),
        by={w: _groups(rows.get(f"by {w}", ()), about.versions.stage_keys) for w in about.by},
        opportunities=_opportunities(about, rows),
        no_history=about.no_history,
        queries=about.queries,
    )


def agreement_used(versions: Versions) -> AgreementUsed:
    """Which agreement judged."""
    last = versions.latest
    used = tuple(VersionUsed(t.number, t.in_force, t.hash) for t in versions.all)
    return AgreementUsed(last.company, last.number, last.in_force, last.hash, last.currency, last.time_zone, used)


def stage_figures(versions: Versions, row: Row) -> tuple[StageFigures, ...]:
    """The row of `funnel.stage_counts` as figures."""
    return tuple(
        StageFigures(s.key, s.name, s.owner, s.kind, *(number(row[f"{c}_{s.key}"]) for c in "esb"))
        for s in versions.stages
    )


def _misplaced(row: Row) -> OutOfOrder:
    return OutOfOrder(**{k: v for k, v in row.items() if k != "n"})  # type: ignore[arg-type]


def _conversions(versions: Versions, rows: Rows) -> tuple[Conversion, ...]:
    if "conversions" not in rows:
        return ()
    row = rows["conversions"][0]
    estimates = {number(r["pair"]): r for r in rows["kaplan_meier"]}
    return tuple(
        _conversion(i, a, b, row, estimates.get(i, {})) for i, (a, b) in enumerate(funnel.pairs(versions.stage_keys))
    )


def _conversion(i: int, a: str, b: str, row: Row, estimate: Row) -> Conversion:
    numerator, denominator = number(row[f"n_{i}"]), number(row[f"d_{i}"])
    return Conversion(
        from_=a, to=b, numerator=numerator, denominator=denominator, rate=ratio(numerator, denominator),
        still_open=number(row[f"o_{i}"]), median_days=_float(row[f"m_{i}"]), p90_days=_float(row[f"q_{i}"]),
        kaplan_meier={str(h): _float(estimate.get(f"km_{h}")) for h in survival.HORIZONS},
    )  # fmt: skip


def _flows(versions: Versions, rows: Sequence[Row]) -> tuple[Flow, ...]:
    """Every month from the first with anything in it to the last, with the balance at its end."""
    moved = {(text(r["month"]), text(r["stage"])): (number(r["in_flow"]), number(r["out_flow"])) for r in rows}
    months = _between({m for m, _ in moved if m})
    found = []
    for stage in versions.stage_keys:
        balance = 0
        for month in months:
            came, went = moved.get((month, stage), (0, 0))
            balance += came - went
            found.append(Flow(month, stage, came, went, balance))
    return tuple(found)


def _between(months: set[str]) -> list[str]:
    """From the first month to the last, those in which nothing happened among them."""
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (min(months), max(months))) if months else (0, -1)
    return [f"{m // 12:04}-{m % 12 + 1:02}" for m in range(first, last + 1)]


def _groups(rows: Sequence[Row], stages: Sequence[str]) -> tuple[Group, ...]:
    found = [
        Group(text(r["value"]), number(r["people"]), {s: number(r[f"e_{s}"]) for s in stages}, money(r["revenue"]))
        for r in rows
    ]
    return tuple(sorted(found, key=lambda g: (-g.people, g.value is None, g.value or "")))


def _opportunities(about: About, rows: Rows) -> Opportunities:
    row = rows["opportunities"][0]
    won, lost = number(row["won"]), number(row["lost"])
    return Opportunities(
        won=won, lost=lost, open=number(row["open"]), win_rate=ratio(won, won + lost), revenue=money(row["revenue"]),
        mean_deal=_cents(row["mean_deal"]), median_deal=_cents(row["median_deal"]),
        mean_cycle_days=_float(row["mean_cycle"]), median_cycle_days=_float(row["median_cycle"]),
        other_currencies={text(r["currency"]) or "": money(r["revenue"]) for r in rows["other_currencies"]},
        by={w: _deal_groups(rows.get(f"opportunities by {w}", ())) for w in about.by},
    )  # fmt: skip


def _deal_groups(rows: Sequence[Row]) -> tuple[DealGroup, ...]:
    found = []
    for r in rows:
        won, lost = number(r["won"]), number(r["lost"])
        found.append(
            DealGroup(text(r["value"]), won, lost, number(r["open"]), ratio(won, won + lost), money(r["revenue"]))
        )
    return tuple(sorted(found, key=lambda g: (-(g.won + g.lost + g.open), g.value is None, g.value or "")))


def ratio(numerator: int, denominator: int) -> float | None:
    """A rate, or None where there is nothing to divide by."""
    return numerator / denominator if denominator else None


def money(value: object) -> Decimal:
    """A sum of money; no rows are no money."""
    return value.quantize(NOTHING) if isinstance(value, Decimal) else NOTHING


def _cents(value: object) -> Decimal | None:
    return None if value is None else Decimal(repr(_float(value))).quantize(NOTHING)


def number(value: object) -> int:
    """A count; nothing counted is 0."""
    return int(value) if isinstance(value, (int, Decimal)) else 0


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float, Decimal)) else None


def text(value: object) -> str | None:
    """A group's value as text; None stays None."""
    return None if value is None else str(value)
