"""The list of what ASVS 5.0 asks at level 2 is true as far as it goes: known ids, known states, tests that exist."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATES = {"met", "part", "not", "n.a."}


def rows() -> list[dict[str, str]]:
    with (ROOT / "docs/reference/asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_requirement_stands_once_with_its_state_and_how() -> None:
    ids = [row["id"] for row in rows()]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"V\d+\.\d+\.\d+", each) for each in ids)
    assert not [row for row in rows() if row["state"] not in STATES or not row["how"] or row["level"] not in "123"]


def test_what_does_not_apply_names_no_test() -> None:
    assert not [row for row in rows() if row["state"] == "n.a." and row["test"]]


def test_every_test_that_is_named_is_there() -> None:
    missing = []
    for row in (row for row in rows() if row["test"]):
        file, _, name = row["test"].partition("::")
        path = ROOT / file
        names = [n.name for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)]
        if name and name not in names:
            missing.append(row["test"])
    assert not missing
