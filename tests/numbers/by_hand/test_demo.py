"""The demo company's report against hand-written SQL over its CSV files (sql/demo.sql)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from oarlock.jobs.measuring import measure
from oarlock.lifecycle.versions import Versions
from oarlock.loop.figures import Report

from . import told
from .asking import Answers

DEALS_BY = ("owner", "team", "manager", "source", "product", "account.industry", "job_level")
Brightwater = tuple[Path, Path, Versions]


@pytest.fixture(scope="module")
def report(brightwater: Brightwater) -> Report:
    _, home, versions = brightwater
    return measure(home, versions, by=[*DEALS_BY, "campaign", "country", "owner"])


def test_people_and_the_date(report: Report, demo_by_hand: Answers) -> None:
    assert [(report.people, report.as_known)] == demo_by_hand["whole"]


def test_stages_from_the_accepted_lead_on(report: Report, demo_by_hand: Answers) -> None:
    assert told.stages(report)[2:] == demo_by_hand["stages"]


def test_conversions_from_the_accepted_lead_on(report: Report, demo_by_hand: Answers) -> None:
    found = [c for c in told.conversions(report) if c[0] in ("sal", "sql", "opportunity")]
    assert told.alike(found, demo_by_hand["conversions"]), (found, demo_by_hand["conversions"])


def test_who_is_away(report: Report, demo_by_hand: Answers) -> None:
    [(_, away, final)] = demo_by_hand["absences"]
    people = {a.back_to: a.people for a in report.away}
    assert people == {None: final, "lead": away - final}


def test_closed_loop_by_source(report: Report, demo_by_hand: Answers) -> None:
    found = {(v, n, *e[2:]) for v, n, *e in told.groups(report.by["source"])}
    assert found == set(demo_by_hand["entered by source"])


def test_deals(report: Report, demo_by_hand: Answers) -> None:
    assert told.alike([told.opportunities(report.opportunities)], demo_by_hand["deals"]), demo_by_hand["deals"]


@pytest.mark.parametrize("word", DEALS_BY)
def test_deals_by(word: str, report: Report, demo_by_hand: Answers) -> None:
    assert told.deal_groups(report.opportunities.by[word]) == set(demo_by_hand[f"deals by {word}"])


def test_deals_as_known_in_mid_history(brightwater: Brightwater, demo_by_hand: Answers) -> None:
    _, home, versions = brightwater
    then = measure(home, versions, as_known=datetime(2026, 3, 31, 22, tzinfo=UTC)).opportunities
    assert told.alike([told.opportunities(then)[:4]], demo_by_hand["known on 2026-03-31"])


def test_groups_sum_to_the_whole(report: Report) -> None:
    entered = [s.entered for s in report.stages]
    for groups in report.by.values():
        if groups:
            assert sum(g.people for g in groups) == report.people
            assert [sum(g.entered[s.stage] for g in groups) for s in report.stages] == entered
            assert sum((g.revenue for g in groups), Decimal(0)) == report.opportunities.revenue
    for deals in report.opportunities.by.values():
        whole = report.opportunities
        sums = tuple(sum(getattr(g, what) for g in deals) for what in ("won", "lost", "open", "revenue"))
        assert sums == (whole.won, whole.lost, whole.open, whole.revenue)


def test_what_flows_in_and_not_out_is_there(report: Report) -> None:
    balance = dict.fromkeys((s.stage for s in report.stages), 0)
    for flow in report.flows:
        balance[flow.stage] += flow.in_flow - flow.out_flow
        assert flow.balance == balance[flow.stage] >= 0
    assert balance == {s.stage: s.balance for s in report.stages}
    assert {s.stage: sum(f.in_flow for f in report.flows if f.stage == s.stage) for s in report.stages} == {
        s.stage: s.entered for s in report.stages
    }
