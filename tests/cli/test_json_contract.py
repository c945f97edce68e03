from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oarlock.cli.app import COMMANDS
from oarlock.cli.json_forms import backtest_json, drift_json, report_json

from . import figures
from .conftest import Run

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
STAGES = {s.stage for s in figures.STAGES}
NAMED = {"by": "{FIELD}", "entered": "{STAGE}", "other_currencies": "{CURRENCY}"}
"""Keys whose keys are names of the company's own."""


def documented(section: str) -> set[str]:
    """The paths in the table under that heading."""
    text = (REFERENCE / "report-json.md").read_text(encoding="utf-8")
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", body, re.MULTILINE))


def paths(value: Any, path: str = "", key: str = "") -> Iterator[str]:
    """Every path that leads to a plain value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            step = NAMED.get(key) or name
            yield from paths(inner, f"{path}.{step}" if path else step, name if key not in NAMED else "")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{path}[]", key if key in NAMED else "")
    else:
        yield path


def plain(form: dict[str, Any]) -> Any:
    """The form as it comes out of JSON."""
    return json.loads(json.dumps(form))


def test_a_report_has_the_documented_keys_and_no_others() -> None:
    assert set(paths(plain(report_json(figures.report())))) == documented("report")


def test_a_drift_has_the_documented_keys_and_no_others() -> None:
    form = plain(drift_json(figures.drift()))
    form["by"] = {name: groups for name, groups in form["by"].items() if groups}
    del form["agreement"], form["as_known"]
    assert set(paths(form)) == documented("drift")


def test_a_back_test_has_the_documented_keys_and_no_others() -> None:
    form = plain(backtest_json(figures.backtest()))
    del form["current"], form["proposed"], form["as_known"]
    form["stages"] = [{"current": None, "proposed": None}]
    assert set(paths(form)) == documented("backtest")


def test_a_problem_has_the_documented_keys(run: Run) -> None:
    assert set(paths(run("check", "/no/such/file", "--json").json)) == documented("Problems")


def test_the_issue_s_shape_is_kept() -> None:
    report = plain(report_json(figures.report()))
    conversion = report["conversions"][0]
    assert conversion["from"] == "lead" and conversion["to"] == "mql"
    assert conversion["kaplan_meier"] == {"30": 0.11, "60": 0.16, "90": 0.1911}
    assert [(c["from"], c["to"]) for c in report["conversions"]][-1] == ("lead", "customer")
    assert report["agreement"]["in_force"] == "2026-02-10"
    assert set(report["by"]["source"][0]["entered"]) == STAGES


def test_nothing_is_rounded_and_money_is_text() -> None:
    report = plain(report_json(figures.report()))
    assert report["conversions"][0]["rate"] == 3120 / 18204
    assert report["opportunities"]["revenue"] == "4189300.50"
    assert report["by"]["source"][0]["revenue"] == "2104300.50"
    assert report["opportunities"]["mean_cycle_days"] == 61.25
    assert report["as_known"] == "2026-10-31T22:30:00+00:00"


def test_those_without_a_value_are_null_apart_from_the_text_unknown() -> None:
    values = [g["value"] for g in report_json(figures.report())["by"]["source"]]
    assert None in values and "unknown" in values


def test_the_command_line_s_page_names_every_command_with_its_options(run: Run) -> None:
    text = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `oarlock ([\w-]+)[^`]*` \| [^|]+ \| ([^|]*) ?\|$", text, re.MULTILINE))
    assert set(rows) == set(COMMANDS)
    for name, told in rows.items():
        options = set(re.findall(r"--[a-z-]+", run(name, "--help").out)) - {"--help", "--json", "--home", "--serve"}
        assert set(re.findall(r"--[a-z-]+", told)) == options, name


@pytest.mark.parametrize("code", [0, 1, 2, 3, 70, 130])
def test_every_exit_code_is_documented(code: int) -> None:
    assert f"\n| {code} | " in (REFERENCE / "cli.md").read_text(encoding="utf-8")
