"""The numbers of the funnel as frozen rows: what pages, terminal and JSON show, and all three the same.

Money is Decimal in the agreement's currency, durations are days with fraction, rates are fractions of 1. None means
"cannot be said" (nothing to divide by, nobody has got there). Nothing here is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

FEW = 30
"""Fewer cases than this and a number says so."""


@dataclass(frozen=True, slots=True)
class VersionUsed:
    """One version of the agreement that judged, and from when."""

    version: int
    in_force: date
    hash: str


@dataclass(frozen=True, slots=True)
class AgreementUsed:
    """The agreement a report was made under; `version` and `in_force` are those of its latest version."""

    company: str
    version: int
    in_force: date
    hash: str
    currency: str
    time_zone: str
    versions: tuple[VersionUsed, ...]


@dataclass(frozen=True, slots=True)
class StageFigures:
    """`entered` counts (person, cycle); `skipped` of them only by reaching a later stage; `balance` are there now."""

    stage: str
    name: str
    owner: str
    kind: str
    entered: int
    skipped: int
    balance: int

    @property
    def by_rule(self) -> int:
        """Entered because the stage's own rule held (or by hand, or woken), not in passing."""
        return self.entered - self.skipped


@dataclass(frozen=True, slots=True)
class Conversion:
    """Of those who entered `from_` (denominator), how many have entered `to` by the as-known date (numerator).

    `still_open`: have not, and are not away on a detour. `median_days`, `p90_days`: of those who did.
    `kaplan_meier`: estimated share that gets there within 30, 60, 90 days, young cohorts counted fairly.
    """

    from_: str
    to: str
    numerator: int
    denominator: int
    rate: float | None
    still_open: int
    median_days: float | None
    p90_days: float | None
    kaplan_meier: dict[str, float | None]

    @property
    def few(self) -> bool:
        """Too few cases to lean on."""
        return self.denominator < FEW


@dataclass(frozen=True, slots=True)
class Flow:
    """One stage in one month of the agreement's zone: who came in, who went out, who was there at its end."""

    month: str
    stage: str
    in_flow: int
    out_flow: int
    balance: int


@dataclass(frozen=True, slots=True)
class Group:
    """The closed loop for one value of a field (None = no value): people, entries by stage, won revenue."""

    value: str | None
    people: int
    entered: dict[str, int]
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class DealGroup:
    """Opportunities for one value of a field."""

    value: str | None
    won: int
    lost: int
    open: int
    win_rate: float | None
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class Opportunities:
    """`win_rate` = won / (won + lost); cycle from creation to winning, of the won with both dates;
    deal size of the won with an amount; `other_currencies`: won money that is not in the agreement's currency."""

    won: int
    lost: int
    open: int
    win_rate: float | None
    revenue: Decimal
    mean_deal: Decimal | None
    median_deal: Decimal | None
    mean_cycle_days: float | None
    median_cycle_days: float | None
    other_currencies: dict[str, Decimal] = field(default_factory=dict)
    by: dict[str, tuple[DealGroup, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Something that happened before it could have: what, about whom, the two instants."""

    what: str
    id: str
    first: datetime
    then: datetime


@dataclass(frozen=True, slots=True)
class Away:
    """How many people are away on a detour at the as-known date, by why they will come back or not."""

    back_to: str | None
    people: int


@dataclass(frozen=True, slots=True)
class Report:
    """The truth about the funnel. `no_history`: fields rules read that have no recorded history for anybody.

    `queries`: name of a figure -> the SQL that made it, over the lake's tables and `lives`.
    """

    agreement: AgreementUsed
    as_known: datetime
    people: int
    quarantined: int
    out_of_order: int
    out_of_order_rows: tuple[OutOfOrder, ...]
    stages: tuple[StageFigures, ...]
    conversions: tuple[Conversion, ...]
    flows: tuple[Flow, ...]
    away: tuple[Away, ...]
    by: dict[str, tuple[Group, ...]]
    opportunities: Opportunities
    no_history: tuple[str, ...] = ()
    queries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DriftCounts:
    """One stage (and one value of a field, or None for all): recorded by the CRM beside defined by the agreement."""

    stage: str
    value: str | None
    both: int
    different_date: int
    only_recorded: int
    only_defined: int


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One person and stage where record and definition disagree. `by`, `origin`: of the change that recorded it."""

    person_id: str
    stage: str
    verdict: str
    recorded_at: datetime | None
    defined_at: datetime | None
    days_apart: float | None
    owner: str | None
    source: str | None
    by: str | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class Drift:
    """`both` agree within a day; `different_date` are in both, further apart. `by`: owner, source, origin -> counts."""

    agreement: AgreementUsed
    as_known: datetime
    stages: tuple[DriftCounts, ...]
    by: dict[str, tuple[DriftCounts, ...]]
    rows: tuple[DriftRow, ...] = ()
    queries: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shift:
    """Entries by a stage's own rule in one month (and one source, None = none; "" = all): current beside proposed."""

    stage: str
    month: str
    source: str | None
    current: int
    proposed: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of people whom a stage's own rule lets in: `added`, `dropped` or `kept` by the proposal."""

    stage: str
    who: str
    people: int
    with_opportunity: int
    won: int
    lost: int
    win_rate: float | None
    revenue: Decimal

    @property
    def few(self) -> bool:
        """Too few closed deals to lean on."""
        return self.won + self.lost < FEW


@dataclass(frozen=True, slots=True)
class Load:
    """New hand-offs a week for one rep (the person's owner, None = nobody), at the stages that hand off."""

    owner: str | None
    weeks: int
    current_mean: float
    proposed_mean: float
    current_most: int
    proposed_most: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """A proposed agreement beside the current one, over all history up to the as-known date."""

    current: AgreementUsed
    proposed: AgreementUsed
    as_known: datetime
    stages: tuple[tuple[StageFigures | None, StageFigures | None], ...]
    shifts: tuple[Shift, ...]
    fates: tuple[Fate, ...]
    load: tuple[Load, ...]
    queries: dict[str, str] = field(default_factory=dict)
