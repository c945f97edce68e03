"""The Kaplan-Meier estimate against a published worked example, hand-made cases and the plain formula in fractions."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import duckdb
import ibis
import pytest

from oarlock.loop.pairs import HORIZONS
from oarlock.loop.survival import kaplan_meier, watched

PAGE = (Path(__file__).parents[3] / "docs" / "why" / "kaplan-meier.md").read_text(encoding="utf-8")
REMISSION = re.search(r"^    (6 6 6 .*)$", PAGE, re.M)[1].split()  # type: ignore[index]
STEPS = re.findall(r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+)/(\d+) \| ([\d.]+) \|$", PAGE, re.M)

Case = tuple[float, bool]
"""Days watched, and whether that ended by converting."""


def estimate(cases: Sequence[Case], pair: int = 0) -> dict[int, float]:
    """The estimates of one pair of stages at each horizon, computed by DuckDB."""
    backend = ibis.duckdb.from_connection(duckdb.connect(config={"threads": 1}))
    rows = [{"pair": pair, "time": float(time), "converted": converted} for time, converted in cases]
    table = backend.create_table("watched", ibis.memtable(rows, schema={"pair": "int8", "time": "float64",
                                                                         "converted": "boolean"}))  # fmt: skip
    (row,) = kaplan_meier(table).to_pyarrow().to_pylist()
    return {horizon: row[f"km_{horizon}"] for horizon in HORIZONS}


def by_formula(cases: Sequence[tuple[Fraction, bool]], horizon: int) -> Fraction:
    """One minus the product over t_i <= horizon of (1 - d_i / n_i), in fractions."""
    stayed = Fraction(1)
    for time in sorted({t for t, converted in cases if converted and t <= horizon}):
        ended = sum(1 for t, converted in cases if t == time and converted)
        stayed *= 1 - Fraction(ended, sum(1 for t, _ in cases if t >= time))
    return 1 - stayed


def remission(week: int, horizon: int) -> list[Case]:
    """The example's times, in units of which that week falls on that horizon."""
    return [(int(told.rstrip("+")) * horizon / week, not told.endswith("+")) for told in REMISSION]


def test_the_example_has_its_21_patients_of_whom_9_relapsed() -> None:
    assert len(REMISSION) == 21 and sum(not told.endswith("+") for told in REMISSION) == 9
    assert len(STEPS) == 7


@pytest.mark.parametrize(("week", "ended", "at_risk", "over", "under", "told"), STEPS)
def test_the_published_example_comes_out_at_each_horizon(
    week: str, ended: str, at_risk: str, over: str, under: str, told: str
) -> None:
    stayed = Fraction(int(over), int(under))
    assert f"{float(stayed):.6f}" == told
    assert sum(t == week for t in REMISSION) == int(ended)
    assert sum(int(t.rstrip("+")) >= int(week) for t in REMISSION) == int(at_risk)
    for horizon in HORIZONS:
        found = estimate(remission(int(week), horizon))[horizon]
        assert found == pytest.approx(1 - float(stayed), abs=1e-12), f"week {week} on day {horizon}"


def test_just_before_a_step_the_estimate_has_not_moved() -> None:
    early = [(time + 1e-6, converted) for time, converted in remission(7, 30)]
    assert estimate(early)[30] == pytest.approx(1 - 6 / 7, abs=1e-12)


def test_with_nobody_censored_it_is_the_plain_share() -> None:
    cases = [(10.0, True)] * 3 + [(45.0, True)] * 2 + [(200.0, False)] * 5
    assert estimate(cases) == pytest.approx({30: 0.3, 60: 0.5, 90: 0.5}, abs=1e-12)


def test_young_cohorts_do_not_pull_it_down() -> None:
    """Half convert on day 20; a hundred who came yesterday change the naive rate and not the estimate."""
    old: list[Case] = [(20.0, True)] * 10 + [(300.0, False)] * 10
    young: list[Case] = [(1.0, False)] * 100
    assert estimate(old + young)[30] == pytest.approx(0.5, abs=1e-12)


def test_whoever_is_censored_at_a_step_still_counts_in_it() -> None:
    assert estimate([(10.0, True), (10.0, False)])[30] == pytest.approx(0.5, abs=1e-12)


def test_when_the_last_one_watched_converts_it_is_one() -> None:
    assert estimate([(5.0, False), (40.0, True)]) == {30: 0.0, 60: 1.0, 90: 1.0}


def test_nobody_converted_is_nought_and_all_at_once_is_one() -> None:
    assert estimate([(3.0, False), (100.0, False)]) == {30: 0.0, 60: 0.0, 90: 0.0}
    assert estimate([(0.0, True)]) == {30: 1.0, 60: 1.0, 90: 1.0}


@pytest.mark.parametrize("seed", range(8))
def test_random_cases_agree_with_the_formula(seed: int) -> None:
    chance = random.Random(seed)
    cases = [(Fraction(chance.randrange(0, 240), 2), chance.random() < 0.4) for _ in range(chance.randrange(1, 80))]
    found = estimate([(float(time), converted) for time, converted in cases])
    for horizon in HORIZONS:
        assert found[horizon] == pytest.approx(float(by_formula(cases, horizon)), abs=1e-12), f"seed {seed}"
    assert 0 <= found[30] <= found[60] <= found[90] <= 1


START = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = START + timedelta(days=100)


def lives(*told: tuple[float, float | None, float | None]) -> ibis.Table:
    """Lives of two stages from (days to a, days to b, days to leaving), None = never."""

    def day(count: float | None) -> datetime | None:
        return None if count is None else START + timedelta(days=count)

    rows = [{"person_id": f"p{n}", "cycle": 1, "a_at": day(a), "b_at": day(b), "left_at": day(left)}
            for n, (a, b, left) in enumerate(told)]  # fmt: skip
    instant = "timestamp('UTC', 6)"
    schema = {"person_id": "string", "cycle": "int64", "a_at": instant, "b_at": instant, "left_at": instant}
    return ibis.memtable(rows, schema=schema)


def test_people_are_watched_from_one_stage_to_the_next_or_to_the_date() -> None:
    rows = watched(lives((10, 25.5, None), (40, None, None), (0, 95, None)), ["a", "b"], UNTIL).to_pyarrow().to_pylist()
    assert sorted((row["time"], row["converted"]) for row in rows) == [(15.5, True), (60.0, False), (91.0, False)]


def test_whoever_left_on_a_detour_is_watched_to_the_date_all_the_same() -> None:
    """Two entered on day 0. One left on day 5; the other converts on day 20: one of two, not one of one."""
    table = watched(lives((0, None, 5), (0, 20, None)), ["a", "b"], UNTIL)
    (row,) = kaplan_meier(table).to_pyarrow().to_pylist()
    assert row["km_30"] == pytest.approx(0.5, abs=1e-12)
