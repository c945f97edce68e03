"""For every test that opens the store: Django empties the tables between tests that commit, and the tables that refuse
to be emptied (migration 0002) let it, for as long as that takes.

For every test that draws examples: the same ones each time, so that a push is judged by what is pushed and not by luck.
The heavy form (OARLOCK_HEAVY, `make faults`) looks for new ones. No example has a deadline, for a loaded machine is no
fault: where quickness is promised, a test of its own counts the work.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib import import_module  # noqa: TID251  (a module whose name begins with a digit)
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("push", derandomize=True, deadline=None)
settings.register_profile("heavy", deadline=None)
settings.load_profile("heavy" if "OARLOCK_HEAVY" in os.environ else "push")


@pytest.fixture(autouse=True, scope="session")
def _tables_can_be_emptied_between_tests() -> Iterator[None]:
    from django.db import connection

    guards = import_module("oarlock.store.migrations.0002_guards")
    flush = connection.ops.execute_sql_flush

    def unguarded(statements: Iterable[str]) -> None:
        there = _triggers(connection)
        tables = sorted({*guards.FACTS, *guards.FOR_EVER})
        if connection.vendor == "postgresql":
            before = [f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in tables]
            after = [f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in tables]
        else:
            before, after = [f"DROP TRIGGER {name};" for name in there], guards.statements("sqlite")
        flush([*before, *statements, *after])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "execute_sql_flush", unguarded)
        yield


def _triggers(connection: Any) -> list[str]:
    """The guards there are, by name. A test may have taken some away: all of them stand again afterwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return [row[0] for row in cursor.fetchall()]
