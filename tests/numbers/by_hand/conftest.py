from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from oarlock import demo
from oarlock.agreement import read, seal
from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.lifecycle.versions import Versions

from .asking import Answers, answers

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data"

Real = Callable[[str, str], tuple[Path, Path, Versions]]


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """Folder of the raw files, the workspace they were brought into, and the worked agreement; by folder and preset."""

    @cache
    def brought(folder: str, name: str) -> tuple[Path, Path, Versions]:
        if not (DATA / folder).is_dir():
            pytest.skip("real data is not beside this checkout (../shared/data)")
        versions = Versions.of(seal(read(ROOT / "agreements" / name / "agreement.yaml")))
        home = tmp_path_factory.mktemp(name)
        bring_in([DATA / folder], preset(name), home, zone=versions.latest.time_zone, now=NOW)
        return DATA / folder, home, versions

    return brought


@pytest.fixture(scope="session")
def brightwater(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Versions]:
    """The demo company of 2,000 people: folder of its files, the workspace they are in, both versions."""
    made = demo.make(tmp_path_factory.mktemp("brightwater"), people=2_000)
    versions = Versions.of(*(seal(read(path), number) for number, path in enumerate(made.agreements, 1)))
    home = tmp_path_factory.mktemp("home")
    bring_in([f.path for f in made.files], preset("oarlock"), home, zone=versions.latest.time_zone, now=NOW)
    return made.folder, home, versions


@pytest.fixture(scope="session")
def demo_by_hand(brightwater: tuple[Path, Path, Versions]) -> Answers:
    """What hand-written SQL says of it."""
    definition = (ROOT / "tests" / "rooms" / "demo" / "definition.sql").read_text()
    return answers("demo", brightwater[0], definition=definition)
