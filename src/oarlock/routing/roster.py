"""Who could take a lead right now: the state of pools and people that routing looks at. Given, never looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from oarlock.ground.intervals import Interval


@dataclass(frozen=True, slots=True)
class Turn:
    """Where one member stands in one pool's rotation: `credit` is how many leads they are owed (below 0: ahead),
    `since` when they joined it (None: long ago), `given_today` what they got of it on this day of the pool."""

    credit: float = 0.0
    since: datetime | None = None
    given_today: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """`turns` by (pool, user); `open_` counts the hand-offs each user holds; `absences` add to the agreement's own,
    those that ended lately among them, since whoever comes back is warmed up. `inactive`: whom the company let go.
    """

    turns: Mapping[tuple[str, str], Turn] = field(default_factory=dict)
    open_: Mapping[str, int] = field(default_factory=dict)
    absences: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lead:
    """What routing knows of a lead besides its rules' verdicts: whose its account is (a user's key or the CRM's id),
    its source, and who had it before, in order."""

    person_id: str
    account_owner: str | None = None
    source: str | None = None
    holders: tuple[str, ...] = ()
    language: str | None = None
