"""What routing found, step by step: the record from which anybody can see, for ever, why a lead went where it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal as OneOf

Verdict = OneOf["applies", "does not apply", "unknown"]
Because = OneOf["account-owner", "rotation", "only-one", "named", "queue", "nobody-available", "no-step", "taken"]
"""Why the lead went there: it belongs to the account's owner; its turn in the pool; the pool's only member who could;
the step names somebody; the step names a queue; no step had anybody; no step applied; somebody took it themselves."""
REASONS: tuple[Because, ...] = (
    "account-owner", "rotation", "only-one", "named", "queue", "nobody-available", "no-step", "taken",
)  # fmt: skip
Why = OneOf["had-it", "away", "off-hours", "day-cap", "open-cap", "skill", "warming-up", "inactive", "unknown-owner"]
"""Why somebody was passed over."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody who could not have it, and why; `detail` is a short fact (`15 of 15 today`)."""

    user: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """One step of routing as it was tried: its place from 0, where it leads, its rule and verdict, who was passed over.

    `values` are the fields the rule looked at, as they were; of fields that say who somebody is only whether they are
    known. `turns` is the pool's state before the choice: (member, weight in force, credit). `opens`: nobody was in
    hours, and this is when the first of them is again.
    """

    step: int
    name: str
    to: str
    rule: str | None
    verdict: Verdict
    values: tuple[tuple[str, str | None], ...] = ()
    skipped: tuple[Skipped, ...] = ()
    turns: tuple[tuple[str, float, float], ...] = ()
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets the lead. `owner` None: it waits in `queue`. `credits` are the pool's turns after it, to be kept."""

    at: datetime
    agreement: int
    because: Because
    owner: str | None
    pool: str | None
    queue: str | None
    steps: tuple[Tried, ...]
    credits: Mapping[str, float] = field(default_factory=dict)
