"""What is dear to make is made once a run: whoever needs it first makes it, every other file and worker looks at it.

Nobody writes to what is made here; a test that writes takes a copy.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of that name, which `make` fills where nobody has. One half filled by a failure is used by nobody."""
    place = _of_the_run(factory) / name
    place.parent.mkdir(exist_ok=True)
    done = place.with_suffix(".done")
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            place.mkdir()
            make(place)
            done.touch()
    return place


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """A folder all workers of this run share."""
    own = factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "made"


def brightwater(factory: pytest.TempPathFactory, people: int = 300, seed: int = 11) -> Path:
    """The demo company: its `files`, and a `lake` they were brought into."""
    from oarlock import demo
    from oarlock.engines.intake import bring_in
    from oarlock.engines.presets import preset

    def make(home: Path) -> None:
        files = demo.make(home / "files", people=people, seed=seed).files
        bring_in([f.path for f in files], preset("oarlock"), home, zone="Europe/Berlin", now=NOW)

    return once(factory, f"brightwater-{people}-{seed}", make)
