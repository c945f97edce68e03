"""One row a hand-off: what became of it and when, as far as it is known at a date. Tables in, tables out.

Everything that is said of hand-offs (what became of those sent, why they were rejected, which promises were kept)
starts from this table. An offer is the first one of its hand-off, an answer its last, all else the first of its kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.loop.order import ANSWERS
from oarlock.tables.lake import Lake
from oarlock.tables.streams import known
from oarlock.tables.texts import TIME_TYPE

LATER = ("accepted", "worked", "converted", "returned", "recycled")
"""What may happen to a hand-off besides its answer, each with an instant of its own."""
INBOUND = "inbound"
"""The direction of an activity that the person began, not the seller."""


def offers(lake: Lake, until: datetime) -> ir.Table:
    """handoff_id, person_id, offered_at, due_at (as it was promised first), owner (who had it last), version, next_at
    (when the same person was handed over again), answer, reason, answered_at, <kind>_at.

    What was never offered is no hand-off here; `order.out_of_order` tells of answers without an offer before them.
    """
    events = known(lake.handoff_events, until)
    first = _nth(events.filter(events.kind == "offered"), late=False)
    first = first.select(
        "handoff_id", "person_id", "due_at", offered_at="at", offer_recorded_at="recorded_at", version="agreement"
    )
    held = events.filter(events.kind.isin(["offered", "reassigned"]) & events.to.notnull())
    held = _nth(held, late=True).select("handoff_id", owner="to")
    last = _nth(events.filter(events.kind.isin(ANSWERS)), late=True)
    last = last.select("handoff_id", "reason", answer="kind", answered_at="at")
    then = events.group_by("handoff_id").agg(
        **{f"{kind}_at": events["at"].min(where=events.kind == kind) for kind in LATER}
    )
    rows = first
    for part in (held, last, then):
        rows = rows.left_join(part, "handoff_id").drop("handoff_id_right")
    again = ibis.window(group_by="person_id", order_by=["offered_at", "handoff_id"])
    return rows.mutate(next_at=rows.offered_at.lead().over(again))


def _nth(events: ir.Table, *, late: bool) -> ir.Table:
    """The first or the last of each hand-off's facts; of one instant the one recorded first or last."""
    columns = ("at", "recorded_at", "event_id")
    order = ibis.window(group_by="handoff_id", order_by=[ibis.desc(c) if late else c for c in columns])
    return events.mutate(n=ibis.row_number().over(order)).filter(lambda t: t.n == 0).drop("n")


def touched(lake: Lake, offered: ir.Table, attempts: Sequence[int], until: datetime) -> ir.Table:
    """handoff_id, tried, first_touch_at, n_<k>_at for each k of `attempts`: sellers' activities with the person, from
    the offer on until they were handed over again; whoever acted, as in the room `handoffs`."""
    acted = known(lake.activities, until)
    acted = acted.filter(acted.person_id.notnull(), (acted.direction != INBOUND).fill_null(True))
    acted = acted.select("person_id", "activity_id", acted_at="at")
    rows = acted.inner_join(offered, "person_id")
    rows = rows.filter(rows.acted_at >= rows.offered_at, (rows.acted_at < rows.next_at).fill_null(True))
    order = ibis.window(group_by="handoff_id", order_by=["acted_at", "activity_id"])
    rows = rows.mutate(n=ibis.row_number().over(order) + 1)
    return rows.group_by("handoff_id").agg(
        tried=rows.count(), first_touch_at=rows.acted_at.min(),
        **{f"n_{k}_at": rows.acted_at.min(where=rows.n == k) for k in attempts},
    )  # fmt: skip


def lived(offered: ir.Table, lives: ir.Table, stages: Sequence[str]) -> ir.Table:
    """handoff_id, cycle, <s>_at of these stages: the life the offer fell into. Who was offered before anything was
    known of them has no life."""
    begun = lives.select("person_id", "cycle", "began_at", *(f"{s}_at" for s in stages))
    rows = offered.select("handoff_id", "person_id", "offered_at").left_join(
        begun, [offered.person_id == begun.person_id, begun.began_at <= offered.offered_at]
    )
    order = ibis.window(group_by="handoff_id", order_by=ibis.desc("began_at"))
    found = rows.mutate(k=ibis.row_number().over(order)).filter(lambda t: t.k == 0)
    return found.select("handoff_id", "cycle", *(f"{s}_at" for s in stages))


def won(lake: Lake, deals: ir.Table, offered: ir.Table) -> ir.Table:
    """handoff_id, won_at, revenue: won with the person from the offer on, until they were handed over again."""
    closed = deals.filter(deals.status == "won").select("opportunity_id", "person_id", "revenue")
    dated = lake.opportunities.select("opportunity_id", "closed_at")
    closed = closed.inner_join(dated, "opportunity_id")
    rows = closed.inner_join(offered.select("handoff_id", "person_id", "offered_at", "next_at"), "person_id")
    rows = rows.filter(rows.closed_at >= rows.offered_at, (rows.closed_at < rows.next_at).fill_null(True))
    return rows.group_by("handoff_id").agg(won_at=rows.closed_at.min(), revenue=rows.revenue.sum())


def whole(offered: ir.Table, *parts: ir.Table) -> ir.Table:
    """The offers with everything that was found of each."""
    rows = offered
    for part in parts:
        rows = rows.left_join(part, "handoff_id").drop("handoff_id_right")
    return rows


def instants(table: ir.Table) -> tuple[str, ...]:
    """The columns that hold a time."""
    return tuple(c for c, kind in table.schema().items() if kind.is_timestamp())


def moment(at: datetime) -> ir.TimestampScalar:
    """An instant as the lake's columns hold it."""
    return ibis.literal(at, type=TIME_TYPE)
