"""The terms about working together: meetings, processes, the joint plan, requests; and how results are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from oarlock.agreement.written import Team, WorkingSpan


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that comes again."""

    key: str
    every: str
    at: str
    minutes: int
    who: tuple[str, ...]
    day: str | None = None
    on: int | None = None
    leads: str | None = None
    agenda: tuple[str, ...] = ()
    calendar: str | None = None
    means: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectedTouch:
    """What a step expects to be seen in the activities."""

    kind: str
    at_least: int = 1
    within: WorkingSpan | None = None


@dataclass(frozen=True, slots=True)
class ProcessStep:
    """One step of a process; `then` names the steps that may follow, where that is not the next one."""

    name: str
    owner: Team
    key: str | None = None
    stage: str | None = None
    means: str | None = None
    expects: tuple[ExpectedTouch, ...] = ()
    templates: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Process:
    """A sales or marketing process as a map."""

    key: str
    owner: Team
    steps: tuple[ProcessStep, ...]
    name: str | None = None
    means: str | None = None
    from_: str | None = None
    to: str | None = None
    reviewed: date | None = None
    review_every: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How campaigns, promotions, events and spiffs are planned together."""

    preview: WorkingSpan | None = None
    acknowledge: WorkingSpan | None = None
    hold_open_deals: bool = False
    apart: WorkingSpan | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """How requests for content are answered and ranked; the shares of `rank_by` add up to 1."""

    answer_within: WorkingSpan | None = None
    owner: str | None = None
    rank_by: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which touches may be credited, and by which models."""

    eligible: str = "person"
    journey: str = "all"
    look_back: timedelta | None = None
    kinds: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    half_life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Who answers for the projection, and when it is kept."""

    owner: str | None = None
    snapshot: str = "mon"
    horizon: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """When a period is frozen, and by whom."""

    after: WorkingSpan | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose value of a field wins, and when the other side is written."""

    field: str
    owner: str
    write: str = "always"
