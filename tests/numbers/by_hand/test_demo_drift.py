"""Drift and back-test of the demo company: against hand-written SQL, and against themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.jobs.measuring import measure, measure_backtest, measure_drift
from oarlock.lifecycle.versions import Versions
from oarlock.loop.figures import Backtest, Drift, DriftCounts, StageFigures

from .asking import Answers

Brightwater = tuple[Path, Path, Versions]


@pytest.fixture(scope="module")
def drift(brightwater: Brightwater) -> Drift:
    _, home, versions = brightwater
    return measure_drift(home, versions, rows=None)


def counts(found: DriftCounts) -> tuple[int, ...]:
    return (found.both, found.different_date, found.only_recorded, found.only_defined)


def test_recorded_beside_defined_from_the_accepted_lead_on(drift: Drift, demo_by_hand: Answers) -> None:
    assert [(c.stage, *counts(c)) for c in drift.stages][2:] == demo_by_hand["drift"]


def test_by_owner(drift: Drift, demo_by_hand: Answers) -> None:
    found = {(c.value, *counts(c)) for c in drift.by["owner"] if c.stage == "sal"}
    assert found == set(demo_by_hand["drift by owner of accepted leads"])


def test_mql_row_by_row(drift: Drift, demo_by_hand: Answers) -> None:
    wanted = demo_by_hand["mql drift of people never away"]
    people = {person for person, *_ in wanted}
    found = {r.person_id: (r.recorded_at, r.defined_at) for r in drift.rows if r.stage == "mql"}
    assert {p: found.get(p) for p in people} == {p: (r, d) for p, r, d in wanted}
    assert len(people) > 5


def test_every_breakdown_and_the_rows_sum_to_the_stages(drift: Drift) -> None:
    for stage in drift.stages:
        for by in drift.by.values():
            parts = [counts(c) for c in by if c.stage == stage.stage]
            assert tuple(map(sum, zip(*parts, strict=True))) == counts(stage)
        assert sum(r.stage == stage.stage for r in drift.rows) == sum(counts(stage)[1:])


@pytest.fixture(scope="module")
def backtest(brightwater: Brightwater) -> Backtest:
    """The first version for ever, beside the second for ever."""
    _, home, versions = brightwater
    first, second = versions.all
    return measure_backtest(home, Versions.of(first), Versions.of(second))


def test_a_version_against_itself_adds_and_drops_nobody(brightwater: Brightwater) -> None:
    _, home, versions = brightwater
    found = measure_backtest(home, versions, versions)
    assert {f.who for f in found.fates} == {"kept"}
    assert all(s.current == s.proposed for s in found.shifts)
    assert all(current == proposed for current, proposed in found.stages)
    assert all(x.current_mean == x.proposed_mean for x in found.load)
    assert tuple(s for s, _ in found.stages) == measure(home, versions).stages


def test_both_sides_are_what_a_report_says_of_each(brightwater: Brightwater, backtest: Backtest) -> None:
    _, home, versions = brightwater
    for side, terms in enumerate(versions.all):
        assert tuple(pair[side] for pair in backtest.stages) == measure(home, Versions.of(terms)).stages


def let_in(found: StageFigures) -> int:
    """Entries by the stage's own rule."""
    return found.entered - found.skipped


def test_shifts_sum_to_what_the_stages_own_rules_let_in(backtest: Backtest) -> None:
    for current, proposed in backtest.stages:
        assert current and proposed
        here = [s for s in backtest.shifts if s.stage == current.stage and s.source != ""]
        assert (sum(s.current for s in here), sum(s.proposed for s in here)) == (let_in(current), let_in(proposed))
        whole = [s for s in backtest.shifts if s.stage == current.stage and s.source == ""]
        assert sum(s.current for s in whole) == let_in(current)


def test_added_dropped_and_kept_are_everybody_who_enters_on_a_side(backtest: Backtest) -> None:
    mql = {f.who: f for f in backtest.fates if f.stage == "mql"}
    assert mql["dropped"].people > 0, "the higher bar keeps nobody out"
    assert mql["kept"].people <= min(let_in(s) for pair in backtest.stages for s in pair if s and s.stage == "mql")
    entered = next(pair for pair in backtest.stages if pair[0] and pair[0].stage == "mql")
    assert entered[0] and entered[1]
    assert round(sum(x.current_mean * x.weeks for x in backtest.load)) == let_in(entered[0])
    assert round(sum(x.proposed_mean * x.weeks for x in backtest.load)) == let_in(entered[1])
