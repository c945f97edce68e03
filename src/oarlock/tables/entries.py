"""Lives in long form: one row an entry, as the lake's `stage_entries`, for exports and lists of rows."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from oarlock.lifecycle.versions import Versions
from oarlock.tables.detours import spans
from oarlock.tables.texts import TIME_TYPE


def entries(lives: ir.Table, versions: Versions) -> ir.Table:
    """person_id, cycle, stage, at, recorded_at, agreement (the version's number as text), because, skipped."""
    parts = []
    for key in versions.stage_keys:
        entered = lives.filter(lives[f"{key}_at"].notnull())
        parts.append(
            entered.select(
                person_id="person_id", cycle="cycle", stage=ibis.literal(key), at=f"{key}_at",
                recorded_at=f"{key}_recorded_at", because=f"{key}_because",
            )
        )  # fmt: skip
    rows = ibis.union(*parts)
    ways = [
        (rows["at"] < ibis.literal(end, type=TIME_TYPE), ibis.literal(str(t.number))) for t, _, end in spans(versions)
    ]
    return rows.mutate(agreement=ibis.cases(*ways, else_=ibis.null("string")), skipped=rows.because == "implied")
