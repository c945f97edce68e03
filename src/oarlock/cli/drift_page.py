"""Drift as a page: the sentence, the stages as bars and as a table, then owners, sources, origins and the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from oarlock.agreement.terms import Stage
from oarlock.charts import comparing, numerals, verdicts
from oarlock.charts.basis import Basis
from oarlock.charts.names import short, shown, value
from oarlock.charts.palette import team
from oarlock.cli.pages import drawn, element_id, render
from oarlock.loop.figures import Drift, DriftCounts, DriftRow

Plain = dict[str, Any]


def drift_page(drift: Drift, stages: Sequence[Stage]) -> str:
    """The whole page."""
    known = {s.key: s for s in stages}
    names = {s.key: s.name for s in stages}
    first, *rest = verdicts.of_drift(drift, names)
    fields = {field: [c for c in counts if verdicts.apart(c)] for field, counts in drift.by.items()}
    return render(
        "drift.html",
        Basis(drift.agreement, drift.as_known),
        verdict=first,
        rest=rest,
        chart=drawn(comparing.drift_bars(drift, names)) if drift.stages else "",
        stages=_table(drift.stages, known),
        fields=[
            {"field": shown(field), "id": element_id(field), "rows": _table(counts, known)}
            for field, counts in fields.items()
            if counts
        ],
        records=[_record(row, names, drift.agreement.time_zone) for row in drift.rows],
        queries=_queries(drift.queries),
    )


def _table(counts: Iterable[DriftCounts], stages: dict[str, Stage]) -> list[Plain]:
    """Counts as rows, those furthest apart first where they are of a field's values."""
    rows = []
    for c in counts:
        stage = stages.get(c.stage)
        figures = (c.both, c.different_date, c.only_recorded, c.only_defined)
        rows.append(
            {
                "stage": shown(stage.name) if stage else shown(c.stage),
                "team": team(stage.owner) if stage else "joint",
                "value": value(c.value),
                "figures": [numerals.count(n) for n in figures],
                "apart": numerals.percent(verdicts.share_apart(c)),
                "few": verdicts.few(c),
            }
        )
    return rows


def _record(row: DriftRow, names: dict[str, str], zone: str) -> Plain:
    days = [numerals.day_in(when, zone) if when else numerals.NOTHING for when in (row.recorded_at, row.defined_at)]
    return {
        "person": shown(row.person_id),
        "stage": short(names.get(row.stage, row.stage), row.stage),
        "verdict": row.verdict,
        "recorded": days[0],
        "defined": days[1],
        "apart": numerals.span(None if row.days_apart is None else abs(row.days_apart)),
        "owner": shown(row.owner or numerals.NOTHING),
        "source": shown(row.source or numerals.NOTHING),
        "by": ", ".join(shown(word) for word in (row.origin, row.by) if word) or numerals.NOTHING,
    }


def _queries(queries: dict[str, str]) -> list[tuple[str, str]]:
    return [(shown(name, 200), query) for name, query in queries.items()]
