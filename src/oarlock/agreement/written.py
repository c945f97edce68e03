"""The smallest things terms are made of: a team, a rule as written, a span of time, an amount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as OneOf

from oarlock.agreement.tree import Node
from oarlock.ground.problems import NOWHERE, Place

Team = OneOf["marketing", "sales", "joint"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written, the tree it was reduced to, and where it stands."""

    text: str
    tree: Node
    where: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class WorkingSpan:
    """A length in a promise: `hours` of working time, or `days` (working or not, as `working` says)."""

    amount: float
    unit: OneOf["minutes", "hours", "days", "weeks"]
    working: bool = False

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if self.amount == 1 else self.unit
        return f"{self.amount:g} {'business ' if self.working else ''}{unit}"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: `unit` is `number`, `share` (0.75 is 75%), a unit of time, or a currency such as `EUR`."""

    value: Decimal
    unit: str = "number"

    def __str__(self) -> str:
        if self.unit == "share":
            return f"{_shortest(self.value * 100)}%"
        number = _shortest(self.value)
        return number if self.unit == "number" else f"{number} {self.unit}"


def _shortest(value: Decimal) -> str:
    """`2,400,000`, `0.5`: without noughts at the end."""
    number = f"{value:,f}"
    return number.rstrip("0").rstrip(".") if "." in number else number
