"""The closed loop: what became of the people of each source, campaign, owner, segment. Tables in, tables out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.loop.deals import MONEY, revenue_by_person
from oarlock.loop.earlier import known_people
from oarlock.loop.funnel import at
from oarlock.tables.lake import Lake


def person_totals(lake: Lake, lives: ir.Table, deals: ir.Table, stages: Sequence[str], until: datetime) -> ir.Table:
    """One row a person: known (1 or 0: has a row of their own), e_<stage> entries over all cycles, revenue.

    What was won with opportunities that name no person stands in a row without one, so that groups sum to the whole.
    """
    people = known_people(lake, until).select("person_id", known=ibis.literal(1, type="int64"))
    entered = lives.group_by("person_id").agg(**{f"e_{s}": at(lives, s).count() for s in stages})
    rows = people.outer_join(entered, "person_id")
    rows = rows.mutate(person_id=ibis.coalesce(rows.person_id, rows.person_id_right)).drop("person_id_right")
    paid = revenue_by_person(deals)
    rows = rows.outer_join(paid, "person_id")
    return rows.select(
        person_id=ibis.coalesce(rows.person_id, rows.person_id_right),
        known=rows.known.fill_null(0),
        revenue=rows.revenue,
        **{f"e_{s}": rows[f"e_{s}"].fill_null(0) for s in stages},
    )


def grouped(totals: ir.Table, values: ir.Table, stages: Sequence[str]) -> ir.Table:
    """(value, people, e_<stage>.., revenue): person totals by (person_id, value)."""
    rows = totals.left_join(values, "person_id")
    return rows.group_by("value").agg(
        people=rows.known.sum(),
        revenue=rows.revenue.cast(MONEY).sum(),
        **{f"e_{s}": rows[f"e_{s}"].sum() for s in stages},
    )
