from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from .conftest import PEOPLE, Ran, Run


def people(home: Path) -> list[dict[str, str]]:
    """The demo's people as its file has them."""
    with (home / "files" / "people.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pages are written."""
    return tmp_path_factory.mktemp("pages")


@pytest.fixture(scope="session")
def report(asked: Run, pages: Path) -> Ran:
    """The report as JSON, with its queries and its page, by two fields."""
    html = pages / "report.html"
    return asked("report", "--by", "source", "--by", "account.industry", "--json", "--sql", "--html", html)


@pytest.fixture(scope="session")
def page(report: Ran, pages: Path) -> str:
    """The report's page."""
    assert report.code == 0
    return (pages / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def terminal(asked: Run) -> Ran:
    """The same report for a terminal."""
    return asked("report", "--by", "source", "--by", "account.industry", "--sql")


def test_a_report_counts_the_people_of_the_files(report: Ran, home: Path) -> None:
    assert report.code == 0 and report.err == ""
    told = report.json
    assert told["agreement"]["company"] == "Brightwater Robotics"
    assert [v["version"] for v in told["agreement"]["versions"]] == [1, 2]
    assert told["people"] == PEOPLE
    by_file: dict[str | None, int] = {}
    for person in people(home):
        by_file[person["source"] or None] = by_file.get(person["source"] or None, 0) + 1
    assert {g["value"]: g["people"] for g in told["by"]["source"]} == by_file


def test_the_same_figures_stand_in_terminal_json_and_page(report: Ran, terminal: Ran, page: str) -> None:
    told = report.json
    for stage in told["stages"]:
        assert re.search(rf"{stage['name'][:9]}.* {stage['entered']:,} ", terminal.out)
        assert f">{stage['entered']:,}</button>" in page
    for c in told["conversions"]:
        assert f"{c['numerator']:,} of {c['denominator']:,}" in terminal.out
    won = told["opportunities"]["won"]
    assert f"{won} of {won + told['opportunities']['lost']} won or lost" in page


def test_every_table_says_version_as_known_date_and_basis(terminal: Ran) -> None:
    lines = terminal.out.splitlines()
    notes = [line for line in lines if line.startswith("versions 1 to 2 · as known ")]
    rules = [line for line in lines if line.startswith("───")]
    assert len(notes) == len(rules) >= 6
    assert all(line.count(" · ") == 2 for line in notes)


def test_options_may_stand_before_the_command_and_home_in_the_environment(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OARLOCK_HOME", str(home))
    demo = ("demo", "--people", PEOPLE, "--no-serve")
    assert run("--json", *demo).json["home"] == str(home)
    assert run(*demo, "--json").json["already"] is True
    assert run("--home", home / "nowhere", "report").code == 1
    assert run("report", "--home", home / "nowhere").code == 1


def test_less_was_known_earlier(asked: Run, report: Ran) -> None:
    early = asked("report", "--as-known", "2025-12-31", "--json").json
    assert early["as_known"] == "2025-12-31T22:59:59.999999+00:00"
    assert 0 < early["people"] < report.json["people"]
    assert early["stages"][0]["entered"] < report.json["stages"][0]["entered"]


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026", "9999-12-31", ""])
def test_a_date_that_is_none_is_refused(run: Run, home: Path, text: str) -> None:
    ran = run("report", "--home", home, "--as-known", text)
    assert ran.code == 1 and "is not a date" in ran.err


def test_one_text_may_judge_all_of_history_and_keeps_its_number(asked: Run, home: Path, report: Ran) -> None:
    second = asked("report", "--agreement", home / "agreements" / "2.yaml", "--json").json
    assert [v["version"] for v in second["agreement"]["versions"]] == [2]
    assert second["stages"][1]["entered"] < report.json["stages"][1]["entered"]


def test_queries_are_shown_where_they_are_asked_for(asked: Run, report: Ran, terminal: Ran) -> None:
    assert report.json["queries"]["stages"].lstrip().upper().startswith("SELECT")
    assert "queries" not in asked("drift", "--rows", "3", "--json").json
    assert "\n-- stages\n" in terminal.out


def test_a_field_nobody_has_is_refused_by_name(run: Run, home: Path) -> None:
    ran = run("report", "--home", home, "--by", "sauce")
    assert ran.code == 1 and "source" in ran.err


def test_what_is_missing_is_said_with_the_next_step(run: Run, home: Path, tmp_path: Path) -> None:
    nowhere = run("report", "--home", tmp_path / "none")
    assert nowhere.code == 1 and "no workspace" in nowhere.err and "oarlock init" in nowhere.err
    assert run("init", "--home", tmp_path / "new").code == 0
    empty = run("report", "--home", tmp_path / "new")
    assert empty.code == 1 and "is empty" in empty.err and "oarlock import" in empty.err
    missing = run("report", "--home", home, "--agreement", tmp_path / "none.yaml")
    assert missing.code == 1 and "There is no file" in missing.err


def test_an_agreement_with_errors_measures_nothing_and_shows_them(run: Run, home: Path, tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yaml"
    faulty.write_text("oarlock: 1\ncompany: X\n", encoding="utf-8")
    ran = run("report", "--home", home, "--agreement", faulty)
    assert ran.code == 1 and ran.out == ""
    assert "missing-key" in ran.err and "oarlock check" in ran.err


@pytest.mark.parametrize("name", ["no/where.html", "."])
def test_a_page_that_cannot_be_written_is_said_before_anything_is_measured(asked: Run, pages: Path, name: str) -> None:
    ran = asked("report", "--html", pages / name)
    assert ran.code == 1 and ran.out == "" and "cannot be written" in ran.err


def test_drift_begins_with_a_sentence_and_lists_as_many_records_as_asked(asked: Run, pages: Path) -> None:
    ran = asked("drift", "--rows", "3", "--html", pages / "drift.html")
    assert ran.code == 0 and ran.out.startswith("Record and definition agree in ")
    drift = asked("drift", "--rows", "3", "--json").json
    assert len(drift["rows"]) == 3
    assert {r["verdict"] for r in drift["rows"]} <= {"different date", "only recorded", "only defined"}
    assert set(drift["by"]) == {"owner", "source", "origin"}
    assert "Records that disagree" in (pages / "drift.html").read_text(encoding="utf-8")


def test_a_back_test_begins_with_a_sentence_and_its_sides_add_up(asked: Run, home: Path, pages: Path) -> None:
    first, second = (home / "agreements" / name for name in ("1.yaml", "2.yaml"))
    question = ("backtest", "--agreement", first, "--proposed", second)
    ran = asked(*question, "--html", pages / "backtest.html")
    assert ran.code == 0 and ran.out.startswith("Under the proposal ")
    test = asked(*question, "--json").json
    assert (test["current"]["version"], test["proposed"]["version"]) == (1, 2)
    mql = next(pair for pair in test["stages"] if pair["current"]["stage"] == "mql")
    for side in ("current", "proposed"):
        by_rule = mql[side]["entered"] - mql[side]["skipped"]
        assert sum(m[side] for m in test["months"] if m["stage"] == "mql") == by_rule
        assert sum(m[side] for m in test["sources"] if m["stage"] == "mql") == by_rule
    assert "What became of them" in (pages / "backtest.html").read_text(encoding="utf-8")


def test_a_back_test_needs_a_proposal(run: Run, home: Path) -> None:
    assert run("backtest", "--home", home).code == 2


def test_the_demo_is_made_once_and_mixes_with_nothing(run: Run, home: Path, tmp_path: Path) -> None:
    manifest = (home / "lake" / "manifest.json").read_bytes()
    again = run("demo", "--people", PEOPLE, "--no-serve", "--home", home, "--json")
    assert again.code == 0 and again.json["already"] is True
    assert (home / "lake" / "manifest.json").read_bytes() == manifest
    other = run("demo", "--people", PEOPLE + 1, "--no-serve", "--home", home)
    assert other.code == 1 and "--home" in other.err
    assert run("init", "--home", tmp_path).code == 0
    own = run("demo", "--people", PEOPLE, "--no-serve", "--home", tmp_path)
    assert own.code == 1 and "of your own" in own.err


class Tags(HTMLParser):
    """Collects start tags and ids, and what points to an id."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "popovertarget" or (name == "href" and (value or "").startswith("#")):
                self.targets.append((value or "").lstrip("#"))
            elif name in ("href", "src"):
                self.addresses.append(value or "")


def test_every_number_of_the_page_opens_an_explanation_that_is_there(page: str) -> None:
    found = Tags()
    found.feed(page)
    assert len(found.ids) == len(set(found.ids))
    assert set(found.targets) <= set(found.ids)
    assert len(found.targets) > 40
    assert found.addresses == [] and "script" not in found.tags


def test_json_answers_hold_nothing_but_json(asked: Run, report: Ran) -> None:
    for ran in (report, asked("drift", "--rows", "3", "--json"), asked("schema", "--json")):
        assert isinstance(ran.json, dict) and ran.err == ""
