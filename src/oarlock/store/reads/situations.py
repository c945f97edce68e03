"""The situation of many people, as the desk wants it: a dozen queries, however many they are.

    of(person_ids, versions, now) -> {person_id: Situation}, each with the same roster

Nobody who is unknown or was erased has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from oarlock.desk import Situation
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import Erasure, Handoff, PersonState
from oarlock.store.reads.lives import entries_of, known_of, merged_into
from oarlock.store.reads.rosters import roster

SAME = tuple(f.name for f in fields(HandedOver) if f.name not in ("id", "holders", "breached"))
"""Columns of a hand-off that are called as the fields of its row in Python, and hold the same."""
_COLUMNS = ("handoff_id", "holders", "breached", *SAME)


def of(
    person_ids: Collection[str], versions: Versions, now: datetime, since: Mapping[str, datetime] | None = None
) -> dict[str, Situation]:
    """Everything the desk needs to know of these people. `since`: before when nothing entered is news, by person."""
    ids = set(person_ids) - set(Erasure.objects.filter(pk__in=person_ids).values_list("pk", flat=True))
    gone = merged_into(ids)
    known, entries = known_of(ids, versions, now, gone=gone), entries_of(ids)
    handoffs = handoffs_of({id: id for id in ids} | gone)
    states = PersonState.objects.filter(pk__in=ids, merged_into__isnull=False)
    into = dict(states.values_list("person_id", "merged_into"))
    there = roster(versions.at(now), now)
    return {
        id: Situation(
            known=one, roster=there, entries=tuple(entries.get(id, ())), handoffs=tuple(handoffs.get(id, ())),
            gone_to=into.get(id), since=(since or {}).get(id),
        )
        for id, one in known.items()
    }  # fmt: skip


def handoffs_of(whose: Mapping[str, str]) -> dict[str, list[HandedOver]]:
    """Every hand-off of these people, by who they are now, in the order in which they were offered."""
    found: dict[str, list[HandedOver]] = defaultdict(list)
    for row in _rows(whose):
        state = state_of(row)
        found[whose[state.person_id]].append(state)
    return found


def _rows(person_ids: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    return Handoff.objects.filter(person_id__in=list(person_ids)).order_by("offered_at").values_list(*_COLUMNS)


def state_of(row: tuple[Any, ...]) -> HandedOver:
    """A hand-off's row as the rooms know it."""
    id, holders, breached, *rest = row
    return HandedOver(
        id=id, holders=tuple(holders.split()), breached=tuple(breached.split()), **dict(zip(SAME, rest, strict=True))
    )
