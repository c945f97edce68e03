"""Fairness of a pool: what each member should have had, by weights and who was available, beside what they had.

    given_by(decision) -> Given | None     one lead of a pool, as its record tells it
    measure(pool, given) -> Fairness

Expected: the sum over leads of a member's weight over the weights of all who were available for that lead. The test
asks how likely so large a gap is if each lead had been drawn by lot with those same chances. Turns keep gaps far below
what a lot would; where the test finds more than a lot would give, something other than turns hands out the leads.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal as OneOf

from oarlock.routing.chances import above, distance
from oarlock.routing.decisions import Decision
from oarlock.routing.telling import available

FEW = 5.0
"""The test is an approximation that needs at least so many leads expected of everybody."""
SURE = 0.01
"""Below this chance a gap is told as more than chance: once in a hundred looks that is wrong."""
Verdict = OneOf["in turn", "within chance", "beyond chance", "too few to say", "nothing to compare"]


@dataclass(frozen=True, slots=True)
class Given:
    """One lead of a pool: the weights in force of those available, and who got it."""

    owner: str
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Share:
    """One member. `offered`: leads they were available for; `spread`: how far a lot strays (standard deviation)."""

    user: str
    offered: int
    expected: float
    actual: int
    spread: float

    @property
    def gap(self) -> float:
        """How many leads more (or, below 0, fewer) than expected."""
        return self.actual - self.expected


@dataclass(frozen=True, slots=True)
class Fairness:
    """A pool's shares over some leads. `chance` is None where there are too few leads to say, or nothing to compare.

    Verdicts: `in turn` (every gap below a lead), `within chance`, `beyond chance`.
    """

    pool: str
    leads: int
    members: tuple[Share, ...]
    statistic: float | None
    freedom: int
    chance: float | None
    verdict: Verdict

    @property
    def largest(self) -> Share | None:
        """Who is furthest from their share."""
        return max(self.members, key=lambda share: abs(share.gap), default=None)


def given_by(decision: Decision) -> Given | None:
    """The lead as the pool's members should share it; None where no turn decided it."""
    if decision.because not in ("rotation", "only-one") or decision.owner is None:
        return None
    able = available(decision.steps[-1])
    return Given(decision.owner, {user: weight for user, weight, _ in able})


def measure(pool: str, given: Iterable[Given]) -> Fairness:
    """Shares, the test of their gaps, and what it says."""
    alike = Counter((one.owner, tuple(sorted(one.weights.items()))) for one in given)
    users = sorted({user for _, weights in alike for user, _ in weights})
    place = {user: n for n, user in enumerate(users)}
    expected, offered, actual = defaultdict[str, float](float), Counter[str](), Counter[str]()
    vary = [[0.0] * len(users) for _ in users]
    for (owner, weights), times in alike.items():
        parts = _parts(weights)
        actual[owner] += times
        for user, part in parts.items():
            expected[user] += times * part
            offered[user] += times
            for other, its in parts.items():
                vary[place[user]][place[other]] += times * ((part if user == other else 0.0) - part * its)
    members = tuple(
        Share(u, offered[u], expected[u], actual[u], sqrt(max(vary[place[u]][place[u]], 0.0))) for u in users
    )
    return _judged(pool, members, vary)


def _parts(weights: tuple[tuple[str, float], ...]) -> dict[str, float]:
    total = sum(weight for _, weight in weights)
    return {user: weight / total for user, weight in weights}


def _judged(pool: str, members: tuple[Share, ...], vary: list[list[float]]) -> Fairness:
    leads = sum(member.actual for member in members)
    statistic, freedom = distance([member.gap for member in members], vary)
    if not freedom:
        return Fairness(pool, leads, members, None, 0, None, "nothing to compare")
    in_turn = all(abs(member.gap) < 1 for member in members)
    if any(member.expected < FEW for member in members if member.spread):
        return Fairness(pool, leads, members, None, freedom, None, "in turn" if in_turn else "too few to say")
    chance = above(statistic, freedom)
    verdict: Verdict = "in turn" if in_turn else "beyond chance" if chance < SURE else "within chance"
    return Fairness(pool, leads, members, statistic, freedom, chance, verdict)
