"""No two figures disagree: a report, the table of entries, groups and flows of random companies."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from oarlock.lifecycle.versions import Versions
from oarlock.tables.entries import entries

from .companies import company, figures, lake_of, rows
from .test_known_on_a_date import BY, made


@pytest.mark.parametrize("seed", (2, 4))
def test_report_entries_groups_and_flows_agree(seed: int) -> None:
    tables, chance = made(seed), random.Random(seed)
    versions = Versions.of(
        company.agreement(chance, date(2025, 1, 1), 1), company.agreement(chance, date(2026, 2, 10), 2)
    )
    until = company.START + timedelta(days=chance.choice([60, 200]))
    report, lives = figures(lake_of(tables), versions, until, BY)
    listed, people = rows(entries(lives, versions)), rows(lives)

    entered, skipped = Counter(e["stage"] for e in listed), Counter(e["stage"] for e in listed if e["skipped"])
    assert [(s.entered, s.skipped) for s in report.stages] == [
        (entered[s.stage], skipped[s.stage]) for s in report.stages
    ]
    for groups in report.by.values():
        assert sum(g.people for g in groups) == report.people
        assert {s.stage: sum(g.entered[s.stage] for g in groups) for s in report.stages} == {
            s.stage: s.entered for s in report.stages
        }
        assert sum((g.revenue for g in groups), Decimal(0)) == report.opportunities.revenue
    for deals in report.opportunities.by.values():
        whole = report.opportunities
        assert [sum(getattr(g, w) for g in deals) for w in ("won", "lost", "open", "revenue")] == [
            whole.won, whole.lost, whole.open, whole.revenue,
        ]  # fmt: skip

    last = {p["person_id"]: p for p in sorted(people, key=lambda p: p["cycle"])}
    first_stage = f"{versions.stage_keys[0]}_at"
    nowhere = sum(p["left_at"] is None and p[first_stage] is None for p in last.values())
    assert sum(s.balance for s in report.stages) + sum(a.people for a in report.away) + nowhere == len(last)
    for stage in report.stages:
        flows = [f for f in report.flows if f.stage == stage.stage]
        assert (sum(f.in_flow for f in flows), flows[-1].balance) == (stage.entered, stage.balance)
    counts = {s.stage: s for s in report.stages}
    for c in report.conversions:
        assert (c.denominator, c.numerator) == (counts[c.from_].entered, counts[c.to].entered)
        assert c.still_open <= c.denominator - c.numerator >= 0
        estimates = [e for e in c.kaplan_meier.values() if e is not None]
        assert estimates == sorted(estimates) and all(-1e-12 <= e <= 1 for e in estimates)
