"""What can happen to one person, as it comes to the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from oarlock.records.facts import Fact

Verb = OneOf["accept", "reject", "give_back", "take", "pass_on", "recycle", "lapse", "appeal"]


@dataclass(frozen=True, slots=True)
class Arrived:
    """Facts came in: touches, activities, changes, in any order; some may have come before. None: those that are
    known already are to be judged."""

    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody (`by`, a user's key) did something with a hand-off. `to`: whom it is passed on to."""

    handoff_id: str
    verb: Verb
    by: str
    reason: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A clock of that hand-off has something to do."""

    handoff_id: str


@dataclass(frozen=True, slots=True)
class Redated:
    """Another calendar or version holds from now on: the running clocks of that hand-off are dated anew."""

    handoff_id: str


@dataclass(frozen=True, slots=True)
class Woke:
    """A detour may have ended."""


Happening = Arrived | Answered | Due | Redated | Woke
