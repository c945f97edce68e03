"""Who could take a lead right now: pools' turns, how many each holds, who is away and who was let go."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from oarlock.agreement.terms import Terms
from oarlock.ground.intervals import EPOCH, Interval
from oarlock.routing.roster import Roster, Turn
from oarlock.store.models import Away
from oarlock.store.models import Turn as TurnRow
from oarlock.store.models import User as UserRow

LATELY = timedelta(days=60)
"""Whoever came back so long ago may still be warmed up."""
SPARE = 100
"""So many more than the cap are counted, for those that end while others are decided about."""
FIRST_DAY = date(1970, 1, 1)


def roster(terms: Terms, now: datetime) -> Roster:
    """The state of every pool and person that routing under these terms looks at."""
    keys = {word: user.key for user in terms.users for word in (*user.recorded_as, user.key)}
    gone = UserRow.objects.filter(active=False).values_list("user_id", flat=True)
    absences: dict[str, list[Interval]] = defaultdict(list)
    for user, begins, ends in Away.objects.filter(ends__gt=now - LATELY).values_list("user", "begins", "ends"):
        if begins < ends:
            absences[keys.get(user, user)].append(Interval(begins, ends))
    return Roster(
        turns=_turns(terms, now), open_=_open(terms), absences={user: tuple(away) for user, away in absences.items()},
        inactive=frozenset(keys[user] for user in gone if user in keys),
    )  # fmt: skip


def _turns(terms: Terms, now: datetime) -> dict[tuple[str, str], Turn]:
    rows = TurnRow.objects.values_list("pool", "user", "credit", "since", "day", "given")
    days = {pool.key: day_of(terms, pool.key, now) for pool in terms.pools}
    return {
        (pool, user): Turn(credit, None if since == EPOCH else since, given if day == days.get(pool) else 0)
        for pool, user, credit, since, day, given in rows
    }


def day_of(terms: Terms, pool: str, at: datetime) -> int:
    """The day it is in that pool, counted from 1970: by its calendar's zone, else the agreement's."""
    calendar = next((p.calendar for p in terms.pools if p.key == pool), None)
    zone = next((c.time_zone for c in terms.calendars if c.key == calendar and c.time_zone), terms.time_zone)
    return (at.astimezone(UTC).astimezone(ZoneInfo(zone)).date() - FIRST_DAY).days


def _open(terms: Terms) -> dict[str, int]:
    """How many hand-offs each member of a pool with a cap holds, counted little further than the cap goes."""
    limits: dict[str, int] = {}
    for pool in terms.pools:
        if pool.cap is not None and pool.cap.open is not None:
            limits |= {user: max(limits.get(user, 0), pool.cap.open + SPARE) for user, _ in pool.members}
    if not limits:
        return {}
    one = (
        "SELECT %s, (SELECT count(*) FROM (SELECT 1 FROM handoffs WHERE owner = %s AND ended_at IS NULL LIMIT %s) AS o)"
    )
    with connection.cursor() as cursor:
        values = [value for user, limit in limits.items() for value in (user, user, limit)]
        cursor.execute(" UNION ALL ".join([one] * len(limits)), values)
        return {user: int(count) for user, count in cursor.fetchall()}
