"""From rows to the report: the frozen figures made of what the queries of `loop.queries` brought back.

Rows are lists of dicts by column name. Queries keep their names, so that each figure can show the one that made it.
Promise: no table is needed here and none is loaded, so that a report whose statements are kept starts quickly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

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
from oarlock.loop.pairs import HORIZONS, pairs

if TYPE_CHECKING:
    from oarlock.lifecycle.versions import Versions

Row = Mapping[str, object]
Rows = Mapping[str, Sequence[Row]]

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Shown:
    """One stage of the funnel as it is shown."""

    key: str
    name: str
    owner: str
    kind: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a report shows of the versions that judged; the rest of the agreement is not needed to tell the figures."""

    used: AgreementUsed
    stages: tuple[Shown, ...]


def judged(versions: Versions) -> Judged:
    """What is shown of these versions."""
    stages = tuple(Shown(s.key, s.name, s.owner, s.kind) for s in versions.stages)
    return Judged(agreement_used(versions), stages)


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself beside its figures."""

    judged: Judged
    as_known: datetime
    by: tuple[str, ...]
    quarantined: int
    no_history: tuple[str, ...]
    queries: dict[str, str]


def report(about: About, rows: Rows) -> Report:
    """The figures of all rows."""
    keys = [s.key for s in about.judged.stages]
    stages = stage_figures(about.judged, rows["stages"][0])
    return Report(
        agreement=about.judged.used,
        as_known=about.as_known,
        people=number(rows["people"][0]["people"]),
        quarantined=about.quarantined,
        out_of_order=number(rows["out_of_order"][0]["n"]) if rows["out_of_order"] else 0,
        out_of_order_rows=tuple(_misplaced(r) for r in rows["out_of_order"]),
        stages=stages,
        conversions=_conversions(keys, rows),
        flows=month_flows(keys, rows["flows"]),
        away=_away(rows["away"]),
        by={w: _groups(rows.get(f"by {w}", ()), keys) for w in about.by},
        opportunities=_opportunities(about, rows),
        no_history=about.no_history,
        queries=about.queries,
    )


def agreement_used(versions: Versions) -> AgreementUsed:
    """Which agreement judged."""
    last = versions.latest
    used = tuple(VersionUsed(t.number, t.in_force, t.hash) for t in versions.all)
    return AgreementUsed(last.company, last.number, last.in_force, last.hash, last.currency, last.time_zone, used)


def stage_figures(versions: Versions | Judged, row: Row) -> tuple[StageFigures, ...]:
    """The row of `funnel.stage_counts` as figures."""
    return tuple(
        StageFigures(s.key, s.name, s.owner, s.kind, *(number(row[f"{c}_{s.key}"]) for c in "esb"))
        for s in versions.stages
    )


def _misplaced(row: Row) -> OutOfOrder:
    return OutOfOrder(**{k: v for k, v in row.items() if k != "n"})  # type: ignore[arg-type]


def _conversions(stages: Sequence[str], rows: Rows) -> tuple[Conversion, ...]:
    if "conversions" not in rows:
        return ()
    row = rows["conversions"][0]
    estimates = {number(r["pair"]): r for r in rows["kaplan_meier"]}
    return tuple(_conversion(i, a, b, row, estimates.get(i, {})) for i, (a, b) in enumerate(pairs(stages)))


def _conversion(i: int, a: str, b: str, row: Row, estimate: Row) -> Conversion:
    numerator, denominator = number(row[f"n_{i}"]), number(row[f"d_{i}"])
    return Conversion(
        from_=a, to=b, numerator=numerator, denominator=denominator, rate=ratio(numerator, denominator),
        still_open=number(row[f"o_{i}"]), median_days=_float(row[f"m_{i}"]), p90_days=_float(row[f"q_{i}"]),
        kaplan_meier={str(h): _float(estimate.get(f"km_{h}")) for h in HORIZONS},
    )  # fmt: skip


def month_flows(stages: Sequence[str], rows: Sequence[Row]) -> tuple[Flow, ...]:
    """Every month from the first with anything in it to the last, with the balance at its end."""
    moved = {(text(r["month"]), text(r["stage"])): (number(r["in_flow"]), number(r["out_flow"])) for r in rows}
    months = _between({m for m, _ in moved if m})
    found = []
    for stage in stages:
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


def _away(rows: Sequence[Row]) -> tuple[Away, ...]:
    """By stage they come back to; last who comes back to none. Rows come in no order of their own."""
    found = (Away(text(r["back_to"]), number(r["people"])) for r in rows)
    return tuple(sorted(found, key=lambda a: (a.back_to is None, a.back_to or "")))


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
        other_currencies=_other_currencies(rows["other_currencies"]),
        by={w: _deal_groups(rows.get(f"opportunities by {w}", ())) for w in about.by},
    )  # fmt: skip


def _other_currencies(rows: Sequence[Row]) -> dict[str, Decimal]:
    """By their names."""
    return dict(sorted((text(r["currency"]) or "", money(r["revenue"])) for r in rows))


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
