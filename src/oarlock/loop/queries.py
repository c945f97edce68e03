"""The queries of a report: which tables it needs, by the name of its figure. Tables in, tables out.

report_queries(...) -> {name: ibis table}      # an engine runs them and brings rows back
reporting.report(..., rows) -> Report
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Terms
from oarlock.ground.periods import Period
from oarlock.lifecycle.versions import Versions
from oarlock.loop import closed_loop, deals, earlier, funnel, order, survival
from oarlock.loop.fields import FOR_DEALS, FOR_PEOPLE, deals_by, people_by, resolve
from oarlock.tables.lake import Lake

LISTED = 100
"""So many facts out of order are listed; all are counted."""


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
    return {**timeless_queries(ready, versions, by, until), "flows": flow_query(ready, versions, months)}


def flow_query(ready: Measured, versions: Versions, months: Sequence[Period]) -> ir.Table:
    """The one query that must know which months there are, and so the first life's beginning."""
    return funnel.flows(ready.lives, versions.stage_keys, months)


def timeless_queries(ready: Measured, versions: Versions, by: Sequence[str], until: datetime) -> dict[str, ir.Table]:
    """All the others."""
    stages = versions.stage_keys
    misplaced = order.out_of_order(ready.lake, until)
    queries = {
        "people": earlier.known_people(ready.lake, until).aggregate(people=lambda t: t.count()),
        "stages": funnel.stage_counts(ready.lives, stages),
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
