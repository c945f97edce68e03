"""The sealed agreement: frozen, hashed, and all that deciding and measuring rooms ever see of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal as OneOf
from zoneinfo import ZoneInfo

from oarlock.agreement.handling import Absence, BreachStep, Hours, Matching, Notices, Pool, Source, Step
from oarlock.agreement.leaders import Leadership, User, Word
from oarlock.agreement.owed import Excuse, Goal, PayPlan, Promises, ScoreLine
from oarlock.agreement.together import Attribution, Closing, Forecast, Meeting, Ownership, Plan, Process, Requests
from oarlock.agreement.tree import Type
from oarlock.agreement.written import Amount as Amount
from oarlock.agreement.written import Rule as Rule
from oarlock.agreement.written import Team as Team
from oarlock.agreement.written import WorkingSpan as WorkingSpan

StageKind = OneOf["inventory", "gate", "sla"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the company's own, such as `person.job_level`."""

    path: str
    type: Type
    means: str = ""
    recorded_as: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule other rules may name, such as `icp`."""

    key: str
    rule: Rule
    means: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """Fit: so many points while the rule holds."""

    rule: Rule
    points: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """`engagement` maps a touch's kind to points that halve every `half_life` (None = they do not fade)."""

    fit: tuple[Points, ...] = ()
    engagement: tuple[tuple[str, float], ...] = ()
    half_life: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the shared funnel. Without a rule it is entered when the CRM records it (`recorded_as`)."""

    key: str
    name: str
    owner: Team
    kind: StageKind
    rule: Rule | None
    means: str = ""
    within: WorkingSpan | None = None
    recorded_as: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detour:
    """A way off the funnel. `final`: nobody comes back. Else the person comes back to `back_to` after `wake_after`
    (None = at once when something new is known). `on_loss`: a lost opportunity takes this way."""

    key: str
    name: str
    final: bool
    back_to: str | None = None
    wake_after: timedelta | None = None
    on_loss: bool = False
    recorded_as: tuple[str, ...] = ()
    means: str = ""


@dataclass(frozen=True, slots=True)
class Handoff:
    """What happens when somebody enters `at`. `reject_reasons` maps a reason to the detour it leads to."""

    key: str
    at: str
    reject_reasons: tuple[tuple[str, str], ...] = ()
    accept_within: WorkingSpan | None = None
    first_touch_within: WorkingSpan | None = None
    attempts: int | None = None
    work_within: WorkingSpan | None = None
    name: str = ""
    means: str = ""
    from_: Team = "marketing"
    to: Team = "sales"
    calendar: str | None = None
    return_reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    on_breach: tuple[BreachStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """One sealed version of the agreement. `hash` is `sha256:` over `source`, the exact bytes that were read."""

    company: str
    in_force: date
    time_zone: str
    currency: str
    stages: tuple[Stage, ...]
    detours: tuple[Detour, ...] = ()
    scoring: Scoring = Scoring()
    rules: tuple[NamedRule, ...] = ()
    fields: tuple[Field, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    hash: str = ""
    source: bytes = b""
    number: int = 1
    means: str = ""
    leadership: Leadership = field(default_factory=Leadership)
    users: tuple[User, ...] = ()
    vocabulary: tuple[Word, ...] = ()
    sources: tuple[Source, ...] = ()
    routing: tuple[Step, ...] = ()
    pools: tuple[Pool, ...] = ()
    calendars: tuple[Hours, ...] = ()
    absences: tuple[Absence, ...] = ()
    matching: Matching = field(default_factory=Matching)
    notices: Notices = field(default_factory=Notices)
    promises: Promises = field(default_factory=Promises)
    excuses: tuple[Excuse, ...] = ()
    goals: tuple[Goal, ...] = ()
    scorecard: tuple[ScoreLine, ...] = ()
    pay: tuple[PayPlan, ...] = ()
    cadence: tuple[Meeting, ...] = ()
    processes: tuple[Process, ...] = ()
    plan: Plan = field(default_factory=Plan)
    requests: Requests = field(default_factory=Requests)
    attribution: Attribution = field(default_factory=Attribution)
    forecast: Forecast = field(default_factory=Forecast)
    closing: Closing = field(default_factory=Closing)
    ownership: tuple[Ownership, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The agreement's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def in_force_from(self) -> datetime:
        """The instant at which this version begins to judge: midnight of `in_force` in its own time zone."""
        return datetime.combine(self.in_force, time(), self.zone)

    def stage(self, key: str) -> Stage | None:
        """The stage of that key, or None."""
        return next((s for s in self.stages if s.key == key), None)

    def handoff(self, key: str) -> Handoff | None:
        """The hand-off of that key, or None."""
        return next((h for h in self.handoffs if h.key == key), None)

    def rule(self, key: str) -> NamedRule | None:
        """The named rule of that key, or None."""
        return next((r for r in self.rules if r.key == key), None)

    @property
    def loss_detour(self) -> Detour | None:
        """Where a lost opportunity leads: the detour that says `on_loss`, else the first with a way back."""
        said = next((d for d in self.detours if d.on_loss), None)
        return said or next((d for d in self.detours if not d.final), None)

    def detour_for(self, reason: str | None) -> Detour | None:
        """Where a rejection for that reason leads; a reason the agreement does not know leads where a loss does."""
        known = {reason: detour for handoff in self.handoffs for reason, detour in handoff.reject_reasons}
        key = known.get(reason or "")
        return next((d for d in self.detours if d.key == key), None) or self.loss_detour
