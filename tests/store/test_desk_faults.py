"""Whatever is killed whenever: what was acknowledged is there once, and what was not has left nothing."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.db import connection

from oarlock.store.models import Arrival, AuditLine, Decision, Handoff, Load, Notice, Touch
from oarlock.store.writes import handoffs
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.clocks import ring

from .live import HOUR, MINUTE, MONDAY, asks, everything, loose, offered, someone

HEAVY = bool(os.environ.get("OARLOCK_HEAVY"))
LEADS, KILLS = (60, 20) if HEAVY else (18, 3)
LENA = Acting("member-lena")


class Death(BaseException):
    """The process ends here."""


@contextmanager
def dying(at: int, after: bool) -> Iterator[None]:
    """Die before (or after) the statement of that number."""
    seen = 0

    def counted(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal seen
        if sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            return execute(sql, *args)
        seen += 1
        if seen == at and not after:
            raise Death
        done = execute(sql, *args)
        if seen == at:
            raise Death
        return done

    with connection.execute_wrapper(counted):
        yield


def whole() -> dict[str, object]:
    """Everything anybody could have written."""
    counted = {m.__name__: m.objects.count() for m in (Arrival, AuditLine, Decision, Load, Notice, Touch)}
    return {**everything(), **counted}


def _offer() -> None:
    asks("p-1")


def _accept() -> None:
    handoffs.accept(Handoff.objects.get().pk, by="lena", acting=LENA, now=MONDAY + MINUTE)


def _reject() -> None:
    handoffs.reject(
        Handoff.objects.get().pk, by="lena", reason="bad-timing", words="Later.", acting=LENA, now=MONDAY + MINUTE
    )


def _breach() -> None:
    assert ring(MONDAY + HOUR + MINUTE) == 1


VERBS: dict[str, Callable[[], None]] = {"offer": _offer, "accept": _accept, "reject": _reject, "breach": _breach}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize("verb", VERBS)
def test_death_before_or_after_any_statement_leaves_all_of_it_or_nothing(verb: str, home: Path) -> None:
    if verb == "offer":
        someone("p-1")
    else:
        offered("p-1")
    before, at, late = whole(), 0, False
    while True:
        at, late = (at, True) if not late and at else (at + 1, False)  # before the statement, then after it
        try:
            with dying(at, late):
                VERBS[verb]()
        except Death:
            assert whole() == before, f"statement {at}, {'after' if late else 'before'}"
            continue
        break
    assert at > 10 and whole() != before and loose() == 0
    assert Handoff.objects.count() == 1
    for fact, times in Counter((row[1], row[6], row[7]) for row in everything()["HandoffEvent"]).items():
        assert times == 1, fact


def process(home: Path, *words: str) -> subprocess.Popen[str]:
    said = {k: v for k, v in os.environ.items() if not k.startswith(("OARLOCK_", "DJANGO_"))}
    command = [sys.executable, "-m", "tests.store.at_work", str(home), *words]
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=said, cwd=root, start_new_session=True)


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "store.sqlite3")) as store:
        return store.execute(sql).fetchall()


def test_two_processes_take_turns_exactly_and_workers_killed_at_random_double_no_breach(tmp_path: Path) -> None:
    home, chance = tmp_path / "home", random.Random(5)
    assert process(home, "begin").wait(300) == 0
    both = [process(home, "arrive", name, str(LEADS // 2)) for name in ("one", "two")]
    kept = [line.strip() for one in both for line in one.communicate(timeout=300)[0].splitlines()]
    assert len(kept) == LEADS
    offered_to = dict(rows(home, "SELECT person_id, owner FROM handoffs"))
    assert sorted(offered_to) == sorted(kept)
    shares = Counter(offered_to.values())
    assert abs(shares["lena"] - LEADS * 2 / 3) < 1 and abs(shares["jonas"] - LEADS / 3) < 1
    for _ in range(KILLS):
        worker = process(home, "ring")
        assert worker.stdout is not None and worker.stdout.readline().strip() == "ready"
        sleep(chance.random() * 0.3)
        worker.kill()
        worker.wait()
    last = [process(home, "ring") for _ in range(2)]
    assert [one.wait(300) for one in last] == [0, 0]
    late = rows(
        home,
        """SELECT h.handoff_id, count(*), min(e.at), max(e.at), min(e.due_at)
        FROM handoffs h JOIN handoff_events e USING (handoff_id) WHERE e.kind = 'breached' GROUP BY 1""",
    )
    assert len(late) == LEADS
    assert all((count, first, last_at) == (1, due, due) for _, count, first, last_at, due in late)
    facts = rows(home, "SELECT kind, count(*) FROM handoff_events WHERE kind IN ('offered', 'reassigned') GROUP BY 1")
    assert dict(facts) == {"offered": LEADS, "reassigned": LEADS}
    told = rows(home, "SELECT count(*), count(DISTINCT user || about) FROM notices WHERE kind = 'offered'")
    assert told == [(2 * LEADS, 2 * LEADS)]
