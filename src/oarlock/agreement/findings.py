"""What `check` reports: findings, not exceptions; everything at once, each with its place and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal as OneOf

from oarlock.ground.problems import NOWHERE, Place

Level = OneOf["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in an agreement. `code` is a stable kebab-case word; `suggestion` says what to write instead.

    `error_from`: this warning becomes an error for agreements in force from that date on.
    """

    level: Level
    code: str
    message: str
    place: Place = NOWHERE
    suggestion: str = ""
    error_from: date | None = None
