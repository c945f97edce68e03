from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from oarlock import demo
from oarlock.ground.problems import UserProblem
from oarlock.records.shapes import SHAPES

PINNED = "66ece8a1b2732b976674c93c7590a353ed0d5b5329ad0b6be64130a95c881215"
"""SHA-256 over all files of 700 people, seed 7. A generator changed on purpose changes this line on purpose."""


def digest(made: demo.Made) -> str:
    whole = hashlib.sha256()
    for file in made.files:
        whole.update(file.table.encode() + b"\n" + file.path.read_bytes())
    return whole.hexdigest()


def header(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as lines:
        return next(csv.reader(lines))


def test_default_size_is_twenty_thousand_people_and_two_hundred_thousand_touches(company: demo.Made) -> None:
    assert (company.rows("people"), company.rows("touches")) == (20_000, 200_000)


@pytest.mark.parametrize("people", [1, 2, 37, 700])
def test_any_size_has_ten_touches_a_person(people: int, tmp_path: Path) -> None:
    made = demo.make(tmp_path, people=people)
    assert (made.rows("people"), made.rows("touches")) == (people, 10 * people)


def test_counts_said_are_the_lines_written(tmp_path: Path) -> None:
    for file in demo.make(tmp_path, people=120).files:
        with file.path.open(newline="", encoding="utf-8") as lines:
            assert sum(1 for _ in csv.reader(lines)) == file.rows + 1, file.table


def test_same_seed_and_size_give_the_same_bytes_on_any_machine(tmp_path: Path) -> None:
    assert digest(demo.make(tmp_path, people=700)) == PINNED


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    assert digest(demo.make(tmp_path, people=700, seed=8)) != PINNED


def test_a_larger_company_begins_with_the_same_people_and_touches(company: demo.Made, tmp_path: Path) -> None:
    larger = demo.make(tmp_path, people=20_300)
    for before, after in zip(company.files, larger.files, strict=True):
        if before.table in ("people", "touches", "accounts", "changes", "activities", "handoff_events"):
            small = before.path.read_bytes()
            with after.path.open("rb") as grown:
                assert grown.read(len(small)) == small, before.table
    assert larger.rows("people") == 20_300


def test_every_file_has_the_columns_of_its_lake_table_and_own_fields_only_where_there_is_room(
    company: demo.Made,
) -> None:
    for file in company.files:
        shape = SHAPES[file.table]
        own = {column.name for column in shape.columns}
        written = header(file.path)
        assert own - {"properties"} <= set(written), file.table
        assert "properties" in own or set(written) <= own, file.table


def test_progress_tells_people_done_and_in_all(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    demo.make(tmp_path, people=20_001, progress=lambda done, of: told.append((done, of)))
    assert told == [(20_000, 20_001), (20_001, 20_001)]


def test_an_earlier_company_in_the_folder_is_overwritten(tmp_path: Path) -> None:
    demo.make(tmp_path, people=50)
    assert demo.make(tmp_path, people=20).files[0].path.parent == tmp_path
    with (tmp_path / "people.csv").open(newline="", encoding="utf-8") as lines:
        assert sum(1 for _ in lines) == 21


@pytest.mark.parametrize(("people", "seed"), [(0, 7), (-5, 7), (50_000_001, 7), (10, -1)])
def test_sizes_and_seeds_that_make_no_sense_are_refused_before_anything_is_written(
    people: int, seed: int, tmp_path: Path
) -> None:
    with pytest.raises(UserProblem):
        demo.make(tmp_path, people=people, seed=seed)
    assert list(tmp_path.iterdir()) == []
