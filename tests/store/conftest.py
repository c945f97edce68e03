"""A small Brightwater whose lake is there, for tests that fill the store from it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests import made

from oarlock.engines.duck import connect
from oarlock.engines.lake import make_views

from . import signing_desk

NOW = made.NOW
PEOPLE = 300


@pytest.fixture(scope="session")
def brightwater(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a lake of 300 people; nobody may write to it."""
    return made.brightwater(tmp_path_factory, PEOPLE)


@pytest.fixture
def home(brightwater: Path, tmp_path: Path, settings: Any) -> Path:
    """A copy of it, and the store's own for this test."""
    place = tmp_path / "home"
    shutil.copytree(brightwater / "lake", place / "lake")
    settings.OARLOCK = replace(settings.OARLOCK, home=place)
    return place


@pytest.fixture
def signed(home: Path, db: None) -> None:
    """Brightwater's two versions, proposed and signed by Mara and Sam."""
    mara, sam = signing_desk.member("mara"), signing_desk.member("sam")
    signing_desk.signed_first(mara, sam)
    second = signing_desk.propose(signing_desk.SECOND, mara)
    signing_desk.sign(second, mara)
    assert signing_desk.sign(second, sam).adopted == 2


def lake_says(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask a workspace's lake."""
    with lake_of(home) as connection:
        return connection.execute(sql).fetchall()


def lake_of(home: Path) -> duckdb.DuckDBPyConnection:
    """A workspace's lake, open."""
    connection = connect([home / "lake"])
    make_views(home, connection)
    return connection
