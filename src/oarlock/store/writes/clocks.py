"""What clocks have to do, claimed and done in one transaction: one earns the facts, all others find it done.

    ring(now)      hand-offs whose next date has come; how many were looked after
    wake(now)      people whose detour has ended
    redate(now)    hand-offs on a clock, by the hours that hold now

Promises: the claim is the row's own date, changed in the transaction of its facts, so a death in between leaves both as
they were; one that cannot be decided keeps no other waiting: it is put off, and the log says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import Error, transaction

from oarlock.desk import Decided, Due, Happening, Redated, Woke
from oarlock.ground.problems import Problem
from oarlock.store.models import Erasure, Handoff, PersonState
from oarlock.store.writes.desk import happen, to_the_desk

AT_ONCE = 250
"""So many in one transaction: few syncs, and nobody else waits long for their turn."""
PUT_OFF = timedelta(minutes=10)
STALE = timedelta(days=30)
"""Whoever should have woken longer ago wakes, but is handed to nobody: that would be history."""
log = logging.getLogger("oarlock.clocks")


def ring(now: datetime, at_once: int = AT_ONCE) -> int:
    """Look after the hand-offs that have been due longest, so many at once; how many. 0: nothing is due."""
    if not _due(now, 1):
        return 0
    with transaction.atomic():
        to_the_desk()
        due = _due(now, at_once)
        happenings = {person_id: Due(handoff_id) for person_id, handoff_id in reversed(due)}
        if _all_or_none(happenings, now):
            return len(happenings)
    return _one_by_one(happenings, now, _put_off)


def _due(now: datetime, at_once: int) -> list[tuple[str, str]]:
    """Who is due, by who they are now, and which hand-off of theirs."""
    due = Handoff.objects.filter(due_at__lte=now).exclude(person_id__in=Erasure.objects.values("pk"))
    found = list(due.order_by("due_at").values_list("person_id", "handoff_id")[:at_once])
    into = _merged([person for person, _ in found])
    return [(into.get(person, person), handoff) for person, handoff in found]


def _merged(person_ids: Sequence[str]) -> dict[str, str]:
    gone = PersonState.objects.filter(pk__in=person_ids, merged_into__isnull=False)
    return {person: kept for person, kept in gone.values_list("person_id", "merged_into") if kept}


def wake(now: datetime, at_once: int = AT_ONCE) -> int:
    """Let so many people wake whose detour has ended; how many. 0: nobody sleeps longer than they should."""
    if not _asleep(now, 1):
        return 0
    with transaction.atomic():
        to_the_desk()
        happenings: dict[str, Happening] = dict.fromkeys(_asleep(now, at_once), Woke())
        if _all_or_none(happenings, now):
            return len(happenings)
    return _one_by_one(happenings, now, _sleep_on)


def _asleep(now: datetime, at_once: int) -> list[str]:
    over = PersonState.objects.filter(back_at__lte=now).exclude(pk__in=Erasure.objects.values("pk"))
    return list(over.order_by("back_at").values_list("person_id", flat=True)[:at_once])


def any_runs() -> bool:
    """Whether any clock runs at all."""
    return Handoff.objects.filter(due_at__isnull=False).exists()


def redate(now: datetime, tell: Callable[[int], None] = lambda done: None) -> int:
    """Date every running clock by the hours that hold now, batch by batch; how many hand-offs have one."""
    after, done = "", 0
    while True:
        running = Handoff.objects.filter(handoff_id__gt=after, due_at__isnull=False).order_by("handoff_id")
        rows = list(running.values_list("person_id", "handoff_id")[:AT_ONCE])
        if not rows:
            return done
        into = _merged([person for person, _ in rows])
        for handoffs in _apart([(into.get(person, person), handoff) for person, handoff in rows]):
            happen(handoffs, now=now)
        after, done = rows[-1][1], done + len(rows)
        tell(done)


def _apart(rows: Sequence[tuple[str, str]]) -> list[dict[str, Happening]]:
    """Rounds in which nobody comes twice."""
    rounds: list[dict[str, Happening]] = []
    for person, handoff in rows:
        free = next((one for one in rounds if person not in one), None)
        if free is None:
            rounds.append(free := {})
        free[person] = Redated(handoff)
    return rounds


def _all_or_none(happenings: Mapping[str, Happening], now: datetime) -> bool:
    """Whether all of them could be decided; where one could not, nothing was kept."""
    try:
        with transaction.atomic():
            decided = happen(happenings, now=now, since=dict.fromkeys(happenings, now - STALE))
    except Error:
        raise
    except Exception:
        return False
    return all(id in decided and _moved(happening, decided[id]) for id, happening in happenings.items())


def _moved(happening: Happening, decided: Decided) -> bool:
    """Whether a clock that was due has gone on; one that has not would be due for ever."""
    return not isinstance(happening, Due) or happening.handoff_id in {h.id for h in decided.handoffs}


def _one_by_one(
    happenings: Mapping[str, Happening], now: datetime, put_off: Callable[[str, Happening, datetime], None]
) -> int:
    """Each in a transaction of its own, so that the one that cannot be decided is found, and told of."""
    for person_id, happening in happenings.items():
        try:
            decided = happen({person_id: happening}, now=now, since={person_id: now - STALE})
            if person_id in decided and _moved(happening, decided[person_id]):
                continue
            log.warning("%s came to nothing", happening)
        except Error:
            raise
        except Problem as problem:
            log.warning("%s cannot be decided: %s %s", happening, problem.what, problem.why)
        except Exception:
            log.exception("%s cannot be decided: a bug", happening)
        put_off(person_id, happening, now)
    return len(happenings)


def _put_off(person_id: str, happening: Happening, now: datetime) -> None:
    """Try again later: what is told then is dated as it was due all the same."""
    if isinstance(happening, Due):
        Handoff.objects.filter(pk=happening.handoff_id, due_at__lte=now).update(due_at=now + PUT_OFF)


def _sleep_on(person_id: str, happening: Happening, now: datetime) -> None:
    PersonState.objects.filter(pk=person_id, back_at__lte=now).update(back_at=now + PUT_OFF)
