"""What happened: one frozen type a kind of fact. Append-only; each has `at` (in the world) and `recorded_at` (learned).

A correction is a new fact. `order` settles facts of one instant, the same way in the live form and in the tables:
by `recorded_at`, then by id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Common to all facts. Times are aware UTC datetimes; `id` is stable, so a fact may arrive twice."""

    id: str
    at: datetime
    recorded_at: datetime

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The place of this fact in its person's life."""
        return (self.at, self.recorded_at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched(Fact):
    """A person met our marketing: `kind` such as `webinar.attended`."""

    person_id: str
    kind: str
    channel: str | None = None
    campaign_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted(Fact):
    """A seller did something with a person: `kind` such as `meeting.held`."""

    person_id: str
    kind: str
    user_id: str | None = None
    opportunity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Fact):
    """A field of a person, account or opportunity took a value (text, as it stands in the lake; None = emptied)."""

    entity: str
    entity_id: str
    field: str
    value: str | None
    by: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOff(Fact):
    """Something happened to a hand-off: `kind` is one of `shapes.HANDOFF_KINDS`.

    `due_at`: by when it has to be answered or worked from here on; `agreement`: the number of the version that says so.
    """

    handoff_id: str
    person_id: str
    kind: str
    by: str | None = None
    to: str | None = None
    reason: str | None = None
    cycle: int | None = None
    due_at: datetime | None = None
    agreement: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeared(Fact):
    """We know of a person from here on; `values` are fields (`person.email`, `account.industry`) as text.

    For imported people it carries the current value of every field that has no history of its own.
    """

    person_id: str
    values: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DealMoved(Fact):
    """Something happened to a person's opportunity: its whole state after it, as text, by field name.

    `was` is the status before it (None for a new one), so that a loss counts once.
    """

    person_id: str
    opportunity_id: str
    status: str
    was: str | None = None
    values: tuple[tuple[str, str | None], ...] = ()
