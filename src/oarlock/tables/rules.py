"""The table reader: the same tree as one Ibis column, judged for every row at once. Twin of `agreement.evaluate`.

Promises: for the same values the same answer as the live reader, unknown included; texts reach the engine only as
literals of an expression, never as SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, Protocol

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from oarlock.agreement.evaluate import MICROSECONDS_A_DAY
from oarlock.agreement.tree import (
    And,
    Arithmetic,
    Between,
    Coalesce,
    Compare,
    Contains,
    Count,
    DaysSince,
    In,
    IsNull,
    Like,
    Literal,
    Lower,
    Name,
    Negative,
    Node,
    Not,
    Or,
    StartsWith,
    Type,
)
from oarlock.tables.texts import micros

IBIS_TYPES: dict[Type, str] = {
    "text": "string", "number": "float64", "flag": "boolean", "time": "timestamp('UTC', 6)",
}  # fmt: skip
"""The Ibis type of each type a rule knows."""


class Columns(Protocol):
    """What a table answers to the reader that judges it: the columns of `tree.Record`'s answers."""

    @property
    def at(self) -> ir.TimestampValue:
        """The instant of judgement of each row, UTC."""

    def value(self, path: str) -> ir.Value:
        """The value of a name at that instant (fields, scores and named rules alike), of the name's type."""

    def count(self, what: str, kind: str, days: int) -> ir.Value:
        """How many touches or activities of that kind lie in the last so many days; never null."""


def column(node: Node, record: Columns) -> ir.Value:
    """The rule as a column over the rows that `record` speaks for: boolean for a whole rule, null for unknown."""
    return _COLUMNS[type(node)](node, record)


_WHOLE = (ops.Field, ops.Literal, ops.Cast, ops.IfElse, ops.SearchedCase, ops.Coalesce, ops.Lowercase)


def _operand(node: Node, record: Columns) -> ir.Value:
    """A part that another operator takes. Ibis 12 writes `(not a) is null` and `(a = b) in (true)` without their
    brackets, and `a = null` as `a is null`, which mean something else; `coalesce(...)` of one value changes nothing and
    holds it together."""
    value = column(node, record)
    whole = isinstance(value.op(), _WHOLE) and node != Literal(None)
    return value if whole else ibis.coalesce(value)


def _literal(node: Literal, record: Columns) -> ir.Value:
    value = node.value
    if value is None or isinstance(value, bool):
        return ibis.null() if value is None else ibis.literal(value)
    if isinstance(value, float):  # bare, DuckDB takes 0.1 for a decimal, and 0.1 + 0.2 for exactly 0.3
        return ibis.literal(repr(value)).cast("float64")
    return ibis.literal(value, type=IBIS_TYPES["text" if isinstance(value, str) else "time"])


def _name(node: Name, record: Columns) -> ir.Value:
    value = record.value(node.path)
    return _finite(value.cast("float64")) if node.type == "number" else value


def _finite(number: ir.Value) -> ir.Value:
    """Beyond the largest float, and not-a-number, are unknown."""
    return ibis.ifelse(number.isinf() | number.isnan(), ibis.null("float64"), number)


def _compare(node: Compare, record: Columns) -> ir.Value:
    return _COMPARISONS[node.op](_operand(node.left, record), _operand(node.right, record))


def _and(node: And, record: Columns) -> ir.Value:
    return reduce(lambda one, other: one & other, (column(part, record) for part in node.parts))


def _or(node: Or, record: Columns) -> ir.Value:
    return reduce(lambda one, other: one | other, (column(part, record) for part in node.parts))


def _not(node: Not, record: Columns) -> ir.Value:
    return ~column(node.part, record)


def _in(node: In, record: Columns) -> ir.Value:
    return _operand(node.subject, record).isin([column(option, record) for option in node.options])


def _between(node: Between, record: Columns) -> ir.Value:
    return _operand(node.subject, record).between(_operand(node.low, record), _operand(node.high, record))


def _like(node: Like, record: Columns) -> ir.Value:
    return _operand(node.subject, record).like(node.pattern)


def _is_null(node: IsNull, record: Columns) -> ir.Value:
    return _operand(node.subject, record).isnull()


def _arithmetic(node: Arithmetic, record: Columns) -> ir.Value:
    return _finite(_ARITHMETIC[node.op](column(node.left, record), column(node.right, record)))


def _divide(one: ir.Value, other: ir.Value) -> ir.Value:
    return one / other.nullif(0.0)


def _negative(node: Negative, record: Columns) -> ir.Value:
    return -column(node.part, record)


def _count(node: Count, record: Columns) -> ir.Value:
    return record.count(node.what, node.kind, node.days).cast("float64")


def _days_since(node: DaysSince, record: Columns) -> ir.Value:
    then = column(node.subject, record)
    return (micros(record.at) - micros(then)).cast("float64") / MICROSECONDS_A_DAY


def _lower(node: Lower, record: Columns) -> ir.Value:
    return column(node.subject, record).lower()


def _contains(node: Contains, record: Columns) -> ir.Value:
    return column(node.subject, record).contains(node.part)


def _starts_with(node: StartsWith, record: Columns) -> ir.Value:
    return column(node.subject, record).startswith(node.part)


def _coalesce(node: Coalesce, record: Columns) -> ir.Value:
    return ibis.coalesce(*(column(option, record) for option in node.options))


_COMPARISONS: dict[str, Callable[[Any, Any], ir.Value]] = {
    "=": lambda one, other: one == other,
    "<>": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], ir.Value]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": _divide,
}
_COLUMNS: dict[type[Node], Callable[[Any, Columns], ir.Value]] = {
    Literal: _literal,
    Name: _name,
    Compare: _compare,
    And: _and,
    Or: _or,
    Not: _not,
    In: _in,
    Between: _between,
    Like: _like,
    IsNull: _is_null,
    Arithmetic: _arithmetic,
    Negative: _negative,
    Count: _count,
    DaysSince: _days_since,
    Lower: _lower,
    Contains: _contains,
    StartsWith: _starts_with,
    Coalesce: _coalesce,
}
