"""Newcomers and returners: a share that rises from a quarter to the whole, so that nobody is flooded.

Whoever joined warms up over the pool's whole `warm_up`; whoever was away, over as long as they were away, if that is
less. Shares are relative: where everybody is new, everybody has their full share.
"""

from __future__ import annotations

from datetime import timedelta

from oarlock.ground.intervals import MICROSECOND, micros
from oarlock.routing.plan import Member
from oarlock.routing.presence import absences_of, turn_of
from oarlock.routing.roster import Roster

FIRST_SHARE = 0.25


def share(member: Member, roster: Roster, pool: str, warm_up: timedelta | None, now: int) -> float:
    """The part of their weight that counts now, from a quarter to 1."""
    if warm_up is None:
        return 1.0
    whole, since, part = warm_up // MICROSECOND, turn_of(roster, pool, member.user).since, 1.0
    if since is not None:
        part = _risen(now - micros(since), whole)
    for start, end in absences_of(member.user, member.away, roster):
        if end <= now:
            part = min(part, _risen(now - end, min(end - start, whole)))
    return part


def _risen(passed: int, over: int) -> float:
    return 1.0 if passed >= over else FIRST_SHARE + (1 - FIRST_SHARE) * max(passed, 0) / over
