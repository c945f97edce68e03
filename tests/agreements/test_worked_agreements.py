"""The worked agreements are clean, and the people beside each stand where both teams say they stand.

The points in a case fade as the agreement says: points x 2^-(age / half-life), summed here by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from oarlock.agreement import Terms, check, compare, read, seal
from oarlock.agreement.evaluate import evaluate
from oarlock.agreement.nodes import plain
from oarlock.agreement.tree import Value
from oarlock.agreement.yaml_text import parse

AGREEMENTS = Path(__file__).parents[2] / "agreements"
FOLDERS = sorted(path.parent for path in AGREEMENTS.rglob("agreement.yaml"))


def name(folder: Path) -> str:
    return folder.relative_to(AGREEMENTS).as_posix()


@dataclass(frozen=True)
class Case:
    """A person of a case, as a record: given fields, and things that happened so many days ago."""

    terms: Terms
    at: datetime
    given: dict[str, Value]
    happened: tuple[tuple[str, str, float], ...]

    def value(self, path: str) -> Value:
        if path == "fit":
            return sum(line.points for line in self.terms.scoring.fit if evaluate(line.rule.tree, self) is True)
        if path == "engagement":
            return sum(self._points(kind, age) for what, kind, age in self.happened if what == "touches")
        if path == "score":
            return float(str(self.value("fit"))) + float(str(self.value("engagement")))
        named = self.terms.rule(path)
        return evaluate(named.rule.tree, self) if named else self.given.get(path)

    def _points(self, kind: str, age: float) -> float:
        half_life = self.terms.scoring.half_life
        fading = 2 ** -(age / half_life.days) if half_life else 1.0
        return dict(self.terms.scoring.engagement).get(kind, 0.0) * fading

    def count(self, what: str, kind: str, days: int) -> int:
        return sum(1 for w, k, age in self.happened if w == what and kind in (k, "*") and age <= days)


def cases() -> Iterator[tuple[Path, dict[str, Any], datetime]]:
    for folder in FOLDERS:
        path = folder / "cases.yaml"
        if path.exists():
            root, found = parse(path.read_text(), path.name)
            assert not found, found
            body: Any = plain(root)
            for case in body["cases"]:
                yield folder, case, datetime.fromisoformat(body["at"])


CASES = list(cases())


@pytest.mark.parametrize("folder", FOLDERS, ids=name)
def test_a_worked_agreement_has_no_errors_and_can_be_sealed(folder: Path) -> None:
    found = check(read(folder))
    assert [str(f.place) + " " + f.message for f in found if f.level == "error"] == []
    assert seal(read(folder)).stages


@pytest.mark.parametrize(("folder", "case", "at"), CASES, ids=[f"{name(f)}: {c['who']}" for f, c, _ in CASES])
def test_the_rules_hold_for_whom_both_teams_say(folder: Path, case: dict[str, Any], at: datetime) -> None:
    terms = seal(read(folder))
    happened = tuple(
        (what, one["kind"], float(one["days_ago"])) for what in ("touches", "activities") for one in case.get(what, [])
    )
    person = Case(terms, at.astimezone(UTC), {k: typed(k, v) for k, v in case["given"].items()}, happened)
    held = [s.key for s in terms.stages if s.rule and evaluate(s.rule.tree, person) is True]
    recorded = person.value("person.recorded_stage")
    held += [s.key for s in terms.stages if not s.rule and recorded in (s.recorded_as or (s.key, s.name))]
    assert held == case["holds"]


def typed(path: str, value: Any) -> Value:
    if path.endswith("_at"):
        return datetime.fromisoformat(value)
    given: Value = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return given


def test_there_are_cases_for_the_agreements_people_read_first() -> None:
    assert {"brightwater", "gitlab", "sourcegraph/2020-02", "sourcegraph/2020-03", "sourcegraph/2020-05"} <= {
        name(folder) for folder, _, _ in CASES
    }


def test_one_company_changed_its_mind_twice_in_four_months() -> None:
    versions = [read(AGREEMENTS / "sourcegraph" / month) for month in ("2020-02", "2020-03", "2020-05")]
    first, second = (compare(a, b) for a, b in pairwise(versions))
    mql = {c.term: [d.key for d in c.details] for c in first.changes}["stages.mql"]
    assert mql == ["when", "means", "recorded_as"]
    assert {c.term: c.kind for c in second.changes}["scoring.engagement"] == "added"
