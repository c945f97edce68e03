"""The terms about people: who leads, who signs, who works leads; and the words both teams share."""

from __future__ import annotations

from dataclasses import dataclass

from oarlock.agreement.written import Team


@dataclass(frozen=True, slots=True)
class Person:
    """A leader. `reports_to` is another person's key, or `ceo`."""

    key: str
    name: str
    role: str
    reports_to: str | None = None
    serves: tuple[Team, ...] = ()
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Leadership:
    """Who leads, decides and signs. `decides` pairs a topic with the team that decides about it."""

    growth_motion: str | None = None
    decides: tuple[tuple[str, Team], ...] = ()
    people: tuple[Person, ...] = ()
    signers: tuple[str, ...] = ()

    def person(self, key: str) -> Person | None:
        """The person of that key, or None."""
        return next((p for p in self.people if p.key == key), None)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works leads. `recorded_as` are the CRM's ids of this person."""

    key: str
    name: str
    team: Team = "sales"
    email: str | None = None
    reports_to: str | None = None
    recorded_as: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word both teams use in one sense."""

    key: str
    means: str
    also: tuple[str, ...] = ()
    not_: str | None = None
