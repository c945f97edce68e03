"""Hand-offs as their facts and decisions in the store leave them: what their rows must say, whatever became of those.

    folded(person_ids, versions, until) -> {handoff_id: HandedOver}

The facts tell the state and the clocks; which pool, queue and decision it was is told by the decisions, kept for ever.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from oarlock.desk.lives import Known
from oarlock.ground.calendars import Calendar
from oarlock.handoffs import calendar_for, fold
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, HandedOff
from oarlock.routing import Decision, from_plain
from oarlock.store.models import Decision as DecisionRow
from oarlock.store.reads.lives import known_of


@dataclass(frozen=True, slots=True)
class Why:
    """One decision about a hand-off, with its id."""

    id: str
    decision: Decision


def folded(person_ids: Collection[str], versions: Versions, until: datetime) -> dict[str, HandedOver]:
    """Every hand-off of these people that a version knows."""
    found: dict[str, HandedOver] = {}
    for known in known_of(person_ids, versions, until).values():
        facts = _by_handoff(known)
        whys = _decisions(facts)
        for id, told in facts.items():
            key = _key_of(id, versions)
            if key is not None:
                found[id] = _fold(told, key, known, versions, whys.get(id, ()))
    return found


def _by_handoff(known: Known) -> dict[str, list[HandedOff]]:
    facts: dict[str, list[HandedOff]] = defaultdict(list)
    for fact in known.facts:
        if isinstance(fact, HandedOff):
            facts[fact.handoff_id].append(fact)
    return facts


def _decisions(handoff_ids: Collection[str]) -> dict[str, list[Why]]:
    rows = DecisionRow.objects.filter(handoff_id__in=list(handoff_ids)).order_by("at", "decision_id")
    found: dict[str, list[Why]] = defaultdict(list)
    for id, handoff_id, body in rows.values_list("decision_id", "handoff_id", "body"):
        found[handoff_id].append(Why(id, from_plain(json.loads(body))))
    return found


def _key_of(handoff_id: str, versions: Versions) -> str | None:
    """The hand-off's key: the beginning of an id of ours; of an imported one the newest version's first hand-off."""
    keys = [term.key for terms in reversed(versions.all) for term in terms.handoffs]
    return next((key for key in keys if handoff_id.startswith(f"{key}.")), next(iter(keys), None))


def _fold(facts: Sequence[HandedOff], key: str, known: Known, versions: Versions, whys: Sequence[Why]) -> HandedOver:
    acted = [fact for fact in known.facts if isinstance(fact, Acted)]
    knowing = {terms.number: terms for terms in versions.all if terms.handoff(key) is not None}
    state = fold([*facts, *acted], key, knowing, _hours(key, versions, whys))
    if not whys:
        return state
    last = whys[-1].decision
    pool = next((w.decision.pool for w in reversed(whys) if w.decision.because != "taken"), None)
    queue = last.queue if state.owner is None else None
    return replace(state, pool=pool, queue=queue, decision_id=whys[-1].id)


def _hours(key: str, versions: Versions, whys: Sequence[Why]) -> Callable[[HandedOff | None, str | None], Calendar]:
    """In whose hours the clocks ran at a fact: of its owner then, in the pool they had it from, by the version then."""
    routed = [why.decision for why in whys if why.decision.because != "taken"]
    ats = [decision.at for decision in routed]

    def hours(fact: HandedOff | None, owner: str | None) -> Calendar:
        place = len(ats) if fact is None else bisect_right(ats, fact.at)
        pool = routed[place - 1].pool if place else None
        then = versions.latest if fact is None else versions.at(fact.at)
        terms, term = next((t, h) for t in (then, *versions.all) if (h := t.handoff(key)) is not None)
        return calendar_for(term, owner, pool, terms)

    return hours
