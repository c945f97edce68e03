"""`oarlock promises`: the ledger on the command line, for people and for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("promises") / "home"
    assert run("demo", "--no-serve", "--people", "300", "--home", str(home)).returncode == 0
    return home


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: it opens a store."""
    return subprocess.run([sys.executable, "-m", "oarlock.cli", *words], capture_output=True, text=True, timeout=300)


def test_both_teams_stand_in_the_ledger_with_their_periods_and_counts(workspace: Path) -> None:
    told = json.loads(run("promises", "--home", str(workspace), "--period", "2026-Q3", "--json").stdout)
    assert [(p["team"], p["metric"]) for p in told["promises"]] == [
        ("marketing", "mql.entered"), ("marketing", "mql-to-sdr.accepted_rate"), ("sales", "mql-to-sdr.accept_met"),
        ("sales", "mql-to-sdr.work_met"),
    ]  # fmt: skip
    for promise in told["promises"]:
        assert [p["period"] for p in promise["periods"]] == ["2026-09", "2026-08", "2026-07"]
        assert promise["over"] == sum(p["status"] in ("kept", "missed") for p in promise["periods"])
    earlier = json.loads(run("promises", "--home", str(workspace), "--period", "2026-03", "--json").stdout)
    [march] = earlier["promises"][0]["periods"]
    assert march["at_least"] == "120" and march["value"] == march["numerator"]


def test_a_period_that_is_none_is_refused_in_words(workspace: Path) -> None:
    refused = run("promises", "--home", str(workspace), "--period", "summer")
    assert refused.returncode != 0 and "is not a period" in refused.stderr + refused.stdout


def test_without_a_lake_it_says_what_comes_first(tmp_path: Path) -> None:
    refused = run("promises", "--home", str(tmp_path / "nowhere"))
    assert refused.returncode != 0 and "oarlock" in refused.stderr + refused.stdout
