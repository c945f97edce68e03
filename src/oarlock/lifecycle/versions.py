"""Which version of the agreement judges when, and the tree that decides each stage.

The version in force at the time of an event judges that event; the first one known also judges what came before it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from oarlock.agreement.terms import Detour, Stage, Terms
from oarlock.agreement.tree import In, Literal, Lower, Name, Node
from oarlock.ground.problems import UserProblem


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one agreement in the order they come into force; never empty, no two from one instant."""

    all: tuple[Terms, ...]

    @classmethod
    def of(cls, *terms: Terms) -> Versions:
        """Put versions in order; numbered so where they bring no different numbers of their own.

        Two in force from the same instant cannot both judge: UserProblem.
        """
        ordered = sorted(terms, key=lambda t: t.in_force_from)
        if not ordered:
            raise UserProblem("no-agreement", "There is no agreement to judge by.", next_step="Run `oarlock init`.")
        for before, after in pairwise(ordered):
            if before.in_force_from == after.in_force_from:
                raise UserProblem(
                    "same-date",
                    f"Two versions of the agreement come into force on {after.in_force}.",
                    "One event cannot be judged by two texts.",
                    "Give one of them another `in_force` date.",
                )
        numbers = {t.number for t in ordered}
        if len(numbers) < len(ordered):
            ordered = [replace(t, number=n) for n, t in enumerate(ordered, 1)]
        return cls(tuple(ordered))

    @property
    def latest(self) -> Terms:
        """The newest version: its stages, in its order, are the funnel that is shown."""
        return self.all[-1]

    def at(self, instant: datetime) -> Terms:
        """The version in force at that instant."""
        return self.all[max(0, bisect_right(self.all, instant, key=_start) - 1)]

    def in_force_by(self, instant: datetime) -> Versions:
        """Those in force by then, and always the first one: it judges what came before it, too."""
        return Versions((self.all[0], *(t for t in self.all[1:] if t.in_force_from <= instant)))

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The funnel: the latest version's stages in order. A stage only an older version knew is not shown."""
        return self.latest.stages

    @property
    def stage_keys(self) -> tuple[str, ...]:
        """Their keys."""
        return tuple(s.key for s in self.stages)


def judgement(stage: Stage) -> Node:
    """The tree that decides a stage: its rule, or, without one, that the CRM recorded it (whatever the case)."""
    if stage.rule is not None:
        return stage.rule.tree
    return In(Lower(Name("person.recorded_stage", "text")), recorded_words(stage))


def recorded_words(item: Stage | Detour) -> tuple[Literal, ...]:
    """The CRM's own words for a stage or detour, in lower case: `recorded_as`, else its key and name."""
    words = item.recorded_as or (item.key, item.name)
    return tuple(Literal(w) for w in sorted({word.lower() for word in words}))


def ordered_rules(terms: Terms, keys: Sequence[str]) -> tuple[tuple[str, Node | None], ...]:
    """For each stage key the tree of this version, or None where this version does not know the stage."""
    known = _read(terms).rules
    return tuple([(key, known.get(key)) for key in keys])


@dataclass(frozen=True, slots=True)
class _Read:
    """What is asked of a version again and again: from when it judges, and by what."""

    terms: Terms
    start: datetime
    rules: Mapping[str, Node]


_READ: dict[int, _Read] = {}
"""By which terms they are: to hash an agreement costs more than to judge by it."""
_KEPT = 64


def _read(terms: Terms) -> _Read:
    held = _READ.get(id(terms))
    if held is None or held.terms is not terms:  # it holds the terms, so that their number is given to no others
        if len(_READ) >= _KEPT:
            _READ.clear()
        held = _READ[id(terms)] = _Read(terms, terms.in_force_from, {s.key: judgement(s) for s in terms.stages})
    return held


def _start(terms: Terms) -> datetime:
    return _read(terms).start
