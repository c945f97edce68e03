"""Drift: the stage the CRM recorded beside the stage the agreement defines, person by person. Tables in, tables out.

Both sides follow one rule: reaching a later stage implies the earlier ones at that instant. Compared is the first time
of each person; within a day is the same date. A recorded stage without any history is there, but without a date.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.lifecycle.versions import Versions, recorded_words
from oarlock.loop.earlier import known_people
from oarlock.loop.fields import Source, people_by
from oarlock.loop.funnel import at, days
from oarlock.tables.lake import Lake
from oarlock.tables.streams import known
from oarlock.tables.texts import TIME_TYPE

TOLERANCE_DAYS = 1.0
"""Recorded and defined no further apart than this count as the same date."""

VERDICTS = ("both", "different date", "only recorded", "only defined")


def recorded(lake: Lake, versions: Versions, until: datetime) -> ir.Table:
    """One row a person with a recorded stage: r_<i> first recorded (implied by later ones), k_<i> known at all,
    by_<i> and origin_<i> of the change that says so (DuckDB's `arg_min` passes over nulls, hence the empty texts)."""
    keys = versions.stage_keys
    changes = known(lake.changes, until)
    changes = changes.filter(changes.entity == "person", changes.field == "recorded_stage", changes.value.notnull())
    index = _index(changes.value, versions)
    said = changes.select(
        person_id="entity_id", at="at", recorded_at="recorded_at", id="change_id", by="by", origin="origin", index=index
    )
    said = said.filter(said.index.notnull())
    told = lake.changes.filter(lake.changes.entity == "person", lake.changes.field == "recorded_stage")
    people = known_people(lake, until).anti_join(told, lake.people.person_id == told.entity_id)
    undated = people.select(
        "person_id", at=ibis.null(TIME_TYPE), recorded_at=ibis.null(TIME_TYPE), id=ibis.null("string"),
        by=ibis.null("string"), origin=ibis.null("string"), index=_index(people.recorded_stage, versions),
    )  # fmt: skip
    rows = ibis.union(said, undated.filter(undated.index.notnull()))
    order = ibis.window(group_by="person_id", order_by=["at", "recorded_at", "id"])
    rows = rows.mutate(place=ibis.row_number().over(order))  # two changes of one instant are told in one order
    columns: dict[str, ir.Value] = {}
    for i in range(len(keys)):
        later = rows.index >= i
        columns |= {
            f"r_{i}": rows["at"].min(where=later),
            f"k_{i}": later.any(),
            f"by_{i}": rows.by.fill_null("").argmin(rows.place, where=later).nullif(""),
            f"origin_{i}": rows.origin.fill_null("").argmin(rows.place, where=later).nullif(""),
        }
    return rows.group_by("person_id").agg(**columns)


def _index(value: ir.StringValue, versions: Versions) -> ir.IntegerValue:
    """Which of our stages the CRM's word means, by place in the funnel; null where it means none."""
    lowered = value.lower()
    words = ((word.value, i) for i, stage in enumerate(versions.stages) for word in recorded_words(stage))
    cases = {str(word): ibis.literal(i, type="int64") for word, i in words}
    return lowered.cases(*cases.items(), else_=ibis.null("int64"))


def compared(lake: Lake, lives: ir.Table, versions: Versions, until: datetime) -> ir.Table:
    """(person_id, stage, verdict, recorded_at, defined_at, days_apart, owner, source, by, origin), one row a person
    and stage that either side knows of."""
    keys = versions.stage_keys
    defined = lives.group_by("person_id").agg(**{f"d_{i}": at(lives, key).min() for i, key in enumerate(keys)})
    both = defined.outer_join(recorded(lake, versions, until), "person_id")
    both = both.mutate(person_id=ibis.coalesce(both.person_id, both.person_id_right)).drop("person_id_right")
    owners = people_by(lake, Source("person", "owner_id"), until).rename(owner="value")
    sources = people_by(lake, Source("person", "source"), until).rename(source="value")
    rows = both.left_join(owners, "person_id").drop("person_id_right")
    rows = rows.left_join(sources, "person_id").drop("person_id_right")
    parts = []
    for i, key in enumerate(keys):
        here = rows.filter(rows[f"k_{i}"].fill_null(False) | rows[f"d_{i}"].notnull())
        apart = days(here[f"d_{i}"], here[f"r_{i}"])
        parts.append(
            here.select(
                person_id="person_id", stage=ibis.literal(key), verdict=_verdict(here, i, apart),
                recorded_at=f"r_{i}", defined_at=f"d_{i}", days_apart=apart, owner="owner", source="source",
                by=f"by_{i}", origin=f"origin_{i}",
            )
        )  # fmt: skip
    return ibis.union(*parts)


def _verdict(rows: ir.Table, i: int, apart: ir.FloatingValue) -> ir.StringValue:
    is_recorded, is_defined = rows[f"k_{i}"].fill_null(False), rows[f"d_{i}"].notnull()
    return ibis.cases(
        (~is_defined, ibis.literal("only recorded")),
        (~is_recorded, ibis.literal("only defined")),
        ((apart.abs() > TOLERANCE_DAYS).fill_null(False), ibis.literal("different date")),
        else_=ibis.literal("both"),
    )


def counts(compared: ir.Table, by: str | None = None) -> ir.Table:
    """(stage, value, both, different_date, only_recorded, only_defined), by owner, source or origin, or over all."""
    value = compared[by].cast("string") if by else ibis.null("string")
    rows = compared.mutate(value=value)
    sums = {v.replace(" ", "_"): (rows.verdict == v).sum() for v in VERDICTS}
    return rows.group_by("stage", "value").agg(**sums)


def disagreeing(compared: ir.Table) -> ir.Table:
    """The rows that do not agree, the furthest apart first."""
    rows = compared.filter(compared.verdict != "both")
    return rows.order_by(ibis.desc(rows.days_apart.abs().fill_null(0.0)), "stage", "person_id")
