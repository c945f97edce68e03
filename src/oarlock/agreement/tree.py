"""The closed tree a rule is reduced to. Nothing outside these node types exists: no attributes, no calls by name.

Three readers walk it and must agree: `agreement.evaluate` (one record), `tables.rules` (a whole table, by Ibis) and
`agreement.explain` (English). Truth has three values, as in SQL: True, False, None (unknown).

Values are `text` (str), `number` (64-bit float), `flag` (bool), `time` (aware UTC datetime) and None. Numbers are
finite: not-a-number and what lies beyond the largest float, in a field or after arithmetic, are unknown. Texts are
compared by Unicode code point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal as OneOf
from typing import Protocol

Value = str | float | bool | datetime | None
Type = OneOf["text", "number", "flag", "time"]


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: text, number, flag, time, or None for `null`."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A field (`person.email`), a score (`score`, `fit`, `engagement`) or a named rule (`icp`)."""

    path: str
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """`=`, `<>`, `<`, `<=`, `>`, `>=`; both sides have one type."""

    op: OneOf["=", "<>", "<", "<=", ">", ">="]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Node


@dataclass(frozen=True, slots=True)
class In:
    """Equal to one of the options (constants)."""

    subject: Node
    options: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`low <= subject and subject <= high`, both ends included."""

    subject: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Like:
    """SQL `like`: `%` any run, `_` any one character, case matters, no escape character."""

    subject: Node
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """True where the value is unknown, else False; never unknown itself."""

    subject: Node


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ - * /` on numbers. Dividing by zero gives unknown."""

    op: OneOf["+", "-", "*", "/"]
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative:
    """Unary minus on a number."""

    part: Node


@dataclass(frozen=True, slots=True)
class Count:
    """`touches(kind, days)` or `activities(kind, days)`: how many of that kind with `t - days <= at <= t`.

    `kind` is exact, or `*` for any kind. Always known; zero where there are none.
    """

    what: OneOf["touches", "activities"]
    kind: str
    days: int


@dataclass(frozen=True, slots=True)
class DaysSince:
    """Days (86,400 s, with fraction) from a time to the instant at which the rule is judged; negative if later."""

    subject: Node


@dataclass(frozen=True, slots=True)
class Lower:
    """Lower case, each character alone, by Unicode's one-to-one mapping (İ becomes i; Σ always becomes σ)."""

    subject: Node


@dataclass(frozen=True, slots=True)
class Contains:
    """True where the text has the part in it, case-sensitively."""

    subject: Node
    part: str


@dataclass(frozen=True, slots=True)
class StartsWith:
    """True where the text begins so, case-sensitively."""

    subject: Node
    part: str


@dataclass(frozen=True, slots=True)
class Coalesce:
    """The first value that is known."""

    options: tuple[Node, ...]


Node = (
    Literal | Name | Compare | And | Or | Not | In | Between | Like | IsNull | Arithmetic | Negative | Count
    | DaysSince | Lower | Contains | StartsWith | Coalesce
)  # fmt: skip


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it, parents first."""
    waiting: list[Node] = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting += reversed(children(current))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case And(parts) | Or(parts) | Coalesce(parts):
            return parts
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case Between(subject, low, high):
            return (subject, low, high)
        case In(subject, options):
            return (subject, *options)
        case Like(subject) | IsNull(subject) | DaysSince(subject) | Lower(subject):
            return (subject,)
        case Contains(subject) | StartsWith(subject):
            return (subject,)
        case Not(part) | Negative(part):
            return (part,)
    return ()


class Record(Protocol):
    """What one record answers to the readers that judge it: the live form of a table's columns."""

    @property
    def at(self) -> datetime:
        """The instant of judgement, aware UTC."""

    def value(self, path: str) -> Value:
        """The value of a name at that instant (fields, scores and named rules alike); None where unknown."""

    def count(self, what: str, kind: str, days: int) -> int:
        """How many touches or activities of that kind lie in the last so many days."""
