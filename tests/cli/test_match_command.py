"""`oarlock match --eval`: names whose company is known, measured beside plain methods."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Run

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "company_names" / "patstat_reference.csv"
FIRMS = ("Acme Robotics", "Globex", "Initech Software", "Umbrella Pharma", "Stark Motors", "Wayne Foods")


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.csv"
    rows = [f'"{firm}{form}",{firm[:4]}' for firm in FIRMS for form in ("", " GmbH", " Ltd.", ", Inc.")]
    path.write_text("\n".join(["name,company", *rows]), encoding="utf-8")
    return path


def test_easy_names_are_all_found_and_strangers_are_not(run: Run, names: Path) -> None:
    told = run("match", "--eval", names, "--json")
    assert (told.code, told.err) == (0, "")
    ours = [m for m in told.json["measured"] if m["method"] == "Oarlock, from sure"]
    assert [m["seed"] for m in ours] == [None, 1, 2, 3, 4, 5]
    assert all((m["whole"]["precision"], m["whole"]["recall"]) == (1.0, 1.0) for m in ours)
    assert ours[0]["whole"]["leads"] == 24
    assert ours[1]["whole"]["known"] == 12


def test_the_table_names_every_method_and_how_many(run: Run, names: Path) -> None:
    told = run("match", "--eval", names)
    assert told.code == 0
    for word in ("24 names, 12 of them held out", "exact after cleaning", "token sort", "TF-IDF", "means of 5 draws"):
        assert word in told.out
    assert max(map(len, told.out.splitlines())) <= 120


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"name,firm\na,b\n", "names-no-column"), (b"name,company\nAcme,\n", "names-empty"), (b"", "names-no-column"),
     (b"name,company\nAcme,1\n", "names-too-few"), (b"name,company\n\xff\xfe,1\n", "names-not-utf-8"),
     (b'name,company\n"Acme"x,1\n', "names-not-csv")],
)  # fmt: skip
def test_a_file_that_cannot_be_measured_is_said(run: Run, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    told = run("match", "--eval", path, "--json")
    assert told.code == 1
    assert code in told.out + told.err


def test_no_file_is_said(run: Run, tmp_path: Path) -> None:
    told = run("match", "--eval", tmp_path / "none.csv")
    assert told.code == 1
    assert "cannot be read" in told.err


def test_real_names_reach_what_was_asked(run: Run) -> None:
    if not REAL.is_file():
        pytest.skip("real data is not beside this checkout (../shared/data)")
    told = run("match", "--eval", REAL, "--name", "person_name", "--company", "leuven_id", "--json")
    by = {(m["method"], m["seed"]): m for m in told.json["measured"]}
    assert by["Oarlock, bar chosen", None]["whole"]["f1"] >= 0.98
    new = [m for (method, seed), m in by.items() if method == "Oarlock, bar chosen" and seed is not None]
    assert sum(m["whole"]["f1"] for m in new) / len(new) >= 0.95
    sure = [m for (method, seed), m in by.items() if method == "Oarlock, from sure"]
    assert all(m["whole"]["precision"] >= 0.985 for m in sure)
    assert all(m["recall_at_precision"]["0.985"] >= 0.9 for m in sure)
