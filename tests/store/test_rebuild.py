"""State is a cache of the facts: whatever becomes of it, `rebuild` makes it as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oarlock.jobs.loading import load
from oarlock.jobs.rebuilding import STATE_TABLES, rebuild
from oarlock.store.models import AuditLine
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.loads import model_of, run

from .conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def state() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the state tables, without the numbers the database gives by itself."""
    names = {t: [f.name for f in model_of(t)._meta.fields if f.name != "id"] for t in STATE_TABLES}
    return {t: sorted(model_of(t)._default_manager.values_list(*names[t]), key=repr) for t in STATE_TABLES}


def test_state_that_was_lost_or_spoiled_comes_back_equal(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    before = state()
    assert all(before.values())
    run("UPDATE person_states SET stage = 'nowhere', cycle = cycle + 1 WHERE person_id < 'p-0000100'")
    run("DELETE FROM stage_entries WHERE person_id > 'p-0000150'")
    run("INSERT INTO search_words (word, kind, record_id) VALUES ('ghost', 'person', 'p-0000001')")
    run("DELETE FROM search_words WHERE record_id = 'p-0000002'")
    rows = rebuild(home, acting=SYSTEM, now=NOW)
    assert state() == before
    assert dict(rows) == {table: len(before[table]) for table in STATE_TABLES}
    run("DELETE FROM person_states")
    run("DELETE FROM stage_entries")
    run("DELETE FROM search_words")
    rebuild(home, acting=SYSTEM, now=NOW)
    assert state() == before


def test_rebuilding_leaves_a_line_in_the_trail(home: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    rebuild(home, acting=SYSTEM, now=NOW)
    assert AuditLine.objects.filter(verb="rebuilt", actor="system").count() == 1
