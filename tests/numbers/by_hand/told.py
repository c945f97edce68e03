"""A report's figures as plain rows, laid out as the hand-written SQL lays out its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from oarlock.loop.figures import Conversion, DealGroup, Group, Opportunities, Report

Row = tuple[Any, ...]


def stages(report: Report) -> list[Row]:
    """stage, entered, skipped, balance."""
    return [(s.stage, s.entered, s.skipped, s.balance) for s in report.stages]


def conversions(report: Report) -> list[Row]:
    """from, to, numerator, denominator, still open, median days, p90 days, Kaplan-Meier at 30, 60 and 90 days."""
    return [_conversion(c) for c in report.conversions]


def _conversion(c: Conversion) -> Row:
    estimates = tuple(c.kaplan_meier[h] for h in ("30", "60", "90"))
    return (c.from_, c.to, c.numerator, c.denominator, c.still_open, c.median_days, c.p90_days, *estimates)


def flows(report: Report) -> list[Row]:
    """stage, month, in-flow, out-flow, balance at its end."""
    return [(f.stage, f.month, f.in_flow, f.out_flow, f.balance) for f in report.flows]


def groups(found: tuple[Group, ...]) -> set[Row]:
    """value, people, entered by stage in order, revenue."""
    return {(g.value, g.people, *g.entered.values(), g.revenue) for g in found}


def deal_groups(found: tuple[DealGroup, ...]) -> set[Row]:
    """value, won, lost, open, revenue."""
    return {(g.value, g.won, g.lost, g.open, g.revenue) for g in found}


def opportunities(found: Opportunities) -> Row:
    """won, lost, open, win rate, revenue, mean and median deal, mean and median cycle."""
    return (
        found.won, found.lost, found.open, found.win_rate, found.revenue, found.mean_deal, found.median_deal,
        found.mean_cycle_days, found.median_cycle_days,
    )  # fmt: skip


def alike(ours: object, theirs: object) -> bool:
    """The same; two floats may have been summed in another order, money and counts may not differ at all."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return abs(ours - theirs) <= 1e-9 * max(1.0, abs(ours))
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        return len(ours) == len(theirs) and all(alike(a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(theirs, Decimal) or isinstance(ours, Decimal):
        return ours is not None and theirs is not None and Decimal(str(ours)) == Decimal(str(theirs))
    return ours == theirs
