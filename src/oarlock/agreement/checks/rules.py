"""Rules among each other: circles, rules too large when written out, rules never true, rules that time makes true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oarlock.agreement.checks.telling import error, warning
from oarlock.agreement.findings import Finding
from oarlock.agreement.format.funnel import Fit
from oarlock.agreement.interpreting import Reading
from oarlock.agreement.moving import Meanings, depends_on, rises_with_time
from oarlock.agreement.names import KNOWN_VALUES, RESERVED
from oarlock.agreement.nodes import Path
from oarlock.agreement.reach import INFINITE, UNKNOWN, Limits, Setting, obstacle, sums
from oarlock.agreement.terms import Scoring
from oarlock.agreement.tree import Name, Node, walk

MAX_NODES = 2_000
MAX_CHAIN = 16
"""A rule with the rules it names written out has at most so many parts, and names others at most so deep."""

Graph = Mapping[str, tuple[Node, ...]]


def meanings(reading: Reading) -> Graph:
    """What stands behind each name: named rules, and `fit` as the rules it adds up."""
    named = {name: (rule.tree,) for name, _, rule in reading.named()}
    fit = [rule.tree for path, rule in reading.rules.items() if path[:2] == ("scoring", "fit")]
    return {**named, "fit": tuple(fit), "score": tuple(fit)}


def names_are_free(reading: Reading) -> Iterator[Finding]:
    """A named rule may not take a word of the language, nor stand beside `icp`."""
    for name in reading.agreement.rules:
        if name in RESERVED or (name == "icp" and reading.agreement.icp):
            message = f"`{name}` means something else already."
            yield error(reading, ("rules", name), "name-taken", message, "Choose another name.", key=True)


def no_circles(reading: Reading) -> Iterator[Finding]:
    """No rule may name itself, directly or through others; no fit rule the score it makes."""
    graph = meanings(reading)
    for name, path, _ in reading.named():
        if name in _reached(name, graph):
            message = f"`{name}` names itself, directly or through other rules."
            yield error(reading, path, "circular-rule", message, "Write out what it means without naming itself.")
    for path, rule in reading.rules.items():
        if path[:2] == ("scoring", "fit") and {"fit", "score"} & _reached_from(rule.tree, graph):
            message = "A fit rule names the fit or score it helps to make."
            yield error(reading, path, "circular-rule", message, "Name fields, named rules or `engagement` only.")


def _reached(name: str, graph: Graph) -> set[str]:
    return {found for tree in graph.get(name, ()) for found in _reached_from(tree, graph)}


def _reached_from(tree: Node, graph: Graph) -> set[str]:
    """Every name that stands in the rule when the rules it names are written out."""
    found: set[str] = set()
    waiting = list(depends_on(tree))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [below for part in graph.get(name, ()) for below in depends_on(part)]
    return found


def has_circle(reading: Reading) -> bool:
    """Whether any circle was found: what follows names would not end."""
    return next(no_circles(reading), None) is not None


def rules_stay_small(reading: Reading) -> Iterator[Finding]:
    """Rules that name rules that name rules grow fast: written out they must stay small."""
    graph = meanings(reading)
    if has_circle(reading):
        return
    sizes: dict[str, tuple[int, int]] = {}
    for path, rule in reading.rules.items():
        nodes, chain = _size(rule.tree, graph, sizes)
        if nodes > MAX_NODES or chain > MAX_CHAIN:
            message = "With the rules it names written out, this rule is too large."
            suggestion = f"Keep it below {MAX_NODES:,} parts, and names within names at most {MAX_CHAIN} deep."
            yield error(reading, path, "rule-too-large", message, suggestion)


def _size(tree: Node, graph: Graph, sizes: dict[str, tuple[int, int]]) -> tuple[int, int]:
    """Parts, and depth of names within names. Recursion is as deep as names are; circles were refused before."""
    nodes, chain = 0, 0
    for part in walk(tree):
        name = part.path if isinstance(part, Name) else ""
        nodes += 1
        if name in graph:
            if name not in sizes:
                sizes[name] = (MAX_NODES + 1, MAX_CHAIN + 1)
                below = [_size(meant, graph, sizes) for meant in graph[name]]
                sizes[name] = (min(sum(n for n, _ in below), MAX_NODES + 1), max((c for _, c in below), default=0) + 1)
            nodes, chain = nodes + sizes[name][0], max(chain, sizes[name][1])
    return min(nodes, MAX_NODES + 1), min(chain, MAX_CHAIN + 1)


def rules_can_be_true(reading: Reading) -> Iterator[Finding]:
    """A stage whose rule is never true cannot be reached; any other rule that is never true is useless."""
    if next(rules_stay_small(reading), None) or has_circle(reading):
        return
    for path, rule in reading.rules.items():
        setting = setting_of(reading, path)
        blocked = obstacle(rule.tree, setting)
        if blocked is None:
            continue
        why = _why(blocked, setting.limits.get(blocked))
        if path[0] == "stages":
            yield error(reading, path, "unreachable-stage", f"Nobody can reach `{path[1]}`: {why}", "Mend the rule.")
        else:
            yield warning(reading, path, "never-true", f"This rule is never true: {why}", "Mend it, or delete it.")


def _why(name: str, limits: Limits | None) -> str:
    if not name:
        return "its rule is false for everybody."
    if limits is None:
        return f"no value of `{name}` fits all of its conditions."
    if limits.null:
        return f"`{name}` is unknown here, because no hand-off begins at an earlier stage."
    if limits.only is not None:
        return f"`{name}` is only ever {', '.join(sorted(str(v) for v in limits.only))}."
    high = "" if limits.high == INFINITE else f" and at most {limits.high:g}"
    return f"`{name}` is at least {limits.low:g}{high}, by the points agreed."


def setting_of(reading: Reading, path: Path) -> Setting:
    """What is known beforehand about the names of a rule at that path."""
    limits = {name: Limits(only=frozenset(values)) for name, values in KNOWN_VALUES.items()}
    for name, declared in reading.agreement.fields.items():
        if declared.options:
            limits[name] = Limits(only=frozenset(declared.options))
    limits.update(_score_limits(reading))
    if path[0] == "stages" and not _handed_over_before(reading, str(path[1])):
        limits.update({name: UNKNOWN for name in reading.names.types if name.startswith("handoff.")})
    return Setting({name: rule.tree for name, _, rule in reading.named()}, limits)


def _fit_lines(reading: Reading) -> Iterator[tuple[Path, Fit]]:
    for number, line in enumerate(reading.agreement.scoring.fit if reading.agreement.scoring else ()):
        yield ("scoring", "fit", number, "when"), line


def _score_limits(reading: Reading) -> dict[str, Limits]:
    scoring = reading.agreement.scoring
    points = list(scoring.engagement.points.values()) if scoring and scoring.engagement else []
    fit = sums([line.points for line in scoring.fit] if scoring else [])
    low, high = (-INFINITE if min(points, default=0) < 0 else 0.0), (INFINITE if max(points, default=0) > 0 else 0.0)
    engagement = Limits(low=low, high=high, null=False)
    score = Limits(low=fit.low + low, high=fit.high + high, null=False)
    return {"fit": fit, "engagement": engagement, "score": score}


def _handed_over_before(reading: Reading, stage: str) -> bool:
    """Whether a hand-off begins at a stage before this one."""
    stages = reading.draft.keys("stages")
    before = stages[: stages.index(stage)] if stage in stages else stages
    return any(handoff.at in before for handoff in reading.agreement.handoffs.values())


def stages_wait_for_facts(reading: Reading) -> Iterator[Finding]:
    """A stage is entered at a fact; a rule that time alone makes true is only noticed at the next one."""
    if has_circle(reading) or next(rules_stay_small(reading), None):
        return
    scoring = reading.agreement.scoring
    engagement = scoring.engagement if scoring else None
    points = tuple(engagement.points.items()) if engagement else ()
    known = Meanings(
        {name: rule.tree for name, _, rule in reading.named()},
        fit=tuple((reading.rules[p].tree, line.points) for p, line in _fit_lines(reading) if p in reading.rules),
        scoring=Scoring(engagement=points, half_life=engagement.half_life if engagement else None),
    )
    for path, rule in reading.rules.items():
        if path[0] == "stages" and rises_with_time(rule.tree, known):
            message = f"Time alone can make the rule of `{path[1]}` true: it is noticed at the person's next fact."
            yield warning(reading, path, "rises-with-time", message, "Where the day matters, use `wake_after`.")
