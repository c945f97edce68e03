"""The shared funnel: the company's own fields, the ideal customer, named rules, scores, sources, stages, detours."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from pydantic import StringConstraints

from oarlock.agreement.format.words import (
    Duration,
    Flag,
    Kind,
    Name,
    Number,
    Rule,
    Section,
    Span,
    Team,
    Text,
    Texts,
    must,
    said,
)

RuleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)]
FieldPath = Annotated[str, StringConstraints(pattern=r"^(person|account|opportunity)\.[A-Za-z][A-Za-z0-9_]*$")]


class Field(Section):
    """A field of the company's own."""

    type: OneOf["text", "number", "flag", "time"] = must("What its values are.")
    means: Text | None = said("What the field says, in words.")
    recorded_as: Text | None = said("What the field is called in the CRM.")
    options: Texts = said("The only values it may have.", [])


class NamedRule(Section):
    """A rule other rules may name."""

    means: Text | None = said("The rule in the company's own words.")
    when: Rule = must("The rule.")


class Fit(Section):
    """Points for who somebody is."""

    when: Rule = must("The rule that must hold.")
    points: Number = must("Points while it holds; fewer than none takes away.")
    means: Text | None = said("Why this counts.")


class Engagement(Section):
    """Points for what somebody does; they fade."""

    half_life: Duration | None = said("After this time a touch counts half; without it points never fade.")
    points: dict[Kind, Number] = said("Points for each kind of touch.", {})


class Scoring(Section):
    """How `fit`, `engagement` and `score` (their sum) are made."""

    fit: list[Fit] = said("Points for who somebody is.", [], max_length=200)
    engagement: Engagement | None = said("Points for what somebody does.")


class Source(Section):
    """A lead source: where people come from."""

    name: Text | None = said("What people call it.")
    means: Text | None = said("What belongs to it.")
    owner: Team = said("The team that answers for it.", "marketing")
    recorded_as: Texts = said("The CRM's own values of `person.source` for it (its key counts always).", [])
    to: Text | None = said("Who gets its leads, where that differs from the routing steps.")


class Stage(Section):
    """One stage of the shared funnel."""

    name: Text | None = said("What people call it.")
    owner: Team = must("The team that answers for people in this stage.")
    kind: OneOf["inventory", "gate", "sla"] = must("`inventory` may wait, `gate` passes or not, `sla` must move on.")
    when: Rule | None = said(
        "The rule that puts a person here; without it the stage is entered when the CRM records it."
    )
    means: Text | None = said("The definition in words.")
    within: Span | None = said("For `sla`: how long a person may stay.")
    recorded_as: Texts = said("The CRM's own values for this stage.", [])
    examples: Texts = said("Cases both teams looked at.", [])


class Detour(Section):
    """A way off the funnel."""

    name: Text | None = said("What people call it.")
    means: Text | None = said("When it is taken.")
    final: Flag = said("True: nobody comes back.", False)
    back_to: Name | None = said("The stage people come back to.")
    wake_after: Duration | None = said("After this time the person is looked at again.")
    on_loss: Flag = said("True: a lost opportunity leads here.", False)
    recorded_as: Texts = said("The CRM's own values for this detour.", [])
