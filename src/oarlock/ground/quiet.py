"""Quiet hours: the times of day between which nobody is disturbed, and when the next of them ends.

Promises: by the clock on the wall of the given zone, daylight saving included (a time shown twice counts when it is
first shown, one never shown counts at the change); what is quiet at an instant is quiet up to the end that is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from oarlock.ground.problems import UserProblem
from oarlock.ground.zones import first_instant

_WINDOW = re.compile(r"(?P<begins>[0-9]{1,2}:[0-9]{2}) ?[-–] ?(?P<ends>[0-9]{1,2}:[0-9]{2})")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Quiet from `begins` up to `ends`; over midnight where it ends before it begins."""

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    def end_at(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet ends that this instant lies in; None where it lies in none."""
        today, over = at.astimezone(zone).date(), ONE_DAY if self.ends <= self.begins else timedelta(0)
        for day in (today - ONE_DAY, today):
            ends = first_instant(day + over, self.ends, zone)
            if first_instant(day, self.begins, zone) <= at < ends:
                return ends
        return None


def read_quiet(written: str) -> Quiet:
    """`19:00-08:00` as quiet hours. UserProblem `bad-quiet`."""
    found = _WINDOW.fullmatch(written.strip())
    try:
        begins, ends = (time.fromisoformat(found[name].zfill(5)) for name in ("begins", "ends")) if found else (0, 0)
    except ValueError:
        begins = ends = 0
    if not isinstance(begins, time) or not isinstance(ends, time) or begins == ends:
        raise UserProblem(
            "bad-quiet", f"`{written[:20]}` are no quiet hours.", "They begin and end at two times of the day.",
            "Write them such as 19:00-08:00, or leave them out.",
        )  # fmt: skip
    return Quiet(begins, ends)


def quiet_until(hours: Sequence[Quiet], zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant from `at` on that lies in no quiet hours; where every hour is quiet, a day later."""
    until = at
    while until < at + ONE_DAY:
        ends = [end for each in hours if (end := each.end_at(until, zone)) is not None]
        if not ends:
            return until
        until = max(ends)
    return at + ONE_DAY
