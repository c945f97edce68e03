"""The funnel from `lives`: entries, balance, conversion, velocity, flow by month. Tables in, tables out.

`lives` is one row a (person, cycle) (`tables.history.lives`); every count here is of those. Durations are days.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from oarlock.ground.periods import Period
from oarlock.loop.pairs import pairs
from oarlock.tables.texts import TIME_TYPE, micros

DAY = 86_400_000_000
"""Microseconds in a day of 24 hours: durations between instants know no daylight saving."""


def at(lives: ir.Table, stage: str) -> ir.TimestampValue:
    """When that stage was entered."""
    return lives[f"{stage}_at"]


def days(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.FloatingValue:
    """From one instant to another in days, with fraction, to the microsecond."""
    return (micros(end) - micros(start)).cast("float64") / DAY


def stage_counts(lives: ir.Table, stages: Sequence[str]) -> ir.Table:
    """One row: e_<stage> entered, s_<stage> skipped, b_<stage> there now (furthest stage, not away, latest cycle)."""
    columns: dict[str, ir.Value] = {}
    here = lives.left_at.isnull()
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        entered = at(lives, stage).notnull()
        further = at(lives, following).notnull() if following else ibis.literal(False)
        columns[f"e_{stage}"] = entered.sum().fill_null(0)
        columns[f"s_{stage}"] = (lives[f"{stage}_because"] == "implied").sum().fill_null(0)
        columns[f"b_{stage}"] = (entered & ~further & here).sum().fill_null(0)
    return lives.aggregate(**columns)


def conversions(lives: ir.Table, stages: Sequence[str]) -> ir.Table:
    """One row: for pair i n_i numerator, d_i denominator, o_i still open, m_i median and q_i p90 of days."""
    columns: dict[str, ir.Value] = {}
    for i, (a, b) in enumerate(pairs(stages)):
        entered, reached = at(lives, a).notnull(), at(lives, b).notnull()
        took = days(at(lives, a), at(lives, b))
        columns |= {
            f"d_{i}": entered.sum().fill_null(0),
            f"n_{i}": (entered & reached).sum().fill_null(0),
            f"o_{i}": (entered & ~reached & lives.left_at.isnull()).sum().fill_null(0),
            f"m_{i}": took.quantile(0.5),
            f"q_{i}": took.quantile(0.9),
        }
    return lives.aggregate(**columns)


def flows(lives: ir.Table, stages: Sequence[str], months: Sequence[Period]) -> ir.Table:
    """(month, stage, in_flow, out_flow): somebody leaves a stage by entering the next one or on a detour."""
    parts = []
    for stage, following in zip(stages, [*stages[1:], None], strict=True):
        entered = lives.filter(at(lives, stage).notnull())
        onward = at(entered, following) if following else ibis.null(TIME_TYPE)
        for way, instant in (("in_flow", at(entered, stage)), ("out_flow", ibis.coalesce(onward, entered.left_at))):
            parts.append(entered.select(stage=ibis.literal(stage), at=instant, way=ibis.literal(way)))
    moves = ibis.union(*parts)
    rows = moves.select("stage", "way", month=month_of(moves["at"], months)).filter(lambda t: t.month.notnull())
    return rows.group_by("month", "stage").agg(
        in_flow=(rows.way == "in_flow").sum(), out_flow=(rows.way == "out_flow").sum()
    )


def month_of(instant: ir.TimestampValue, months: Sequence[Period]) -> ir.StringValue:
    """The month an instant lies in, by its name; null outside all of them. Months follow one another."""
    if not months:
        return ibis.null("string")
    before = (instant < ibis.literal(months[0].start, type=TIME_TYPE), ibis.null("string"))
    ways = [(instant < ibis.literal(m.end, type=TIME_TYPE), ibis.literal(m.text)) for m in months]
    return ibis.cases(before, *ways, else_=ibis.null("string"))


def away(lives: ir.Table, absences: ir.Table) -> ir.Table:
    """(back_to, people): who is away on a detour now, by where they come back to (null = nowhere, it is final)."""
    gone = lives.filter(lives.left_at.notnull()).select("person_id", "cycle")
    last = gone.anti_join(lives.select("person_id", cycle=lives.cycle - 1), ["person_id", "cycle"])
    there = last.inner_join(absences, [last.person_id == absences.person_id, last.cycle == absences.island])
    return there.group_by("back_to").agg(people=there.count())
