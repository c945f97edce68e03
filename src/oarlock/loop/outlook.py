"""From rows to the figures of drift and back-test, as `reporting` does for the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oarlock.lifecycle.versions import Versions
from oarlock.loop.figures import Backtest, Drift, DriftCounts, DriftRow, Fate, Load, Shift
from oarlock.loop.reporting import Row, Rows, agreement_used, money, number, ratio, stage_figures, text

BY = ("owner", "source", "origin")
"""What drift is counted by."""


def drift_figures(versions: Versions, until: datetime, rows: Rows, queries: dict[str, str]) -> Drift:
    """Counts of `drift.counts` and rows of `drift.disagreeing` as figures."""
    keys = versions.stage_keys
    return Drift(
        agreement=agreement_used(versions),
        as_known=until,
        stages=_counts(rows["drift"], keys),
        by={by: _counts(rows[f"drift by {by}"], keys) for by in BY},
        rows=tuple(DriftRow(**r) for r in rows.get("rows", ())),  # type: ignore[arg-type]
        queries=queries,
    )


def _counts(rows: Sequence[Row], keys: Sequence[str]) -> tuple[DriftCounts, ...]:
    found = [
        DriftCounts(
            str(r["stage"]), text(r["value"]),
            *(number(r[c]) for c in ("both", "different_date", "only_recorded", "only_defined")),
        )
        for r in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda c: (keys.index(c.stage), c.value is None, c.value or "")))


def backtest_figures(
    current: Versions, proposed: Versions, until: datetime, rows: Rows, queries: dict[str, str]
) -> Backtest:
    """Both sides' stages, and what the proposal shifts, adds and drops."""
    sides = [
        {f.stage: f for f in stage_figures(versions, rows[f"stages {side}"][0])}
        for side, versions in (("current", current), ("proposed", proposed))
    ]
    order = list(dict.fromkeys([*current.stage_keys, *proposed.stage_keys]))
    return Backtest(
        current=agreement_used(current),
        proposed=agreement_used(proposed),
        as_known=until,
        stages=tuple((sides[0].get(s), sides[1].get(s)) for s in order),
        shifts=_shifts(rows["shifts"], order),
        fates=_fates(rows["fates"], order),
        load=_load(rows["load"]),
        queries=queries,
    )


def _shifts(rows: Sequence[Row], order: Sequence[str]) -> tuple[Shift, ...]:
    """By month over all sources (source ""), then by month and source."""
    each = [
        Shift(str(r["stage"]), str(r["month"]), text(r["source"]), number(r["current"]), number(r["proposed"]))
        for r in rows
    ]
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for s in each:
        current, proposed = sums.get((s.stage, s.month), (0, 0))
        sums[s.stage, s.month] = (current + s.current, proposed + s.proposed)
    whole = [Shift(stage, month, "", *pair) for (stage, month), pair in sums.items()]
    return tuple(
        sorted([*whole, *each], key=lambda s: (order.index(s.stage), s.month, s.source is None, s.source or ""))
    )


def _fates(rows: Sequence[Row], order: Sequence[str]) -> tuple[Fate, ...]:
    found = [
        Fate(
            str(r["stage"]), str(r["who"]), number(r["people"]), number(r["with_opportunity"]), number(r["won"]),
            number(r["lost"]), ratio(number(r["won"]), number(r["won"]) + number(r["lost"])), money(r["revenue"]),
        )
        for r in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda f: (order.index(f.stage), ("added", "dropped", "kept").index(f.who))))


def _load(rows: Sequence[Row]) -> tuple[Load, ...]:
    """Means over the weeks from the first to the last in which anybody got anything."""
    if not rows:
        return ()
    weeks = max(number(r["last"]) for r in rows) - min(number(r["first"]) for r in rows) + 1
    found = [
        Load(
            text(r["owner"]), weeks, number(r["current"]) / weeks, number(r["proposed"]) / weeks,
            number(r["current_most"]), number(r["proposed_most"]),
        )
        for r in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda x: (x.owner is None, -x.proposed_mean, x.owner or "")))
