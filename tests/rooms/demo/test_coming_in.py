from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from oarlock import demo
from oarlock.engines.duck import connect, ibis_backend
from oarlock.engines.intake import bring_in
from oarlock.engines.lake import open_lake
from oarlock.engines.presets import preset

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_every_row_comes_into_the_lake_and_none_is_quarantined(tmp_path: Path) -> None:
    made = demo.make(tmp_path / "files", people=2_000)
    home = tmp_path / "home"
    files = [file.path for file in made.files]
    summary = bring_in(files, preset("oarlock"), home, zone="Europe/Berlin", now=NOW)
    arrived = {file.name: sum(file.came_in[file.kind].values()) for file in summary.files}
    assert arrived == {file.path.name: file.rows for file in made.files}
    assert all(not file.quarantined for file in summary.files)

    connection = connect([home])
    lake, backend = open_lake(home, connection), ibis_backend(connection)
    students = lake.people.filter(lake.people.properties["job_level"] == "student").count()
    assert backend.execute(students) > 50
    assert backend.execute(lake.opportunities.amount.sum()) > 0
