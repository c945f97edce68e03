"""A person's score at this moment, and what it is made of: fit rules that hold, and engagement faded until now.

Read from the record as it stands and the touches of the working window: what is beyond it has faded to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from oarlock.agreement.english import say
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Terms
from oarlock.ground.intervals import instant_of, micros
from oarlock.lifecycle.judging import Moment, faded

MOST = 5_000
"""So many of the newest touches, and of the newest activities, are looked at."""


@dataclass(frozen=True, slots=True)
class Part:
    """One fit rule in words: its points, and whether it holds."""

    words: str
    points: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Fit and engagement now; `points` are what each kind of touch is worth on the day it happens."""

    fit: float
    engagement: float
    parts: tuple[Part, ...]
    points: Mapping[str, float]
    at: datetime
    terms: Terms

    def left(self, kind: str, when: datetime) -> float | None:
        """What a touch of that kind and time is worth still; None where it earns nothing."""
        worth = self.points.get(kind)
        return None if worth is None else faded(worth, self.at - when, self.terms.scoring.half_life)


_RECENT = (
    "SELECT * FROM (SELECT 'touches' AS what, at, coalesce(kind, '') AS kind FROM touches WHERE person_id IN ({ids})"
    " AND at <= %s ORDER BY at DESC LIMIT {most}) AS t UNION ALL"
    " SELECT * FROM (SELECT 'activities' AS what, at, kind FROM activities WHERE person_id IN ({ids})"
    " AND at <= %s ORDER BY at DESC LIMIT {most}) AS a"
)


def score(people: Sequence[str], values: Mapping[str, str | None], terms: Terms, at: datetime) -> Score:
    """The score of one person (and those merged into them) under these terms; `values` are their fields by path."""
    happened = _recent(people, at)
    moment = Moment(at, terms, values, tuple(happened["touches"]), tuple(happened["activities"]))
    names = Names.of(terms)
    parts = tuple(
        Part(say(p.rule.tree, names), p.points, moment.holds(p.rule.tree)) for p in terms.scoring.fit
    )  # fmt: skip
    fit, engagement = moment.value("fit"), moment.value("engagement")
    return Score(_number(fit), _number(engagement), parts, dict(terms.scoring.engagement), at, terms)


def _number(value: object) -> float:
    return value if isinstance(value, float) else 0.0


def _recent(people: Sequence[str], at: datetime) -> dict[str, list[tuple[datetime, str]]]:
    found: dict[str, list[tuple[datetime, str]]] = {"touches": [], "activities": []}
    text = _RECENT.format(ids=", ".join(["%s"] * len(people)), most=MOST)
    with connection.cursor() as cursor:
        cursor.execute(text, [*people, micros(at)] * 2)
        for what, when, kind in cursor.fetchall():
            found[what].append((instant_of(when), kind))
    return found
