"""What a sender is told of each arrival: whose it is, where that person stands, who has the hand-off and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from oarlock import routing
from oarlock.desk import Decided
from oarlock.handoffs.state import HandedOver
from oarlock.records.arrivals import Arriving
from oarlock.routing.decisions import Decision
from oarlock.store.models import Decision as Kept
from oarlock.store.models import Handoff
from oarlock.store.reads.situations import handoffs_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes.identities import Whose


def tell(
    arrivals: Sequence[Arriving], whose: Sequence[Whose], decided: Mapping[str, Decided], asked: Collection[str]
) -> dict[str, dict[str, Any]]:
    """An answer by the arrival's key; more than whose it is for those whose senders want to know."""
    wanted = {w.person_id for a, w in zip(arrivals, whose, strict=True) if a.key in asked}
    stands = _standing(wanted, decided)
    told = {}
    for arrival, one in zip(arrivals, whose, strict=True):
        answer: dict[str, Any] = {"person_id": one.person_id}
        if arrival.key in asked:
            answer |= stands.get(one.person_id, {})
        if arrival.remarks:
            answer["remarks"] = list(arrival.remarks)
        told[arrival.key] = answer
    return told


def _standing(wanted: Iterable[str], decided: Mapping[str, Decided]) -> dict[str, dict[str, Any]]:
    there = {p: decided[p] for p in wanted if p in decided}
    if not there:
        return {}
    open_ = _open(there)
    why = _reasons(there, open_)
    told = {}
    for person_id, one in there.items():
        last = one.lived.last
        told[person_id] = {"stage": last.stage if last else None} | _handoff(open_.get(person_id), why)
    return told


def _open(there: Mapping[str, Decided]) -> dict[str, HandedOver]:
    """The open hand-off of each: just offered, or from before."""
    new = {p: h for p, one in there.items() for h in one.handoffs if h.open}
    rest = [p for p, one in there.items() if p not in new and not one.handoffs]
    known = set(Handoff.objects.filter(person_id__in=rest, ended_at=None).values_list("person_id", flat=True))
    before = handoffs_of({p: p for p in rest if p in known}) if known else {}
    return {p: h for p, all_ in before.items() for h in all_ if h.open} | new


def _reasons(there: Mapping[str, Decided], open_: Mapping[str, HandedOver]) -> dict[str, str]:
    """The sentence of each decision: those just made, and those of hand-offs from before."""
    found: dict[str, Decision] = {d.id: d.decision for one in there.values() for d in one.decisions}
    wanted = {h.decision_id for h in open_.values() if h.decision_id} - set(found)
    for key, body in Kept.objects.filter(pk__in=wanted).values_list("pk", "body") if wanted else ():
        found[key] = routing.from_plain(json.loads(body))
    if not found:
        return {}
    terms = all_versions().latest
    names = {user.key: user.name or user.key for user in terms.users}
    return {key: routing.sentence(decision, names, terms.zone) for key, decision in found.items()}


def _handoff(open_: HandedOver | None, why: Mapping[str, str]) -> dict[str, Any]:
    if open_ is None:
        return {}
    due = open_.accept_due_at if open_.answered_at is None else open_.work_due_at
    told = {
        "handoff": open_.id, "owner": open_.owner, "queue": None if open_.owner else open_.queue,
        "due_at": due.isoformat() if due else None, "why": why.get(open_.decision_id or "", ""),
    }  # fmt: skip
    return {name: value for name, value in told.items() if value}
