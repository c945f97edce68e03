"""What the rules of some versions need to know of a person, so that the history reads nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oarlock.agreement.moving import Meanings, rises_with_time
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Scoring, Terms
from oarlock.agreement.tree import Count, Name, Node, Type, walk
from oarlock.lifecycle.versions import Versions, judgement


@dataclass(frozen=True, slots=True)
class Needs:
    """`paths`: fields with their types; `counts`: windows to count; `scorings`: the different ways to score;
    `used`: the named rules and scores.

    `everything`: each fact is an instant of judgement, because time alone may make a rule true. Else only facts that a
    rule reads are looked at, and the first fact of any kind under each later version, which cannot change the answer:
    between the facts it reads, a rule that does not rise with time can only cease to hold.
    """

    paths: tuple[tuple[str, Type], ...]
    counts: tuple[Count, ...]
    scorings: tuple[Scoring, ...]
    everything: bool
    used: frozenset[str]

    def fields(self, entity: str) -> tuple[str, ...]:
        """The wanted fields of one entity, by their own names."""
        return tuple(p.partition(".")[2] for p, _ in self.paths if p.startswith(f"{entity}."))

    def kind(self, path: str) -> Type:
        """The type of a wanted field."""
        return dict(self.paths).get(path, "text")

    def scoring(self, terms: Terms) -> int:
        """Which of the scorings a version uses."""
        return self.scorings.index(_engagement_only(terms.scoring))


def needs(versions: Versions) -> Needs:
    """Collect what all versions together need."""
    nodes = [n for terms in versions.all for tree in _trees(terms) for n in _expanded(tree, terms)]
    types = {path: kind for terms in versions.all for path, kind in Names.of(terms).types.items()}
    paths = sorted({n.path for n in nodes if isinstance(n, Name) and "." in n.path})
    scorings = dict.fromkeys(_engagement_only(t.scoring) for t in versions.all)
    rising = any(rises_with_time(tree, Meanings.of(terms)) for terms in versions.all for tree in _trees(terms))
    return Needs(
        paths=tuple((p, types.get(p, "text")) for p in paths),
        counts=tuple(sorted({n for n in nodes if isinstance(n, Count)}, key=repr)),
        scorings=tuple(scorings),
        everything=rising,
        used=frozenset(n.path for n in nodes if isinstance(n, Name) and "." not in n.path),
    )


def _engagement_only(scoring: Scoring) -> Scoring:
    return Scoring(engagement=scoring.engagement, half_life=scoring.half_life)


def _trees(terms: Terms) -> Iterator[Node]:
    yield from (judgement(stage) for stage in terms.stages)


def _expanded(tree: Node, terms: Terms, seen: frozenset[str] = frozenset()) -> Iterator[Node]:
    """All nodes below, through named rules and scores."""
    for node in walk(tree):
        yield node
        if isinstance(node, Name) and node.path not in seen:
            for below in _behind(node.path, terms):
                yield from _expanded(below, terms, seen | {node.path})


def _behind(path: str, terms: Terms) -> Iterator[Node]:
    named = terms.rule(path)
    if named is not None:
        yield named.rule.tree
    if path in ("fit", "score"):
        yield from (p.rule.tree for p in terms.scoring.fit)
