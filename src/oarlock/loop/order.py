"""Facts out of order: kept, counted and listed, never mended in silence. Tables in, tables out."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.tables.lake import Lake
from oarlock.tables.streams import known
from oarlock.tables.texts import TIME_TYPE

ANSWERS = ("accepted", "rejected", "lapsed")


def out_of_order(lake: Lake, until: datetime) -> ir.Table:
    """(what, id, first, then): what stands earlier than what must come before it; one row a record.

    `first` is the instant that should come first, `then` the one that stands before it.
    """
    return ibis.union(_deals(lake, until), _answers(lake, until))


def _deals(lake: Lake, until: datetime) -> ir.Table:
    """A deal closed before it was created, or before its person was first seen (created or touched)."""
    limit = ibis.literal(until, type=TIME_TYPE)
    deals = lake.opportunities.filter(lake.opportunities.closed_at <= limit, lake.opportunities.status != "open")
    touched = known(lake.touches, until).semi_join(deals, "person_id")
    touched = touched.group_by("person_id").agg(touched_at=touched["at"].min())
    people = lake.people.filter(lake.people.created_at <= limit).select("person_id", known_at="created_at")
    rows = deals.left_join(people, "person_id").drop("person_id_right")
    rows = rows.left_join(touched, "person_id").drop("person_id_right")
    seen = ibis.least(rows.known_at, rows.touched_at)
    early = ((rows.closed_at < rows.created_at) & (rows.created_at <= limit)).fill_null(False)
    before = (rows.closed_at < seen).fill_null(False)
    found = rows.mutate(
        what=ibis.ifelse(
            before, "opportunity closed before the first contact", "opportunity closed before it was created"
        ),
        first=ibis.ifelse(before, seen, rows.created_at),
    )
    return found.filter(early | before).select("what", id="opportunity_id", first="first", then="closed_at")


def _answers(lake: Lake, until: datetime) -> ir.Table:
    """A hand-off answered before it was first offered."""
    events = known(lake.handoff_events, until)
    each = events.group_by("handoff_id").agg(
        offered=events["at"].min(where=events.kind == "offered"),
        answered=events["at"].min(where=events.kind.isin(ANSWERS)),
    )
    late = each.filter(each.answered < each.offered)
    return late.select(
        what=ibis.literal("hand-off answered before it was offered"), id="handoff_id", first="offered", then="answered"
    )
