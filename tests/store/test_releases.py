"""Any release upgrades to this one in one command: the workspaces of earlier releases are opened, verified, counted."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from oarlock.store.upgrading import keep_a_copy

from .releases.make import HERE

RELEASES = sorted(path.name for path in HERE.iterdir() if (path / "workspace.backup").exists())


def test_there_is_a_workspace_of_a_release() -> None:
    assert RELEASES


@pytest.mark.parametrize("release", RELEASES)
def test_a_workspace_of_that_release_opens_holds_and_has_all_its_rows(release: str, tmp_path: Path) -> None:
    said = {k: v for k, v in os.environ.items() if not k.startswith("OARLOCK_")}
    file, home = HERE / release / "workspace.backup", tmp_path / "home"
    command = [sys.executable, "-m", "oarlock.cli", "restore", str(file), "--home", str(home), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=said)
    told = json.loads(done.stdout)
    assert "problem" not in told, told
    expected = json.loads((HERE / release / "expected.json").read_text(encoding="utf-8"))
    database = sqlite3.connect(home / "store.sqlite3")
    rows = {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in expected}
    database.close()
    assert rows == expected


@pytest.mark.django_db(transaction=True)
def test_before_an_upgrade_the_store_is_copied_as_it_is(tmp_path: Path) -> None:
    from oarlock.store.models import Person

    assert keep_a_copy(tmp_path, "store.0009_next") is None, "an empty store has nothing to keep"
    Person.objects.create(person_id="p1", name="Ada")
    where = keep_a_copy(tmp_path, "store.0009_next")
    assert where is not None
    if connection.vendor == "sqlite":
        copied = sqlite3.connect(where)
        assert copied.execute("SELECT name FROM people").fetchall() == [("Ada",)]
        copied.close()
        assert Path(where).stat().st_mode & 0o077 == 0
    else:
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT name FROM "{where}".people')
            assert cursor.fetchall() == [("Ada",)]
            cursor.execute(f'DROP SCHEMA "{where}" CASCADE')
