"""One hand-off as it stands: what `handoffs` decides upon. A fold over the hand-off's facts; a frozen row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal as OneOf

from oarlock.ground.intervals import MICROSECOND

State = OneOf["offered", "accepted", "worked", "converted", "rejected", "lapsed", "returned", "recycled"]
OPEN: tuple[State, ...] = ("offered", "accepted", "worked")
ENDED: tuple[State, ...] = ("converted", "rejected", "lapsed", "returned", "recycled")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A hand-off. `owner` None: it waits in `queue`, its clock running. Times are aware UTC; None = not (yet).

    `held_since`: since when its last owner has it, from which the running clock counts (None: nobody had it yet, it
    counts from the offer). `step` counts the points of the running clock that lie behind; `due_at` is the next instant
    at which something happens by itself and `due_what` says what (`accept 75%`, `accept ends`, `first_touch ends`);
    `breached` are the limits that ran out (`accept`, `first_touch`, `work`); `answered_by` accepted or rejected;
    `last_at` is the time of its latest fact and `last_touch_at` of the latest activity, before which nothing more is
    dated.
    """

    id: str
    key: str
    person_id: str
    cycle: int
    agreement: int
    state: State
    owner: str | None
    pool: str | None
    queue: str | None
    holders: tuple[str, ...]
    offered_at: datetime
    held_since: datetime | None = None
    accept_due_at: datetime | None = None
    answered_at: datetime | None = None
    first_touch_due_at: datetime | None = None
    first_touch_at: datetime | None = None
    work_due_at: datetime | None = None
    attempts: int = 0
    reason: str | None = None
    ended_at: datetime | None = None
    breached: tuple[str, ...] = ()
    step: int = 0
    due_at: datetime | None = None
    due_what: str = ""
    decision_id: str | None = None
    answered_by: str | None = None
    last_at: datetime | None = None
    last_touch_at: datetime | None = None

    def moment(self, now: datetime) -> datetime:
        """When what is done now is dated: after all that happened before, though the clock was set back."""
        last = (self.last_at or self.offered_at) + MICROSECOND
        return max(now, last, self.last_touch_at or last)

    def falling_due(self, at: datetime) -> datetime:
        """When what was due at `at` is dated: then, unless that lies before its latest fact."""
        last = self.last_at or self.offered_at
        return at if at >= last else last + MICROSECOND

    @property
    def open(self) -> bool:
        """Whether something can still happen to it."""
        return self.ended_at is None
