"""One instant of one person's life, as rules see it (`tree.Record`): fields as they were, scores, counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf, isfinite
from typing import TypeVar

from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import Node, Record, Type, Value

SCORE_DECIMALS = 6
"""Scores are rounded to so many decimals, so that summing in another order cannot move anybody over a bar."""

MOST_KEPT = 4096
_T = TypeVar("_T")
_M = TypeVar("_M")


def once_for(make: Callable[[_T], _M]) -> Callable[[_T], _M]:
    """What is made of a frozen thing, kept by which one it is: to hash an agreement costs more than to judge by it."""
    kept: dict[int, tuple[_T, _M]] = {}

    def made(thing: _T) -> _M:
        known = kept.get(id(thing))
        if known is None or known[0] is not thing:  # it holds the thing, so that its number is given to no other
            if len(kept) >= MOST_KEPT:
                kept.clear()
            known = kept[id(thing)] = (thing, make(thing))
        return known[1]

    return made


compiled = once_for(compile_rule)


def faded(points: float, age: timedelta, half_life: timedelta | None) -> float:
    """Points after some time: 40 points with a half-life of 30 days are 20 after 30 days."""
    return points if half_life is None else points * 2.0 ** (-(age / half_life))


def engagement(scoring: Scoring, touches: tuple[tuple[datetime, str], ...], at: datetime) -> float:
    """The sum over touches up to `at` of their faded points."""
    points = dict(scoring.engagement)
    total = sum(faded(points[kind], at - t, scoring.half_life) for t, kind in touches if kind in points)
    return round(float(total), SCORE_DECIMALS)


@dataclass(frozen=True)
class Moment:
    """What is known of a person at `at`, under one version. `values` hold text as the lake has it, by path."""

    at: datetime
    terms: Terms
    values: Mapping[str, str | None]
    touches: tuple[tuple[datetime, str], ...] = ()
    activities: tuple[tuple[datetime, str], ...] = ()
    _known: dict[str, Value] = field(default_factory=dict, repr=False, compare=False)

    def value(self, path: str) -> Value:
        """A field, a score, or the truth of a named rule at this instant."""
        if path not in self._known:
            self._known[path] = self._find(path)
        return self._known[path]

    def _find(self, path: str) -> Value:
        if path == "engagement":
            return engagement(self.terms.scoring, self.touches, self.at)
        if path == "fit":
            return float(sum(p.points for p in self.terms.scoring.fit if self.holds(p.rule.tree)))
        if path == "score":
            return round(float(self._number("fit") + self._number("engagement")), SCORE_DECIMALS)
        if (named := self.terms.rule(path)) is not None:
            return compiled(named.rule.tree)(self)
        return typed(self.values.get(path), types(self.terms).get(path, "text"))

    def _number(self, path: str) -> float:
        found = self.value(path)
        return found if isinstance(found, float) else 0.0

    def count(self, what: str, kind: str, days: int) -> int:
        """How many touches or activities of that kind lie in the last so many days, both ends included."""
        since = self.at - timedelta(days=days)
        happened = self.touches if what == "touches" else self.activities
        return sum(1 for t, k in happened if since <= t <= self.at and kind in (k, "*"))

    def holds(self, tree: Node) -> bool:
        """True where the rule is true; unknown is not enough."""
        record: Record = self
        return compiled(tree)(record) is True


@once_for
def types(terms: Terms) -> Mapping[str, Type]:
    """The type of every field a rule under these terms may name."""
    return Names.of(terms).types


def typed(text: str | None, kind: Type) -> Value:
    """A lake text as a value of that type; what cannot be read is unknown, as in the tables."""
    if text is None or kind == "text":
        return text
    readers = {"number": _number, "flag": _flag, "time": _time}
    return readers[kind](text)


NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""How a number is written in the lake's texts; anything else is unknown. The tables use the same pattern."""

TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}(:[0-9]{2})?)$"
"""How a time is written in the lake's texts: ISO 8601 with its offset."""


def _number(text: str) -> float | None:
    value = float(text) if re.fullmatch(NUMBER, text) else inf
    return value if isfinite(value) else None


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _time(text: str) -> datetime | None:
    if not re.fullmatch(TIME, text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # a 31st of February: well formed, no such day
        return None
