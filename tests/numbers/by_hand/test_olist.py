"""Every figure of Olist's report against hand-written SQL over the raw files (sql/olist.sql)."""

from __future__ import annotations

import pytest

from oarlock.jobs.measuring import measure
from oarlock.loop.figures import Report

from . import told
from .asking import Answers, answers
from .conftest import Real

BY = (
    "source", "landing_page", "account.state", "account.industry", "person.sdr_id", "owner", "team", "manager",
    "opportunity.business_segment", "business_segment",
)  # fmt: skip


@pytest.fixture(scope="module")
def by_hand(real: Real) -> Answers:
    return answers("olist", real("olist", "olist")[0])


@pytest.fixture(scope="module")
def report(real: Real) -> Report:
    _, home, versions = real("olist", "olist")
    return measure(home, versions, by=BY)


def test_people_the_date_and_the_one_deal_before_its_first_contact(report: Report, by_hand: Answers) -> None:
    assert [(report.people, report.as_known, report.out_of_order)] == by_hand["whole"]
    assert (report.people, report.out_of_order, report.quarantined) == (8_000, 1, 0)


def test_stages(report: Report, by_hand: Answers) -> None:
    assert told.stages(report) == by_hand["stages"]
    assert [s.entered for s in report.stages] == [8_000, 842]


def test_conversion_with_its_time_and_its_kaplan_meier_estimates(report: Report, by_hand: Answers) -> None:
    assert told.alike(told.conversions(report), by_hand["conversions"]), (report.conversions, by_hand["conversions"])


def test_flows_by_month_in_brazil(report: Report, by_hand: Answers) -> None:
    assert told.flows(report) == by_hand["flows"]


@pytest.mark.parametrize(
    "word", ["source", "landing_page", "account.state", "account.industry", "person.sdr_id", "owner"]
)
def test_closed_loop(word: str, report: Report, by_hand: Answers) -> None:
    assert told.groups(report.by[word]) == set(by_hand[f"by {word}"])


def test_no_origin_and_the_word_unknown_are_two_values(report: Report) -> None:
    people = {g.value: g.people for g in report.by["source"]}
    assert (people[None], people["unknown"]) == (60, 1_099)


def test_deals(report: Report, by_hand: Answers) -> None:
    assert told.alike([told.opportunities(report.opportunities)[:7]], by_hand["deals"]), report.opportunities
    assert report.opportunities.mean_cycle_days is None, "nobody recorded when these deals were begun"


@pytest.mark.parametrize(
    "word",
    [w for w in BY if w not in ("account.industry", "person.sdr_id")],
)
def test_deals_by(word: str, report: Report, by_hand: Answers) -> None:
    assert told.deal_groups(report.opportunities.by[word]) == set(by_hand[f"deals by {word}"])
