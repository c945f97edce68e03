"""The figures of one month cut out of all, and laid side by side with those of another day.

Only what happened within the month is compared: a cohort goes on converting after its month is over, and that is no
correction. Calendar figures, flows and closed deals can only change when we learn something new about the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from oarlock.loop.period_figures import FunnelFigures, Looped, LoopFigures


def month_slice(found: FunnelFigures, month: str) -> FunnelFigures:
    """Only that month's figures, without queries."""
    return replace(
        found,
        months=(month,),
        entries=tuple(e for e in found.entries if e.period == month),
        steps=tuple(s for s in found.steps if s.period == month),
        flows=tuple(f for f in found.flows if f.month == month),
        closed=tuple(c for c in found.closed if c.period == month),
        queries={},
    )


def loop_slice(found: LoopFigures, month: str) -> LoopFigures:
    """Only that month's rows, without queries."""
    return replace(found, rows=tuple(r for r in found.rows if r.period == month), queries={})


def told(found: FunnelFigures, loops: Mapping[str, LoopFigures], month: str) -> dict[str, str]:
    """What happened in that month, as text by the name of the figure; nothing stands for 0.

    A figure of a closed loop is `loop.<what>.<field>=<value>` (`loop.<what>.<field>` for those without a value).
    """
    texts: dict[str, object] = {}
    for e in found.entries:
        if e.period == month:
            texts |= {f"entered.{e.stage}": e.entered, f"skipped.{e.stage}": e.skipped}
    for f in found.flows:
        if f.month == month:
            texts |= {f"in_flow.{f.stage}": f.in_flow, f"out_flow.{f.stage}": f.out_flow}
    for c in found.closed:
        if c.period == month:
            texts |= {"won": c.won, "lost": c.lost, "revenue": c.revenue}
    for loop in loops.values():
        for row in loop.of(month, "calendar"):
            texts |= _looped(loop.by, row)
    return {name: str(value) for name, value in texts.items() if value not in (0, Decimal(0))}


def _looped(by: str, row: Looped) -> dict[str, object]:
    where = by if row.value is None else f"{by}={row.value}"
    counts: dict[str, object] = {f"stage.{s}": n for s, n in row.entered.items()}
    counts |= {f"reason.{r}": n for r, n in row.reasons.items()}
    counts |= {"accepted": row.accepted, "rejected": row.rejected, "lapsed": row.lapsed, "won": row.won}
    counts |= {"revenue": row.revenue, "cost": row.cost}
    return {f"loop.{what}.{where}": n for what, n in counts.items()}


def differences(frozen: Mapping[str, str], today: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Figure -> frozen and today's, where they differ."""
    names = sorted({*frozen, *today})
    pairs = {name: (frozen.get(name, "0"), today.get(name, "0")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
