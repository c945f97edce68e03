"""The reader for people: plain English that says what the rule says, and never the same for two meanings."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oarlock.agreement.english import say
from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.language import read_rule
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Field
from oarlock.agreement.tree import Coalesce, Compare, IsNull, Literal, Node

from .random_rules import rows, rules

NAMES = Names.made((Field("person.subscribed", "flag"),), ["icp"], ZoneInfo("Europe/Berlin"))


def english(text: str, **spoken: str) -> str:
    rule, findings = read_rule(text, names=NAMES)
    assert rule is not None, findings
    return say(rule.tree, NAMES, spoken)


@pytest.mark.parametrize(("text", "sentence"), [
    ("account.employees between 50 and 5000 and account.industry in ('manufacturing', 'logistics')",
     "the account's number of employees is between 50 and 5,000 and the account's industry is one of “manufacturing” "
     "or “logistics”"),
    ("person.email is not null", "the person's email is known"),
    ("person.email is null", "the person's email is not known"),
    ("fit >= 40 and engagement >= 40", "fit is at least 40 and engagement is at least 40"),
    ("handoff.state = 'accepted'", "the hand-off's state is “accepted”"),
    ("activities('meeting.held', 60) >= 1",
     "the person has had at least one “meeting.held” activity in the last 60 days"),
    ("touches('*', 1) = 0", "the person has had no touch of any kind in the last 1 day"),
    ("touches('page.pricing', 7) > 3", "the person has had more than 3 “page.pricing” touches in the last 7 days"),
    ("touches('page.pricing', 7) < 3", "the person has had fewer than 3 “page.pricing” touches in the last 7 days"),
    ("touches('x', 7) = fit", "the number of “x” touches in the last 7 days is fit"),
    ("touches('x', 7) <> 2", "the number of “x” touches in the last 7 days is not 2"),
    ("touches('x', 7) > 0.5", "the number of “x” touches in the last 7 days is above 0.5"),
    ("icp", "“icp” holds"),
    ("not icp", "“icp” does not hold"),
    ("icp or icp and not (icp or icp)",
     "“icp” holds or (“icp” holds and it is not the case that (“icp” holds or “icp” holds))"),
    ("person.country not in ('DE')", "the person's country is none of “DE”"),
    ("person.email like '%@x.example'", "the person's email ends with “@x.example”"),
    ("person.email like 'a%'", "the person's email starts with “a”"),
    ("person.email like '%a%'", "the person's email contains “a”"),
    ("person.email like 'a_%'", "the person's email matches the pattern “a_%”"),
    ("person.email not like 'a'", "it is not the case that (the person's email matches the pattern “a”)"),
    ("contains(lower(person.email), 'a')", "the person's email in small letters contains “a”"),
    ("starts_with(person.email, 'a')", "the person's email starts with “a”"),
    ("person.created_at >= '2026-10-01'", "the person's date of creation is at or after 1 October 2026"),
    ("person.created_at < '2026-10-01 09:30'", "the person's date of creation is before 1 October 2026 09:30 (CEST)"),
    ("days_since(person.created_at) > 30", "the days since the person's date of creation is above 30"),
    ("person.country > 'DE'", "the person's country sorts after “DE”"),
    ("(fit + 2) * -(score) > 1", "(fit plus 2) times (minus the score) is above 1"),
    ("coalesce(fit, score, 0) = 2.5", "(the first known of fit, the score, 0) is 2.5"),
    ("person.subscribed", "the person's subscribed is true"),
    ("person.subscribed = true", "whether (the person's subscribed is true) is true"),
    ("icp = (fit > 1)", "whether (“icp” holds) is whether (fit is above 1)"),
    ("true or false", "it is always so or it is never so"),
    ("coalesce(icp, false)", "(the first known of whether (“icp” holds), false) is true"),
])  # fmt: skip
def test_worked_sentences(text: str, sentence: str) -> None:
    assert english(text) == sentence


def test_a_rule_may_be_called_by_other_words() -> None:
    assert english("icp", icp="our ideal customer") == "our ideal customer holds"


def test_null_is_said_though_no_rule_can_write_it() -> None:
    node = Compare("=", Coalesce((Literal(None), Literal(1.0))), Literal(None))
    assert say(node) == "(the first known of nothing known, 1) is nothing known"


def test_without_names_times_are_told_in_utc() -> None:
    rule, _ = read_rule("person.created_at = '2026-10-01T09:30:05Z'", names=NAMES)
    assert (
        rule is not None and say(rule.tree) == "the person's date of creation is exactly 1 October 2026 09:30:05 (UTC)"
    )


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(rules(3), rules(3), st.integers(0, 2**32))
def test_two_rules_that_read_the_same_judge_the_same(one: Node, other: Node, number: int) -> None:
    if say(one) != say(other) or one == other:
        return
    judge, also = compile_rule(one), compile_rule(other)
    assert all(judge(row) == also(row) for row in rows(number, 50)), say(one)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(rules(4))
def test_brackets_are_closed_and_every_condition_is_said(rule: Node) -> None:
    sentence = re.sub("“[^”]*”", "“”", say(IsNull(rule)))
    assert sentence.count("(") == sentence.count(")") and sentence.endswith("is not known")
