"""Where `obstacle` says a rule is never true, no record makes it true; and the plain contradictions are seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.language import read_rule
from oarlock.agreement.names import Names
from oarlock.agreement.reach import Limits, Setting, obstacle, sums
from oarlock.agreement.terms import Field
from oarlock.agreement.tree import Node, Value

NAMES = Names.made([Field("person.n", "number"), Field("person.t", "text"), Field("person.f", "flag")], ["icp"])


def tree(text: str) -> Node:
    rule, found = read_rule(text, names=NAMES)
    assert rule is not None, found
    return rule.tree


@dataclass(frozen=True)
class Given:
    values: dict[str, Value]
    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def value(self, path: str) -> Value:
        return self.values.get(path)

    def count(self, what: str, kind: str, days: int) -> int:
        return 2 if self.values.get("count") else 0


@pytest.mark.parametrize(
    "rule",
    [
        "person.n > 3 and person.n < 3", "person.n >= 3 and person.n <= 3 and person.n <> 3",
        "person.n between 5 and 4", "person.n in (1, 2) and person.n > 2", "person.t = 'a' and person.t = 'b'",
        "person.t = 'a' and not person.t = 'a'", "person.n is null and person.n > 1", "false", "not true",
        "touches('x', 3) < 0", "3 < person.n and person.n < 3", "person.f and not person.f", "icp and person.t <> 'x'",
        "(person.t = 'a' or person.t = 'b') and person.t in ('c', 'd')", "person.t is null and person.t like 'a%'",
        "not (person.n > 3 or person.n <= 3)",
    ],
)  # fmt: skip
def test_plain_contradictions_are_seen(rule: str) -> None:
    assert obstacle(tree(rule), Setting({"icp": tree("person.t = 'x'")})) is not None


@pytest.mark.parametrize(
    "rule",
    ["person.n > 3", "person.n >= 3 and person.n <= 3", "person.n > 3 or false", "not person.f",
     "person.n + 1 > person.n",
     "person.t is null or person.t = 'a'", "coalesce(person.n, 1) > 0", "person.n not in (1, 2)", "icp"],
)  # fmt: skip
def test_rules_that_can_be_true_are_let_be(rule: str) -> None:
    assert obstacle(tree(rule), Setting()) is None


def test_the_name_that_blocks_is_named() -> None:
    assert obstacle(tree("person.n > 1 and person.t = 'a' and person.t = 'b'"), Setting()) == "person.t"
    assert obstacle(tree("fit > 60"), Setting(limits={"fit": sums([40, 20, -5])})) == "fit"
    assert obstacle(tree("fit >= 60"), Setting(limits={"fit": sums([40, 20, -5])})) is None
    assert sums([40, 20, -5]) == Limits(low=-5, high=60, null=False)


def test_many_ways_to_be_true_are_taken_to_be_possible() -> None:
    many = " and ".join("(person.t = 'a' or person.n = 1)" for _ in range(10)) + " and person.f and not person.f"
    assert obstacle(tree(many), Setting()) is None


texts, numbers = st.sampled_from(["a", "b", "c"]), st.integers(-2, 3)
atoms = st.one_of(
    st.builds("person.n {} {}".format, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers),
    st.builds("{} {} person.n".format, numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="])),
    st.builds("person.t {} '{}'".format, st.sampled_from(["=", "<>", "<", ">="]), texts),
    st.builds("person.t {} ('{}', '{}')".format, st.sampled_from(["in", "not in"]), texts, texts),
    st.builds("person.n {} {} and {}".format, st.sampled_from(["between", "not between"]), numbers, numbers),
    st.builds("touches('x', 1) {} {}".format, st.sampled_from(["<", ">="]), numbers),
    st.sampled_from(["person.t is null", "person.n is not null", "person.f", "icp", "true", "false",
                     "person.t like 'a%'", "contains(person.t, 'b')"]),
)  # fmt: skip
rules = st.recursive(
    atoms,
    lambda below: (
        st.builds("({} {} {})".format, below, st.sampled_from(["and", "or"]), below)
        | st.builds("not ({})".format, below)
    ),
    max_leaves=6,
)
RECORDS = [
    {"person.n": n, "person.t": t, "person.f": f, "count": c}
    for n in (None, -3.0, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 4.0)
    for t in (None, "", "a", "b", "c", "d")
    for f in (None, True, False)
    for c in (0, 2)
]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(rules)
def test_where_it_says_never_no_record_makes_it_true(rule: str) -> None:
    icp = tree("person.t = 'a' and person.n > 0")
    if obstacle(tree(rule), Setting({"icp": icp})) is None:
        return
    judge, holds = compile_rule(tree(rule)), compile_rule(icp)
    for values in RECORDS:
        record = Given({**values, "icp": holds(Given(dict(values)))})
        assert judge(record) is not True, (rule, values)
