"""A tree as rule text again, in the fewest brackets: what `compare` shows, and what proves that reading lost nothing.

Promises: reading the text of a tree that was read gives that tree. `pieces` also says which node wrote each word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from oarlock.agreement.lexing import Sort
from oarlock.agreement.names import FUNCTIONS
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
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, sign or constant as `lexing.Token` has it, and the node that wrote it."""

    sort: Sort
    text: str
    node: Node


_OR, _AND, _NOT, _CONDITION, _SUM, _PRODUCT, _VALUE = range(7)
"""How tightly forms bind, loosest first."""


def write(node: Node) -> str:
    """The rule's text: `not (icp or fit > 3)`."""
    text, before = "", "("
    for piece in pieces(node):
        word = "'" + piece.text.replace("'", "''") + "'" if piece.sort == "text" else piece.text
        tight = before in ("(", "-(") or word in (")", ",") or (word == "(" and before in FUNCTIONS)
        text += word if tight else f" {word}"
        before = "(" if word == "-" and piece.node.__class__ in (Negative, Literal) else word
    return text


def pieces(node: Node) -> Iterator[Piece]:
    """The words of the rule in order, brackets included."""
    yield from _WRITERS[type(node)](node)


def _binding(node: Node) -> int:
    if isinstance(node, Arithmetic):
        return _SUM if node.op in "+-" else _PRODUCT
    if isinstance(node, Not):
        return _CONDITION if isinstance(node.part, IsNull | In | Between | Like) else _NOT
    loose = {Or: _OR, And: _AND, Compare: _CONDITION, In: _CONDITION, Between: _CONDITION, Like: _CONDITION}
    return loose.get(type(node), _CONDITION if isinstance(node, IsNull) else _VALUE)


def _within(node: Node, at_least: int, parent: Node) -> Iterator[Piece]:
    """The part, in brackets if it binds more loosely than its place asks."""
    if _binding(node) >= at_least:
        yield from pieces(node)
    else:
        yield from _bracketed([pieces(node)], parent)


def _bracketed(parts: Iterable[Iterable[Piece]], owner: Node) -> Iterator[Piece]:
    yield Piece("sign", "(", owner)
    yield from _joined(parts, Piece("sign", ",", owner))
    yield Piece("sign", ")", owner)


def _joined(parts: Iterable[Iterable[Piece]], between: Piece) -> Iterator[Piece]:
    for n, part in enumerate(parts):
        if n:
            yield between
        yield from part


def _literal(node: Literal) -> Iterator[Piece]:
    value = node.value
    if value is None or isinstance(value, bool):
        yield Piece("keyword", {None: "null", True: "true", False: "false"}[value], node)
    elif isinstance(value, float):
        if value < 0 or str(value).startswith("-"):
            yield Piece("sign", "-", node)
        yield Piece("number", format(Decimal(repr(abs(value))), "f").removesuffix(".0"), node)
    elif isinstance(value, datetime):
        yield Piece("text", value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z", node)
    else:
        yield Piece("text", value, node)


def _name(node: Name) -> Iterator[Piece]:
    yield Piece("name", node.path, node)


def _two_sides(node: Compare | Arithmetic) -> Iterator[Piece]:
    left = _binding(node) if isinstance(node, Arithmetic) else _SUM
    right = left + 1 if isinstance(node, Arithmetic) else _SUM
    yield from _within(node.left, left, node)
    yield Piece("sign", node.op, node)
    yield from _within(node.right, right, node)


def _and_or(node: And | Or) -> Iterator[Piece]:
    word, part = ("and", _NOT) if isinstance(node, And) else ("or", _AND)
    yield from _joined((_within(p, part, node) for p in node.parts), Piece("keyword", word, node))


def _not(node: Not) -> Iterator[Piece]:
    denied = Piece("keyword", "not", node)
    if isinstance(node.part, IsNull | In | Between | Like):
        yield from _condition(node.part, [denied])
    else:
        yield denied
        yield from _within(node.part, _NOT, node)


def _condition(node: IsNull | In | Between | Like, denied: Iterable[Piece] = ()) -> Iterator[Piece]:
    yield from _within(node.subject, _SUM, node)
    if isinstance(node, IsNull):
        yield from (Piece("keyword", "is", node), *denied, Piece("keyword", "null", node))
        return
    yield from denied
    if isinstance(node, Like):
        yield from (Piece("keyword", "like", node), Piece("text", node.pattern, node))
    elif isinstance(node, In):
        yield Piece("keyword", "in", node)
        yield from _bracketed((pieces(o) for o in node.options), node)
    else:
        yield Piece("keyword", "between", node)
        yield from _within(node.low, _SUM, node)
        yield Piece("keyword", "and", node)
        yield from _within(node.high, _SUM, node)


def _negative(node: Negative) -> Iterator[Piece]:
    yield Piece("sign", "-", node)
    yield from _bracketed([pieces(node.part)], node)


def _call(node: Node, word: str, *arguments: Iterable[Piece]) -> Iterator[Piece]:
    yield Piece("function", word, node)
    yield from _bracketed(arguments, node)


def _count(node: Count) -> Iterator[Piece]:
    return _call(node, node.what, [Piece("text", node.kind, node)], [Piece("number", str(node.days), node)])


def _contains(node: Contains) -> Iterator[Piece]:
    return _call(node, "contains", pieces(node.subject), [Piece("text", node.part, node)])


def _starts_with(node: StartsWith) -> Iterator[Piece]:
    return _call(node, "starts_with", pieces(node.subject), [Piece("text", node.part, node)])


_WRITERS: dict[type[Node], Callable[[Any], Iterator[Piece]]] = {
    Literal: _literal,
    Name: _name,
    Compare: _two_sides,
    Arithmetic: _two_sides,
    And: _and_or,
    Or: _and_or,
    Not: _not,
    In: _condition,
    Between: _condition,
    Like: _condition,
    IsNull: _condition,
    Negative: _negative,
    Count: _count,
    DaysSince: lambda node: _call(node, "days_since", pieces(node.subject)),
    Lower: lambda node: _call(node, "lower", pieces(node.subject)),
    Contains: _contains,
    StartsWith: _starts_with,
    Coalesce: lambda node: _call(node, "coalesce", *(pieces(o) for o in node.options)),
}
