"""The table reader, where Ibis and DuckDB have ways of their own (the random comparison is in agreement/language)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from oarlock.agreement.evaluate import lower
from oarlock.agreement.language import read_rule
from oarlock.agreement.names import Names
from oarlock.agreement.tree import Compare, In, Like, Literal, Lower, Name, Node, Not, Value
from oarlock.tables.rules import column

NAMES = Names.made(rules=["icp"])
EMAIL = Name("person.email", "text")


@dataclass(frozen=True)
class People:
    """Columns of a table by their names in rules."""

    table: ir.Table

    @property
    def at(self) -> ir.TimestampValue:
        return ibis.literal(datetime(2026, 11, 21, tzinfo=UTC), type="timestamp('UTC', 6)")

    def value(self, path: str) -> ir.Value:
        return self.table[path]

    def count(self, what: str, kind: str, days: int) -> ir.Value:
        return self.table["happened"]


def judged(node: Node, **columns: Sequence[object]) -> list[Value]:
    named = {name.replace("__", "."): values for name, values in columns.items()}
    table = pa.table(named | {"n": range(max(map(len, columns.values())))})
    people = ibis.memtable(table)
    answer = people.select("n", answer=column(node, People(people))).order_by("n")
    found: list[Value] = ibis.duckdb.connect().to_pyarrow(answer)["answer"].to_pylist()
    return found


def tree(text: str) -> Node:
    rule, findings = read_rule(text, names=NAMES)
    assert rule is not None, findings
    return rule.tree


def test_lower_says_the_same_of_every_character_there_is() -> None:
    characters = [chr(c) for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]
    assert judged(Lower(EMAIL), person__email=characters) == [lower(c) for c in characters]


def test_lower_looks_at_each_character_alone() -> None:
    words = ["ΑΣ", "ΑΣ Α", "İSTANBUL", "e\u0301É", "ẞß"]
    assert judged(Lower(EMAIL), person__email=words) == [lower(word) for word in words]


@pytest.mark.parametrize(("text", "answers"), [
    ("(not icp) is null", [False, False, True]),
    ("(not icp) in (true, false)", [True, True, None]),
    ("(icp = false) in (true)", [False, True, None]),
    ("(icp or icp) in (false)", [False, True, None]),
    ("(fit + 1) in (2)", [True, False, None]),
    ("(fit is null) is null", [False, False, False]),
    ("(fit between 1 and 2) is null", [False, False, True]),
    ("icp = (not icp)", [False, False, None]),
    ("(fit - 1) between (fit - 2) and (fit - 1)", [True, True, None]),
])  # fmt: skip
def test_a_condition_inside_a_condition_keeps_its_brackets(text: str, answers: list[Value]) -> None:
    assert judged(tree(text), icp=[True, False, None], fit=[1.0, 9.0, None]) == answers


def test_constants_are_floats_and_not_decimals() -> None:
    assert judged(tree("0.1 + 0.2 = 0.3"), fit=[1.0]) == [0.1 + 0.2 == 0.3] == [False]


def test_dividing_by_zero_and_leaving_the_floats_is_unknown() -> None:
    numbers = [0.0, -0.0, 1e308, float("inf"), float("-inf"), float("nan"), 2.0]
    assert judged(tree("1 / fit > 0"), fit=numbers) == [None, None, True, None, None, None, True]
    assert judged(tree("fit * 10 > 0"), fit=numbers) == [False, False, None, None, None, None, True]
    assert judged(tree("fit is null"), fit=numbers) == [False, False, False, True, True, True, False]


def test_money_and_whole_numbers_are_judged_as_numbers() -> None:
    money = pa.array([None, 12.5], pa.float64()).cast(pa.decimal128(18, 2))
    assert judged(tree("opportunity.amount / 2 = 6.25"), opportunity__amount=money) == [None, True]
    assert judged(tree("touches('x', 3) / 2 = 1.5"), happened=[3, 0]) == [True, False]


def test_null_stays_unknown_in_lists_and_comparisons() -> None:
    assert judged(In(EMAIL, (Literal("a"), Literal(None))), person__email=["a", "b", None]) == [True, None, None]
    assert judged(Compare("=", EMAIL, Literal(None)), person__email=["a", None]) == [None, None]


@pytest.mark.parametrize("letters", ["'; drop table people; --", "\\", "%s", "{0}", "a'b", '"', "$1", "?"])
def test_texts_reach_the_engine_as_texts(letters: str) -> None:
    assert judged(Compare("=", EMAIL, Literal(letters)), person__email=[letters, "x"]) == [True, False]
    assert judged(Not(Like(EMAIL, letters.replace("%", "_"))), person__email=[letters]) == [False]
