"""The lake as measuring rooms see it: one Ibis table a shape, always all columns, possibly empty."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from oarlock.records.shapes import SHAPES, Kind, Shape

TYPES: dict[Kind, str] = {
    "text": "string",
    "number": "float64",
    "integer": "int64",
    "money": "decimal(18, 2)",
    "time": "timestamp('UTC', 6)",
    "flag": "boolean",
    "texts": "map<string, string>",
}
"""The Ibis type of each kind of column."""


def schema(shape: Shape) -> ibis.Schema:
    """The Ibis schema of a lake table."""
    return ibis.schema({c.name: TYPES[c.kind] for c in shape.columns})


@dataclass(frozen=True, slots=True)
class Lake:
    """The lake's tables as Ibis expressions, opened by an engine (`engines.duck.open_lake`) or by a test."""

    people: ir.Table
    accounts: ir.Table
    opportunities: ir.Table
    touches: ir.Table
    activities: ir.Table
    changes: ir.Table
    handoff_events: ir.Table
    stage_entries: ir.Table
    campaigns: ir.Table
    campaign_costs: ir.Table
    users: ir.Table
    opportunity_contacts: ir.Table


def empty(name: str) -> ir.Table:
    """An empty table of that shape, for lakes that have no such files yet."""
    return ibis.memtable([], schema=schema(SHAPES[name]))


def by_name() -> Lake:
    """The lake's tables by their names alone, for queries that are planned before an engine is there to run them."""
    return Lake(**{name: ibis.table(schema(shape), name=name) for name, shape in SHAPES.items()})
