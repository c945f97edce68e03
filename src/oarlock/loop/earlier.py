"""People, and fields of people, accounts and opportunities, as known on a date.

A field nobody learned anything new about since stands as it is. Of one that changed later, the latest change known on
the date tells the value; where none was known yet, there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.tables.lake import Lake
from oarlock.tables.texts import TIME_TYPE


def known_people(lake: Lake, until: datetime) -> ir.Table:
    """People we knew of at that date; who has no date of creation is always known."""
    created = lake.people.created_at
    return lake.people.filter(created.isnull() | (created <= ibis.literal(until, type=TIME_TYPE)))


def learned_later(lake: Lake, entity: str, fields: Sequence[str], until: datetime) -> ir.Table:
    """(entity_id, has_0.., was_0..) of whose fields changed after the date: did field i, and its value before."""
    limit = ibis.literal(until, type=TIME_TYPE)
    changes = lake.changes.filter(lake.changes.entity == entity, lake.changes.field.isin(list(fields)))
    fresh = (changes["at"] > limit) | (changes.recorded_at > limit)
    order = ibis.window(
        group_by=["entity_id", "field"],
        order_by=[ibis.desc("at"), ibis.desc("recorded_at"), ibis.desc("change_id")],
    )
    learned = changes.filter(fresh).select("entity_id", "field").distinct()
    told = changes.filter(~fresh).semi_join(learned, ["entity_id", "field"])
    last = told.mutate(n=ibis.row_number().over(order)).filter(lambda t: t.n == 0)
    was = learned.left_join(last.select("entity_id", "field", "value"), ["entity_id", "field"])
    return was.group_by("entity_id").agg(
        **{f"has_{i}": (was.field == f).any() for i, f in enumerate(fields)},
        **{f"was_{i}": was.value.max(where=was.field == f) for i, f in enumerate(fields)},
    )
