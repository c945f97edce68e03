"""Time zones, and the instant at which a wall clock first shows a time.

Promises: only names of the IANA database are zones, never a file of this machine; `first_instant` is monotone in
the wall time, whatever the zone's clocks do.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from oarlock.ground.problems import NOWHERE, Place, UserProblem
from oarlock.ground.spelling import did_you_mean

MACHINE_ONLY = frozenset({"localtime", "Factory"})
"""Names the operating system lists that mean something else on each machine, or nothing."""


@cache
def known_zones() -> frozenset[str]:
    """Every zone one may name."""
    return frozenset(available_timezones()) - MACHINE_ONLY


def zone_of(name: str, where: Place = NOWHERE) -> ZoneInfo:
    """The zone of that IANA name; UserProblem `time-zone-unknown` for anything else."""
    if name in known_zones():
        return ZoneInfo(name)
    raise UserProblem(
        "time-zone-unknown",
        f'"{name[:80]}" is not a time zone.',
        "A time zone is a name of the IANA database, such as Europe/Berlin; offsets and abbreviations do not know "
        "daylight saving.",
        did_you_mean(name, known_zones()) or "Write a name such as Europe/Berlin or America/New_York.",
        where,
    )


def first_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the clock on the wall has reached `wall` on `day`.

    A time shown twice (clocks set back) means the first showing; a time never shown (clocks set forward) means the
    instant of the change. Example: 02:30 on 2026-03-29 in Europe/Berlin is 01:00 UTC, when 03:00 is shown.
    """
    shown = datetime.combine(day, wall, zone)
    instant = shown.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return instant
    earlier = shown.replace(fold=1).astimezone(UTC)
    return _change_between(earlier.replace(microsecond=0), instant.replace(microsecond=0), zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the zone's offset changes, which is a whole second; PEP 495: `before` has the old one."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == old else (before, middle)
    return after


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond (UTC) of that day in the zone: facts are of the day where `recorded_at` <= it."""
    return first_instant(day + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
