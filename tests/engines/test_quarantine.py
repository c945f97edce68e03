"""What could not come in is kept whole, with its place and reason, and leaves the quarantine once it is mended."""

from __future__ import annotations

import csv
from pathlib import Path

from oarlock.engines.quarantine import quarantined

from .conftest import Workspace

PEOPLE = (
    "person_id,email,created_at\n"
    'p1,a@x.example,2026-01-01\np2,"b, ""c""",01/02/2026\np3\np4,=1+1,x\np5,e,2026-01-01,more\n'
)


def quarantine_file(space: Workspace, name: str = "people.csv") -> Path:
    return sorted((space.home / "quarantine").rglob(name))[-1]


def test_each_row_is_told_with_file_line_column_value_and_reason(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    summary = space.bring()
    told = quarantined(space.home)
    assert (summary.quarantined, told.count) == (4, 4)
    assert [(r.file, r.line, r.column, r.value, r.reason, r.fields) for r in told.rows] == [
        ("people.csv", 3, "created_at", "01/02/2026", "date-form-not-stated", ("p2", 'b, "c"', "01/02/2026")),
        ("people.csv", 4, None, None, "too-few-fields", ("p3", None, None)),
        ("people.csv", 5, "created_at", "x", "not-a-date", ("p4", "=1+1", "x")),
        ("people.csv", 6, None, None, "too-many-fields", ("p5", "e", "2026-01-01")),
    ]
    assert told.by_reason == {"date-form-not-stated": 1, "not-a-date": 1, "too-few-fields": 1, "too-many-fields": 1}


def test_the_line_is_the_physical_one_behind_fields_of_many_lines(space: Workspace) -> None:
    space.put("people.csv", 'person_id,name,created_at\np1,"two\nlines",2026-01-01\n\np2,x,nonsense\n')
    space.bring()
    assert [r.line for r in quarantined(space.home).rows] == [5]


def test_the_file_to_mend_has_the_sources_columns_and_opens_as_text_in_a_spreadsheet(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    with quarantine_file(space).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:3] == ["person_id", "email", "created_at"]
    assert all(name.startswith("oarlock_") for name in list(rows[0])[3:])
    assert rows[2]["email"] == "'=1+1"
    assert rows[3]["oarlock_rest"] == "more"


def test_a_mended_row_comes_in_and_leaves_the_quarantine(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    text = (
        quarantine_file(space)
        .read_text()
        .replace("01/02/2026,", "2026-02-01,", 1)
        .replace("'=1+1,x", "'=1+1,2026-03-01")
    )
    mended = space.put("people.csv", text)
    summary = space.bring(mended)
    assert summary.files[0].quarantined == {}
    assert quarantined(space.home).count == 0
    found = space.ask("SELECT person_id, email FROM people ORDER BY 1")
    assert found == [("p1", "a@x.example"), ("p2", 'b, "c"'), ("p3", None), ("p4", "=1+1"), ("p5", "e")]


def test_what_is_still_wrong_stays_in_quarantine_once(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    space.bring(space.put("people.csv", quarantine_file(space).read_text()))
    told = quarantined(space.home)
    assert sorted(r.reason for r in told.rows) == ["date-form-not-stated", "not-a-date"]
    again = quarantine_file(space).read_text().replace("01/02/2026,", "2026-02-01,", 1)
    space.bring(space.put("people.csv", again))
    assert [r.reason for r in quarantined(space.home).rows] == ["not-a-date"]


def test_the_same_broken_row_in_a_longer_file_is_counted_once(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    space.put("people.csv", PEOPLE + "p9,z,2026-01-01\n")
    space.bring()
    assert quarantined(space.home).count == 4


def test_a_mended_row_stays_mended_when_the_broken_file_comes_again(space: Workspace) -> None:
    source = space.put("people.csv", PEOPLE)
    space.bring()
    mended = (
        quarantine_file(space)
        .read_text()
        .replace("01/02/2026,", "2026-02-01,", 1)
        .replace("'=1+1,x", "'=1+1,2026-03-01")
    )
    (space.files / "m").mkdir()
    path = space.files / "m" / "people.csv"
    path.write_text(mended)
    space.bring(path)
    assert space.bring(source).already
    assert quarantined(space.home).count == 0


def test_equal_broken_rows_are_counted_each(space: Workspace) -> None:
    space.put("people.csv", "person_id,created_at\np1,x\np1,x\n")
    space.bring()
    assert quarantined(space.home).count == 2


def test_an_import_that_died_leaves_nothing_in_quarantine(space: Workspace) -> None:
    space.put("people.csv", "person_id\np1\n")
    dead = space.home / "quarantine" / "20260101T000000-0123abcd"
    dead.mkdir(parents=True)
    (dead / "people.csv").write_text("x")
    space.bring()
    assert not dead.exists()


def test_minus_signs_of_numbers_are_left_alone(space: Workspace) -> None:
    space.put("opportunities.csv", "opportunity_id,status,amount\no1,nope,-5\n")
    space.bring()
    assert "o1,nope,-5," in quarantine_file(space, "opportunities.csv").read_text()


def test_rows_of_parquet_files_are_told_by_their_number(space: Workspace) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(
        pa.table({"person_id": ["p1", "p2"], "created_at": ["2026-01-01", "x"]}), space.files / "people.parquet"
    )
    space.bring()
    assert [(r.file, r.line, r.value) for r in quarantined(space.home).rows] == [("people.parquet", 2, "x")]


def test_only_so_many_rows_are_listed_but_all_are_counted(space: Workspace) -> None:
    space.put("people.csv", "person_id,created_at\n" + "".join(f"p{n},x\n" for n in range(50)))
    space.bring()
    told = quarantined(space.home, limit=3)
    assert (told.count, len(told.rows)) == (50, 3)


def test_a_row_mended_at_its_source_leaves_the_quarantine_too(space: Workspace) -> None:
    space.put("people.csv", PEOPLE)
    space.bring()
    assert quarantined(space.home).count == 4
    space.put("people.csv", PEOPLE.replace("01/02/2026", "2026-02-01").replace("p3\n", "p3,x,2026-01-01\n"))
    space.bring()
    assert sorted(r.fields[0] or "" for r in quarantined(space.home).rows) == ["p4", "p5"]


def test_a_double_id_is_not_mended_by_its_first_row_coming_again(space: Workspace) -> None:
    space.put("people.csv", "person_id,email\np1,a\np1,b\n")
    space.bring()
    space.put("people.csv", "person_id,email\np1,a\n")
    space.bring()
    assert [r.reason for r in quarantined(space.home).rows] == ["duplicate-id"]


def test_a_row_of_another_kind_of_file_mends_nothing(space: Workspace) -> None:
    space.put("people.csv", "person_id,created_at\np1,x\n")
    space.bring()
    space.put("opportunities.csv", "opportunity_id,status\np1,open\n")
    space.bring(space.files / "opportunities.csv")
    assert quarantined(space.home).count == 1


def test_two_files_of_one_name_each_keep_their_rows(space: Workspace) -> None:
    for folder in ("a", "b"):
        (space.files / folder).mkdir()
        (space.files / folder / "people.csv").write_text(f"person_id,created_at\n{folder},x\n")
    space.bring(space.files / "a", space.files / "b")
    files = sorted((space.home / "quarantine").rglob("people.csv"))
    assert [f.read_text().splitlines()[1][0] for f in files] == ["b", "a"]
    assert quarantined(space.home).count == 2
