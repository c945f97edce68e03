"""Entries, conversion and time by month, quarter and whole, on two bases. Tables in, tables out.

    cohort      of those who entered a stage in the period, how many have entered the next one by the as-known date
    calendar    entries into the next stage in the period, over entries into the stage in the same period

`dated` adds each stage's month to the lives once; everything else groups by it. A period is named `2026-09`, `2026-Q3`
or `all`. Durations are days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.ground.periods import Period
from oarlock.loop.funnel import at, days, month_of
from oarlock.loop.pairs import HORIZONS, pairs
from oarlock.loop.survival import kaplan_meier
from oarlock.tables.texts import TIME_TYPE

WHOLE = "all"
"""The name of the period that has everything in it."""


def dated(lives: ir.Table, stages: Sequence[str], months: Sequence[Period]) -> ir.Table:
    """The lives with m_<stage>: the month each stage was entered in."""
    return lives.mutate(**{f"m_{s}": month_of(at(lives, s), months) for s in stages})


def periods_of(month: ir.StringValue) -> ir.StringValue:
    """The periods a month belongs to, one row each: itself, its quarter, the whole (alone where there is no month)."""
    quarter = ((month.substr(5, 2).cast("int64") + 2) // 3).cast("string")
    return ibis.array([month, month.substr(0, 4) + "-Q" + quarter, ibis.literal(WHOLE)]).unnest()


def by_period(rows: ir.Table, month: str) -> ir.Table:
    """The rows once for every period their month belongs to, as `period`."""
    spread = rows.mutate(period=periods_of(rows[month]))
    return spread.filter(spread.period.notnull())


def entries(dated: ir.Table, stages: Sequence[str]) -> ir.Table:
    """(stage, period, entered, skipped)."""
    parts = []
    for stage in stages:
        rows = dated.filter(at(dated, stage).notnull())
        parts.append(
            rows.select(stage=ibis.literal(stage), month=f"m_{stage}", skipped=rows[f"{stage}_because"] == "implied")
        )
    rows = by_period(ibis.union(*parts), "month")
    return rows.group_by("stage", "period").agg(entered=rows.count(), skipped=rows.skipped.sum())


def steps(dated: ir.Table, stages: Sequence[str]) -> ir.Table:
    """(pair, start, end, converted, open, took): everybody who entered the first stage of each pair, by both months."""
    parts = []
    for i, (a, b) in enumerate(pairs(stages)):
        rows = dated.filter(at(dated, a).notnull())
        reached = at(rows, b).notnull()
        parts.append(
            rows.select(
                pair=ibis.literal(i, type="int64"), start=f"m_{a}", end=f"m_{b}", converted=reached,
                open=~reached & rows.left_at.isnull(), took=days(at(rows, a), at(rows, b)),
            )
        )  # fmt: skip
    return ibis.union(*parts)


def cohort(steps: ir.Table) -> ir.Table:
    """(pair, period, numerator, denominator, open, median, p90): from the month of entering the first stage."""
    rows = by_period(steps, "start")
    return rows.group_by("pair", "period").agg(
        numerator=rows.converted.sum(), denominator=rows.count(), open=rows.open.sum(),
        median=rows.took.quantile(0.5), p90=rows.took.quantile(0.9),
    )  # fmt: skip


def calendar(steps: ir.Table) -> ir.Table:
    """(pair, period, numerator, denominator, open, median, p90): what happened within the period, on either side.

    `open` says nothing on this basis and is null; times are of those who got there in the period.
    """
    came = by_period(steps, "start").group_by("pair", "period").agg(denominator=lambda t: t.count())
    reached = steps.filter(steps.converted)
    went = by_period(reached, "end").group_by("pair", "period")
    went = went.agg(
        numerator=lambda t: t.count(), median=lambda t: t.took.quantile(0.5), p90=lambda t: t.took.quantile(0.9)
    )
    rows = came.outer_join(went, ["pair", "period"])
    return rows.select(
        pair=ibis.coalesce(rows.pair, rows.pair_right), period=ibis.coalesce(rows.period, rows.period_right),
        numerator=rows.numerator.fill_null(0), denominator=rows.denominator.fill_null(0),
        open=ibis.null("int64"), median=rows["median"], p90=rows.p90,
    )  # fmt: skip


def expected(dated: ir.Table, stages: Sequence[str], until: datetime) -> ir.Table:
    """(pair, period, km_30, km_60, km_90): the Kaplan-Meier estimate for those who entered in the period.

    `survival.kaplan_meier` is told pair and period as one name, for it asks nothing of a pair but to be told apart.
    """
    now, parts = ibis.literal(until, type=TIME_TYPE), []
    for i, (a, b) in enumerate(pairs(stages)):
        rows = dated.filter(at(dated, a).notnull())
        time = days(at(rows, a), ibis.coalesce(at(rows, b), now))
        beyond = time > max(HORIZONS)
        parts.append(
            rows.select(
                which=ibis.literal(i, type="int64"), month=f"m_{a}", converted=at(rows, b).notnull() & ~beyond,
                time=ibis.ifelse(beyond, ibis.literal(float(max(HORIZONS) + 1)), time),
            )
        )  # fmt: skip
    rows = by_period(ibis.union(*parts), "month")
    rows = rows.select("time", "converted", pair=rows.which.cast("string") + "|" + rows.period)
    found = kaplan_meier(rows)
    name = found.pair.split("|")
    return found.select(
        pair=name[0].cast("int64"), period=name[1], **{f"km_{h}": f"km_{h}" for h in HORIZONS}
    )  # fmt: skip


def flows(dated: ir.Table, stages: Sequence[str], months: Sequence[Period]) -> ir.Table:
    """(month, stage, in_flow, out_flow), as `funnel.flows`, from months that are known already."""
    parts = []
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        rows = dated.filter(at(dated, stage).notnull())
        left = month_of(rows.left_at, months)
        gone = ibis.ifelse(at(rows, following).notnull(), rows[f"m_{following}"], left) if following else left
        for way, month in (("in_flow", rows[f"m_{stage}"]), ("out_flow", gone)):
            parts.append(rows.select(stage=ibis.literal(stage), month=month, way=ibis.literal(way)))
    rows = ibis.union(*parts)
    rows = rows.filter(rows.month.notnull())
    return rows.group_by("month", "stage").agg(
        in_flow=(rows.way == "in_flow").sum(), out_flow=(rows.way == "out_flow").sum()
    )
