"""Backed up under load, destroyed, restored, verified: every acknowledged row is there (TRUST.md, R9)."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from oarlock.ground.problems import UserProblem
from oarlock.jobs.backups import restore

UNDER_LOAD = Path(__file__).parent / "under_load.py"
FLIPS = 16
pytestmark = pytest.mark.django_db(transaction=True)


class Workspace:
    """A workspace as a server has it: a folder, a database of its own, and commands."""

    def __init__(self, home: Path, number: int) -> None:
        self.home, self.database = home, f"drill_{number}"
        self.said = {k: v for k, v in os.environ.items() if k != "OARLOCK_DATABASE_URL"}
        if connection.vendor == "postgresql":
            whole = os.environ["OARLOCK_DATABASE_URL"]
            self.said["OARLOCK_DATABASE_URL"] = whole.replace("/postgres?", f"/{self.database}?")
        self.said |= {"OARLOCK_HOME": str(home)}

    def fresh_database(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
                cursor.execute(f"CREATE DATABASE {self.database}")

    def run(self, *words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "oarlock.cli", *words, "--home", str(self.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=self.said, timeout=300)
        assert done.stdout, done.stderr
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    def destroy(self) -> None:
        shutil.rmtree(self.home)
        self.fresh_database()


@pytest.fixture
def workspace(brightwater: Path, tmp_path: Path, transactional_db: None) -> Iterator[Workspace]:
    made = Workspace(tmp_path / "home", abs(hash(tmp_path)) % 100_000)
    made.fresh_database()
    shutil.copytree(brightwater / "lake", made.home / "lake")
    made.run("load")
    yield made


def writing(workspace: Workspace) -> tuple[subprocess.Popen[str], list[str]]:
    """Somebody works; what was acknowledged to them so far."""
    acknowledged: list[str] = []
    process = subprocess.Popen(
        [sys.executable, str(UNDER_LOAD), str(workspace.home)], stdout=subprocess.PIPE, text=True, env=workspace.said
    )

    def hear() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            acknowledged.append(line.strip())

    threading.Thread(target=hear, daemon=True).start()
    while len(acknowledged) < 20:
        assert process.poll() is None
    return process, acknowledged


def test_a_workspace_backed_up_under_load_and_destroyed_comes_back_with_every_acknowledged_row(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "kept.backup"
    process, acknowledged = writing(workspace)
    before = list(acknowledged)
    told = workspace.run("backup", str(file))
    process.kill()
    process.wait()
    assert "problem" not in told, told
    assert len(acknowledged) > len(before), "nobody wrote while it was made"
    workspace.destroy()
    restored = workspace.run("restore", str(file))
    assert restored["looked_at"]["touches"] > len(before), restored
    problem = workspace.run("restore", str(file))["problem"]
    assert problem["code"] == "not-empty"
    exported = workspace.run("rebuild")
    assert "rows" in exported
    assert set(before) <= touches_in_lake(workspace.home)
    assert workspace.run("verify")["findings"] == []


def touches_in_lake(home: Path) -> set[str]:
    from .conftest import lake_says

    return {row[0] for row in lake_says(home, "SELECT touch_id FROM touches")}


def test_a_backup_can_be_tried_and_the_trail_says_when(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "kept.backup"
    workspace.run("backup", str(file))
    assert workspace.run("restore", str(file), "--try")["made_at"]
    signs = {s["what"]: s for s in workspace.run("doctor")["signs"]}
    assert signs["backup"]["well"] and signs["keys"]["well"] and signs["database"]["well"], signs


@pytest.fixture(scope="session")
def made(brightwater: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup on disk, beside the workspace `home` it was made of, which is SQLite."""
    place = tmp_path_factory.mktemp("made")
    home, said = place / "home", {k: v for k, v in os.environ.items() if k != "OARLOCK_DATABASE_URL"}
    shutil.copytree(brightwater / "lake", home / "lake")
    for words in (["load"], ["backup", str(place / "kept.backup")]):
        command = [sys.executable, "-m", "oarlock.cli", *words, "--home", str(home)]
        subprocess.run(command, check=True, capture_output=True, env=said)
    return place / "kept.backup"


def test_one_flipped_bit_anywhere_is_refused_and_nothing_is_laid_out(made: Path, tmp_path: Path) -> None:
    whole, luck = made.read_bytes(), random.Random(9)
    places = [0, 150, len(whole) - 1, len(whole) - 80, *(luck.randrange(len(whole)) for _ in range(FLIPS))]
    for place in places:
        bad = tmp_path / "bad.backup"
        bad.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << luck.randrange(8))]) + whole[place + 1 :])
        with pytest.raises(UserProblem) as refused:
            restore(bad, tmp_path / "elsewhere")
        assert refused.value.code == "damaged-backup", place
        assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_flipped_byte_of_the_store_is_refused_by_its_name(made: Path, tmp_path: Path) -> None:
    whole = bytearray(made.read_bytes())
    place = whole.index(b"\x1f\x8b\x08") + 5_000  # inside the packed store
    whole[place] ^= 0xFF
    (tmp_path / "bad.backup").write_bytes(bytes(whole))
    with pytest.raises(UserProblem, match=r"store\.sqlite3\.gz"):
        restore(tmp_path / "bad.backup", tmp_path / "elsewhere")


def test_a_backup_cut_off_is_refused(made: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.backup").write_bytes(made.read_bytes()[:100_000])
    with pytest.raises(UserProblem, match="damaged"):
        restore(tmp_path / "bad.backup", tmp_path / "elsewhere")


def test_only_the_owner_may_read_a_backup(made: Path) -> None:
    assert made.stat().st_mode & 0o077 == 0


def test_a_restored_workspace_has_its_keys_and_agreements_to_the_byte(made: Path, tmp_path: Path) -> None:
    restore(made, tmp_path / "back")
    for part in (made.parent / "home" / "keys").iterdir():
        assert (tmp_path / "back" / "keys" / part.name).read_bytes() == part.read_bytes()
        assert (tmp_path / "back" / "keys" / part.name).stat().st_mode & 0o077 == 0
