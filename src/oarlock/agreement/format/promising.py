"""What each team owes the other: promises, excuses, goals under revenue, the scorecard, and pay."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from pydantic import BeforeValidator

from oarlock.agreement.format.words import (
    AnyAmount,
    Duration,
    Money,
    Name,
    Names,
    OrText,
    Period,
    Rule,
    Section,
    Share,
    Span,
    Team,
    Teams,
    Text,
    Whole,
    must,
    said,
)

Per = OneOf["day", "week", "month", "quarter", "year"]
Metric = Text


class Promise(Section):
    """A service level one team owes the other."""

    metric: Metric = must("The number that is measured.")
    at_least: AnyAmount | None = said("The least it may be.")
    at_most: AnyAmount | None = said("The most it may be.")
    per: Per | None = said("The period over which it counts.")
    excused_when: Text | None = said("`volume_over_capacity`, `offered_late` or `declared NAME`.")
    means: Text | None = said("The promise in words.")
    owner: Name | None = said("The person who answers for it.")


class Promises(Section):
    """Promises both ways."""

    marketing: list[Promise] = said("What marketing owes sales.", [])
    sales: list[Promise] = said("What sales owes marketing.", [])
    joint: list[Promise] = said("What both owe the company.", [])


class Excuse(Section):
    """An excuse one team may declare and the other confirms."""

    means: Text = must("What must have happened.")
    declared_by: Team = said("The team that declares it.", "joint")
    confirmed_by: Team = said("The team that confirms it.", "joint")
    longest: Duration | None = said("How long it may last before it must be declared again.")


class Goal(Section):
    """A goal, itself or through others under revenue."""

    metric: Metric = must("The number that is measured.")
    target: AnyAmount = must("What it should reach: `400`, `75%` or `2_400_000 EUR`.")
    period: Period = must("When: `2026-Q4`, `2026-10`, `2026`.")
    owner: Name = must("The person who answers for it.")
    shared_by: Teams = said("The teams that share it.", [])
    under: Name | None = said("The goal it serves.")
    means: Text | None = said("The goal in words.")
    spread: dict[Period, Share] = said("How the target falls on the parts of the period; shares add up to 100%.", {})


def _bare_metric(value: object) -> object:
    return {"metric": value} if isinstance(value, str) else value


class ScorecardLine(Section):
    """One number on the scorecard."""

    metric: Metric = must("The number.")
    owner: Name | None = said("The person who answers for it.")
    at_least: AnyAmount | None = said("On track from here on up.")
    at_most: AnyAmount | None = said("On track from here on down.")
    means: Text | None = said("Why it is on the scorecard.")


ScoreLine = Annotated[
    ScorecardLine,
    BeforeValidator(_bare_metric),
    OrText(),
]


class Tier(Section):
    """A faster or slower rate from a point on."""

    from_: Share = must("From this part of the target on.", alias="from")
    rate: Share = must("So much for each further percent: `150%` pays half as much again.")


class PayPart(Section):
    """One part of variable pay."""

    metric: Metric = must("The number that pays.")
    share: Share = must("How much of the variable pay hangs on it; the shares of a plan add up to 100%.")
    goal: Name | None = said("The goal it is measured against.")
    target: AnyAmount | None = said("The target where no goal is named.")
    threshold: Share | None = said("Nothing is paid below this part of the target.")
    cap: Share | None = said("Nothing more is paid above this part of the target.")
    tiers: list[Tier] = said("Faster or slower rates.", [])


class Guardrail(Section):
    """A number that must hold, or the plan pays less."""

    metric: Metric = must("The number that must hold.")
    at_least: AnyAmount | None = said("The least it may be.")
    at_most: AnyAmount | None = said("The most it may be.")
    pays: Share = said("How much of the plan is paid where it does not hold.", 0.0)


class Kicker(Section):
    """A sum for something the other team needs."""

    means: Text = must("What is rewarded.")
    amount: Money = must("How much for each.")
    most: Whole | None = said("How many are paid in one period.")
    confirmed_by: Team = said("The team that confirms it.", "joint")


class Clawback(Section):
    """When pay is taken back."""

    within: Duration = must("How long after closing.")
    when: Rule | None = said("The rule that must hold; without it a cancelled deal.")
    means: Text | None = said("The case in words.")


class PayPlan(Section):
    """One pay plan."""

    means: Text | None = said("What the plan rewards.")
    team: Team = must("The team it is for.")
    people: Names = must("The people it pays.")
    per: OneOf["month", "quarter", "year"] = must("How often it pays.")
    variable: Money | None = said("The variable pay of one person and period at 100%.")
    parts: list[PayPart] = must("What it pays for; the shares add up to 100%.")
    guardrails: list[Guardrail] = said("Numbers that must hold.", [])
    kickers: list[Kicker] = said("Sums for help given to the other team.", [])
    clawback: Clawback | None = said("When pay is taken back.")
    settles: Span | None = said("How long after the period's end it is settled.")
