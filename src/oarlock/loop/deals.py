"""Opportunities as known on a date: won, lost, open, revenue, deal size, cycle. Tables in, tables out."""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.loop.earlier import learned_later
from oarlock.loop.funnel import days
from oarlock.tables.lake import Lake
from oarlock.tables.texts import TIME_TYPE

MONEY = "decimal(38, 2)"
"""Sums of money: many amounts of decimal(18,2) fit, and cents stay exact."""

DAYS = "decimal(38, 12)"
"""Sums of days, to a tenth of a microsecond: sums of floats depend on the order in which threads come to them."""

FOLDED = ("status", "amount")
"""Fields read as they were known: from their history where something about them was learned after the date."""


def known_deals(lake: Lake, until: datetime, currency: str) -> ir.Table:
    """Every opportunity known at `until`: opportunity_id, person_id, status, revenue (of the won, in `currency`),
    other (won money in another currency), amount, took (days from creation to winning)."""
    limit = ibis.literal(until, type=TIME_TYPE)
    deals = lake.opportunities
    over = (deals.status != "open") & (deals.closed_at <= limit)  # known, though its creation is dated later
    deals = deals.filter(deals.created_at.isnull() | (deals.created_at <= limit) | over.fill_null(False))
    closed = deals.closed_at.isnull() | (deals.closed_at <= limit)
    deals = deals.mutate(status=ibis.ifelse(closed, deals.status, "open"))
    deals = _as_known(deals, lake, until)
    won = deals.status == "won"
    ours = (deals.currency.isnull() | (deals.currency == currency)).fill_null(True)
    return deals.select(
        "opportunity_id",
        "person_id",
        "status",
        "currency",
        amount=ibis.ifelse(ours, deals.amount, ibis.null(deals.amount.type())),
        revenue=ibis.ifelse(won & ours, deals.amount, ibis.null(deals.amount.type())),
        other=ibis.ifelse(won & ~ours, deals.amount, ibis.null(deals.amount.type())),
        took=ibis.ifelse(won, days(deals.created_at, deals.closed_at), ibis.null("float64")),
    )


def _as_known(deals: ir.Table, lake: Lake, until: datetime) -> ir.Table:
    """Status and amount as they were, where they changed after the date; without an earlier word a deal was open."""
    was = learned_later(lake, "opportunity", FOLDED, until)
    joined = deals.left_join(was, deals.opportunity_id == was.entity_id)
    status = ibis.ifelse(joined.has_0.fill_null(False), joined.was_0.fill_null("open"), joined.status)
    amount = joined.was_1.try_cast(deals.amount.type())
    return joined.mutate(status=status, amount=ibis.ifelse(joined.has_1.fill_null(False), amount, joined.amount))


def totals(deals: ir.Table) -> ir.Table:
    """One row with everything `figures.Opportunities` says of all deals."""
    won = deals.status == "won"
    paid = won & deals.revenue.notnull()
    return deals.aggregate(
        **_counts(deals),
        mean_deal=deals.revenue.cast(MONEY).sum(where=paid).cast("float64") / paid.sum(),
        median_deal=deals.revenue.cast("float64").quantile(0.5, where=paid),
        mean_cycle=deals.took.cast(DAYS).sum().cast("float64") / deals.took.count(),
        median_cycle=deals.took.quantile(0.5),
    )


def _counts(deals: ir.Table) -> dict[str, ir.Value]:
    return {
        "won": (deals.status == "won").sum().fill_null(0),
        "lost": (deals.status == "lost").sum().fill_null(0),
        "open": (deals.status == "open").sum().fill_null(0),
        "revenue": deals.revenue.cast(MONEY).sum(),
    }


def grouped(deals: ir.Table, values: ir.Table) -> ir.Table:
    """(value, won, lost, open, revenue) of the deals by (opportunity_id, value)."""
    rows = deals.left_join(values, "opportunity_id")
    return rows.group_by("value").agg(**_counts(rows))


def other_currencies(deals: ir.Table) -> ir.Table:
    """(currency, revenue): won money that cannot be added to the rest."""
    rows = deals.filter(deals.other.notnull())
    return rows.group_by("currency").agg(revenue=rows.other.cast(MONEY).sum())


def revenue_by_person(deals: ir.Table) -> ir.Table:
    """(person_id, revenue) of the won opportunities, each counted once; null: of those that name no person."""
    rows = deals.filter(deals.revenue.notnull())
    return rows.group_by("person_id").agg(revenue=rows.revenue.cast(MONEY).sum())
