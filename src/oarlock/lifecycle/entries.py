"""What the life of a person is made of: entries into stages, counted by (person, cycle)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Because = Literal["rule", "recorded", "by hand", "woken", "implied"]
"""Why a stage was entered: its rule held; the CRM said so (a stage without a rule); somebody put the person there;
a detour ended; or only because a later stage was reached at that instant (then the stage was skipped)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person entered one stage. `skipped`: the stage's own rule did not hold, a later one's did."""

    person_id: str
    cycle: int
    stage: str
    at: datetime
    recorded_at: datetime
    agreement: int
    because: Because
    skipped: bool
