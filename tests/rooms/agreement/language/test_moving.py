"""What a rule hangs on, and whether time alone can make it true."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.language import depends_on, read_rule, rises_with_time
from oarlock.agreement.moving import Meanings
from oarlock.agreement.names import Names
from oarlock.agreement.terms import NamedRule, Points, Rule, Scoring, Terms
from oarlock.agreement.tree import Node

from .random_rules import Row, rows, rules

NAMES = Names.made(rules=["icp", "idle", "circle"])


def tree(text: str) -> Node:
    rule, findings = read_rule(text, names=NAMES)
    assert rule is not None, findings
    return rule.tree


FADING = Scoring(engagement=(("webinar.attended", 20.0),), half_life=timedelta(days=30))
KNOWN = Meanings(
    {
        "icp": tree("account.employees > 50"),
        "idle": tree("days_since(person.created_at) > 30"),
        "circle": tree("circle"),
    },
    ((tree("icp"), 40.0), (tree("person.country = 'DE'"), -10.0)),
    FADING,
)


def test_a_rule_hangs_on_its_names_and_counts() -> None:
    found = depends_on(tree("icp and fit > 3 and touches('webinar.attended', 7) + activities('*', 3) > score / 2"))
    assert found == {"icp", "fit", "score", "touches:webinar.attended", "activities:*"}


@pytest.mark.parametrize("text", [
    "fit >= 40 and engagement >= 40", "icp", "not icp", "person.email is not null", "score > 10",
    "touches('*', 30) >= 1", "activities('meeting.held', 60) > 2 or icp", "not engagement < 10", "not idle",
    "engagement * 2 - 3 > 10", "10 < engagement / 2", "engagement * -1 < 3", "-engagement <= 3", "2 * engagement > 1",
    "days_since(person.created_at) < 7", "not (days_since(person.created_at) > 7)", "fit between 1 and 2",
    "coalesce(fit, 1) > 3",
])  # fmt: skip
def test_these_become_true_at_facts_only(text: str) -> None:
    assert not rises_with_time(tree(text), KNOWN)


@pytest.mark.parametrize("text", [
    "days_since(person.created_at) > 30", "idle", "icp and idle", "engagement < 10", "not engagement >= 10",
    "score <= 3", "touches('*', 30) = 0", "not activities('*', 30) >= 1", "touches('*', 7) < touches('*', 30)",
    "engagement <> 3",
    "engagement between 1 and 2", "-engagement > -3", "engagement * -1 > -3", "10 / engagement > 1",
    "3 - engagement > 1", "coalesce(engagement, 1) > 3", "engagement in (1, 2)", "(engagement > 3) = icp",
    "(engagement > 3) is null",
    "circle", "2 * (engagement + 1) < 3", "engagement is null", "engagement * 0 = 0",
    "days_since(person.created_at) * engagement > 3",
])  # fmt: skip
def test_these_may_become_true_as_time_goes_by(text: str) -> None:
    assert rises_with_time(tree(text), KNOWN)


def test_all_meanings_come_from_sealed_terms() -> None:
    scoring = replace(FADING, fit=(Points(Rule("icp", tree("icp")), 40.0),))
    idle = NamedRule("idle", Rule("", KNOWN.rules["idle"]))
    terms = Terms("Brightwater", date(2026, 10, 1), "Europe/Berlin", "EUR", (), scoring=scoring, rules=(idle,))
    assert Meanings.of(terms) == Meanings({"idle": KNOWN.rules["idle"]}, ((tree("icp"), 40.0),), scoring)


def test_a_name_whose_meaning_is_not_given_may_move_either_way() -> None:
    assert not rises_with_time(tree("engagement > 3")) and rises_with_time(tree("score > 3"))
    assert rises_with_time(tree("icp")) and rises_with_time(tree("not icp")) and rises_with_time(tree("fit > 3"))


def test_scores_that_do_not_fade_do_not_move_and_points_taken_away_come_back() -> None:
    still = replace(KNOWN, scoring=replace(FADING, half_life=None))
    punished = replace(KNOWN, scoring=replace(FADING, engagement=(("email.bounced", -20.0),)))
    assert not rises_with_time(tree("engagement < 10"), still)
    assert rises_with_time(tree("engagement > 10"), punished) and not rises_with_time(tree("engagement < 10"), punished)


def test_fit_moves_as_its_rules_do() -> None:
    idle_costs = replace(KNOWN, fit=((tree("idle"), -40.0), (tree("icp"), 0.0)))
    assert rises_with_time(tree("fit < 10"), idle_costs) and not rises_with_time(tree("fit > 10"), idle_costs)
    assert rises_with_time(tree("fit > 10"), replace(KNOWN, fit=((tree("idle"), 40.0),)))


STILL = Meanings({"icp": tree("true")}, (), FADING)


@settings(deadline=None, max_examples=200, suppress_health_check=list(HealthCheck))
@given(rules(4), st.integers(0, 2**32))
def test_a_random_rule_said_not_to_rise_does_not_rise_between_facts(rule: Node, number: int) -> None:
    if rises_with_time(rule, STILL):
        return
    judge, chance = compile_rule(rule), random.Random(number)
    for row in rows(number, 20):
        before = faded(row, 1.0, timedelta())
        later = faded(before, chance.random(), timedelta(days=chance.random() * 100))
        assert not (judge(before) is not True and judge(later) is True), (before, later)


def faded(row: Row, factor: float, passed: timedelta) -> Row:
    """The same person some time later, without a fact in between."""
    known: dict[str, Any] = dict(row.known)
    engagement = known["engagement"]
    known["engagement"] = min(abs(engagement), 5000.0) * factor if engagement == engagement and engagement else 0.0
    known["fit"], known["score"] = 0.0, known["engagement"]
    at = row.at.replace(year=2026) + passed
    return Row(at, known, {count: int(n * factor) for count, n in row.counts.items()})
