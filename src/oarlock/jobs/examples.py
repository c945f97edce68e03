"""People who just pass a stage's rule and people who just fail it, by order: a bounded sample, judged part by part.

`just in` are those of the newest entries whose numbers were nearest to the bars at the instant they entered; `just out`
are people of the stage before who fail exactly one part of the rule now, nearest first. A rule without numbers has no
near and far: then they are the newest. Nothing is decided by them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from oarlock.agreement.english import say
from oarlock.agreement.names import Names
from oarlock.agreement.terms import Stage, Terms
from oarlock.agreement.tree import And, Between, Compare, Literal, Name, Node
from oarlock.ground.clock import monotonic, now
from oarlock.lifecycle.judging import Moment
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import Person, PersonState, StageEntry
from oarlock.store.reads import measurements
from oarlock.store.reads.measurements import Kept, UnderWay
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import measurements as keeping
from oarlock.store.writes import orders
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.judging import follow
from oarlock.store.writes.orders import Order

KIND = "examples"
LOOKED_AT = 60
"""So many of the newest entries, and so many who wait in the stage before, are looked at."""
SHOWN = 3
FAR = 9e9
Tell = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Example:
    """One person near the bar. `parts` are the rule's parts in words, the value, and whether it held."""

    person_id: str
    name: str
    at: str
    passes: bool
    parts: tuple[tuple[str, str, bool], ...]
    distance: float


def key_of(terms: Terms, stage: str, at: datetime) -> str:
    """One measurement a version, stage and day."""
    return sha256(json.dumps([KIND, terms.hash, stage, f"{at:%Y-%m-%d}"]).encode()).hexdigest()


def ask(terms: Terms, stage: str, *, acting: Acting, now: datetime) -> tuple[Kept | None, UnderWay | None]:
    """The examples where they are kept, else the order that will find them."""
    key = key_of(terms, stage, now)
    kept = measurements.kept(key)
    if kept is not None:
        return kept, None
    waiting = measurements.under_way(KIND, key)
    if waiting is None or waiting.state == "done":
        orders.order(KIND, key, {"stage": stage, "version": terms.number}, acting=acting, now=now)
        waiting = measurements.under_way(KIND, key)
    return None, waiting


def examples_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `examples`, for the worker."""
    begun, at, versions = monotonic(), now(), all_versions()
    terms = next(t for t in versions.all if t.number == int(order.asked["version"]))
    stage = terms.stage(str(order.asked["stage"]))
    found = list(near(versions, terms, stage, at, tell)) if stage and stage.rule else []
    key = key_of(terms, str(order.asked["stage"]), at)
    body = {"examples": [asdict(one) for one in found], "files": {}}
    keeping.keep(
        key, KIND, asked=json.dumps(dict(order.asked)), versions=str(terms.number), as_known=at,
        seconds=monotonic() - begun, body=json.dumps(body), rows="", acting=Acting(order.by), now=at,
    )  # fmt: skip
    return {"key": key, "found": len(found)}


def near(versions: Versions, terms: Terms, stage: Stage, at: datetime, tell: Tell) -> Iterator[Example]:
    """The nearest on both sides of the bar, those who pass first."""
    tell("people who just pass", 0.1)
    ins = [one for one in _entered(versions, terms, stage) if one.passes]
    tell("people who just fail", 0.5)
    outs = [one for one in _waiting(versions, terms, stage, at) if sum(not held for _, _, held in one.parts) == 1]
    yield from _nearest(ins)
    yield from _nearest(outs)


def _nearest(found: Sequence[Example]) -> list[Example]:
    return sorted(found, key=lambda one: (one.distance, one.person_id))[:SHOWN]


def _entered(versions: Versions, terms: Terms, stage: Stage) -> Iterator[Example]:
    """The newest whom this version let in by the rule, as they were at that instant."""
    entries = StageEntry.objects.filter(stage=stage.key).order_by("-at")[: LOOKED_AT * 3]
    by_rule = [e for e in entries if e.because == "rule" and not e.skipped and e.version == terms.number][:LOOKED_AT]
    names = _names([e.person_id for e in by_rule])
    for entry in by_rule:
        yield from _judged(entry.person_id, names, versions, terms, stage, entry.at)


def _waiting(versions: Versions, terms: Terms, stage: Stage, at: datetime) -> Iterator[Example]:
    """The newest of the stage before, as they are now."""
    keys = [s.key for s in terms.stages]
    before = keys[keys.index(stage.key) - 1] if keys.index(stage.key) else None
    people = PersonState.objects.filter(stage=before, detour=None).order_by("-since")[:LOOKED_AT]
    ids = [state.person_id for state in people if state.merged_into is None]
    names = _names(ids)
    for person_id in ids:
        yield from _judged(person_id, names, versions, terms, stage, at)


def _names(ids: Sequence[str]) -> dict[str, str]:
    found = Person.objects.filter(pk__in=list(ids)).values_list("person_id", "name")
    return {person: name or person for person, name in found}


def _judged(
    person_id: str, names: Mapping[str, str], versions: Versions, terms: Terms, stage: Stage, at: datetime
) -> Iterator[Example]:
    lived = follow(person_id, versions, at)
    if lived is None or stage.rule is None:
        return
    life = lived.life
    moment = Moment(at, terms, life.values, life.touches, life.activities)
    spoken, parts, distances = Names.of(terms), [], []
    for part in _parts(stage.rule.tree):
        held = moment.holds(part)
        parts.append((say(part, spoken), _value(part, moment), held))
        distances.append(_distance(part, moment))
    passes = all(held for _, _, held in parts)
    failing = [d for d, (_, _, held) in zip(distances, parts, strict=True) if not held]
    numbers = [d for d in distances if d < FAR]
    distance = (sum(numbers) if numbers else FAR) if passes else max(failing, default=FAR)
    yield Example(person_id, names.get(person_id, person_id), at.isoformat(), passes, tuple(parts), distance)


def _parts(tree: Node) -> tuple[Node, ...]:
    """What must all hold."""
    return tuple(part for one in tree.parts for part in _parts(one)) if isinstance(tree, And) else (tree,)


def _bars(part: Node) -> tuple[str, tuple[float, ...]] | None:
    """The number a part looks at, and its bars; None where it looks at something else."""
    if isinstance(part, Compare) and isinstance(part.left, Name) and isinstance(part.right, Literal):
        subject, options = part.left, [part.right]
    elif isinstance(part, Between) and isinstance(part.subject, Name):
        subject, options = part.subject, [end for end in (part.low, part.high) if isinstance(end, Literal)]
    else:
        return None
    bars = tuple(end.value for end in options if isinstance(end.value, float))
    return (subject.path, bars) if bars else None


def _distance(part: Node, moment: Moment) -> float:
    """How far the value is from its nearest bar, in parts of the bar; FAR where there is no number."""
    found = _bars(part)
    value = moment.value(found[0]) if found else None
    if found is None or not isinstance(value, float):
        return FAR
    return min(abs(value - bar) / max(1.0, abs(bar)) for bar in found[1])


def _value(part: Node, moment: Moment) -> str:
    """The value a part looks at, as it was; empty where it looks at more than one."""
    found = _bars(part)
    value = moment.value(found[0]) if found else None
    return f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else ""
