"""Where people stand, made anew from their facts in the store: the live form of the fold, for many people at once.

    follow(person_id, versions, until) -> Lived
    judge(person_ids, now=)                 state rows of these people, inside the transaction that is open

Promises: equal to what the whole history says of the same facts (tests/store/test_judging.py). What happened before the
working window stays as it was judged then: each event is judged by the version in force at its time. Nobody is handed
over by this alone: that is `desk`'s, and what is judged anew is no news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from oarlock.desk.lives import Lived, live
from oarlock.lifecycle.life import Life
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import Change, Erasure, Person, PersonState, Version
from oarlock.store.reads.lives import AT_ONCE, WINDOW, entries_of, in_parts, known_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes.standing_lives import Standing, let_stand

__all__ = ["WINDOW", "follow", "judge", "merged_away", "remains"]


def judge(person_ids: Iterable[str], *, now: datetime) -> None:
    """Make the state rows of these people anew. Whoever was merged away has none of their own but who took them over;
    whoever was erased stays as they were counted."""
    versions = all_versions().in_force_by(now) if Version.objects.exists() else None
    for some in in_parts(sorted(set(person_ids)), AT_ONCE):
        erased = set(Erasure.objects.filter(pk__in=some).values_list("pk", flat=True))
        _judge([person_id for person_id in some if person_id not in erased], versions, now)


def _judge(ids: Sequence[str], versions: Versions | None, now: datetime) -> None:
    gone = remains(ids)
    lives = _lives(ids, versions, now)
    entries = entries_of(ids)
    let_stand([Standing(id, lives.get(id), gone.get(id), tuple(entries.get(id, ()))) for id in ids])


def _lives(ids: Sequence[str], versions: Versions | None, now: datetime) -> dict[str, Lived]:
    if versions is None:  # while no agreement is signed, everybody is in no stage
        there = Person.objects.filter(pk__in=ids).values_list("pk", flat=True)
        return {id: Lived((), Life(id)) for id in there}
    return {id: live(known, versions, now) for id, known in known_of(ids, versions, now).items()}


def follow(person_id: str, versions: Versions, until: datetime, gone: Sequence[str] | None = None) -> Lived | None:
    """One life from the facts in the store, as known at `until`; None where nobody has that id."""
    merged = None if gone is None else dict.fromkeys(gone, person_id)
    known = known_of([person_id], versions, until, gone=merged).get(person_id)
    return None if known is None else live(known, versions, until)


def remains(person_ids: Collection[str]) -> dict[str, str]:
    """Who took each of these over, at the end of the chain. Who is not in it stands alone; a circle is nobody."""
    into: dict[str, str | None] = {}
    asked = set(person_ids)
    while asked:
        said = Change.objects.filter(entity="person", entity_id__in=asked, field="merged_into")
        told = said.order_by("at", "recorded_at", "change_id").values_list("entity_id", "value")
        into |= dict.fromkeys(asked) | dict(told)
        asked = {to for to in into.values() if to is not None} - set(into)
    found = {person_id: _end(person_id, into) for person_id in person_ids}
    return {person_id: end for person_id, end in found.items() if end is not None}


def _end(person_id: str, into: dict[str, str | None]) -> str | None:
    seen, at = {person_id}, person_id
    while (further := into.get(at)) is not None:
        if further in seen:
            return None
        seen.add(further)
        at = further
    return at if at != person_id else None


def merged_away(person_id: str) -> tuple[str, ...]:
    """Everybody who was merged into this person, through others too, as their states say."""
    return tuple(PersonState.objects.filter(merged_into=person_id).order_by("pk").values_list("pk", flat=True))
