"""Kill -9 at any moment of an import leaves the lake as it was, and the next import comes in as if nothing had been.

The import runs in a process of its own that kills itself before the n-th of its steps that touch the disk for good:
staging, every table's commit, the quarantine, the manifest's two halves. Then it is killed at random moments too.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oarlock.engines.quarantine import quarantined

from .conftest import Workspace

IMPORT = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from oarlock.engines import intake, manifest, quarantine, staging, writing
from oarlock.engines.presets import preset

home, files, die_at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
steps = 0

def step():
    global steps
    steps += 1
    if steps == die_at:
        os.kill(os.getpid(), signal.SIGKILL)

def watched(function, after=False):
    def run(*args, **kwargs):
        step()
        result = function(*args, **kwargs)
        step()
        return result
    return run

intake.stage = watched(intake.stage)
writing.Session._commit = watched(writing.Session._commit)
writing.Session.finish = watched(writing.Session.finish)
quarantine.set_aside = watched(quarantine.set_aside)
manifest.sync = watched(manifest.sync)
real_replace = Path.replace
Path.replace = watched(real_replace)
intake.bring_in([files], preset("oarlock"), home, zone="UTC", now=datetime(2026, 11, 21, tzinfo=UTC))
print(steps)
"""

BEFORE = {
    "people.csv": "person_id,email\np1,a\np2,b\n",
    "touches.csv": "person_id,at,kind\np1,2026-01-01,a\np2,2026-01-02,b\n",
}
AFTER = {
    "people.csv": "person_id,email\np1,changed\np3,c\np4\n",
    "touches.csv": "person_id,at,kind\np3,2026-01-03,c\n",
    "accounts.csv": "account_id,name\na1,A\n",
}
TABLES = ("people", "touches", "accounts", "changes")


def run(space: Workspace, files: Path, die_at: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", IMPORT, str(space.home), str(files), str(die_at)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def state(space: Workspace) -> tuple[object, ...]:
    rows = tuple(tuple(space.ask(f"SELECT COLUMNS(*)::VARCHAR FROM {t} ORDER BY ALL")) for t in TABLES)
    return (*rows, quarantined(space.home).count)


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[object, ...], tuple[object, ...], int]:
    """The lake before, the lake after an import that was left alone, and how many steps that took."""
    space = prepared(tmp_path_factory.mktemp("whole"))
    before = state(space)
    done = run(space, space.files / "after")
    return before, state(space), int(done.stdout)


def prepared(folder: Path) -> Workspace:
    space = Workspace(folder / "home", folder)
    for name, files in (("before", BEFORE), ("after", AFTER)):
        (folder / name).mkdir()
        for file, content in files.items():
            (folder / name / file).write_text(content)
    space.bring(folder / "before")
    return space


def test_an_import_that_is_left_alone_comes_in_whole(
    ended: tuple[tuple[object, ...], tuple[object, ...], int],
) -> None:
    before, after, steps = ended
    assert before != after
    assert after[-1] == 1
    assert steps > 20


@pytest.mark.parametrize("part", range(8))
def test_killed_at_a_step_the_lake_is_as_it_was_or_as_it_will_be(
    tmp_path: Path, ended: tuple[tuple[object, ...], tuple[object, ...], int], part: int
) -> None:
    before, after, steps = ended
    die_at = 1 + part * (steps - 1) // 7
    space = prepared(tmp_path)
    done = run(space, space.files / "after", die_at)
    assert done.returncode == -signal.SIGKILL, done.stderr
    found = state(space)
    assert found in (before, after), f"die_at={die_at}"
    if die_at < steps - 8:
        assert found == before, f"die_at={die_at}"
    again = run(space, space.files / "after")
    assert again.returncode == 0, again.stderr
    assert state(space) == after, f"die_at={die_at}"


@pytest.mark.slow
@pytest.mark.skipif("OARLOCK_HEAVY" not in os.environ, reason="the heavy form takes minutes: set OARLOCK_HEAVY")
def test_killed_at_every_step_the_lake_is_as_it_was_or_as_it_will_be(
    tmp_path: Path, ended: tuple[tuple[object, ...], tuple[object, ...], int]
) -> None:
    before, after, steps = ended
    for die_at in range(1, steps + 1):
        (tmp_path / str(die_at)).mkdir()
        space = prepared(tmp_path / str(die_at))
        run(space, space.files / "after", die_at)
        assert state(space) in (before, after), f"die_at={die_at}"
        run(space, space.files / "after")
        assert state(space) == after, f"die_at={die_at}"


def test_killed_at_random_moments_again_and_again_it_comes_in_once(
    tmp_path: Path, ended: tuple[tuple[object, ...], tuple[object, ...], int]
) -> None:
    before, after, _ = ended
    seed = int(os.environ.get("OARLOCK_SEED", "7"))
    chance = random.Random(seed)
    space = prepared(tmp_path)
    command = [sys.executable, "-c", IMPORT, str(space.home), str(space.files / "after"), "0"]
    for kill in range(int(os.environ.get("OARLOCK_TRIES", "3"))):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.6))
        process.kill()
        process.wait()
        assert state(space) in (before, after), f"seed {seed}, kill {kill}"
    run(space, space.files / "after")
    assert state(space) == after


def test_two_imports_at_once_both_come_in_one_after_the_other(tmp_path: Path) -> None:
    space = prepared(tmp_path)
    (tmp_path / "third").mkdir()
    (tmp_path / "third" / "touches.csv").write_text("person_id,at,kind\np9,2026-02-01,z\n")
    commands = [
        [sys.executable, "-c", IMPORT, str(space.home), str(folder), "0"]
        for folder in (space.files / "after", space.files / "third")
    ]
    processes = [subprocess.Popen(c, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for c in commands]
    for process in processes:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 0, error.decode()
    assert space.ask("SELECT count(*) FROM touches") == [(4,)]
    assert space.ask("SELECT count(*) FROM people") == [(3,)]
