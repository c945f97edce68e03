"""The sealed agreement: frozen, hashed, and all that deciding and measuring rooms ever see of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal as OneOf
from zoneinfo import ZoneInfo

from oarlock.agreement.tree import Node, Type
from oarlock.ground.problems import NOWHERE, Place

Team = OneOf["marketing", "sales", "joint"]
StageKind = OneOf["inventory", "gate", "sla"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written, the tree it was reduced to, and where it stands."""

    text: str
    tree: Node
    where: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the company's own, such as `person.job_level`."""

    path: str
    type: Type
    means: str = ""


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
class WorkingSpan:
    """A length in a promise: `hours` of working time, or `days` (working or not, as `working` says)."""

    amount: float
    unit: OneOf["minutes", "hours", "days", "weeks"]
    working: bool = False


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
