"""The terms about handling: sources, breach steps, routing, pools, working hours, absences, matching, reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from oarlock.agreement.written import Rule, Team


@dataclass(frozen=True, slots=True)
class Source:
    """A lead source. `person.source` names it by its key or by one of `recorded_as`."""

    key: str
    name: str | None = None
    means: str | None = None
    owner: Team = "marketing"
    recorded_as: tuple[str, ...] = ()
    to: str | None = None


@dataclass(frozen=True, slots=True)
class BreachStep:
    """What happens when the part `at` (0.75 = 75%) of the clock's time has passed."""

    at: float
    do: str
    clock: str = "accept"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of routing; without a rule it always applies. `to` is `account-owner`, `pool X`, `user X`, `queue X`."""

    to: str
    rule: Rule | None = None
    needs: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """The most one member gets."""

    per_day: int | None = None
    open: int | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """People who take leads in turn, each with a weight."""

    key: str
    members: tuple[tuple[str, float], ...]
    cap: Cap | None = None
    calendar: str | None = None
    manager: str | None = None
    skip_last: int = 1
    warm_up: timedelta | None = None
    means: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """A named calendar as it was agreed; `ground.calendars` computes with it. `time_zone` None = the agreement's."""

    key: str
    hours: tuple[tuple[str, str], ...]
    time_zone: str | None = None
    holidays: str | None = None
    closed: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, both days included."""

    who: str
    from_: date
    until: date
    means: str | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """How a lead finds its account: from `sure` up it is matched, from `propose` up it is asked."""

    sure: float = 0.93
    propose: float = 0.8
    shared_domains: tuple[str, ...] = ()
    same_country: bool = False


@dataclass(frozen=True, slots=True)
class Notices:
    """How people are reminded; no reminder between the two times of `quiet`, in the receiver's zone."""

    quiet: tuple[str, ...] | None = None
    channels: tuple[str, ...] = ()
    queue_owner: str | None = None
