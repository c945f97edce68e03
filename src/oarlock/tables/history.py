"""Everybody's life at once: facts and versions of the agreement in, one row a (person, cycle) out.

    lives(lake, versions, until) -> person_id, cycle, began_at, left_at, and for each stage s:
        <s>_at (entered; null = not), <s>_recorded_at, <s>_because

The same answers as `lifecycle.follow`, held equal by the replay test. The first instant at which a stage's rule holds
(`moments`) is the stage's; a stage is entered when it or any later one first holds.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.lifecycle.versions import Versions
from oarlock.tables.deals import deal_states
from oarlock.tables.detours import absences
from oarlock.tables.lake import Lake
from oarlock.tables.moments import Keep, in_place, judged
from oarlock.tables.needs import needs
from oarlock.tables.streams import known
from oarlock.tables.texts import TIME_TYPE


def lives(
    lake: Lake, versions: Versions, until: datetime, away: ir.Table | None = None, keep: Keep = in_place,
    deals: ir.Table | None = None,
) -> ir.Table:  # fmt: skip
    """One row a person and cycle, for everybody of whom anything is known at `until`.

    `away` and `deals`: `detours.absences` and `states_of_deals` of the same lake, versions and date, where an engine
    has them ready. `keep(name, table)` is where it may compute an intermediate table once and give back the result.
    """
    needed = needs(versions)
    deals = states_of_deals(lake, versions, until) if deals is None else deals
    away = absences(lake, versions, until, deals) if away is None else away
    moments = judged(lake, versions, needed, away, deals, until, keep)
    keys = versions.stage_keys
    first = moments.group_by("person_id", "cycle").agg(
        began_at=moments["at"].min(),
        **{f"t{i}": moments["at"].min(where=moments[f"h{i}"]) for i in range(len(keys))},
        **{f"r{i}": moments.recorded_at.argmin(moments["at"], where=moments[f"h{i}"]) for i in range(len(keys))},
    )
    placed = _with_forced(first, forced(lake, versions, away, until), len(keys))
    return _entered(keep("first_held", placed).view(), versions, away)


def states_of_deals(lake: Lake, versions: Versions, until: datetime) -> ir.Table:
    """Opportunities through time, with every field that these versions' rules read."""
    return deal_states(
        lake, tuple(n for n in needs(versions).fields("opportunity") if n not in ("id", "status")), until
    )


def forced(lake: Lake, versions: Versions, away: ir.Table, until: datetime) -> ir.Table:
    """(person_id, cycle, at, recorded_at, index, because): stages entered by hand or by coming back from a detour."""
    keys = versions.stage_keys
    limit = ibis.literal(until, type=TIME_TYPE)
    woken = away.filter(away.away_until <= limit, away.back_to.isin(keys))
    changes = known(lake.changes, until)
    hands = changes.filter(changes.entity == "person", changes.field == "stage", changes.value.isin(keys))
    hands = hands.select(
        person_id="entity_id", at="at", recorded_at="recorded_at", stage="value", change_id="change_id"
    )
    placed = hands.left_join(away, [hands.person_id == away.person_id]).drop("person_id_right")
    is_away = ((placed["at"] > placed.away_from) & (placed["at"] < placed.away_until)).fill_null(False)
    over = (placed.away_until <= placed["at"]).fill_null(False)
    placed = placed.group_by("person_id", "at", "recorded_at", "stage", "change_id").agg(
        cycle=over.sum().cast("int64") + 1, away=is_away.any()
    )
    by_hand = placed.filter(~placed.away).select(
        "person_id", "cycle", "at", "recorded_at", index=_index(placed.stage, keys), because=ibis.literal("by hand")
    )
    return ibis.union(
        woken.select(
            person_id="person_id", cycle=woken.island + 1, at=woken.away_until, recorded_at=woken.away_until,
            index=_index(woken.back_to, keys), because=ibis.literal("woken"),
        ),
        by_hand,
    )  # fmt: skip


def _index(stage: ir.StringValue, keys: tuple[str, ...]) -> ir.IntegerValue:
    cases = tuple((key, ibis.literal(i, type="int64")) for i, key in enumerate(keys))
    return stage.cases(*cases, else_=ibis.null("int64"))


def _with_forced(first: ir.Table, rows: ir.Table, stages: int) -> ir.Table:
    """Add, for each stage, the first instant at which it was forced and why."""
    rows = rows.group_by("person_id", "cycle", "index", "at").agg(
        because=rows.because.max(), recorded_at=rows.recorded_at.min()
    )
    picked = rows.group_by("person_id", "cycle").agg(
        **{f"f{i}": rows["at"].min(where=rows.index == i) for i in range(stages)},
        **{f"b{i}": rows.because.argmin(rows["at"], where=rows.index == i) for i in range(stages)},
        **{f"q{i}": rows.recorded_at.argmin(rows["at"], where=rows.index == i) for i in range(stages)},
    )
    return first.left_join(picked, ["person_id", "cycle"]).drop("person_id_right", "cycle_right")


def _entered(first: ir.Table, versions: Versions, away: ir.Table) -> ir.Table:
    """Entry = the first instant at which the stage or any later one holds; skipped where its own did not."""
    keys = versions.stage_keys
    own = [ibis.least(first[f"t{i}"], first[f"f{i}"]) for i in range(len(keys))]
    entered = [*(ibis.least(*own[i:]) for i in range(len(keys) - 1)), own[-1]]
    first = first.mutate(**{f"{key}_at": at for key, at in zip(keys, entered, strict=True)}).view()
    columns: dict[str, ir.Value] = {}
    for i, key in enumerate(keys):
        at = first[f"{key}_at"]
        columns |= {f"{key}_at": at, f"{key}_because": _because(first, versions, i, at)}
        columns[f"{key}_recorded_at"] = _recorded(first, range(i, len(keys)), at)
    table = first.select("person_id", "cycle", "began_at", **columns)
    left = away.select("person_id", cycle=away.island, left_at=away.away_from)
    return table.left_join(left, ["person_id", "cycle"]).drop("person_id_right", "cycle_right")


def _because(first: ir.Table, versions: Versions, i: int, at: ir.Value) -> ir.StringValue:
    stage = versions.stages[i]
    word = "rule" if stage.rule is not None else "recorded"
    return ibis.cases(
        (at.isnull(), ibis.null("string")),
        (first[f"t{i}"] == at, ibis.literal(word)),
        (first[f"f{i}"] == at, first[f"b{i}"]),
        else_=ibis.literal("implied"),
    )


def _recorded(first: ir.Table, later: range, at: ir.Value) -> ir.Value:
    """When the fact that decided was recorded: of the first stage from here on that holds at that instant."""
    ways = [(first[f"{t}{i}"] == at, first[f"{r}{i}"]) for i in later for t, r in (("t", "r"), ("f", "q"))]
    return ibis.cases(*ways, else_=ibis.null(TIME_TYPE))
