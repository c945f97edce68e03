"""A small Brightwater whose figures were measured, for tests of the funnel, drift and closed months."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.test import Client
from tests import made
from tests.signed_rows import sign_rows

from oarlock import demo
from oarlock.store.models import Measurement

NOW = made.NOW
PEOPLE = 300


@pytest.fixture(scope="session")
def brightwater(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a lake of 300 people."""
    return made.brightwater(tmp_path_factory, PEOPLE)


@pytest.fixture
def home(brightwater: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Path:
    """A copy of it whose cache is shared by the tests of a worker: what was followed once is not followed again."""
    place, cache = tmp_path / "home", tmp_path_factory.getbasetemp() / "cache"
    shutil.copytree(brightwater / "lake", place / "lake")
    cache.mkdir(exist_ok=True)
    (place / "cache").symlink_to(cache)
    settings.OARLOCK = replace(settings.OARLOCK, home=place)
    return place


@pytest.fixture
def signed(db: None, home: Path) -> None:
    """Brightwater's two versions stand in the store, signed by the workspace's key."""
    sign_rows(*(path.read_bytes() for path in demo.AGREEMENTS))


_left: dict[str, list[Measurement]] = {}
Ready = Callable[..., Client]


@pytest.fixture
def looked_at(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Ready:
    """A client whose look at some addresses has been measured; once a worker, for what that left is laid out again."""

    def look(client: Client, *addresses: str) -> Client:
        name = " ".join(addresses).replace("/", "-")
        kept = tmp_path_factory.getbasetemp() / "measured" / name
        if name in _left:
            Measurement.objects.bulk_create(_left[name])
            shutil.copytree(kept, home / "cache", dirs_exist_ok=True)
            return client
        for address in addresses:
            client.get(address)
            worked()
        shutil.copytree(home / "cache", kept)
        _left[name] = list(Measurement.objects.all())
        return client

    return look


def worked() -> int:
    """Do every order that waits."""
    from oarlock.jobs.working import work

    return work(Event(), name="test", once=True)
