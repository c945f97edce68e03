"""Charts of a back-test and of drift: current beside proposed, recorded beside defined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oarlock.charts import numerals
from oarlock.charts.frame import Spec, months_axis, names_axis, spec, unit
from oarlock.charts.palette import INK_3, PALE, SIGNAL, SIGNAL_WASH, TEAMS, colour, team
from oarlock.loop.figures import Backtest, Drift, DriftCounts, StageFigures

PARTS = (
    ("both", "same date", TEAMS["joint"], TEAMS["joint"]),
    ("different_date", "different date", PALE["joint"], TEAMS["joint"]),
    ("only_recorded", "only recorded by the CRM", SIGNAL, SIGNAL),
    ("only_defined", "only by the definition", SIGNAL_WASH, SIGNAL),
)
"""Parts of a drift bar: key, words, fill and outline. Whose stage it is says the row, so that status keeps its hue."""


def by_month(backtest: Backtest, stage: str) -> dict[str, tuple[int, int]]:
    """Entries into a stage by month, all sources together: current and proposed."""
    months: dict[str, tuple[int, int]] = {}
    for shift in backtest.shifts:
        if shift.stage == stage and shift.source == "":
            months[shift.month] = (shift.current, shift.proposed)
    return dict(sorted(months.items()))


def by_source(backtest: Backtest, stage: str) -> dict[str | None, tuple[int, int]]:
    """Entries into a stage by source over all months: current and proposed; most first."""
    found: dict[str | None, tuple[int, int]] = {}
    for shift in backtest.shifts:
        if shift.stage == stage and shift.source != "":
            was, would = found.get(shift.source, (0, 0))
            found[shift.source] = (was + shift.current, would + shift.proposed)
    return dict(sorted(found.items(), key=lambda i: (-max(i[1]), i[0] is None, i[0] or "")))


def moving_stages(backtest: Backtest) -> list[StageFigures]:
    """The stages that both sides know and that the proposal moves, as proposed: in number, or in who or when."""
    shared = [would for was, would in backtest.stages if was is not None and would is not None]
    moved = {s.stage for s in backtest.shifts if s.current != s.proposed}
    moved |= {f.stage for f in backtest.fates if f.who != "kept" and f.people}
    return [stage for stage in shared if stage.stage in moved]


def proposed_by_month(backtest: Backtest, stage: str) -> Spec:
    """Entries into a stage by month: pale and wide as it was, full and narrow as it would have been."""
    months = by_month(backtest, stage)
    owner, name = _stage(backtest, stage)
    rows = [{"month": m, "current": was, "proposed": would} for m, (was, would) in months.items()]
    x = months_axis(list(months))
    was, would = (sum(pair[side] for pair in months.values()) for side in (0, 1))
    layers = [
        unit({"type": "bar", "fill": PALE[team(owner)], "stroke": colour(owner), "strokeWidth": 1},
             {"x": x, "y": {"field": "current", "type": "quantitative", "axis": {"title": None, "tickMinStep": 1}}}),
        unit({"type": "bar", "color": colour(owner), "width": {"band": 0.34}},
             {"x": x, "y": {"field": "proposed", "type": "quantitative"}}),
    ]  # fmt: skip
    told = f"{name} by month: {numerals.count(was)} in all as it was, {numerals.count(would)} under the proposal."
    return spec(told, rows, layers)


def _stage(backtest: Backtest, key: str) -> tuple[str, str]:
    """Owner and name of a stage; the proposed version's word counts."""
    for current, proposed in backtest.stages:
        found = proposed or current
        if found is not None and found.stage == key:
            return found.owner, found.name
    return "joint", key


def drift_bars(drift: Drift, names: dict[str, str]) -> Spec:
    """One bar a stage, of four parts: in both on one date, on different dates, only recorded, only defined."""
    stages = [names.get(c.stage, c.stage) for c in drift.stages]
    rows = [part for row, c in enumerate(drift.stages) for part in _parts(c, row)]
    bars = unit(
        {"type": "bar", "strokeWidth": 1},
        {
            "y": names_axis(stages),
            "x": {"field": "people", "type": "quantitative", "stack": "zero",
                  "axis": {"title": None, "labelColor": INK_3, "tickCount": 4}},
            "order": {"field": "order", "type": "quantitative"},
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {"field": "outline", "type": "nominal", "scale": None},
        },
    )  # fmt: skip
    return spec(
        _drift_told(drift.stages, names), rows, [bars], width=560, left=24, height=40 + 30 * len(stages), right=12
    )


def _parts(counts: DriftCounts, row: int) -> Iterable[dict[str, Any]]:
    people = (counts.both, counts.different_date, counts.only_recorded, counts.only_defined)
    for order, ((key, _, fill, outline), number) in enumerate(zip(PARTS, people, strict=True)):
        yield {"row": row, "part": key, "people": number, "order": order, "fill": fill, "outline": outline}


def _drift_told(stages: Iterable[DriftCounts], names: dict[str, str]) -> str:
    told = []
    for c in stages:
        counted = zip((c.both, c.different_date, c.only_recorded, c.only_defined), PARTS, strict=True)
        parts = ", ".join(f"{numerals.count(number)} {words}" for number, (_, words, *_) in counted)
        told.append(f"{names.get(c.stage, c.stage)} {parts}")
    return f"Recorded beside defined, people by stage: {'; '.join(told)}."
