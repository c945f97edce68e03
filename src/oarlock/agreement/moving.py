"""What a rule hangs on, and whether time alone can make it true: scores fade, windows empty, days go by.

Promises: `rises_with_time` errs only towards True: where it says False, the rule becomes true at facts only. One thing
it takes for granted unless told the scoring: that points for touches are not below zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import (
    And,
    Arithmetic,
    Between,
    Compare,
    Count,
    DaysSince,
    Literal,
    Name,
    Negative,
    Node,
    Not,
    Or,
    children,
    walk,
)

HUGE = 1e100
"""A factor beyond this may carry a product past the largest float, and so make it unknown."""


def depends_on(node: Node) -> frozenset[str]:
    """Every name and count of a rule: `person.email`, `icp`, `fit`, `touches:webinar.attended`, `activities:*`."""
    return frozenset(_hangs_on(node))


def _hangs_on(node: Node) -> Iterable[str]:
    for part in walk(node):
        if isinstance(part, Name):
            yield part.path
        elif isinstance(part, Count):
            yield f"{part.what}:{part.kind}"


@dataclass(frozen=True, slots=True)
class Meanings:
    """What stands behind the names of a rule. `fit` is None, and a rule is missing, where it is not known."""

    rules: Mapping[str, Node]
    fit: tuple[tuple[Node, float], ...] | None = None
    scoring: Scoring | None = None

    @classmethod
    def of(cls, terms: Terms) -> Meanings:
        """All meanings of a sealed agreement."""
        fit = tuple((p.rule.tree, p.points) for p in terms.scoring.fit)
        return cls({named.key: named.rule.tree for named in terms.rules}, fit, terms.scoring)


NO_MEANINGS = Meanings({})


def rises_with_time(node: Node, meanings: Meanings = NO_MEANINGS) -> bool:
    """May the rule become true without a fact?

    `days_since(...) > 30` does, and so do `engagement < 10` and `touches('*', 30) = 0`, as scores fade and windows
    empty; `engagement >= 40` does not. A named rule or score whose meaning is not given may move either way.
    """
    return _moves(node, meanings).up


class Move(NamedTuple):
    """Where a value may go between facts. A truth rises from false over unknown to true."""

    up: bool
    down: bool


STEADY, RISES, FALLS, EITHER = Move(False, False), Move(True, False), Move(False, True), Move(True, True)


def _moves(node: Node, meanings: Meanings) -> Move:
    special = _MOVES.get(type(node))
    if special is not None:
        return special(node, meanings)
    return EITHER if any(_moves(part, meanings) != STEADY for part in children(node)) else STEADY


def _together(moves: Iterable[Move]) -> Move:
    every = tuple(moves)
    return Move(any(m.up for m in every), any(m.down for m in every))


def _turned(move: Move) -> Move:
    return Move(move.down, move.up)


def _name(node: Name, meanings: Meanings) -> Move:
    if "." in node.path:
        return STEADY
    if node.path == "engagement":
        return _engagement(meanings)
    if node.path == "fit":
        return _fit(meanings)
    if node.path == "score":
        return _together((_engagement(meanings), _fit(meanings)))
    if node.path not in meanings.rules:
        return EITHER
    others = {key: rule for key, rule in meanings.rules.items() if key != node.path}
    return _moves(meanings.rules[node.path], replace(meanings, rules=others))


def _engagement(meanings: Meanings) -> Move:
    """Points fade towards nothing: good ones fall, points taken away (below zero) rise."""
    if meanings.scoring is None:
        return FALLS
    fades = meanings.scoring.half_life is not None
    points = [points for _, points in meanings.scoring.engagement]
    return Move(fades and any(p < 0 for p in points), fades and any(p > 0 for p in points))


def _fit(meanings: Meanings) -> Move:
    if meanings.fit is None:
        return EITHER
    without_fit = replace(meanings, fit=None)
    return _together(_scaled(_moves(rule, without_fit), points) for rule, points in meanings.fit)


def _scaled(move: Move, factor: float) -> Move:
    if factor == 0:
        return STEADY
    return move if factor > 0 else _turned(move)


def _compare(node: Compare, meanings: Meanings) -> Move:
    left, right = _moves(node.left, meanings), _moves(node.right, meanings)
    if left == right == STEADY:
        return STEADY
    if node.op in ("=", "<>"):
        return EITHER
    grows = _together((left, _turned(right)))
    return grows if node.op in (">", ">=") else _turned(grows)


def _between(node: Between, meanings: Meanings) -> Move:
    ends = (Compare(">=", node.subject, node.low), Compare("<=", node.subject, node.high))
    return _together(_compare(end, meanings) for end in ends)


def _joined(node: And | Or, meanings: Meanings) -> Move:
    return _together(_moves(part, meanings) for part in node.parts)


def _opposite(node: Not | Negative, meanings: Meanings) -> Move:
    return _turned(_moves(node.part, meanings))


def _arithmetic(node: Arithmetic, meanings: Meanings) -> Move:
    left, right = _moves(node.left, meanings), _moves(node.right, meanings)
    if left == right == STEADY:
        return STEADY
    if node.op in "+-":
        return _together((left, right if node.op == "+" else _turned(right)))
    if right == STEADY and (factor := _factor(node.right)):
        return _scaled(left, factor)
    if left == STEADY and node.op == "*" and (factor := _factor(node.left)):
        return _scaled(right, factor)
    return EITHER


def _factor(node: Node) -> float:
    """A constant factor of ordinary size, else 0."""
    value = node.value if isinstance(node, Literal) else None
    return value if isinstance(value, float) and 1 / HUGE < abs(value) < HUGE else 0.0


def _count(node: Count, meanings: Meanings) -> Move:
    return FALLS


def _days_since(node: DaysSince, meanings: Meanings) -> Move:
    return RISES if _moves(node.subject, meanings) == STEADY else EITHER


_MOVES: dict[type[Node], Callable[[Any, Meanings], Move]] = {
    Name: _name,
    Compare: _compare,
    Between: _between,
    And: _joined,
    Or: _joined,
    Not: _opposite,
    Negative: _opposite,
    Arithmetic: _arithmetic,
    Count: _count,
    DaysSince: _days_since,
}
