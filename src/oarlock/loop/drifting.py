"""Drift month by month: the four counts by the month of the recorded instant, else of the defined one. Tables in,
tables out. What stands recorded without a date belongs to no month and is left out here; the whole counts it.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from oarlock.ground.periods import Period
from oarlock.loop.drift import VERDICTS
from oarlock.loop.funnel import month_of


def trend(compared: ir.Table, months: Sequence[Period]) -> ir.Table:
    """(month, stage, both, different_date, only_recorded, only_defined)."""
    when = ibis.coalesce(compared.recorded_at, compared.defined_at)
    rows = compared.mutate(month=month_of(when, months))
    rows = rows.filter(rows.month.notnull())
    sums = {v.replace(" ", "_"): (rows.verdict == v).sum() for v in VERDICTS}
    return rows.group_by("month", "stage").agg(**sums)
