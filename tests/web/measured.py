"""A small Brightwater whose figures were measured, for tests of the funnel, drift and closed months."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.signed_rows import sign_rows

from oarlock import demo
from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PEOPLE = 300


@pytest.fixture(scope="module")
def brightwater(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a lake of 300 people."""
    home = tmp_path_factory.mktemp("measured")
    made = demo.make(home / "files", people=PEOPLE, seed=11)
    bring_in([f.path for f in made.files], preset("oarlock"), home, zone="Europe/Berlin", now=NOW)
    return home


@pytest.fixture
def home(brightwater: Path, tmp_path: Path, settings: Any) -> Path:
    """A copy of it whose cache is shared by the tests of a module: what was followed once is not followed again."""
    place = tmp_path / "home"
    shutil.copytree(brightwater / "lake", place / "lake")
    (brightwater / "cache").mkdir(exist_ok=True)
    (place / "cache").symlink_to(brightwater / "cache")
    settings.OARLOCK = replace(settings.OARLOCK, home=place)
    return place


@pytest.fixture
def signed(db: None, home: Path) -> None:
    """Brightwater's two versions stand in the store, signed by the workspace's key."""
    sign_rows(*(path.read_bytes() for path in demo.AGREEMENTS))


def worked() -> int:
    """Do every order that waits."""
    from oarlock.jobs.working import work

    return work(Event(), name="test", once=True)
