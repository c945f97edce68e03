"""The funnel by period as frozen rows: what the funnel page, its explanations, the API and a closed month show.

Money is Decimal in the agreement's currency, durations are days, rates fractions of 1, None "cannot be said". Nothing
is rounded. A period is a month (`2026-09`), a quarter (`2026-Q3`) or `all`; a basis `cohort` or `calendar`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from oarlock.loop.figures import FEW, AgreementUsed, Flow
from oarlock.loop.pairs import HORIZONS, pairs
from oarlock.loop.reporting import Row, Rows, Shown, money, number, ratio, text

Basis = Literal["cohort", "calendar"]
BASES: tuple[Basis, ...] = ("cohort", "calendar")


@dataclass(frozen=True, slots=True)
class Entered:
    """How many (person, cycle) entered a stage in a period; `skipped` of them only by reaching a later one."""

    stage: str
    period: str
    entered: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Step:
    """From one stage to another in a period, on a basis. `still_open` and `expected` only on the cohort basis."""

    from_: str
    to: str
    period: str
    basis: str
    numerator: int
    denominator: int
    still_open: int | None
    median_days: float | None
    p90_days: float | None
    expected: dict[str, float | None] = field(default_factory=dict)

    @property
    def rate(self) -> float | None:
        """Numerator over denominator."""
        return ratio(self.numerator, self.denominator)

    @property
    def few(self) -> bool:
        """Too few cases to lean on."""
        return self.denominator < FEW


@dataclass(frozen=True, slots=True)
class Closed:
    """Opportunities by the period they were closed in."""

    period: str
    won: int
    lost: int
    revenue: Decimal
    median_deal: float | None
    median_cycle: float | None


@dataclass(frozen=True, slots=True)
class Looped:
    """The closed loop for one value of a field in a period, on a basis (None = no value)."""

    value: str | None
    period: str
    basis: str
    entered: dict[str, int]
    accepted: int
    rejected: int
    lapsed: int
    reasons: dict[str, int]
    won: int
    revenue: Decimal
    cost: Decimal

    @property
    def answered(self) -> int:
        """The denominator of acceptance."""
        return self.accepted + self.rejected + self.lapsed

    @property
    def acceptance(self) -> float | None:
        """Accepted / (accepted + rejected + lapsed)."""
        return ratio(self.accepted, self.answered)

    def cost_of(self, stage: str) -> Decimal | None:
        """Cost per entry into that stage; None where nobody entered."""
        entered = self.entered.get(stage, 0)
        return self.cost / entered if entered else None


@dataclass(frozen=True, slots=True)
class FunnelFigures:
    """Everything the funnel page shows of one set of versions, as-known date and filter, but the closed loop.

    `handed` is the stage at which people are handed over. `balance`: who stands in each stage on the as-known date.
    """

    agreement: AgreementUsed
    as_known: datetime
    stages: tuple[Shown, ...]
    handed: str
    where: tuple[tuple[str, str], ...]
    months: tuple[str, ...]
    entries: tuple[Entered, ...]
    steps: tuple[Step, ...]
    flows: tuple[Flow, ...]
    balance: dict[str, int]
    closed: tuple[Closed, ...]
    queries: dict[str, str] = field(default_factory=dict)

    @property
    def periods(self) -> tuple[str, ...]:
        """Every period there is, newest first: months, then quarters, then the whole."""
        quarters = dict.fromkeys(quarter_of(m) for m in reversed(self.months))
        return (*reversed(self.months), *quarters, "all")

    def entered(self, stage: str, period: str) -> Entered:
        """Entries into a stage in a period; none are 0."""
        found = (e for e in self.entries if e.stage == stage and e.period == period)
        return next(found, Entered(stage, period, 0, 0))

    def step(self, from_: str, to: str, period: str, basis: str) -> Step:
        """A step in a period; nobody there is 0 of 0."""
        found = (s for s in self.steps if (s.from_, s.to, s.period, s.basis) == (from_, to, period, basis))
        return next(found, Step(from_, to, period, basis, 0, 0, 0 if basis == "cohort" else None, None, None))

    def stage(self, key: str) -> Shown | None:
        """A stage by its key."""
        return next((s for s in self.stages if s.key == key), None)


@dataclass(frozen=True, slots=True)
class LoopFigures:
    """The closed loop by one field: every value, period and basis."""

    by: str
    rows: tuple[Looped, ...]
    queries: dict[str, str] = field(default_factory=dict)

    def of(self, period: str, basis: str) -> tuple[Looped, ...]:
        """The rows of one period, most handed over first."""
        return tuple(r for r in self.rows if r.period == period and r.basis == basis)


def quarter_of(month: str) -> str:
    """`2026-Q3` of `2026-09`."""
    return f"{month[:4]}-Q{(int(month[5:7]) + 2) // 3}"


def entered_figures(rows: Sequence[Row], stages: Sequence[str]) -> tuple[Entered, ...]:
    """Rows of `cohorts.entries`."""
    found = [Entered(str(r["stage"]), str(r["period"]), number(r["entered"]), number(r["skipped"])) for r in rows]
    return tuple(sorted(found, key=lambda e: (stages.index(e.stage), e.period)))


def step_figures(rows: Rows, stages: Sequence[str]) -> tuple[Step, ...]:
    """Rows of `cohorts.cohort`, `.calendar` and `.expected`."""
    estimates = {(number(r["pair"]), r["period"]): r for r in rows.get("expected", ())}
    found = []
    for basis in BASES:
        for r in rows.get(f"steps {basis}", ()):
            estimate = estimates.get((number(r["pair"]), r["period"]), {}) if basis == "cohort" else {}
            found.append(_step(pairs(stages)[number(r["pair"])], r, basis, estimate))
    return tuple(sorted(found, key=lambda s: (stages.index(s.from_), stages.index(s.to), s.basis, s.period)))


def _step(pair: tuple[str, str], row: Row, basis: str, estimate: Row) -> Step:
    return Step(
        from_=pair[0], to=pair[1], period=str(row["period"]), basis=basis, numerator=number(row["numerator"]),
        denominator=number(row["denominator"]), still_open=number(row["open"]) if basis == "cohort" else None,
        median_days=_days(row["median"]), p90_days=_days(row["p90"]),
        expected={str(h): _days(estimate.get(f"km_{h}")) for h in HORIZONS} if estimate else {},
    )  # fmt: skip


def closed_figures(rows: Sequence[Row]) -> tuple[Closed, ...]:
    """Rows of `happenings.closings`."""
    found = [
        Closed(
            str(r["period"]), number(r["won"]), number(r["lost"]), money(r["revenue"]), _days(r["median_deal"]),
            _days(r["median_cycle"]),
        )
        for r in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda c: c.period))


def loop_figures(rows: Rows, stages: Sequence[str], handed: str) -> tuple[Looped, ...]:
    """Rows of `happenings.looped` on both bases, folded to one a value, period and basis."""
    found = []
    for basis in BASES:
        cells: dict[tuple[str, str | None], dict[str, Row]] = {}
        for r in rows.get(f"loop {basis}", ()):
            cells.setdefault((str(r["period"]), text(r["value"])), {})[str(r["what"])] = r
        found += [_looped(value, period, basis, cell, stages) for (period, value), cell in cells.items()]
    return tuple(sorted(found, key=lambda x: (x.basis, x.period, -x.entered[handed], x.value is None, x.value or "")))


def _looped(value: str | None, period: str, basis: str, cell: Mapping[str, Row], stages: Sequence[str]) -> Looped:
    def count(what: str) -> int:
        return number(cell.get(what, {}).get("number"))

    reasons = {w.removeprefix("reason:"): count(w) for w in sorted(cell) if w.startswith("reason:")}
    return Looped(
        value, period, basis, {s: count(f"stage:{s}") for s in stages}, count("accepted"), count("rejected"),
        count("lapsed"), reasons, count("won"), money(cell.get("won", {}).get("money")),
        money(cell.get("cost", {}).get("money")),
    )  # fmt: skip


def summed(rows: Sequence[Looped], period: str, basis: str) -> Looped:
    """All values together."""
    stages = dict.fromkeys(s for r in rows for s in r.entered)
    reasons = dict.fromkeys(s for r in rows for s in r.reasons)
    return Looped(
        None, period, basis, {s: sum(r.entered.get(s, 0) for r in rows) for s in stages},
        sum(r.accepted for r in rows), sum(r.rejected for r in rows), sum(r.lapsed for r in rows),
        {s: sum(r.reasons.get(s, 0) for r in rows) for s in reasons}, sum(r.won for r in rows),
        sum((r.revenue for r in rows), Decimal(0)), sum((r.cost for r in rows), Decimal(0)),
    )  # fmt: skip


def _days(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float, Decimal)) else None
