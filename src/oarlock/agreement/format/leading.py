"""Who leads, who decides, who signs, who works the leads; and the words both teams use."""

from __future__ import annotations

from typing import Annotated
from typing import Literal as OneOf

from pydantic import BeforeValidator

from oarlock.agreement.format.words import Name, Names, OrText, Section, Team, Teams, Text, Texts, must, said

Motion = OneOf["sales-led", "marketing-led", "product-led"]
Role = OneOf["revenue-leader", "marketing-leader", "sales-leader", "operations", "marketer", "seller", "other"]


class Person(Section):
    """Somebody in the leadership."""

    name: Text = must("The full name.")
    role: Role = must("What this person leads or does.")
    reports_to: Name | None = said("The person this one reports to; `ceo` stands for the head of the company.")
    serves: Teams = said("For operations: the teams this person works for.", [])
    email: Text | None = said("Where messages reach this person.")


class Leadership(Section):
    """Who leads and who decides."""

    growth_motion: Motion | None = said("Which team brings the business: sales, marketing or the product itself.")
    decides: dict[Name, Team] = said("Which team decides about what; `joint` needs both.", {})
    people: dict[Name, Person] = said("The leaders, each under a short name used elsewhere.", {})
    signers: Names = said("Who signs: one of marketing and one of sales at least.", [])


class User(Section):
    """Somebody who works leads."""

    name: Text = must("The full name.")
    team: Team = said("The team this person is in.", "sales")
    email: Text | None = said("Where messages reach this person.")
    reports_to: Name | None = said("The person this one reports to.")
    recorded_as: Texts = said("This person's own ids in the CRM.", [])
    skills: Texts = said("What a routing step may ask for: languages, products.", [])
    calendar: Name | None = said("The person's own working hours, if not the pool's.")


def _word(value: object) -> object:
    return {"means": value} if isinstance(value, str) else value


class WordBody(Section):
    """A word both teams use in one sense."""

    means: Text = must("What the word means here.")
    also: Texts = said("Other words for the same thing.", [])
    not_: Text | None = said("What it does not mean.", alias="not")


Word = Annotated[
    WordBody,
    BeforeValidator(_word),
    OrText(),
]
