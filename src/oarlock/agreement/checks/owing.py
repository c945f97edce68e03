"""What is owed: promises that are measured, goals under revenue, pay that adds up and pays for business."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from oarlock.agreement.checks.telling import error, warning, written
from oarlock.agreement.findings import Finding
from oarlock.agreement.format.promising import PayPlan, Promise
from oarlock.agreement.interpreting import Reading
from oarlock.agreement.metrics import Metric, metrics_of
from oarlock.agreement.nodes import Path
from oarlock.agreement.written import Amount

_UNITS_OF = {"number": ("number",), "share": ("share",), "days": ("days", "weeks", "number"),
             "minutes": ("minutes", "hours", "number")}  # fmt: skip


def metrics(reading: Reading) -> dict[str, Metric]:
    """The metrics this agreement may name."""
    return metrics_of(reading.draft.keys("stages")[:40], reading.draft.keys("handoffs")[:100])


def promises(reading: Reading) -> Iterator[tuple[Path, Promise]]:
    """Every promise with its path."""
    for team, owed in reading.agreement.promises or ():
        for number, promise in enumerate(owed):
            yield ("promises", team, number), promise


def promises_say_how_much(reading: Reading) -> Iterator[Finding]:
    """A promise has an amount, and its unit is the metric's."""
    for path, promise in promises(reading):
        if not written(reading, path, "at_least", "at_most"):
            message = f"The promise about `{promise.metric}` does not say how much."
            yield error(reading, path, "promise-without-amount", message, "Add `at_least:` or `at_most:`.")


def promises_are_measured(reading: Reading) -> Iterator[Finding]:
    """What stands on no scorecard is looked at by nobody."""
    shown = {line.metric for line in reading.agreement.scorecard}
    for path, promise in promises(reading):
        if promise.metric not in shown:
            message = f"Nobody measures `{promise.metric}`: it is promised, but not on the scorecard."
            suggestion = f"Add `{promise.metric}` to `scorecard:`."
            yield warning(reading, (*path, "metric"), "promise-not-measured", message, suggestion)


def amounts_have_the_metrics_unit(reading: Reading) -> Iterator[Finding]:
    """A rate is compared with a share, money with money of the agreement's currency."""
    known = metrics(reading)
    for path, metric, amount in _amounts(reading):
        if amount is None or metric not in known:
            continue
        wanted = known[metric].unit
        units = (reading.agreement.currency,) if wanted == "money" else _UNITS_OF[wanted]
        if amount.unit not in units:
            message = f"`{metric}` is counted in {units[0] if wanted == 'money' else wanted}, not in {amount.unit}."
            yield error(reading, path, "wrong-unit", message, f"Write it like {_example(units[0], wanted)}.")


def _example(unit: str, wanted: str) -> str:
    return {"share": "`75%`", "number": "`400`", "money": f"`1_000 {unit}`"}.get(wanted, f"`10 {unit}`")


def _amounts(reading: Reading) -> Iterator[tuple[Path, str, Amount | None]]:
    agreement = reading.agreement
    for path, promise in promises(reading):
        yield (*path, "at_least"), promise.metric, promise.at_least
        yield (*path, "at_most"), promise.metric, promise.at_most
    for key, goal in agreement.goals.items():
        yield ("goals", key, "target"), goal.metric, goal.target
    for number, line in enumerate(agreement.scorecard):
        yield ("scorecard", number, "at_least"), line.metric, line.at_least
        yield ("scorecard", number, "at_most"), line.metric, line.at_most
    for key, plan in agreement.pay.items():
        for number, part in enumerate(plan.parts):
            yield ("pay", key, "parts", number, "target"), part.metric, part.target
        for number, rail in enumerate(plan.guardrails):
            yield ("pay", key, "guardrails", number, "at_least"), rail.metric, rail.at_least
            yield ("pay", key, "guardrails", number, "at_most"), rail.metric, rail.at_most


def limits_are_in_order(reading: Reading) -> Iterator[Finding]:
    """`at_least` is not above `at_most`."""
    for path, promise in promises(reading):
        least, most = promise.at_least, promise.at_most
        if least and most and least.unit == most.unit and least.value > most.value:
            yield error(reading, path, "limits-crossed", "At least is above at most.", "Swap them.")


def goals_serve_revenue(reading: Reading) -> Iterator[Finding]:
    """`under` leads up to revenue, never round."""
    goals = reading.agreement.goals
    for key in goals:
        above, seen = goals[key].under, {key}
        while above in goals and above not in seen:
            seen.add(above)
            above = goals[above].under
        if above == key:
            message = f"The goal `{key}` stands under itself, directly or through others."
            yield error(reading, ("goals", key, "under"), "circular-goals", message, "Let one goal stand at the top.")
    if goals and not any(goal.metric == "revenue" for goal in goals.values()):
        message = "No goal is about revenue: there is nothing both teams are measured by."
        yield warning(reading, ("goals",), "no-revenue-goal", message, "Add a goal with `metric: revenue`.")


def shares_add_up(reading: Reading) -> Iterator[Finding]:
    """Shares of one whole add up to 100%."""
    agreement = reading.agreement
    for key, plan in agreement.pay.items():
        yield from _adds_up(reading, ("pay", key, "parts"), [part.share for part in plan.parts])
    for key, goal in agreement.goals.items():
        if goal.spread:
            yield from _adds_up(reading, ("goals", key, "spread"), list(goal.spread.values()))
    if agreement.requests and agreement.requests.rank_by:
        yield from _adds_up(reading, ("requests", "rank_by"), list(agreement.requests.rank_by.values()))


def _adds_up(reading: Reading, path: Path, shares: Sequence[float]) -> Iterator[Finding]:
    total = sum((Decimal(str(share)) for share in shares), Decimal())
    if total != 1:
        message = f"The shares add up to {Amount(total, 'share')}, not to 100%."
        yield error(reading, path, "shares-do-not-add-up", message, "Change them until they do.", key=True)


def pay_parts_have_a_target(reading: Reading) -> Iterator[Finding]:
    """What is paid for is measured against something; a threshold lies below its cap."""
    for key, plan in reading.agreement.pay.items():
        for number, part in enumerate(plan.parts):
            path: Path = ("pay", key, "parts", number)
            if not written(reading, path, "goal", "target"):
                message = f"`{part.metric}` is paid for, and nothing says how much of it is enough."
                yield error(reading, path, "pay-without-target", message, "Add `goal:` or `target:`.")
            if part.threshold is not None and part.cap is not None and part.threshold >= part.cap:
                yield error(reading, path, "threshold-above-cap", "The threshold is not below the cap.")


def marketing_is_paid_for_business(reading: Reading) -> Iterator[Finding]:
    """A marketing plan with nothing tied to closed business pays for leads that nobody wants."""
    known = metrics(reading)
    for key, plan in reading.agreement.pay.items():
        if plan.team == "marketing" and not _pays_for_business(plan, known):
            message = f"Nothing in the marketing plan `{key}` is tied to closed business."
            suggestion = "Add a part for `revenue`, `win_rate` or another number of won deals."
            yield warning(reading, ("pay", key), "pay-without-business", message, suggestion)


def _pays_for_business(plan: PayPlan, known: dict[str, Metric]) -> bool:
    return any(part.metric in known and known[part.metric].closed for part in plan.parts)


def excuses_are_mutual(reading: Reading) -> Iterator[Finding]:
    """An excuse declared and confirmed by the same team is no excuse."""
    for key, excuse in reading.agreement.excuses.items():
        if excuse.declared_by == excuse.confirmed_by != "joint":
            message = f"`{key}` is declared and confirmed by the same team."
            suggestion = "Let the other team confirm it."
            yield error(reading, ("excuses", key), "excuse-not-mutual", message, suggestion, key=True)


def declared_excuses_are_listed(reading: Reading) -> Iterator[Finding]:
    """`declared NAME` should say somewhere what must have happened."""
    listed = reading.draft.keys("excuses")
    for path, promise in promises(reading):
        verb, _, name = (promise.excused_when or "").partition(" ")
        if verb == "declared" and not listed:
            message = f"Nothing says what the excuse `{name[:60]}` is."
            suggestion = f"Describe `{name[:60]}` under `excuses:`."
            yield warning(reading, (*path, "excused_when"), "excuse-not-described", message, suggestion)


def meetings_have_people(reading: Reading) -> Iterator[Finding]:
    """A meeting has somebody in it, and a weekly one a day."""
    for key, meeting in reading.agreement.cadence.items():
        if not meeting.who:
            yield error(reading, ("cadence", key, "who"), "nobody-meets", f"Nobody comes to `{key}`.", "Name them.")
        if meeting.every in ("week", "two-weeks") and not written(reading, ("cadence", key), "day"):
            message = f"`{key}` does not say on which day of the week."
            yield error(reading, ("cadence", key), "no-day", message, "Add `day: tue`.", key=True)
