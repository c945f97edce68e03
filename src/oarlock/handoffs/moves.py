"""What a move of a hand-off comes to: the hand-off after it, the facts to keep, and the wishes to be granted.

Promises: the facts of one move have ids that stand for what happened and not for who noticed it, so that two workers
who notice the same breach make one fact of it; facts of one instant sort, by id, in the order in which they belong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal as OneOf

from oarlock.ground.ids import Part, fact_id
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import HandedOff

Do = OneOf["remind", "notify", "reassign"]
CLOCK = "clock"
"""Who is said to have done what happened by itself."""

ORDER = (
    "offered", "redated", "breached", "reminded", "notified", "reassigned", "accepted", "worked", "converted",
    "rejected", "returned", "lapsed", "recycled", "appealed",
)  # fmt: skip
"""The order of facts of one instant."""

_PLACES = {kind: chr(ord("a") + place) for place, kind in enumerate(ORDER)}


@dataclass(frozen=True, slots=True)
class Wish:
    """Something the room cannot do itself. `remind` and `notify` tell `to` (a user's key; None: the agreement names
    nobody, so operations); `reassign` asks routing for somebody else.

    `at` is when it was due and `why` on which point (`accept 75%`; `nobody` where a hand-off waits without an owner).
    The `key` is the same whoever wishes it, so that it is granted once.
    """

    key: str
    do: Do
    to: str | None
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Move:
    """The hand-off after a move. No facts: nothing new happened. Wishes are in the order in which they were due."""

    handoff: HandedOver
    facts: tuple[HandedOff, ...] = ()
    wishes: tuple[Wish, ...] = ()


def fact_of(
    state: HandedOver, kind: str, at: datetime, now: datetime, *which: Part,
    by: str | None = None, to: str | None = None, reason: str | None = None, due_at: datetime | None = None,
) -> HandedOff:  # fmt: skip
    """A fact about that hand-off; `which` tells it from others of its kind. Never recorded before it happened."""
    return HandedOff(
        id=_PLACES[kind] + fact_id(state.id, kind, *which), at=at, recorded_at=max(now, at), handoff_id=state.id,
        person_id=state.person_id, kind=kind, by=by, to=to, reason=reason, cycle=state.cycle, due_at=due_at,
        agreement=state.agreement,
    )  # fmt: skip
