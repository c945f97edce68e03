"""What waits because nobody could take it: the queues there are, how much waits in each, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from oarlock.ground.intervals import instant_of
from oarlock.store.reads.inbox import walked

MOST = 100
COUNTED = 1_000
"""Beyond so many a queue says "more than"."""

# The next name is looked for behind the last one, so each step is one look into the index of what waits.
_NAMES = (
    "WITH RECURSIVE q(name, n) AS ("
    "SELECT (SELECT min(queue) FROM handoffs{index} WHERE ended_at IS NULL AND queue > ''), 1 UNION ALL"
    " SELECT (SELECT min(queue) FROM handoffs{index} WHERE ended_at IS NULL AND queue > q.name), q.n + 1 FROM q"
    " WHERE q.name IS NOT NULL AND q.n < %s)"
    " SELECT name, (SELECT min(offered_at) FROM handoffs{index} WHERE ended_at IS NULL AND queue = q.name),"
    " (SELECT count(*) FROM (SELECT 1 FROM handoffs{index} WHERE ended_at IS NULL AND queue = q.name"
    " LIMIT %s) AS counted) FROM q WHERE name IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: its name, how many wait in it (`COUNTED` + 1 means more), and since when the first one does."""

    name: str
    count: int
    since: datetime


def queues() -> tuple[Queue, ...]:
    """Every queue in which something waits."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.format(index=walked("queue")), [MOST, COUNTED + 1])
        return tuple(Queue(name, count, instant_of(since)) for name, since, count in cursor.fetchall())
