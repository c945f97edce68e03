"""The terms about what is owed: promises both ways, excuses, goals under revenue, the scorecard, pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from oarlock.agreement.written import Amount, Rule, Team, WorkingSpan


@dataclass(frozen=True, slots=True)
class Promise:
    """One team owes the other `at_least` or `at_most` of a metric, per period where it is a count."""

    metric: str
    at_least: Amount | None = None
    at_most: Amount | None = None
    per: str | None = None
    excused_when: str | None = None
    means: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Promises:
    """Promises both ways."""

    marketing: tuple[Promise, ...] = ()
    sales: tuple[Promise, ...] = ()
    joint: tuple[Promise, ...] = ()

    @property
    def by_team(self) -> tuple[tuple[Team, tuple[Promise, ...]], ...]:
        """Each team with what it owes."""
        return (("marketing", self.marketing), ("sales", self.sales), ("joint", self.joint))


@dataclass(frozen=True, slots=True)
class Excuse:
    """An excuse one team declares and the other confirms."""

    key: str
    means: str
    declared_by: Team = "joint"
    confirmed_by: Team = "joint"
    longest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal. `spread` pairs a part of the period with its share of the target (together 1)."""

    key: str
    metric: str
    target: Amount
    period: str
    owner: str
    shared_by: tuple[Team, ...] = ()
    under: str | None = None
    means: str | None = None
    spread: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One number on the scorecard."""

    metric: str
    owner: str | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    means: str | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """From the part `from_` of the target on, each further percent pays `rate` (1.5 = half as much again)."""

    from_: float
    rate: float


@dataclass(frozen=True, slots=True)
class PayPart:
    """One part of variable pay; the shares of a plan add up to 1."""

    metric: str
    share: float
    goal: str | None = None
    target: Amount | None = None
    threshold: float | None = None
    cap: float | None = None
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Where it does not hold, only the part `pays` of the plan is paid."""

    metric: str
    at_least: Amount | None = None
    at_most: Amount | None = None
    pays: float = 0.0


@dataclass(frozen=True, slots=True)
class Kicker:
    """A sum for something the other team needs."""

    means: str
    amount: Amount
    most: int | None = None
    confirmed_by: Team = "joint"


@dataclass(frozen=True, slots=True)
class Clawback:
    """Pay is taken back within this time after closing; without a rule, for a cancelled deal."""

    within: timedelta
    rule: Rule | None = None
    means: str | None = None


@dataclass(frozen=True, slots=True)
class PayPlan:
    """One pay plan. `variable` is one person's variable pay of a period at 100%."""

    key: str
    team: Team
    people: tuple[str, ...]
    per: str
    parts: tuple[PayPart, ...]
    variable: Amount | None = None
    guardrails: tuple[Guardrail, ...] = ()
    kickers: tuple[Kicker, ...] = ()
    clawback: Clawback | None = None
    settles: WorkingSpan | None = None
    means: str | None = None
