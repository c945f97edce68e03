"""What the tests of the engines share: a workspace, a date, and one way to bring text in and look at the lake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from oarlock.engines.duck import connect
from oarlock.engines.intake import bring_in
from oarlock.engines.lake import open_lake
from oarlock.engines.mapping import Mapping
from oarlock.engines.presets import preset
from oarlock.engines.summary import Summary

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DATA = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass
class Workspace:
    """A workspace in a temporary folder, and the folder files are put in before they are imported."""

    home: Path
    files: Path

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.files / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def bring(
        self, *sources: Path, mapping: Mapping | None = None, zone: str = "Europe/Berlin", now: datetime = NOW
    ) -> Summary:
        return bring_in(list(sources or [self.files]), mapping or preset("oarlock"), self.home, zone=zone, now=now)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with connect([self.home]) as connection:
            open_lake(self.home, connection)
            return connection.execute(sql).fetchall()


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    (tmp_path / "files").mkdir()
    return Workspace(tmp_path / "home", tmp_path / "files")


@pytest.fixture
def real() -> Callable[[str], Path]:
    def folder(name: str) -> Path:
        if not (DATA / name).is_dir():
            pytest.skip("real data is not beside this checkout (../shared/data)")
        return DATA / name

    return folder


@pytest.fixture
def plain_duckdb() -> Callable[[Path, Path], list[tuple[Any, ...]]]:
    """Run hand-written SQL over raw files with a DuckDB that knows nothing of Oarlock; `{data}` is their folder."""

    def run(sql: Path, data: Path) -> list[tuple[Any, ...]]:
        with duckdb.connect(config={"threads": 1}) as connection:
            return connection.execute(sql.read_text().replace("{data}", str(data))).fetchall()

    return run
