"""The funnel page's figures by month against hand-written SQL over the raw files (sql/funnel_*.sql)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from oarlock.jobs import computing
from oarlock.jobs.figures import Asked
from oarlock.lifecycle.versions import Versions
from oarlock.loop.period_figures import FunnelFigures, LoopFigures

from .asking import SQL, Answers, answers, parts
from .conftest import ROOT, Real
from .told import alike

Brightwater = tuple[Path, Path, Versions]
LATER = ("sal", "sql", "opportunity", "customer")


def measured(home: Path, versions: Versions, key: str) -> tuple[FunnelFigures, LoopFigures]:
    """The funnel and its loop by source, as the worker computes them."""
    made = computing.compute(home, versions, Asked(), ("source",), key, lambda words, share: None)
    assert made.funnel is not None
    return made.funnel, made.loops["source"]


@pytest.fixture(scope="module")
def figures(brightwater: Brightwater) -> tuple[FunnelFigures, LoopFigures]:
    _, home, versions = brightwater
    return measured(home, versions, "demo")


@pytest.fixture(scope="module")
def funnel(figures: tuple[FunnelFigures, LoopFigures]) -> FunnelFigures:
    return figures[0]


@pytest.fixture(scope="module")
def by_hand(brightwater: Brightwater) -> Answers:
    definition = (ROOT / "tests" / "rooms" / "demo" / "definition.sql").read_text()
    raw = parts((SQL / "demo.sql").read_text())["raw"].replace("{definition}", definition)
    return answers("funnel_demo", brightwater[0], raw=raw.replace("{data}", str(brightwater[0])))


def test_entries_by_month(funnel: FunnelFigures, by_hand: Answers) -> None:
    found = {
        (e.stage, e.period, e.entered, e.skipped) for e in funnel.entries if e.stage in LATER and is_month(e.period)
    }
    assert found == set(by_hand["entered"]) and len({period for _, period, *_ in found}) > 6


def test_a_cohorts_conversion_rest_time_and_estimate(funnel: FunnelFigures, by_hand: Answers) -> None:
    found = [
        (s.from_, s.to, s.period, s.numerator, s.denominator, s.still_open, s.median_days, s.p90_days, s.expected["90"])
        for s in funnel.steps if s.from_ in LATER and s.basis == "cohort" and is_month(s.period)
    ]  # fmt: skip
    assert alike(sorted(found, key=repr), sorted(by_hand["cohort"], key=repr))


def test_conversion_within_a_month(funnel: FunnelFigures, by_hand: Answers) -> None:
    found = {
        (s.from_, s.to, s.period, s.numerator, s.denominator)
        for s in funnel.steps if s.from_ in LATER and s.basis == "calendar" and is_month(s.period)
    }  # fmt: skip
    assert found == set(by_hand["calendar"])


def test_in_flow_out_flow_and_balance(funnel: FunnelFigures, by_hand: Answers) -> None:
    found = {
        (f.stage, f.month, f.in_flow, f.out_flow)
        for f in funnel.flows if f.stage in LATER and (f.in_flow or f.out_flow)
    }  # fmt: skip
    assert found == set(by_hand["flows"])
    for stage in LATER:
        assert funnel.balance[stage] == sum(i - o for s, _, i, o in by_hand["flows"] if s == stage)


def test_deals_by_the_month_they_were_closed_in(funnel: FunnelFigures, by_hand: Answers) -> None:
    found = [
        (c.period, c.won, c.lost, c.revenue, c.median_deal, c.median_cycle)
        for c in funnel.closed if is_month(c.period)
    ]  # fmt: skip
    assert alike(sorted(found), sorted(by_hand["closed"]))


def test_the_closed_loop_by_source_and_month(figures: tuple[FunnelFigures, LoopFigures], by_hand: Answers) -> None:
    hand: dict[tuple[str | None, str], dict[str, tuple[int, float]]] = {}
    for source, month, what, number, money in by_hand["loop"]:
        hand.setdefault((source, month), {})[what] = (number, money)
    ours = {(r.value, r.period): r for r in figures[1].rows if r.basis == "calendar" and is_month(r.period)}
    assert set(hand) <= set(ours) and len(hand) > 60
    for place, row in ours.items():
        told = hand.get(place, {})
        counts = {"accepted": row.accepted, "rejected": row.rejected, "lapsed": row.lapsed, "won": row.won}
        counts |= {f"reason {reason}": number for reason, number in row.reasons.items()}
        counts |= {stage: row.entered[stage] for stage in LATER}
        assert {w: n for w, n in counts.items() if n} == {w: n for w, (n, _) in told.items() if n}, place
        for what, ours_money in (("won", row.revenue), ("cost", row.cost)):
            assert abs(float(ours_money) - told.get(what, (0, 0.0))[1]) <= 0.01, (place, what)
        cost = row.cost_of("sql")
        if cost is not None and "cost" in told:
            assert abs(float(cost) - told["cost"][1] / told["sql"][0]) <= 0.01, place


def test_what_campaigns_cost_is_spent_once(figures: tuple[FunnelFigures, LoopFigures], by_hand: Answers) -> None:
    months = [r.cost for r in figures[1].rows if r.basis == "calendar" and is_month(r.period)]
    whole = sum(money for *_, what, _, money in by_hand["loop"] if what == "cost")
    assert whole > 0 and abs(float(sum(months, Decimal(0))) - whole) <= 0.01 * len(months)


def test_a_filter_has_its_share_of_the_cost_and_no_more(brightwater: Brightwater) -> None:
    """Every country's share of what campaigns cost, put together, is what they cost the people who have one."""
    _, home, versions = brightwater
    loops = []
    for n, where in enumerate(((), (("country", "DE"),), (("source", "webinar"), ("country", "DE")))):
        asked = Asked("loop", where=where, by="country")
        made = computing.compute(home, versions, asked, ("country",), f"share{n}", lambda words, share: None)
        loops.append({r.value: r.cost for r in made.loops["country"].of("all", "calendar")})
    assert loops[0]["DE"] == loops[1]["DE"] > loops[2]["DE"] > 0


def is_month(period: str) -> bool:
    return period != "all" and "Q" not in period


def test_olists_cohorts_by_month(real: Real) -> None:
    folder, home, versions = real("olist", "olist")
    found, loop = measured(home, versions, "olist")
    raw = parts((SQL / "olist.sql").read_text())["raw"].replace("{data}", str(folder))
    hand = answers("funnel_olist", folder, raw=raw)
    ours = [
        (s.period, s.numerator, s.denominator, s.expected["90"])
        for s in found.steps if s.basis == "cohort" and is_month(s.period)
    ]  # fmt: skip
    assert [o for o, h in zip(sorted(ours), sorted(hand["cohort"]), strict=True) if not alike(o, h)] == []
    rows = {
        (r.value, r.period, r.entered["mql"], r.entered["customer"], r.won, r.revenue)
        for r in loop.rows if r.basis == "cohort" and is_month(r.period)
    }  # fmt: skip
    assert rows == set(hand["loop"])
