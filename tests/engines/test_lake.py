"""The lake on disk: always all tables with all columns, exactly what the manifest names, one writer at a time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from deltalake import DeltaTable

from oarlock.engines import manifest
from oarlock.engines.duck import connect
from oarlock.engines.lake import open_lake, snapshot
from oarlock.engines.writing import writer
from oarlock.ground.problems import UserProblem
from oarlock.records.shapes import SHAPES
from oarlock.tables.lake import schema

from .conftest import NOW, Workspace

PEOPLE = "person_id,email\np1,a@x.example\np2,b@x.example\n"


def quiet(words: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("filled", [False, True])
def test_every_table_has_the_columns_and_types_its_shape_names(space: Workspace, filled: bool) -> None:
    if filled:
        space.put("people.csv", PEOPLE + "p3,\n")
        space.put("touches.csv", "touch_id,person_id,at,cost\nt1,p1,2026-01-01T00:00:00Z,1.5\n")
        space.bring()
    with connect([space.home]) as connection:
        lake = open_lake(space.home, connection)
        found = {name: getattr(lake, name).schema() for name in SHAPES}
    assert found == {name: schema(shape) for name, shape in SHAPES.items()}


def test_delta_readers_of_other_makers_see_the_same_rows(space: Workspace) -> None:
    space.put("people.csv", "person_id,email,created_at,job_level\np1,a@x.example,2026-01-02T03:04:05Z,vp\n")
    space.bring()
    [row] = DeltaTable(str(space.home / "lake" / "people")).to_pyarrow_table().to_pylist()
    assert (row["person_id"], row["properties"]) == ("p1", [("job_level", "vp")])
    assert row["created_at"].isoformat() == "2026-01-02T03:04:05+00:00"


def test_the_snapshot_tells_what_came_when_and_from_which_bytes(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    summary = space.bring()
    told = snapshot(space.home)
    assert told.rows == {"people": 2}
    [done] = told.imports
    assert (done.id, done.at, done.summary["rows"]) == (summary.id, NOW, 2)
    assert [f.name for f in done.files] == ["people.csv"]
    assert len(done.files[0].sha256) == 64


def test_a_file_the_manifest_names_and_nobody_has_is_told(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    next((space.home / "lake" / "people").glob("*.parquet")).unlink()
    with pytest.raises(UserProblem) as caught:
        space.ask("SELECT 1")
    assert caught.value.code == "lake-damaged"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"oarlock_lake": 2}', '{"oarlock_lake": 1, "tables": 3}'])
def test_a_manifest_that_makes_no_sense_is_told(space: Workspace, text: str) -> None:
    (space.home / "lake").mkdir(parents=True)
    (space.home / "lake" / "manifest.json").write_text(text)
    with pytest.raises(UserProblem) as caught:
        manifest.read(space.home)
    assert caught.value.code == "lake-damaged"


def test_what_a_dead_writer_left_is_undone_by_the_next(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    folder = space.home / "lake" / "people"
    source = next(folder.glob("*.parquet"))
    with writer(space.home, wait=0, told=quiet) as session:  # dies before `finish`
        again = folder / "again.parquet"
        again.write_bytes(source.read_bytes())
        session.add("people", [(again, 2)])
        new = session.folder("accounts") / "a.parquet"
        new.write_bytes(source.read_bytes())
        session.put("accounts", new, 2)
    assert DeltaTable(str(folder)).version() == 1
    assert space.ask("SELECT count(*) FROM people") == [(2,)]
    with writer(space.home, wait=0, told=quiet):
        pass
    assert DeltaTable(str(folder)).to_pyarrow_table().num_rows == 2
    assert not list((space.home / "lake" / "accounts").iterdir())
    space.put("people.csv", PEOPLE + "p3,c@x.example\n")
    space.bring()
    assert space.ask("SELECT count(*) FROM people") == [(3,)]


def test_a_second_writer_waits_and_is_then_refused(space: Workspace) -> None:
    heard: list[str] = []
    with (
        writer(space.home, wait=0, told=quiet),
        pytest.raises(UserProblem) as caught,
        writer(space.home, wait=0.3, told=heard.append),
    ):
        pass
    assert caught.value.code == "busy"
    assert len(heard) == 1


def test_a_second_writer_comes_in_when_the_first_has_gone(space: Workspace) -> None:
    inside = threading.Event()
    leave = threading.Event()

    def first() -> None:
        with writer(space.home, wait=0, told=quiet):
            inside.set()
            leave.wait(5)

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(5)
    threading.Timer(0.2, leave.set).start()
    with writer(space.home, wait=5, told=quiet) as session:
        assert session.manifest.tables == {}
    thread.join()


def test_a_column_that_an_older_release_did_not_write_reads_as_unknown(space: Workspace) -> None:
    from oarlock.engines import lake

    shape = SHAPES["people"]
    sql = lake.select_columns(shape, have={"person_id"})
    assert sql.count("CAST(NULL AS") == len(shape.columns) - 1


def test_homes_with_blanks_and_quotes_in_their_name_work(tmp_path: Path) -> None:
    files = tmp_path / "it's 100% für mich"
    files.mkdir()
    space = Workspace(files / "home dir", files)
    space.put("people.csv", PEOPLE)
    space.bring(files / "people.csv")
    assert space.ask("SELECT count(*) FROM people") == [(2,)]
