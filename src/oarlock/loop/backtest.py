"""Back-test: what a proposed agreement would have done to history. Two tables of lives in, tables out.

Compared stage by stage, by key, are entries by the stage's own rule. "Added" are people whom the proposal would have
let in and the current text did not, "dropped" the other way round, "kept" who enter under both; each followed to what
became of them, by whatever way they got there.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from oarlock.ground.periods import Period
from oarlock.loop.deals import MONEY
from oarlock.loop.funnel import DAY, at, month_of
from oarlock.tables.lake import Lake
from oarlock.tables.texts import micros

MONDAY = 4 * DAY
"""5 January 1970 in microseconds: weeks are counted from that Monday."""

SIDES = ("current", "proposed")


def entered(lives: dict[str, ir.Table], stages: Sequence[str]) -> ir.Table:
    """(side, person_id, cycle, stage, at) of both sides: entries by the stage's own rule, for the stages both know.

    Who only passed a stage on the way to a later one is left out: every customer passes all stages under any
    definition, so counting them would hide each win that a tighter rule gives away.
    """
    parts = []
    for side in SIDES:
        for stage in stages:
            rows = lives[side].filter(at(lives[side], stage).notnull(), lives[side][f"{stage}_because"] != "implied")
            parts.append(
                rows.select(
                    side=ibis.literal(side), person_id="person_id", cycle="cycle", stage=ibis.literal(stage),
                    at=f"{stage}_at",
                )
            )  # fmt: skip
    return ibis.union(*parts)


def shifts(entered: ir.Table, lake: Lake, months: Sequence[Period]) -> ir.Table:
    """(stage, month, source, current, proposed): entries by month and source."""
    people = lake.people.select("person_id", "source")
    rows = entered.left_join(people, "person_id").mutate(month=month_of(entered["at"], months))
    return rows.group_by("stage", "month", "source").agg(**{side: (rows.side == side).sum() for side in SIDES})


def fates(entered: ir.Table, deals: ir.Table) -> ir.Table:
    """(stage, who, people, with_opportunity, won, lost, revenue) of the added, dropped and kept."""
    each = entered.group_by("stage", "person_id").agg(
        was=(entered.side == "current").any(), will=(entered.side == "proposed").any()
    )
    who = ibis.cases((each.was & each.will, "kept"), (each.will, "added"), else_="dropped")
    each = each.select("stage", "person_id", who=who)
    own = deals.filter(deals.person_id.notnull())
    outcome = own.group_by("person_id").agg(
        won=(own.status == "won").sum(), lost=(own.status == "lost").sum(), revenue=own.revenue.cast(MONEY).sum()
    )
    rows = each.left_join(outcome, "person_id")
    return rows.group_by("stage", "who").agg(
        people=rows.count(),
        with_opportunity=rows.won.count(),
        won=rows.won.sum().fill_null(0),
        lost=rows.lost.sum().fill_null(0),
        revenue=rows.revenue.sum(),
    )


def load(entered: ir.Table, lake: Lake, stages: Sequence[str]) -> ir.Table:
    """(owner, current, proposed, current_most, proposed_most, first, last): new hand-offs by the person's owner.

    `first` and `last` are week numbers over all owners' rows; a week begins on Monday, UTC.
    """
    rows = entered.filter(entered.stage.isin(stages))
    people = lake.people.select("person_id", owner="owner_id")
    week = ((micros(rows["at"]) - MONDAY) / (7 * DAY)).floor().cast("int64")
    rows = rows.mutate(week=week).left_join(people, "person_id")
    weekly = rows.group_by("owner", "week").agg(**{side: (rows.side == side).sum() for side in SIDES})
    return weekly.group_by("owner").agg(
        **{side: weekly[side].sum() for side in SIDES},
        **{f"{side}_most": weekly[side].max() for side in SIDES},
        first=weekly.week.min(),
        last=weekly.week.max(),
    )
