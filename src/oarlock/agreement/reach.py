"""Can a rule ever be true? What can be seen without data: contradictions, and values nothing can have.

Promise: it errs only towards "yes": where it says never, no record can make the rule true. The rule is taken apart into
worlds (ways in which it would hold), each a list of limits on what it names; a world without contradiction is a yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from oarlock.agreement.tree import (
    And,
    Between,
    Compare,
    Contains,
    Count,
    In,
    IsNull,
    Like,
    Literal,
    Name,
    Node,
    Not,
    Or,
    StartsWith,
    Value,
)
from oarlock.agreement.writing import write

MOST_WORLDS = 64
"""Of more ways than these to be true, one is taken to be possible."""

INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a value may be. `only` None: any; `null` None: known or not, True: must be unknown, False: must be known."""

    only: frozenset[Value] | None = None
    never: frozenset[Value] = frozenset()
    low: float = -INFINITE
    high: float = INFINITE
    above: bool = False
    below: bool = False
    null: bool | None = None

    def met_with(self, other: Limits) -> Limits:
        """Both at once. `above` and `below` say that the bound itself is left out."""
        only = other.only if self.only is None else self.only if other.only is None else self.only & other.only
        low, high = max(self.low, other.low), min(self.high, other.high)
        above = any(limit.above for limit in (self, other) if limit.low == low)
        below = any(limit.below for limit in (self, other) if limit.high == high)
        never = self.never | other.never
        if None not in (self.null, other.null) and self.null != other.null:
            return Limits(only=frozenset(), null=False)
        return Limits(only, never, low, high, above, below, other.null if self.null is None else self.null)

    @property
    def possible(self) -> bool:
        """Whether any value is left."""
        if self.null:
            return True
        if self.low > self.high or (self.low == self.high and (self.above or self.below)):
            return False
        if self.only is not None:
            return any(value not in self.never and self._within(value) for value in self.only)
        return not (self.low == self.high and self.low in self.never)

    def _within(self, value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        after = value > self.low or (value == self.low and not self.above)
        return after and (value < self.high or (value == self.high and not self.below))


KNOWN = Limits(null=False)
UNKNOWN = Limits(null=True)
Atom = tuple[Node, Limits]
Worlds = list[tuple[Atom, ...]]
_ANYWHERE: Worlds = [()]
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TURNED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known beforehand: the named rules, and the limits of names such as `fit`."""

    rules: Mapping[str, Node] = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)

    def without(self, rule: str) -> Setting:
        """The same without that rule, so that a circle ends."""
        return replace(self, rules={key: tree for key, tree in self.rules.items() if key != rule})


def obstacle(node: Node, setting: Setting) -> str | None:
    """The name no value of which makes the rule true (as a rule writes it), `""` for a constant, None if it can be."""
    worlds = _worlds(node, True, setting)
    blocked = [_blocked(world, setting) for world in worlds]
    return None if None in blocked else next((name for name in blocked if name), "")


def _blocked(world: Iterable[Atom], setting: Setting) -> str | None:
    left: dict[Node, Limits] = {}
    for subject, limits in world:
        left[subject] = left.get(subject, _beforehand(subject, setting)).met_with(limits)
        if not left[subject].possible:
            return write(subject)
    return None


def _beforehand(subject: Node, setting: Setting) -> Limits:
    if isinstance(subject, Count):
        return Limits(low=0.0, null=False)
    return setting.limits.get(subject.path, Limits()) if isinstance(subject, Name) else Limits()


def _worlds(node: Node, wanted: bool, setting: Setting) -> Worlds:
    """The ways in which the condition is true (or false, if that is wanted)."""
    find = _WORLDS.get(type(node))
    return find(node, wanted, setting) if find else _ANYWHERE


def _joined(node: And | Or, wanted: bool, setting: Setting) -> Worlds:
    parts = [_worlds(part, wanted, setting) for part in node.parts]
    if isinstance(node, And) != wanted:
        return _few([world for part in parts for world in part])
    ways = 1
    for part in parts:
        ways *= len(part)
    return _ANYWHERE if ways > MOST_WORLDS else [sum(worlds, ()) for worlds in product(*parts)]


def _few(worlds: Worlds) -> Worlds:
    return worlds if len(worlds) <= MOST_WORLDS else _ANYWHERE


def _not(node: Not, wanted: bool, setting: Setting) -> Worlds:
    return _worlds(node.part, not wanted, setting)


def _literal(node: Literal, wanted: bool, setting: Setting) -> Worlds:
    return _ANYWHERE if node.value is wanted else []


def _name(node: Name, wanted: bool, setting: Setting) -> Worlds:
    if node.path in setting.rules:
        return _worlds(setting.rules[node.path], wanted, setting.without(node.path))
    return [((node, Limits(only=frozenset({wanted}), null=False)),)]


def _compare(node: Compare, wanted: bool, setting: Setting) -> Worlds:
    left, right, op = node.left, node.right, node.op if wanted else _OPPOSITE[node.op]
    if isinstance(left, Literal) and not isinstance(right, Literal):
        left, right, op = right, left, _TURNED[op]
    if not isinstance(right, Literal) or isinstance(left, Literal):
        return [((left, KNOWN), (right, KNOWN))] if not isinstance(right, Literal) else _ANYWHERE
    return [] if right.value is None else [((left, _bounds(op, right.value)),)]


def _bounds(op: str, value: Value) -> Limits:
    if op == "=":
        return Limits(only=frozenset({value}), null=False)
    if op == "<>":
        return Limits(never=frozenset({value}), null=False)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return KNOWN
    if op in ("<", "<="):
        return Limits(high=value, below=op == "<", null=False)
    return Limits(low=value, above=op == ">", null=False)


def _in(node: In, wanted: bool, setting: Setting) -> Worlds:
    values = frozenset(option.value for option in node.options)
    limits = Limits(only=values - {None}, null=False) if wanted else Limits(never=values, null=False)
    return [] if not wanted and None in values else [((node.subject, limits),)]


def _between(node: Between, wanted: bool, setting: Setting) -> Worlds:
    ends = (Compare(">=", node.subject, node.low), Compare("<=", node.subject, node.high))
    return _joined(And(ends), wanted, setting)


def _is_null(node: IsNull, wanted: bool, setting: Setting) -> Worlds:
    return [((node.subject, UNKNOWN if wanted else KNOWN),)]


def _about_text(node: Like | Contains | StartsWith, wanted: bool, setting: Setting) -> Worlds:
    return [((node.subject, KNOWN),)]


_WORLDS: Mapping[type[Node], Callable[[Any, bool, Setting], Worlds]] = {
    And: _joined,
    Or: _joined,
    Not: _not,
    Literal: _literal,
    Name: _name,
    Compare: _compare,
    In: _in,
    Between: _between,
    IsNull: _is_null,
    Like: _about_text,
    Contains: _about_text,
    StartsWith: _about_text,
}


def sums(points: Sequence[float]) -> Limits:
    """The limits of a sum of which any part may count: all bad ones, all good ones."""
    return Limits(low=sum(p for p in points if p < 0), high=sum(p for p in points if p > 0), null=False)
