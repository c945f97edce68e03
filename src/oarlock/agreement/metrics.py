"""The names of metrics: plain ones in a literal registry, and those made from the stages and hand-offs agreed.

<stage>.entered   <stage>.balance   <stage>.to.<later stage>
<handoff>.accepted_rate   .accept_met   .work_met   .speed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal as OneOf

Unit = OneOf["money", "number", "share", "days", "minutes"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number: its words, its unit, whether more of it is better, whether it is tied to closed business."""

    name: str
    means: str
    unit: Unit
    more_is_better: bool = True
    closed: bool = False
    stages: tuple[str, ...] = ()
    handoff: str | None = None


PLAIN: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("revenue", "money of opportunities won, by the date they closed", "money", closed=True),
        Metric("projected_revenue", "revenue so far and what is still expected of the period", "money", closed=True),
        Metric("pipeline.created", "money of opportunities opened", "money"),
        Metric("pipeline.open", "money of opportunities now open", "money"),
        Metric("coverage", "open pipeline due in the period, over what the goal still lacks", "number"),
        Metric("win_rate", "won / (won + lost), by the date they closed", "share", closed=True),
        Metric("deal_size", "money of an opportunity won, on average", "money", closed=True),
        Metric("cycle_days", "days from opened to won", "days", more_is_better=False, closed=True),
        Metric("deals.won", "opportunities won", "number", closed=True),
        Metric("deals.lost", "opportunities lost", "number", more_is_better=False),
        Metric("recycled.won", "opportunities won with people who had left the funnel and come back", "number",
               closed=True),
        Metric("cost", "what campaigns cost", "money", more_is_better=False),
        Metric("cost_per_customer", "what campaigns cost, over customers won", "money", more_is_better=False,
               closed=True),
        Metric("return", "revenue over cost", "number", closed=True),
        Metric("requests.answered_in_time", "content requests answered within the agreed time / all due", "share"),
        Metric("meetings.attended", "invited people who came / all invited", "share"),
    )
}  # fmt: skip

OF_STAGE: dict[str, tuple[str, Unit]] = {
    "entered": ("people and cycles that entered {stage}", "number"),
    "balance": ("people and cycles now in {stage}", "number"),
}
OF_HANDOFF: dict[str, tuple[str, Unit]] = {
    "accepted_rate": ("accepted / (accepted + rejected + lapsed) of {handoff}", "share"),
    "accept_met": ("{handoff} answered within the agreed time / all answered or past due", "share"),
    "work_met": ("{handoff} worked within the agreed time / all worked or past due", "share"),
    "speed": ("working minutes from offer to first sales activity in {handoff}", "minutes"),
}
COMPUTED_EXCUSES: dict[str, str] = {
    "volume_over_capacity": "more was offered than the pool's caps allow",
    "offered_late": "the lead was offered later than agreed",
}


def metrics_of(stages: Sequence[str], handoffs: Sequence[str]) -> dict[str, Metric]:
    """Every metric an agreement with these stages (in order) and hand-offs may name."""
    made = dict(PLAIN)
    for place, stage in enumerate(stages):
        for ending, (means, unit) in OF_STAGE.items():
            last = place == len(stages) - 1
            _add(made, Metric(f"{stage}.{ending}", means.format(stage=stage), unit, closed=last, stages=(stage,)))
        for later in stages[place + 1 :]:
            means = f"people and cycles that entered {later}, of those that entered {stage}"
            _add(made, Metric(f"{stage}.to.{later}", means, "share", closed=later == stages[-1], stages=(stage, later)))
    for handoff in handoffs:
        for ending, (means, unit) in OF_HANDOFF.items():
            words = means.format(handoff=handoff)
            _add(made, Metric(f"{handoff}.{ending}", words, unit, unit != "minutes", handoff=handoff))
    return made


def _add(metrics: dict[str, Metric], metric: Metric) -> None:
    metrics[metric.name] = metric
