"""The funnel by period of random companies: parts sum to wholes, the whole is the report, and months are as counted
by hand from the rows of the lives."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pytest

from oarlock.ground.periods import months_between
from oarlock.lifecycle.versions import Versions
from oarlock.loop import cohorts, deals, funnel, happenings
from oarlock.loop.fields import Source, people_by
from oarlock.loop.pairs import pairs
from oarlock.loop.period_figures import (
    closed_figures,
    entered_figures,
    loop_figures,
    quarter_of,
    step_figures,
    summed,
)
from oarlock.loop.reporting import month_flows

from .companies import company, figures, kept, lake_of, rows
from .test_known_on_a_date import made

DAY = 86_400


@pytest.mark.parametrize("seed", (2, 5))
def test_months_quarters_and_the_whole_agree_with_the_report_and_with_counting_by_hand(seed: int) -> None:
    lake, chance = lake_of(made(seed)), random.Random(seed)
    versions = Versions.of(
        company.agreement(chance, date(2025, 1, 1), 1), company.agreement(chance, date(2026, 2, 10), 2)
    )
    until, keys = company.START + timedelta(days=200), list(versions.stage_keys)
    report, lives = figures(lake, versions, until)
    closed = [d["closed_at"] for d in rows(lake.opportunities) if d["closed_at"] and d["status"] != "open"]
    first = min([r["began_at"] for r in rows(lives)] + closed)
    months = months_between(first, until, versions.latest.time_zone)
    dated = kept(lake, "dated", cohorts.dated(lives, keys, months))
    each = rows(dated)

    entered = entered_figures(rows(cohorts.entries(dated, keys)), keys)
    by_hand = Counter((s, r[f"m_{s}"]) for r in each for s in keys if r[f"{s}_at"])
    assert {(e.stage, e.period): e.entered for e in entered if len(e.period) == 7 and "Q" not in e.period} == by_hand
    whole = {(e.stage): (e.entered, e.skipped) for e in entered if e.period == "all"}
    assert whole == {s.stage: (s.entered, s.skipped) for s in report.stages if s.entered}
    quarters = Counter()  # type: ignore[var-annotated]
    for (stage, month), n in by_hand.items():
        quarters[stage, quarter_of(month)] += n
    assert {(e.stage, e.period): e.entered for e in entered if "Q" in e.period} == quarters

    steps = kept(lake, "steps", cohorts.steps(dated, keys))
    told = step_figures(
        {
            "steps cohort": rows(cohorts.cohort(steps)),
            "steps calendar": rows(cohorts.calendar(steps)),
            "expected": rows(cohorts.expected(dated, keys, until)),
        },
        keys,
    )
    found = {(s.from_, s.to, s.period, s.basis): s for s in told}
    for c in report.conversions:
        if not c.denominator:
            continue
        all_of = found[c.from_, c.to, "all", "cohort"]
        assert (all_of.numerator, all_of.denominator, all_of.still_open, all_of.median_days, all_of.p90_days) == (
            c.numerator, c.denominator, c.still_open, c.median_days, c.p90_days,
        )  # fmt: skip
        assert all_of.expected == pytest.approx(c.kaplan_meier)
        assert found[c.from_, c.to, "all", "calendar"].numerator == c.numerator
    for a, b in pairs(keys):
        for month in {r[f"m_{a}"] for r in each if r[f"{a}_at"]}:
            mine = [r for r in each if r[f"m_{a}"] == month]
            got = [r for r in mine if r[f"{b}_at"]]
            took = [(r[f"{b}_at"] - r[f"{a}_at"]).total_seconds() / DAY for r in got]
            step = found[a, b, month, "cohort"]
            still = sum(not r[f"{b}_at"] and not r["left_at"] for r in mine)
            assert (step.numerator, step.denominator, step.still_open) == (len(got), len(mine), still)
            assert step.median_days == (pytest.approx(median(took)) if took else None)
            there = found[a, b, month, "calendar"]
            assert there.numerator == sum(r[f"m_{b}"] == month for r in each if r[f"{a}_at"])

    assert month_flows(keys, rows(cohorts.flows(dated, keys, months))) == report.flows
    _closed_loop(lake, versions, until, dated, months, whole)
    assert rows(funnel.stage_counts(dated, keys))[0][f"e_{keys[0]}"] == report.stages[0].entered


def _closed_loop(lake, versions, until, dated, months, whole) -> None:  # type: ignore[no-untyped-def]
    """Values sum to what happened, revenue to what was won, and every hand-off is answered once."""
    keys, handed = list(versions.stage_keys), versions.stage_keys[0]
    known = kept(lake, "known_deals", deals.known_deals(lake, until, versions.latest.currency))
    answered = kept(lake, "answered", happenings.answers(lake, dated, handed, months, until))
    paid = kept(lake, "paid", happenings.won(lake, known, dated, handed, months))
    values = kept(lake, "values_of", people_by(lake, Source("person", "source"), until))
    spent = happenings.costs(lake, values, months, until, versions.latest)
    each = kept(lake, "each", happenings.happenings(dated, answered, paid, spent, values, keys, handed))
    told = loop_figures(
        {f"loop {basis}": rows(happenings.looped(each, basis)) for basis in ("cohort", "calendar")}, keys, handed
    )
    everything = summed([r for r in told if r.period == "all" and r.basis == "calendar"], "all", "calendar")
    assert {s: n for s, n in everything.entered.items() if n} == {s: n for s, (n, _) in whole.items()}
    assert everything.rejected == sum(everything.reasons.values())
    closed = {c.period: c for c in closed_figures(rows(happenings.closings(lake, known, months)))}
    if "all" in closed:
        assert (everything.won, everything.revenue) == (closed["all"].won, closed["all"].revenue)
    months_of = [r for r in told if r.basis == "calendar" and len(r.period) == 7 and "Q" not in r.period]
    undated = sum((p["revenue"] or 0 for p in rows(paid) if p["calendar"] is None), Decimal(0))  # won, nobody says when
    assert sum((r.revenue for r in months_of), Decimal(0)) + undated == everything.revenue
    assert sum(r.answered for r in months_of) == everything.answered
