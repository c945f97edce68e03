"""Opportunities through time: one row a fact, with the whole state after it, for each person of the opportunity.

A field with a history is told by `changes`; a field without one stands as it is since the opportunity was created,
but nobody knows how a deal ends before it is closed. What is edited in a closed deal is no news. The same story as
`lifecycle.telling`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.lifecycle.telling import AT_CLOSING
from oarlock.tables.lake import Lake
from oarlock.tables.texts import TIME_TYPE, carried, latest, read, written


def deal_states(lake: Lake, names: Sequence[str], until: datetime) -> ir.Table:
    """Columns: opportunity_id, person_id, at, recorded_at, id, status, was (status before), f_<name> as text."""
    fields = tuple(dict.fromkeys(("status", *names)))
    moves = _moves(lake, fields, until)
    order = ibis.cumulative_window(group_by="opportunity_id", order_by=["at", "recorded_at", "id"])
    numbered = moves.mutate(k=ibis.row_number().over(order))
    told = {f"f_{n}": latest(numbered[f"f_{n}"], numbered.k, "text").over(order) for n in fields}
    filled = numbered.mutate(**{column: read(value, "text") for column, value in told.items()})
    stated = filled.mutate(status=filled.f_status.fill_null("open"))
    whole = ibis.window(group_by="opportunity_id", order_by="k")
    stated = stated.mutate(was=stated.status.lag().over(whole))
    stated = stated.filter(stated.was.isnull() | (stated.was != stated.status) | (stated.status == "open"))
    contacts = deal_people(lake)
    rows = stated.inner_join(contacts, "opportunity_id")
    return rows.select(
        "opportunity_id", "person_id", "at", "recorded_at", "id", "status", "was", *[f"f_{n}" for n in fields]
    )


def deal_people(lake: Lake) -> ir.Table:
    """(opportunity_id, person_id): the person of an opportunity; where it names none, its contacts.

    A colleague at the table is no customer of their own: who helped is attribution's question, not the funnel's.
    """
    named = lake.opportunities.filter(lake.opportunities.person_id.notnull()).select("opportunity_id", "person_id")
    contacts = lake.opportunity_contacts.select("opportunity_id", "person_id").distinct()
    return ibis.union(named, contacts.anti_join(named, "opportunity_id"))


def _moves(lake: Lake, fields: Sequence[str], until: datetime) -> ir.Table:
    """What each fact of an opportunity sets, carried form, null where it sets nothing."""
    changes = lake.changes.filter(lake.changes.entity == "opportunity")
    told = changes.group_by("entity_id").agg(**{f"told_{n}": changes.count(where=changes.field == n) for n in fields})
    deals = lake.opportunities.left_join(told, lake.opportunities.opportunity_id == told.entity_id)
    limit = ibis.literal(until, type=TIME_TYPE)
    now = changes.filter(changes["at"] <= limit, changes.recorded_at <= limit)
    moved = now.select(
        opportunity_id=now.entity_id,
        at=now["at"],
        recorded_at=now.recorded_at,
        id=now.entity_id + ":2:" + now.change_id,
        **{f"f_{n}": ibis.ifelse(now.field == n, carried(now.value, "text"), ibis.null("string")) for n in fields},
    )
    return ibis.union(_created(deals, fields, limit), _closed(deals, fields, limit), moved)


def _created(deals: ir.Table, fields: Sequence[str], limit: ir.Value) -> ir.Table:
    rows = deals.filter(deals.created_at <= limit)
    values = {f"f_{n}": _untold(rows, n, _text(rows, n)) for n in fields if n not in AT_CLOSING}
    early = (rows.closed_at < rows.created_at).fill_null(False)
    values["f_status"] = _untold(rows, "status", ibis.literal("open"), ~early)
    return _select(rows, rows.created_at, ":0", fields, values)


def _closed(deals: ir.Table, fields: Sequence[str], limit: ir.Value) -> ir.Table:
    rows = deals.filter(deals.closed_at <= limit, deals.status != "open")
    values = {f"f_{n}": _untold(rows, n, _text(rows, n)) for n in AT_CLOSING if n in fields}
    return _select(rows, rows.closed_at, ":1", fields, values)


def _select(rows: ir.Table, at: ir.Value, mark: str, fields: Sequence[str], values: dict[str, ir.Value]) -> ir.Table:
    rest = {f"f_{n}": values.get(f"f_{n}", ibis.null("string")) for n in fields}
    return rows.select(opportunity_id=rows.opportunity_id, at=at, recorded_at=at, id=rows.opportunity_id + mark, **rest)


def _text(rows: ir.Table, name: str) -> ir.StringValue:
    return written(rows[name]) if name in rows.columns else rows.properties.get(name, ibis.null("string"))


def _untold(rows: ir.Table, name: str, value: ir.StringValue, also: ir.BooleanValue | bool = True) -> ir.StringValue:
    """The value, carried, where the field has no history of its own."""
    untold = rows[f"told_{name}"].fill_null(0) == 0
    return ibis.ifelse(untold & also, carried(value, "text"), ibis.null("string"))
