"""A report may keep its statements; what it says may not depend on whether it did."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest

from oarlock.cli.workspace import definition
from oarlock.engines.lake import Look, look
from oarlock.jobs import measuring, plans
from oarlock.jobs.steps import Step

from .conftest import Ran, Run

PEOPLE_FILE = "person_id,created_at,email,source\nlate-1,2026-10-30T10:00:00Z,late@example.test,partner\n"


@pytest.fixture(scope="session")
def unplanned(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company without a plan."""
    copy = tmp_path_factory.mktemp("unplanned") / "home"
    copytree(home, copy)
    rmtree(plans.folder_of(copy), ignore_errors=True)
    return copy


@pytest.fixture
def workspace(unplanned: Path, tmp_path: Path) -> Path:
    """A workspace of this test's own."""
    return Path(copytree(unplanned, tmp_path / "home"))


@pytest.fixture
def plannings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever statements are written anew."""
    found: list[str] = []
    planned = measuring._planned_now

    def counted(*arguments: Any) -> Any:
        found.append("anew")
        return planned(*arguments)

    monkeypatch.setattr(measuring, "_planned_now", counted)
    monkeypatch.setattr(plans, "program", lambda: "this release")  # whoever edits it meanwhile may
    return found


Report = Callable[..., Ran]


@pytest.fixture
def report(run: Run, workspace: Path) -> Report:
    """The report of that workspace as JSON."""

    def reported(*options: str | Path) -> Ran:
        ran = run("report", "--json", *options, "--home", workspace)
        assert ran.code == 0, ran.out
        return ran

    return reported


def test_a_report_is_the_same_byte_for_byte_with_and_without_a_plan(report: Report, plannings: list[str]) -> None:
    options = ("--by", "source", "--by", "account.industry", "--sql")
    cold, *warm = [report(*options) for _ in range(4)]
    assert plannings == ["anew"]
    assert {w.out for w in warm} == {cold.out}
    assert len(cold.json["queries"]) > 10


def test_a_report_with_a_plan_starts_without_what_only_planning_needs(report: Report, workspace: Path) -> None:
    def apart() -> tuple[str, str]:
        told = subprocess.run(
            [sys.executable, "-c", LOADED, "report", "--json", "--home", str(workspace)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return told.stdout, told.stderr.splitlines()[-1]

    (cold, loaded), (warm, no_more) = apart(), apart()
    assert cold == warm and "'ibis'" in loaded
    assert no_more == "[]"


LOADED = """
import sys
from oarlock.cli import main
from oarlock.jobs import plans
plans.program = lambda: "this release"
main(sys.argv[1:])
heavy = ("ibis", "sqlglot", "ruamel.yaml", "pandas", "numpy", "pyarrow", "oarlock.agreement", "oarlock.tables")
print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""


def test_another_agreement_is_never_judged_by_an_old_plan(
    report: Report, workspace: Path, plannings: list[str]
) -> None:
    before = report().json
    text = max((workspace / "agreements").glob("*.yaml"))
    text.write_text(text.read_text("utf-8").replace("engagement >= 40", "engagement >= 5"), "utf-8")
    after = report().json
    assert plannings == ["anew", "anew"]
    assert after["agreement"]["hash"] != before["agreement"]["hash"]
    assert after["stages"][1]["entered"] > before["stages"][1]["entered"]


def test_every_byte_of_a_text_counts_in_a_folder_and_behind_a_link_too(tmp_path: Path) -> None:
    folder, behind = tmp_path / "agreements" / "b", tmp_path / "elsewhere.yaml"
    folder.mkdir(parents=True)
    link = tmp_path / "agreements" / "a.yaml"
    behind.write_text("one")
    link.symlink_to(behind)
    marks = [definition(tmp_path).mark]
    for path, text in ((folder / "x.yaml", "two"), (folder / "x.yaml", "three"), (behind, "four")):
        path.write_text(text)
        marks.append(definition(tmp_path).mark)
    link.unlink()
    link.write_text("four")
    marks += [definition(tmp_path).mark, definition(tmp_path, behind).mark]
    behind.write_text("five")
    marks.append(definition(tmp_path, behind).mark)
    assert len(set(marks)) == len(marks) == 7
    assert definition(tmp_path, behind).mark == marks[-1]


def test_another_breakdown_text_or_wish_for_queries_is_planned_anew(
    report: Report, workspace: Path, plannings: list[str]
) -> None:
    assert list(report("--by", "source").json["by"]) == ["source"]
    assert list(report("--by", "owner").json["by"]) == ["owner"]
    assert report("--by", "owner", "--sql").json["queries"]
    alone = report("--by", "owner", "--agreement", max((workspace / "agreements").glob("*.yaml"))).json
    assert len(alone["agreement"]["versions"]) == 1
    assert len(plannings) == 4


def test_another_program_or_other_columns_are_planned_anew(
    report: Report, plannings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = report().out
    monkeypatch.setattr(plans, "program", lambda: "the next release")
    assert report().out == first and len(plannings) == 2

    def wider(connection: Any) -> Look:
        seen = look(connection)
        return replace(seen, columns=(*seen.columns, ("people", "shoe_size", "DOUBLE")))

    monkeypatch.setattr("oarlock.jobs.steps.look", wider)
    assert report().out == first and len(plannings) == 3


def test_only_statements_are_kept_so_new_facts_are_counted_at_once(
    report: Report, run: Run, workspace: Path, tmp_path: Path, plannings: list[str]
) -> None:
    before = report("--by", "source").json
    (tmp_path / "people.csv").write_text(PEOPLE_FILE)
    assert run("import", tmp_path / "people.csv", "--preset", "oarlock", "--home", workspace).code == 0
    after = report("--by", "source").json
    assert after["people"] == before["people"] + 1
    assert after["stages"][0]["entered"] == before["stages"][0]["entered"] + 1
    assert plannings == ["anew"]


def test_every_date_is_answered_by_itself_and_dates_of_a_month_share_a_plan(
    report: Report, workspace: Path, plannings: list[str]
) -> None:
    dates = ("2026-06-05", "2026-06-25")
    told = [report("--as-known", date, "--sql") for date in dates]
    assert len(plannings) == 1
    assert len({t.out for t in told}) == 2 and not any("9997" in t.out for t in told)
    for path in plans.folder_of(workspace).iterdir():
        path.unlink()
    assert [report("--as-known", date, "--sql").out for date in reversed(dates)] == [t.out for t in reversed(told)]


def test_a_date_that_is_none_is_refused_with_a_plan_as_without(run: Run, report: Report, workspace: Path) -> None:
    report("--as-known", "2026-06-05")
    wrong = run("report", "--as-known", "2026-06-35", "--json", "--home", workspace)
    assert wrong.code == 1 and wrong.json["problem"]["code"] == "bad-date"


def test_a_plan_that_does_not_fit_is_not_told_but_written_anew(
    report: Report, workspace: Path, plannings: list[str]
) -> None:
    first = report().out
    (path,) = plans.folder_of(workspace).iterdir()
    plan = plans.read(workspace, path.name)
    assert plan is not None
    wrong = Step("bring", plan.steps[-1].name, "SELECT * FROM nobody_knows_it")
    for other in (replace(plan, months=plan.months[1:]), replace(plan, steps=(*plan.steps, wrong))):
        plans.keep(workspace, path.name, other)
        assert report().out == first
        assert plans.read(workspace, path.name) == plan
    path.write_bytes(path.read_bytes()[:-1])
    assert report().out == first and len(plannings) == 4


def test_a_workspace_that_was_copied_brings_no_plan(
    report: Report, run: Run, workspace: Path, tmp_path: Path, plannings: list[str]
) -> None:
    first = report().out
    copy = copytree(workspace, tmp_path / "copy")
    workspace.rename(tmp_path / "moved")
    copy.rename(workspace)
    assert report().out == first and len(plannings) == 2


def test_where_nothing_can_be_kept_the_report_is_told_all_the_same(
    report: Report, workspace: Path, plannings: list[str]
) -> None:
    plans.folder_of(workspace).write_text("no folder")
    assert report().out == report().out and len(plannings) == 2
