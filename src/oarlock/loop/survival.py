"""Conversion that is fair to young cohorts: the Kaplan-Meier estimate of the share that converts within so many days.

S(t) = product over the times t_i <= t at which somebody converted of (1 - d_i / n_i), with d_i who converted at t_i and
n_i who were still watched just before it; the estimate shown is 1 - S(t). Source: Kaplan and Meier, Journal of the
American Statistical Association 53 (1958). Who left on a detour stays in n_i until the as-known date: leaving is not
being out of sight, it is one way not to convert (docs/why/kaplan-meier.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.loop.funnel import at, days
from oarlock.loop.pairs import HORIZONS, pairs
from oarlock.tables.texts import TIME_TYPE

EXACT = "decimal(38, 20)"
"""Logarithms are summed so: sums of floats differ in the last digit with the order in which threads come to them."""


def watched(lives: ir.Table, stages: Sequence[str], until: datetime) -> ir.Table:
    """(pair, time, converted): how long each one was watched, and whether that ended by converting.

    Times beyond the last horizon are one time: nobody asks how they differ.
    """
    now, parts = ibis.literal(until, type=TIME_TYPE), []
    for i, (a, b) in enumerate(pairs(stages)):
        rows = lives.filter(at(lives, a).notnull())
        reached = at(rows, b).notnull()
        time = days(at(rows, a), ibis.coalesce(at(rows, b), now))
        beyond = time > max(HORIZONS)
        parts.append(
            rows.select(
                pair=ibis.literal(i),
                time=ibis.ifelse(beyond, ibis.literal(float(max(HORIZONS) + 1)), time),
                converted=reached & ~beyond,
            )
        )
    return ibis.union(*parts)


def kaplan_meier(watched: ir.Table) -> ir.Table:
    """(pair, km_30, km_60, km_90) of (pair, time, converted). One minus the estimate of not having converted."""
    steps = watched.group_by("pair", "time").agg(d=watched.converted.sum(), left=watched.count())
    later = ibis.cumulative_window(group_by="pair", order_by=ibis.desc("time"))
    steps = steps.mutate(n=steps.left.sum().over(later))
    steps = steps.mutate(gone=steps.d == steps.n)
    log = (1 - steps.d / steps.n).nullif(0.0).log().cast(EXACT)
    columns = {}
    for horizon in HORIZONS:
        within = steps.time <= horizon
        everybody = (steps.gone & within).any().fill_null(False)
        stayed = log.sum(where=within & ~steps.gone).cast("float64").fill_null(0.0).exp()
        columns[f"km_{horizon}"] = ibis.ifelse(everybody, 1.0, 1 - stayed)
    return steps.group_by("pair").agg(**columns)
