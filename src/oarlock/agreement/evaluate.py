"""The live reader: one record against one rule, with SQL's three values (True, False, None for unknown).

`compile_rule` turns a tree into nested closures once, so that judging costs a few microseconds; `evaluate` does both.
Promises: the same answer as `tables.rules` gives for the same values; no exception, whatever the values are.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

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
    Record,
    StartsWith,
    Value,
)

Reader = Callable[[Record], Value]
"""A rule, or a part of one, ready to be asked about a record."""

MICROSECONDS_A_DAY = 86_400_000_000.0


def evaluate(node: Node, record: Record) -> Value:
    """What the rule says of this record. Who asks often keeps `compile_rule(node)`."""
    return compile_rule(node)(record)


def compile_rule(node: Node) -> Reader:
    """The rule as a function of a record."""
    return _READERS[type(node)](node)


def _literal(node: Literal) -> Reader:
    value = node.value
    return lambda record: value


def _name(node: Name) -> Reader:
    path = node.path
    return _number(path) if node.type == "number" else lambda record: record.value(path)


def _number(path: str) -> Reader:
    def read(record: Record) -> Value:
        value: Any = record.value(path)
        return None if value is None else _finite(float(value))

    return read


def _finite(number: float) -> float | None:
    """Beyond the largest float, and not-a-number, are unknown."""
    return number if isfinite(number) else None


def _compare(node: Compare) -> Reader:
    holds, left, right = _COMPARISONS[node.op], compile_rule(node.left), compile_rule(node.right)

    def read(record: Record) -> Value:
        one, other = left(record), right(record)
        return None if one is None or other is None else holds(one, other)

    return read


def _and(node: And) -> Reader:
    return _first_or_unknown(node.parts, decisive=False)


def _or(node: Or) -> Reader:
    return _first_or_unknown(node.parts, decisive=True)


def _first_or_unknown(parts: Sequence[Node], decisive: bool) -> Reader:
    """The decisive truth if any part has it, else unknown if any part is unknown, else the other truth."""
    readers = tuple(compile_rule(part) for part in parts)

    def read(record: Record) -> Value:
        answer: Value = not decisive
        for reader in readers:
            part = reader(record)
            if part is decisive:
                return decisive
            if part is None:
                answer = None
        return answer

    return read


def _not(node: Not) -> Reader:
    part = compile_rule(node.part)

    def read(record: Record) -> Value:
        value = part(record)
        return None if value is None else not value

    return read


def _in(node: In) -> Reader:
    options = frozenset(o.value for o in node.options if o.value is not None)
    without: Value = None if len(options) < len({o.value for o in node.options}) else False
    subject = compile_rule(node.subject)

    def read(record: Record) -> Value:
        value = subject(record)
        return None if value is None else value in options or without

    return read


def _between(node: Between) -> Reader:
    low, high = Compare("<=", node.low, node.subject), Compare("<=", node.subject, node.high)
    return _and(And((low, high)))


def _is_null(node: IsNull) -> Reader:
    subject = compile_rule(node.subject)
    return lambda record: subject(record) is None


def _like(node: Like) -> Reader:
    return _test(node.subject, like(node.pattern))


def _contains(node: Contains) -> Reader:
    part = node.part
    return _test(node.subject, lambda text: part in text)


def _starts_with(node: StartsWith) -> Reader:
    part = node.part
    return _test(node.subject, lambda text: text.startswith(part))


def _test(subject: Node, holds: Callable[[Any], bool]) -> Reader:
    read_subject = compile_rule(subject)

    def read(record: Record) -> Value:
        value = read_subject(record)
        return None if value is None else holds(value)

    return read


def like(pattern: str) -> Callable[[str], bool]:
    """SQL's `like` as a test of texts: each stretch between two `%` is sought once from the left, so none is slow."""
    first, *others = [re.compile("".join("." if c == "_" else re.escape(c) for c in part), re.DOTALL)
                      for part in pattern.split("%")]  # fmt: skip
    if not others:
        return lambda text: first.fullmatch(text) is not None
    *middle, last = others
    length = len(pattern) - pattern.rindex("%") - 1

    def matches(text: str) -> bool:
        found = first.match(text)
        for part in middle:
            found = found and part.search(text, found.end())
        return found is not None and len(text) - length >= found.end() and bool(last.match(text, len(text) - length))

    return matches


def _arithmetic(node: Arithmetic) -> Reader:
    combine, left, right = _ARITHMETIC[node.op], compile_rule(node.left), compile_rule(node.right)

    def read(record: Record) -> Value:
        one: Any = left(record)
        other: Any = right(record)
        return None if one is None or other is None else _finite(combine(one, other))

    return read


def _divide(one: float, other: float) -> float:
    return one / other if other else float("nan")


def _negative(node: Negative) -> Reader:
    return _test(node.part, operator.neg)


def _count(node: Count) -> Reader:
    what, kind, days = node.what, node.kind, node.days
    return lambda record: float(record.count(what, kind, days))


def _days_since(node: DaysSince) -> Reader:
    subject = compile_rule(node.subject)

    def read(record: Record) -> Value:
        then = subject(record)
        if not isinstance(then, datetime):
            return None
        return float((record.at - then) // timedelta(microseconds=1)) / MICROSECONDS_A_DAY

    return read


def _lower(node: Lower) -> Reader:
    return _test(node.subject, lower)  # type: ignore[arg-type]


def lower(text: str) -> str:
    """Each character in lower case by Unicode's one-to-one mapping: never longer, never by its neighbours."""
    return text.lower() if text.isascii() else "".join(_SMALL.get(c) or c.lower() for c in text)


_NEWER = "\ua7cb\ua7cc\ua7ce\ua7d2\ua7d4\ua7da\ua7dc"
_SMALL = {"\u0130": "i"} | {
    c: c for c in (*_NEWER, *map(chr, range(0x10D50, 0x10D66)), *map(chr, range(0x16EA0, 0x16EB9)))
}
"""`İ` is two characters in small in Python. Capitals newer than Unicode 14 stay as they are, on every Python alike."""


def _coalesce(node: Coalesce) -> Reader:
    options = tuple(compile_rule(option) for option in node.options)

    def read(record: Record) -> Value:
        return next((value for option in options if (value := option(record)) is not None), None)

    return read


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divide,
}  # fmt: skip
_READERS: dict[type[Node], Callable[[Any], Reader]] = {
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
