"""Every figure of Maven CRM's report against hand-written SQL over the raw files (sql/maven_crm.sql)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oarlock.jobs.measuring import measure
from oarlock.loop.figures import Report

from . import told
from .asking import Answers, answers
from .conftest import Real

BY = (
    "owner", "manager", "team", "product", "opportunity.product_series", "account.industry", "account.year_established",
    "account", "campaign",
)  # fmt: skip


@pytest.fixture(scope="module")
def by_hand(real: Real) -> Answers:
    return answers("maven_crm", real("maven_crm", "maven-crm")[0])


@pytest.fixture(scope="module")
def report(real: Real) -> Report:
    _, home, versions = real("maven_crm", "maven-crm")
    return measure(home, versions, by=BY)


def test_the_date_the_deals_and_one_product_of_two_spellings(report: Report, by_hand: Answers) -> None:
    [(known, deals, misspelt, won, lost)] = by_hand["whole"]
    found = report.opportunities
    assert (report.as_known, found.won + found.lost + found.open, found.won, found.lost) == (known, deals, won, lost)
    assert (deals, misspelt, won, lost) == (8_800, 1_480, 4_238, 2_473)
    assert not {"GTXPro"} & {g.value for g in found.by["product"]}


def test_there_are_no_people_and_nobody_in_a_stage(report: Report) -> None:
    assert (report.people, report.out_of_order, report.quarantined) == (0, 0, 0)
    assert told.stages(report) == [("prospect", 0, 0, 0), ("engaged", 0, 0, 0), ("customer", 0, 0, 0)]
    assert report.flows == ()


def test_deals(report: Report, by_hand: Answers) -> None:
    assert told.alike([told.opportunities(report.opportunities)], by_hand["deals"]), by_hand["deals"]


@pytest.mark.parametrize("word", BY)
def test_deals_by(word: str, report: Report, by_hand: Answers) -> None:
    assert told.deal_groups(report.opportunities.by[word]) == set(by_hand[f"deals by {word}"])


def test_what_was_known_in_mid_2017(real: Real, by_hand: Answers) -> None:
    _, home, versions = real("maven_crm", "maven-crm")
    then = measure(home, versions, as_known=datetime(2017, 7, 1, tzinfo=UTC)).opportunities
    assert told.alike([told.opportunities(then)[:5]], by_hand["as known on 2017-07-01"])
