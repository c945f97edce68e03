"""Every figure of the visitor log's report against hand-written SQL over the raw file (sql/touchpoints.sql)."""

from __future__ import annotations

import pytest

from oarlock.jobs.measuring import measure
from oarlock.loop.figures import Report

from . import told
from .asking import Answers, answers
from .conftest import Real


@pytest.fixture(scope="module")
def by_hand(real: Real) -> Answers:
    return answers("touchpoints", real("touchpoints", "touchpoints")[0])


@pytest.fixture(scope="module")
def report(real: Real) -> Report:
    _, home, versions = real("touchpoints", "touchpoints")
    return measure(home, versions, by=["source"])


def test_visitors_and_every_conversion_of_broken_rows(report: Report, by_hand: Answers) -> None:
    [(visits, people, conversions, last)] = by_hand["whole"]
    assert (report.people, report.opportunities.won, report.as_known) == (people, conversions, last)
    assert (visits, report.quarantined, report.out_of_order) == (13_159, 0, 0)


def test_stages(report: Report, by_hand: Answers) -> None:
    assert told.stages(report) == by_hand["stages"]


def test_conversions_with_their_times_and_kaplan_meier_estimates(report: Report, by_hand: Answers) -> None:
    assert told.alike(told.conversions(report), by_hand["conversions"]), (report.conversions, by_hand["conversions"])


def test_flows(report: Report, by_hand: Answers) -> None:
    assert told.flows(report) == by_hand["flows"]


def test_closed_loop_by_the_channel_of_the_first_visit(report: Report, by_hand: Answers) -> None:
    assert by_hand["two channels at once"] == [(0,)]
    assert told.groups(report.by["source"]) == set(by_hand["by source"])


def test_deals(report: Report, by_hand: Answers) -> None:
    assert told.alike([told.opportunities(report.opportunities)[:7]], by_hand["deals"])
    assert told.deal_groups(report.opportunities.by["source"]) == set(by_hand["deals by source"])
