"""Drift for the terminal: the sentence first, then stages, then owners, sources and origins, then the records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from oarlock.agreement.terms import Stage
from oarlock.charts import numerals, verdicts
from oarlock.charts.basis import Basis
from oarlock.charts.names import short, value
from oarlock.cli.screen import cell
from oarlock.cli.tables import Sheet, figure, stacked, whose
from oarlock.loop.figures import Drift, DriftCounts, DriftRow

HOW = "people, the first time each entered"
SAME = "Same date: within a day.  ° fewer than 30 cases"
MOST = 12
"""So many values of a field are shown; JSON has all."""


def drift_tables(drift: Drift, stages: Sequence[Stage]) -> RenderableType:
    """Everything a drift says."""
    return stacked(*_parts(drift, {s.key: s for s in stages}, Basis(drift.agreement, drift.as_known)))


def _parts(drift: Drift, stages: dict[str, Stage], basis: Basis) -> Iterator[RenderableType]:
    names = {key: stage.name for key, stage in stages.items()}
    first, *rest = verdicts.of_drift(drift, names)
    yield Text(cell(first, 600), style="bold").append("".join(f"\n{cell(line, 600)}" for line in rest))
    yield _counts("Recorded by the CRM beside defined by the agreement", basis, ("stage",), drift.stages, stages)
    for field, counts in drift.by.items():
        if counts:
            apart = sorted(counts, key=verdicts.apart, reverse=True)
            shown = [c for c in apart if verdicts.apart(c)][:MOST]
            yield _counts(f"By {field}, where they are apart", basis, ("stage", field), shown, stages)
    if drift.rows:
        yield _rows(drift, names, basis)
    yield Text(
        "Recorded: the CRM's own stage field. Defined: what the agreement's rules give.  ° few cases", style="dim"
    )


def _counts(
    title: str, basis: Basis, first: Sequence[str], counts: Sequence[DriftCounts], stages: dict[str, Stage]
) -> Sheet:
    columns = ("#same date", "#another date", "#only recorded", "#only defined", "#apart")
    made = Sheet(title, basis.line(HOW), *first, *columns)
    for c in counts:
        stage = stages.get(c.stage)
        name = whose(short(stage.name, c.stage) if stage else c.stage, stage.owner if stage else "joint")
        of_field = [cell(value(c.value), 30)] if len(first) > 1 else []
        figures = (numerals.count(n) for n in (c.both, c.different_date, c.only_recorded, c.only_defined))
        apart = figure(numerals.percent(verdicts.share_apart(c)), verdicts.few(c))
        made.row(name, *of_field, *figures, apart)
    return made


def _rows(drift: Drift, names: dict[str, str], basis: Basis) -> Sheet:
    columns = ("person", "stage", "|verdict", "#recorded", "#defined", "#apart", "owner", "source", "recorded by")
    made = Sheet("Records that disagree, furthest apart first", basis.line(HOW), *columns)
    for row in drift.rows:
        made.row(*_row(row, names, drift.agreement.time_zone))
    return made


def _row(row: DriftRow, names: dict[str, str], zone: str) -> list[str]:
    instants = (row.recorded_at, row.defined_at)
    days = [cell(numerals.day_in(when, zone)) if when else numerals.NOTHING for when in instants]
    by = ", ".join(cell(word, 24) for word in (row.origin, row.by) if word) or numerals.NOTHING
    return [
        cell(row.person_id, 24), cell(short(names.get(row.stage, row.stage), row.stage), 16), row.verdict, *days,
        cell(numerals.span(abs(row.days_apart)) if row.days_apart is not None else numerals.NOTHING),
        cell(row.owner or numerals.NOTHING, 16), cell(row.source or numerals.NOTHING, 20), by,
    ]  # fmt: skip
