"""People who were merged into others: their facts are told of the one who remains.

A merge is a change of the field `merged_into`. Chains (a into b, b into c) are followed; a circle leaves everybody in
it as they are. The row of somebody merged away is left out; nothing of theirs is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.tables.lake import Lake
from oarlock.tables.streams import known

DOUBLINGS = 5
"""Chains of up to 2 ** 5 merges are followed to their end."""


def merges(lake: Lake, until: datetime) -> ir.Table:
    """(person_id, remains): who was merged away by then, and who remains at the end of the chain."""
    changes = known(lake.changes, until)
    said = changes.filter(changes.entity == "person", changes.field == "merged_into")
    last = ibis.window(
        group_by="entity_id", order_by=[ibis.desc("at"), ibis.desc("recorded_at"), ibis.desc("change_id")]
    )
    latest = said.mutate(n=ibis.row_number().over(last)).filter(lambda t: t.n == 0)
    step = latest.filter(latest.value.notnull()).select(person_id="entity_id", remains="value")
    for _ in range(DOUBLINGS):
        further = step.select(remains="person_id", end="remains")
        joined = step.left_join(further, "remains").select("person_id", "remains", "end")
        step = joined.select("person_id", remains=ibis.coalesce(joined.end, joined.remains))
    return step.anti_join(step.select(remains="person_id"), "remains")


def merged(lake: Lake, pairs: ir.Table) -> Lake:
    """The lake with every fact of a merged person told of who remains."""
    changes = _renamed(lake.changes, pairs, "entity_id", only="person")
    return replace(
        lake,
        people=lake.people.anti_join(pairs, "person_id"),
        touches=_renamed(lake.touches, pairs, "person_id"),
        activities=_renamed(lake.activities, pairs, "person_id"),
        handoff_events=_renamed(lake.handoff_events, pairs, "person_id"),
        opportunities=_renamed(lake.opportunities, pairs, "person_id"),
        opportunity_contacts=_renamed(lake.opportunity_contacts, pairs, "person_id").distinct(),
        changes=changes.filter(~((changes.entity == "person") & (changes.field == "merged_into"))),
    )


def _renamed(table: ir.Table, pairs: ir.Table, column: str, only: str | None = None) -> ir.Table:
    """The table with a person's id in `column` replaced by that of who remains; `only`: in rows of that entity."""
    names = table.columns
    ends = pairs.select(gone="person_id", remains="remains")
    joined = table.left_join(ends, table[column] == ends.gone)
    here = joined.remains.notnull() if only is None else joined.remains.notnull() & (joined.entity == only)
    return joined.mutate(**{column: ibis.ifelse(here, joined.remains, joined[column])}).select(*names)
