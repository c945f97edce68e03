"""Every value in a rule has one type, and every form says which types it takes. A date in quotes becomes a time.

Promises: a tree in which both sides of a comparison have one type and the whole is true, false or unknown; or troubles,
each at its place, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from oarlock.agreement.lexing import Trouble
from oarlock.agreement.names import KNOWN_VALUES, Names
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
from oarlock.agreement.writing import write
from oarlock.ground.spelling import did_you_mean

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(?P<offset>Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
_SPOKEN: dict[Type, str] = {"text": "a text", "number": "a number", "flag": "true or false", "time": "a time"}
Typed = tuple[Node, Type | None]
"""A node and its type; None where it is wrong and already told, so that one mistake is told once."""


def typed(tree: Node, places: Mapping[int, int], names: Names) -> tuple[Node | None, list[Trouble]]:
    """The tree with its dates read, or None and all troubles. `places` says where each node stands, by `id`."""
    checker = _Checker(places, names)
    node, _ = checker.expect("flag", tree, "A rule")
    return (None, checker.troubles) if checker.troubles else (node, [])


class _Checker:
    """Walks a tree from the leaves up; `troubles` gathers what is wrong."""

    def __init__(self, places: Mapping[int, int], names: Names) -> None:
        self.places, self.names, self.troubles = places, names, list[Trouble]()

    def check(self, node: Node) -> Typed:
        """The node with its dates read, and its type."""
        return _CHECKS[type(node)](self, node)

    def wrong(self, node: Node, code: str, message: str, suggestion: str = "") -> None:
        self.troubles.append(Trouble(self.places.get(id(node), 0), code, message, suggestion))

    def expect(self, kind: Type, node: Node, of: str) -> Typed:
        """The node, which must be of that type where `of` stands."""
        found, have = self.check(node)
        if have not in (None, kind):
            self.wrong(node, "wrong-type", f"{of} takes {_SPOKEN[kind]}; {write(node)} is {_SPOKEN[have]}.",
                       _HINTS.get((kind, have), ""))  # fmt: skip
            return found, None
        return found, kind

    def alike(self, nodes: Sequence[Node]) -> tuple[list[Node], Type | None]:
        """The nodes, which must all have one type; quoted dates beside a time are times."""
        checked = [self.check(node) for node in nodes]
        if any(kind == "time" for _, kind in checked):
            checked = [self.as_time(node, original) if kind == "text" else (node, kind)
                       for (node, kind), original in zip(checked, nodes, strict=True)]  # fmt: skip
        told = [(node, kind) for node, (_, kind) in zip(nodes, checked, strict=True) if kind is not None]
        odd = next(((node, kind) for node, kind in told if kind != told[0][1]), None)
        if odd is not None:
            self.unlike(told[0], odd)
        right = odd is None and len(told) == len(nodes)
        return [node for node, _ in checked], told[0][1] if right else None

    def unlike(self, one: tuple[Node, Type], other: tuple[Node, Type]) -> None:
        """Two values side by side that no comparison can take."""
        (left, kind), (right, other_kind) = one, other
        message = f"{write(left)} is {_SPOKEN[kind]}, {write(right)} is {_SPOKEN[other_kind]}: they cannot be compared."
        self.wrong(right, "wrong-type", message, _unquoted(kind, right) or _unquoted(other_kind, left))

    def as_time(self, node: Node, original: Node) -> Typed:
        """A quoted date or time as the instant it names."""
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            return node, "text"
        try:
            return Literal(_instant(node.value, self.names)), "time"
        except ValueError as problem:
            self.wrong(original, "bad-time", f"'{node.value}' is not a time: {problem}.",
                       "Write '2026-10-01', '2026-10-01 09:30' or '2026-10-01T09:30:00+02:00'.")  # fmt: skip
            return node, None

    def literal(self, node: Literal) -> Typed:
        if isinstance(node.value, bool):
            return node, "flag"
        return node, "number" if isinstance(node.value, float) else "text"

    def name(self, node: Name) -> Typed:
        return node, node.type

    def compare(self, node: Compare) -> Typed:
        (left, right), kind = self.alike([node.left, node.right])
        if kind == "flag" and node.op not in ("=", "<>"):
            self.wrong(
                node, "wrong-type", f"True and false have no order: `{node.op}` cannot compare them.", "Use `=`."
            )
        if node.op in ("=", "<>"):
            self.known_value(node.left, [node.right])
            self.known_value(node.right, [node.left])
        return replace(node, left=left, right=right), "flag"

    def known_value(self, subject: Node, options: Sequence[Node]) -> None:
        """`handoff.state = 'acepted'` would never be true: told, as the field's values are known."""
        known = KNOWN_VALUES.get(subject.path, ()) if isinstance(subject, Name) else ()
        for option in options:
            value = option.value if isinstance(option, Literal) else None
            if known and isinstance(value, str) and value not in known:
                self.wrong(option, "unknown-value", f"{write(subject)} is never '{value}'.",
                           f"{did_you_mean(value, known)} It is one of: {', '.join(known)}.".strip())  # fmt: skip

    def joined(self, node: And | Or) -> Typed:
        word = "`and`" if isinstance(node, And) else "`or`"
        return replace(node, parts=tuple(self.expect("flag", part, word)[0] for part in node.parts)), "flag"

    def denied(self, node: Not) -> Typed:
        return replace(node, part=self.expect("flag", node.part, "`not`")[0]), "flag"

    def one_of(self, node: In) -> Typed:
        (subject, *options), _ = self.alike([node.subject, *node.options])
        self.known_value(node.subject, node.options)
        return replace(node, subject=subject, options=tuple(o for o in options if isinstance(o, Literal))), "flag"

    def between(self, node: Between) -> Typed:
        (subject, low, high), kind = self.alike([node.subject, node.low, node.high])
        if kind == "flag":
            self.wrong(node.subject, "wrong-type", "True and false have no order: nothing lies between them.")
        return Between(subject, low, high), "flag"

    def like(self, node: Like) -> Typed:
        return replace(node, subject=self.expect("text", node.subject, "`like`")[0]), "flag"

    def is_null(self, node: IsNull) -> Typed:
        return replace(node, subject=self.check(node.subject)[0]), "flag"

    def arithmetic(self, node: Arithmetic) -> Typed:
        if any(isinstance(n, Name) and n.type == "time" for n in (node.left, node.right)):
            self.wrong(node, "wrong-type", "Times are not added or subtracted.", "Write: days_since(person.created_at)")
            return node, None
        left, one = self.expect("number", node.left, f"`{node.op}`")
        right, other = self.expect("number", node.right, f"`{node.op}`")
        return replace(node, left=left, right=right), "number" if one and other else None

    def negative(self, node: Negative) -> Typed:
        part, kind = self.expect("number", node.part, "`-`")
        return replace(node, part=part), kind

    def count(self, node: Count) -> Typed:
        return node, "number"

    def days_since(self, node: DaysSince) -> Typed:
        subject, kind = self.check(node.subject)
        if kind == "text":
            subject, kind = self.as_time(subject, node.subject)
        if kind not in (None, "time"):
            self.wrong(
                node.subject, "wrong-type", f"days_since takes a time; {write(node.subject)} is {_SPOKEN[kind]}."
            )
        return DaysSince(subject), "number"

    def lower(self, node: Lower) -> Typed:
        return Lower(self.expect("text", node.subject, "lower")[0]), "text"

    def search(self, node: Contains | StartsWith) -> Typed:
        word = "contains" if isinstance(node, Contains) else "starts_with"
        return replace(node, subject=self.expect("text", node.subject, word)[0]), "flag"

    def coalesce(self, node: Coalesce) -> Typed:
        options, kind = self.alike(node.options)
        return Coalesce(tuple(options)), kind


def _unquoted(kind: Type, other: Node) -> str:
    """`account.employees > '50'`: what to write instead, where a quoted number was meant as a number."""
    if kind == "number" and isinstance(other, Literal) and isinstance(other.value, str) and other.value.isdigit():
        return f"Without quotes: {other.value}"
    return ""


def _instant(text: str, names: Names) -> datetime:
    """The instant that an ISO date or time names; without an offset it is local in the agreement's zone."""
    form = _TIME.fullmatch(text)
    if form is None:
        raise ValueError("the form is year-month-day, then perhaps the time")
    time = datetime.fromisoformat(text)
    try:
        if form["offset"]:
            return time.astimezone(UTC)
        instant = time.replace(tzinfo=names.zone).astimezone(UTC)
        back = instant.astimezone(names.zone).replace(tzinfo=None)
        twice = time.replace(tzinfo=names.zone, fold=1).astimezone(UTC) != instant
    except OverflowError:
        raise ValueError("the year is out of range") from None
    if back != time or twice:
        raise ValueError(f"clocks change then in {names.zone.key}, so write it with its offset")
    return instant


_HINTS: dict[tuple[Type, Type], str] = {
    ("flag", "text"): "Compare it: person.country = 'DE'", ("flag", "number"): "Compare it: score >= 40",
    ("flag", "time"): "Compare it, or ask: is not null", ("number", "text"): "A number stands without quotes.",
}  # fmt: skip
_CHECKS: dict[type[Node], Callable[[_Checker, Any], Typed]] = {
    Literal: _Checker.literal,
    Name: _Checker.name,
    Compare: _Checker.compare,
    And: _Checker.joined,
    Or: _Checker.joined,
    Not: _Checker.denied,
    In: _Checker.one_of,
    Between: _Checker.between,
    Like: _Checker.like,
    IsNull: _Checker.is_null,
    Arithmetic: _Checker.arithmetic,
    Negative: _Checker.negative,
    Count: _Checker.count,
    DaysSince: _Checker.days_since,
    Lower: _Checker.lower,
    Contains: _Checker.search,
    StartsWith: _Checker.search,
    Coalesce: _Checker.coalesce,
}
