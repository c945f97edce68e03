"""Taking in what arrived: a group of parcels, each with its arrivals and letters, in one transaction.

    take_in(parcels, now=) -> for each parcel, what became of each of its arrivals

Promises: an arrival whose key came before is answered as it was then, and does nothing; one with the same key and other
words is a conflict, and does nothing; facts, records, state, hand-offs and the key are kept together or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from oarlock.desk import Arrived
from oarlock.ground.intervals import micros
from oarlock.records.arrivals import Arriving, Letter
from oarlock.store.models import Load
from oarlock.store.writes.arrival_rows import found
from oarlock.store.writes.arrived_answers import tell
from oarlock.store.writes.arrived_firms import Firms
from oarlock.store.writes.arrived_people import People
from oarlock.store.writes.dead_letters import keep
from oarlock.store.writes.desk import happen
from oarlock.store.writes.identities import Known, Whose, recognise
from oarlock.store.writes.rows import upsert

State = Literal["new", "same", "conflict", "refused"]
"""`refused` is said by the line alone: it could not be taken in and is a letter."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one sender waits for: answered when all of it is kept. `told`: they want to know what became of it."""

    arrivals: tuple[Arriving, ...] = ()
    letters: tuple[Letter, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one arrival."""

    state: State
    answer: Mapping[str, Any]


@dataclass(slots=True)
class _Group:
    """One transaction's work."""

    now: datetime
    before: dict[str, tuple[str, str]]
    fresh: dict[str, Arriving] = field(default_factory=dict)
    whose: dict[str, Whose] = field(default_factory=dict)


def take_in(parcels: Sequence[Parcel], *, now: datetime) -> list[tuple[Taken, ...]]:
    """Take all of it in, or nothing. Each parcel's answers in the order of its arrivals."""
    with transaction.atomic():
        keep([letter for parcel in parcels for letter in parcel.letters], now=now)
        group = _sorted_out(parcels, now)
        answers = _taken_in(group, parcels) if group.fresh else {}
        rows = [(k, a.fingerprint, micros(now), json.dumps(answers[k], ensure_ascii=False))
                for k, a in group.fresh.items()]  # fmt: skip
        upsert("arrivals", ("key", "fingerprint", "at", "answer"), rows)
    return [tuple(_answers(parcel, group, answers)) for parcel in parcels]


def _sorted_out(parcels: Sequence[Parcel], now: datetime) -> _Group:
    """What is new, each key once."""
    keys = {a.key for parcel in parcels for a in parcel.arrivals}
    before = {
        key: (mark, answer) for key, mark, answer in found("arrivals", ("key", "fingerprint", "answer"), "key", keys)
    }
    group = _Group(now, before)
    for parcel in parcels:
        for arrival in parcel.arrivals:
            if arrival.key not in before:
                group.fresh.setdefault(arrival.key, arrival)
    return group


def _answers(parcel: Parcel, group: _Group, answers: Mapping[str, dict[str, Any]]) -> Iterator[Taken]:
    given: set[str] = set()
    for arrival in parcel.arrivals:
        first = group.fresh.get(arrival.key)
        mark = first.fingerprint if first else group.before[arrival.key][0]
        if mark != arrival.fingerprint:
            yield Taken("conflict", {})
        elif first is None:
            yield Taken("same", json.loads(group.before[arrival.key][1]))
        else:
            yield Taken("new" if first is arrival and arrival.key not in given else "same", answers[arrival.key])
        given.add(arrival.key)


def _taken_in(group: _Group, parcels: Sequence[Parcel]) -> dict[str, dict[str, Any]]:
    arrivals = tuple(group.fresh.values())
    known = recognise(arrivals, group.now)
    people = People.of(known, group.now)
    firms = Firms.of([a for a in arrivals if a.firm is not None or _reachable(a)], group.now)
    for arrival, whose in zip(arrivals, known.whose, strict=True):
        account_id = firms.account_for(arrival, people.account_of(whose)) if not whose.unnamed else None
        if not whose.unnamed:
            firms.propose(whose.person_id, arrival, account_id)
        people.take(arrival, whose, account_id)
    _write(known, people, firms)
    for person_id, at in firms.colleagues():
        people.touched[person_id] = None
        people.since.setdefault(person_id, at)
    decided = happen(dict.fromkeys(people.touched, Arrived()), now=group.now, since=people.since)
    return tell(arrivals, known.whose, decided, {a.key for parcel in parcels if parcel.told for a in parcel.arrivals})


def _reachable(arrival: Arriving) -> bool:
    return any(kind == "email" for kind, _ in arrival.known_by)


def _write(known: Known, people: People, firms: Firms) -> None:
    known.write()
    people.changes += firms.changes
    changes, touches = people.changes, people.touches
    if not changes and not touches and not people.records and not firms.records:
        return
    rows = {name: len(made) for name, made in (("touches", touches), ("changes", changes)) if made}
    load = Load.objects.create(
        kind="live", begun_at=known.now, finished_at=known.now, rows=json.dumps(rows)
    ).number  # fmt: skip
    firms.write(load)
    people.write(load)
