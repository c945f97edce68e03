from __future__ import annotations

import random
from pathlib import Path

import pytest

from .conftest import Run

ROOT = Path(__file__).parents[2]
BRIGHTWATER = ROOT / "agreements" / "brightwater" / "agreement.yaml"


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """An agreement whose stage rule misspells a name."""
    text = BRIGHTWATER.read_text(encoding="utf-8").replace("person.email is not null", "person.emial is not null", 1)
    path = tmp_path / "agreement.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sound_agreement_passes_and_says_what_it_is(run: Run) -> None:
    ran = run("check", BRIGHTWATER)
    assert ran.code == 0
    assert "the agreement of Brightwater Robotics (6 stages, in force from 2026-10-01) holds together" in ran.out


def test_an_error_is_shown_with_place_line_caret_and_suggestion(run: Run, faulty: Path) -> None:
    lines = faulty.read_text(encoding="utf-8").splitlines()
    row = next(n for n, line in enumerate(lines, 1) if "emial" in line)
    column = lines[row - 1].index("person.emial") + 1
    ran = run("check", faulty)
    assert ran.code == 1
    assert f"{faulty}:{row}:{column}: error:" in ran.out
    shown = ran.out.splitlines()
    at = next(n for n, line in enumerate(shown) if "when: person.emial is not null" in line)
    assert shown[at + 1].index("^") == shown[at].index("person.emial")
    assert "person.email" in shown[at + 2]
    assert ran.out.splitlines()[-1].startswith(f"{faulty}: 1 error, ")


def test_check_as_json_has_every_finding_with_its_place(run: Run, faulty: Path) -> None:
    ran = run("check", faulty, "--json")
    assert ran.code == 1
    found = ran.json
    assert (found["ok"], found["errors"]) == (False, 1)
    assert found["errors"] + found["warnings"] == len(found["findings"])
    assert set(found["findings"][0]) == {
        "level", "code", "message", "suggestion", "file", "line", "column", "error_from",
    }  # fmt: skip
    assert found["findings"][0]["file"] == str(faulty)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02" * 50,
        b"stages: [",
        b"a: &a [*a, *a]",
        b"[" * 3000,
        b"\xff\xfeo\x00a\x00",
        b"- just\n- a list\n",
        b"oarlock: 1\ncompany: \x1b[31mred\n",
        b"oarlock: 1\n" * 90_000,
        bytes(random.Random(5).randbytes(4000)),
    ],
    ids=["empty", "zeros", "open", "recursive", "deep", "utf16", "list", "escape", "huge", "noise"],
)
def test_whatever_the_bytes_there_are_findings_and_no_traceback(run: Run, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "agreement.yaml"
    path.write_bytes(data)
    ran = run("check", path)
    assert ran.code == 1
    assert "error" in ran.out
    assert "Traceback" not in ran.out + ran.err and "\x1b" not in ran.out
    assert run("check", path, "--json").json["ok"] is False


def test_no_file_an_empty_folder_and_a_missing_argument_are_told_apart(run: Run, tmp_path: Path) -> None:
    missing = run("check", tmp_path / "none.yaml")
    assert (missing.code, missing.out) == (1, "")
    assert "There is no file" in missing.err
    assert run("check", tmp_path).code == 1
    usage = run("check")
    assert usage.code == 2 and "`oarlock check --help`" in usage.err
    assert run("check", tmp_path / "none.yaml", "--json").json["problem"]["code"] == "no-such-file"


def test_an_agreement_is_explained_whole_and_term_by_term(run: Run) -> None:
    whole = run("explain", BRIGHTWATER)
    assert whole.code == 0 and whole.out.startswith("The agreement of Brightwater Robotics")
    term = run("explain", BRIGHTWATER, "mql")
    assert "[stages.mql, stage]" in term.out and "Used by:" in term.out
    assert run("explain", BRIGHTWATER, "mql", "--json").json["term"] == "stages.mql"
    assert {"title", "preface", "sections"} == set(run("explain", BRIGHTWATER, "--json").json)


def test_a_misspelt_term_is_met_with_a_suggestion(run: Run) -> None:
    ran = run("explain", BRIGHTWATER, "mqll")
    assert ran.code == 1 and "mql" in ran.err.split("not a term")[1]


def test_an_agreement_with_errors_is_not_explained_but_its_errors_are_shown(run: Run, faulty: Path) -> None:
    ran = run("explain", faulty)
    assert ran.code == 1 and ran.out == ""
    assert "person.emial" in ran.err and "1 error" in ran.err
    problem = run("explain", faulty, "--json").json["problem"]
    assert [f["code"] for f in problem["findings"] if f["level"] == "error"] == ["unknown-name"]


def test_a_comparison_names_the_term_its_change_and_what_it_touches(run: Run, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(BRIGHTWATER.read_text(encoding="utf-8").replace("half_life: 30 days", "half_life: 20 days"), "utf-8")
    ran = run("compare", BRIGHTWATER, new)
    assert ran.code == 0
    assert "was 30 days, is now 20 days" in ran.out
    assert "touches stages.mql" in ran.out
    changes = run("compare", BRIGHTWATER, new, "--json").json["changes"]
    scoring = next(c for c in changes if c["term"] == "scoring.engagement")
    assert [d["new"] for d in scoring["details"]] == ["20 days"]
    assert "stages.mql" in {use["term"] for use in scoring["touches"]}


def test_the_same_bytes_and_the_same_meaning_are_told_apart(run: Run, tmp_path: Path) -> None:
    assert "byte for byte" in run("compare", BRIGHTWATER, BRIGHTWATER).out
    new = tmp_path / "new.yaml"
    new.write_text("# a comment\n" + BRIGHTWATER.read_text(encoding="utf-8"), "utf-8")
    assert "No term differs" in run("compare", BRIGHTWATER, new).out


def test_the_schema_is_json_with_the_keys_of_the_format(run: Run) -> None:
    schema = run("schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"stages", "handoffs", "promises", "pay"} <= set(schema["properties"])


def test_a_new_workspace_has_a_starter_that_holds_together(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    ran = run("init", "--home", home, "--company", "Müller: & Söhne")
    assert ran.code == 0
    checked = run("check", home / "agreements" / "1.yaml", "--json").json
    assert checked["findings"] == []
    assert "Müller: & Söhne" in run("explain", home / "agreements" / "1.yaml").out


def test_init_never_overwrites(run: Run, tmp_path: Path) -> None:
    assert run("--home", tmp_path, "init").code == 0
    starter = tmp_path / "agreements" / "1.yaml"
    starter.write_text("mine", encoding="utf-8")
    again = run("init", "--home", tmp_path)
    assert again.code == 1 and "Nothing was changed" in again.err
    assert starter.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["null", "2026-10-01", "a # b", "tab\there", "Österreich", "[x]", "'", '"', ""])
def test_any_company_name_gives_a_starter_that_can_be_read(run: Run, tmp_path: Path, name: str) -> None:
    assert run("init", "--home", tmp_path, "--company", name).code == 0
    codes = {f["code"] for f in run("check", tmp_path / "agreements" / "1.yaml", "--json").json["findings"]}
    assert codes <= ({"control-character"} if "\t" in name else {"empty-text"} if not name else set())
