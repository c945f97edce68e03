"""The closed loop by period: what sales answered, what became of them, what came in and what it cost, by a field's
values. Tables in, tables out.

Everything is a happening, (value, cohort, calendar, what, number, money): `cohort` is the month in which that life
entered the stage at which people are handed over, `calendar` the month of the happening itself.

    stage:<key>  entered     accepted rejected lapsed  hand-offs by their last answer     reason:<key>  rejections
    won          deals won, with their revenue         cost  money spent on campaigns
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Terms
from oarlock.ground.periods import Period
from oarlock.loop.cohorts import by_period
from oarlock.loop.deals import MONEY
from oarlock.loop.fields import Source, people_by
from oarlock.loop.funnel import at, month_of
from oarlock.loop.order import ANSWERS
from oarlock.tables.lake import Lake
from oarlock.tables.streams import known

COST = "decimal(38, 6)"
"""A campaign's cost is shared between values: six places keep the sum of the shares within a cent."""


def answers(lake: Lake, dated: ir.Table, stage: str, months: Sequence[Period], until: datetime) -> ir.Table:
    """(person_id, cycle, cohort, calendar, kind, reason): each hand-off's last answer, in the life it fell into."""
    events = known(lake.handoff_events, until)
    events = events.filter(events.kind.isin(ANSWERS))
    order = ibis.window(
        group_by="handoff_id", order_by=[ibis.desc("at"), ibis.desc("recorded_at"), ibis.desc("event_id")]
    )
    last = events.mutate(n=ibis.row_number().over(order)).filter(lambda t: t.n == 0)
    rows = _in_life(last.select("person_id", "kind", "reason", when="at"), dated, stage)
    return rows.select("person_id", "cycle", "cohort", "kind", "reason", calendar=month_of(rows.when, months))


def won(lake: Lake, deals: ir.Table, dated: ir.Table, stage: str, months: Sequence[Period]) -> ir.Table:
    """(person_id, cycle, cohort, calendar, opportunity_id, revenue): each won deal, in the life it was closed in.

    A deal that names no person, or closed before anything was known of them, belongs to no life.
    """
    closed = deals.filter(deals.status == "won").select("opportunity_id", "person_id", "revenue")
    closed = closed.inner_join(lake.opportunities.select("opportunity_id", when="closed_at"), "opportunity_id")
    rows = _in_life(closed.select("opportunity_id", "person_id", "revenue", "when"), dated, stage)
    return rows.select(
        "person_id", "cycle", "cohort", "opportunity_id", "revenue", calendar=month_of(rows.when, months)
    )


def _in_life(rows: ir.Table, dated: ir.Table, stage: str) -> ir.Table:
    """The rows with the cycle their instant `when` lies in, and that life's month of entering the stage."""
    begun = dated.select("person_id", "cycle", "began_at", cohort=f"m_{stage}")
    numbered = rows.mutate(n=ibis.row_number().over(ibis.window(order_by=["person_id", "when"])))
    joined = numbered.left_join(begun, [numbered.person_id == begun.person_id, begun.began_at <= numbered.when])
    order = ibis.window(group_by="n", order_by=ibis.desc("began_at"))
    found = joined.mutate(k=ibis.row_number().over(order)).filter(lambda t: t.k == 0)
    return found.drop("k", "n", "began_at", "person_id_right")


def costs(
    lake: Lake, values: ir.Table, months: Sequence[Period], until: datetime, terms: Terms, only: ir.Table | None = None
) -> ir.Table:
    """(value, calendar, money): what campaigns cost, shared by the values of the people each campaign brought, as known
    at `until`. With `only` (person_id) their share alone: those few did not cost what all of them did.

    A campaign that brought nobody is spent on no value.
    """
    spent = known(lake.campaign_costs, until)
    spent = spent.filter((spent.currency.isnull() | (spent.currency == terms.currency)).fill_null(True))
    spent = spent.mutate(month=month_of(spent["at"], months))
    spent = spent.group_by("campaign_id", "month").agg(amount=spent.amount.cast(MONEY).sum())
    people = people_by(lake, Source("person", "campaign_id"), until).rename(campaign_id="value")
    people = people.filter(people.campaign_id.notnull()).inner_join(values, "person_id")
    whole = people.group_by("campaign_id").agg(whole=lambda t: t.count())
    chosen = people if only is None else people.semi_join(only, "person_id")
    brought = chosen.group_by("campaign_id", "value").agg(people=lambda t: t.count()).inner_join(whole, "campaign_id")
    rows = spent.left_join(brought, "campaign_id") if only is None else spent.inner_join(brought, "campaign_id")
    share = (rows.people.cast("float64") / rows.whole).fill_null(1.0)
    return rows.select("value", calendar="month", money=(rows.amount.cast("float64") * share).cast(COST))


def happenings(
    dated: ir.Table, answered: ir.Table, paid: ir.Table, spent: ir.Table, values: ir.Table, stages: Sequence[str],
    stage: str,
) -> ir.Table:  # fmt: skip
    """All of them by the values of one field. `stage` is the one people are handed over at."""
    parts = []
    for key in stages:
        rows = dated.filter(at(dated, key).notnull())
        parts.append(_part(rows.mutate(cohort=rows[f"m_{stage}"], calendar=rows[f"m_{key}"]), f"stage:{key}"))
    for kind in ANSWERS:
        parts.append(_part(answered.filter(answered.kind == kind), kind))
    reasons = answered.filter(answered.kind == "rejected")
    why = _part(reasons, ibis.literal("reason:") + reasons.reason.fill_null(""))
    parts += [why, _part(paid.mutate(money=paid.revenue.cast(COST)), "won")]
    rows = ibis.union(*parts).left_join(values, "person_id")
    rows = rows.select("value", "cohort", "calendar", "what", "number", "money")
    cost = spent.select(
        "value", cohort="calendar", calendar="calendar", what=ibis.literal("cost"),
        number=ibis.literal(0, type="int64"), money="money",
    )  # fmt: skip
    return ibis.union(rows, cost)


def _part(rows: ir.Table, what: ir.StringValue | str) -> ir.Table:
    money = rows.money if "money" in rows.columns else ibis.null(COST)
    word = ibis.literal(what) if isinstance(what, str) else what
    return rows.select(
        person_id="person_id", cohort="cohort", calendar="calendar", what=word,
        number=ibis.literal(1, type="int64"), money=money,
    )  # fmt: skip


def looped(happenings: ir.Table, basis: str) -> ir.Table:
    """(value, period, what, number, money). On the cohort basis, of lives that were handed over and of costs."""
    rows = happenings.filter(happenings.cohort.notnull()) if basis == "cohort" else happenings
    rows = by_period(rows, basis)
    return rows.group_by("value", "period", "what").agg(number=rows.number.sum(), money=rows.money.sum())


def closings(lake: Lake, deals: ir.Table, months: Sequence[Period]) -> ir.Table:
    """(period, won, lost, revenue, median_deal, median_cycle): opportunities by the period they were closed in."""
    closed = deals.filter(deals.status != "open")
    rows = closed.inner_join(lake.opportunities.select("opportunity_id", "closed_at"), "opportunity_id")
    rows = by_period(rows.mutate(month=month_of(rows.closed_at, months)), "month")
    return rows.group_by("period").agg(
        won=(rows.status == "won").sum(), lost=(rows.status == "lost").sum(), revenue=rows.revenue.cast(MONEY).sum(),
        median_deal=rows.revenue.cast("float64").quantile(0.5), median_cycle=rows.took.quantile(0.5),
    )  # fmt: skip
