from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from .conftest import Run

PEOPLE = "person_id,email,created_at,source\n"
GOOD = PEOPLE + "p1,ida@brightwater.example,2026-01-05T10:00:00Z,webinar\np2,,2026-01-06T10:00:00Z,\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A file of two people."""
    path = tmp_path / "people.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_file_comes_in_and_the_summary_says_what_became_of_it(run: Run, tmp_path: Path, people: Path) -> None:
    ran = run("import", people, "--preset", "oarlock", "--home", tmp_path / "home")
    assert ran.code == 0 and ran.err == ""
    row = next(line.split() for line in ran.out.splitlines() if line.startswith("people.csv"))
    assert row[1] == "2"
    assert f"oarlock report --home {tmp_path / 'home'}" in ran.out


def test_the_same_again_changes_nothing_and_says_so(run: Run, tmp_path: Path, people: Path) -> None:
    asked = ("import", people, "--preset", "oarlock", "--home", tmp_path / "home")
    first = run(*asked, "--json").json
    assert first["tables"]["people"]["new"] == 2 and first["already"] is False
    again = run(*asked, "--json").json
    assert again["already"] is True and again["tables"]["people"] == {"unchanged": 2}
    assert "Nothing was changed" in run(*asked).out


def test_a_bad_row_is_set_aside_with_its_reason_and_the_rest_comes_in(run: Run, tmp_path: Path, people: Path) -> None:
    people.write_text(GOOD + "p3,x@brightwater.example,31/02/2026,search\n", encoding="utf-8")
    home = tmp_path / "home"
    ran = run("import", people, "--preset", "oarlock", "--home", home, "--json").json
    assert ran["quarantined"] == 1
    left = list(Path(ran["quarantine"]).glob("*.csv"))
    assert len(left) == 1 and "p3" in left[0].read_text(encoding="utf-8")
    told = run("import", people, "--preset", "oarlock", "--home", tmp_path / "other").out
    assert "Set aside" in told and "They lie in" in told


def test_a_compressed_file_comes_in_too(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(GOOD.encode()))
    assert run("import", path, "--preset", "oarlock", "--home", tmp_path / "home", "--json").json["rows"] == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("people.csv", b""),
        ("people.csv", b"\x00\x01\xff" * 400),
        ("people.csv", b"PK\x03\x04" + b"\x00" * 200),
        ("people.csv.gz", gzip.compress(GOOD.encode())[:30]),
        ("people.parquet", b"PAR1 is not enough"),
        ("peple.csv", GOOD.encode()),
    ],
    ids=["empty", "binary", "zip", "truncated", "not-parquet", "misnamed"],
)
def test_a_file_that_is_not_what_it_says_is_refused_in_words(run: Run, tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    ran = run("import", path, "--preset", "oarlock", "--home", tmp_path / "home")
    assert ran.code == 1 and ran.out == ""
    assert name in ran.err and "bug" not in ran.err


def test_one_mapping_is_needed_and_only_one(run: Run, tmp_path: Path, people: Path) -> None:
    home = tmp_path / "home"
    assert "Presets: " in run("import", people, "--home", home).err
    assert run("import", people, "--preset", "oarlock", "--mapping", people, "--home", home).code == 1
    assert "oarlock" in run("import", people, "--preset", "oarlok", "--home", home).err
    assert run("import", people, "--mapping", tmp_path / "none.yaml", "--home", home).code == 1
    assert run("import", "--preset", "oarlock").code == 2


def test_nothing_to_import_is_said(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    home = tmp_path / "home"
    assert "nothing to import" in run("import", empty, "--preset", "oarlock", "--home", home).err
    assert run("import", tmp_path / "none.csv", "--preset", "oarlock", "--home", home).code == 1


def test_times_without_a_zone_are_those_of_the_zone_that_is_named(run: Run, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE + "p1,i@brightwater.example,2026-01-05,webinar\n", encoding="utf-8")
    home = tmp_path / "home"
    wrong = run("import", people, "--preset", "oarlock", "--home", home, "--time-zone", "Berlin")
    assert wrong.code == 1 and "Europe/Berlin" in wrong.err
    assert run("import", people, "--preset", "oarlock", "--home", home, "--time-zone", "Europe/Berlin").code == 0
    assert run("init", "--home", home).code == 0
    before, after = (
        run("report", "--home", home, "--as-known", when, "--json")
        for when in ("2026-01-04T22:59:59Z", "2026-01-04T23:00:00Z")
    )
    assert (before.json["people"], after.json["people"]) == (0, 1)


def test_a_hostile_name_neither_colours_the_terminal_nor_runs_in_the_page(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # wide enough that the name stands in one line
    people = tmp_path / "people.csv"
    hostile = "<script>alert(1)</script>\x1b[31m"
    people.write_text(PEOPLE + f"p1,i@brightwater.example,2026-01-05T10:00:00Z,{hostile}\n", encoding="utf-8")
    home, page = tmp_path / "home", tmp_path / "report.html"
    assert run("init", "--home", home, "--company", "<img src=x onerror=alert(1)>").code == 0
    assert run("import", people, "--preset", "oarlock", "--home", home).code == 0
    ran = run("report", "--home", home, "--by", "source", "--html", page)
    assert ran.code == 0 and "\x1b" not in ran.out and "<script>alert(1)</script>?[31m" in ran.out
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html and "<img" not in html and "\x1b" not in html
    assert "&lt;script&gt;alert(1)" in html and "&lt;img src=x" in html
