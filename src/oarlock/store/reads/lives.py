"""All that the store knows of many people at once, told as facts in order: a few queries, however many they are.

known_of(person_ids, versions, until) -> {person_id: Known}
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar, cast

from django.db.models import Q

from oarlock.agreement.names import Names
from oarlock.desk.lives import Known
from oarlock.lifecycle.entries import Because, Entry
from oarlock.lifecycle.telling import Row, Rows, tell
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, Changed, Fact, HandedOff, Touched
from oarlock.store.models import (
    Account,
    Activity,
    Change,
    HandoffEvent,
    Opportunity,
    OpportunityContact,
    Person,
    PersonState,
    StageEntry,
    Touch,
)

WINDOW = timedelta(days=700)
"""Facts younger than this are surely in the store (it keeps 24 months); an older life goes on from what is known."""
AT_ONCE = 400
"""People asked for by one query."""

T = TypeVar("T")
Told = Mapping[str, Sequence[T]]


def known_of(
    person_ids: Collection[str], versions: Versions, until: datetime, *, gone: Mapping[str, str] | None = None
) -> dict[str, Known]:
    """What is known of each of these people and of those merged into them; nobody has an id that is missing here.

    `gone` says who is merged into whom, where that is not what the states say.
    """
    found: dict[str, Known] = {}
    for some in in_parts(sorted(set(person_ids)), AT_ONCE):
        found |= _some(some, versions, until, merged_into(some) if gone is None else gone)
    return found


def merged_into(person_ids: Collection[str]) -> dict[str, str]:
    """Everybody who was merged into one of these, and into whom, as their states say."""
    merged = PersonState.objects.filter(merged_into__in=person_ids).values_list("person_id", "merged_into")
    return {gone: kept for gone, kept in merged if kept is not None}


def in_parts(many: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Many in parts of at most that size."""
    rest = iter(many)
    while part := tuple(islice(rest, size)):
        yield part


def _some(ids: Sequence[str], versions: Versions, until: datetime, gone: Mapping[str, str]) -> dict[str, Known]:
    people = {row["person_id"]: row for row in _rows(Person, Q(pk__in=ids))}
    whose = {person_id: person_id for person_id in people} | dict(gone)
    deals, others = _deals(whose), _others(whose)
    accounts = {p["account_id"] for p in people.values() if p["account_id"]}
    account_rows = {row["account_id"]: row for row in _rows(Account, Q(pk__in=accounts))} if accounts else {}
    changes = _changes(whose, deals, accounts)
    begin, paths = until - WINDOW, _paths(versions)
    old = {id for id, row in people.items() if row["created_at"] is None or row["created_at"] < begin}
    kept = entries_of(old) if old else {}
    made = {}
    for person_id, person in people.items():
        account = account_rows.get(person["account_id"])
        mine = deals.get(person_id, ())
        about = [*changes.get(person_id, ()), *(c for d in mine for c in changes.get(str(d["opportunity_id"]), ()))]
        about += changes.get(person["account_id"], ()) if person["account_id"] else ()
        facts = tell(Rows(person, account, mine, about, others.get(person_id, ())), paths)
        before = tuple(e for e in kept.get(person_id, ()) if e.at < begin)
        made[person_id] = Known(person_id, facts, before, begin if person_id in old else None)
    return made


def _rows(model: Any, where: Q) -> Iterator[dict[str, Any]]:
    """Records as plain rows, their own fields read."""
    for row in model.objects.filter(where).values():
        row["properties"] = json.loads(row["properties"]) if row["properties"] else {}
        yield row


def _paths(versions: Versions) -> frozenset[str]:
    """The fields any rule of these versions may name."""
    return _PATHS.get(told := tuple(terms.hash for terms in versions.all)) or _find_paths(versions, told)


_PATHS: dict[tuple[str, ...], frozenset[str]] = {}
"""By what the versions' texts hash to: hashing the terms themselves costs more than all the rest."""


def _find_paths(versions: Versions, told: tuple[str, ...]) -> frozenset[str]:
    found = frozenset(path for terms in versions.all for path in Names.of(terms).types if "." in path)
    _PATHS.clear()
    _PATHS[told] = found
    return found


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for whose, one in pairs:
        found[whose].append(one)
    return found


def _deals(whose: Mapping[str, str]) -> Told[Row]:
    """Everybody's opportunities: their own, and those without a person of their own in which they have a part."""
    parts = _grouped(OpportunityContact.objects.filter(person_id__in=whose).values_list("opportunity_id", "person_id"))
    found: list[tuple[str, Row]] = []
    where = Q(person_id__in=whose) | Q(person_id=None, pk__in=list(parts)) if parts else Q(person_id__in=whose)
    for row in _rows(Opportunity, where):
        owners = [row["person_id"]] if row["person_id"] else parts.get(row["opportunity_id"], [])
        found += [(kept, row) for kept in {whose[p] for p in owners}]
    return _grouped(found)


def _changes(whose: Mapping[str, str], deals: Told[Row], accounts: Collection[str]) -> Told[Changed]:
    """Changes by the person, the opportunity or the account they are of."""
    of_deals = {str(row["opportunity_id"]) for rows in deals.values() for row in rows}
    groups: Mapping[str, Collection[str]] = {"person": whose, "opportunity": of_deals, "account": accounts}
    columns = ("change_id", "at", "recorded_at", "entity", "entity_id", "field", "value", "by", "origin")
    wanted = [*whose, *of_deals, *accounts]
    found: list[tuple[str, Changed]] = []
    said = Change.objects.filter(entity_id__in=wanted).exclude(field="merged_into").values_list(*columns)
    for id, at, recorded_at, entity, entity_id, field, value, by, origin in said:
        if entity_id in groups.get(entity, ()):
            of = whose[entity_id] if entity == "person" else entity_id
            found.append((of, Changed(
                id=id, at=at, recorded_at=recorded_at, entity=entity, entity_id=of, field=field, value=value, by=by,
                origin=origin,
            )))  # fmt: skip
    return _grouped(found)


def _others(whose: Mapping[str, str]) -> Told[Fact]:
    """Touches, activities and what happened to hand-offs."""
    there = Q(person_id__in=whose)
    return _grouped([*_touches(whose, there), *_activities(whose, there), *_handoffs(whose, there)])


def _touches(whose: Mapping[str, str], there: Q) -> Iterator[tuple[str, Fact]]:
    rows = Touch.objects.filter(there).values_list("touch_id", "at", "recorded_at", "person_id", "kind")
    for id, at, recorded_at, person, kind in rows:
        yield whose[person], Touched(id=id, at=at, recorded_at=recorded_at, person_id=whose[person], kind=kind or "")


def _activities(whose: Mapping[str, str], there: Q) -> Iterator[tuple[str, Fact]]:
    rows = Activity.objects.filter(there).values_list(
        "activity_id", "at", "recorded_at", "person_id", "kind", "user_id"
    )
    for id, at, recorded_at, person, kind, user in rows:
        of = whose[person or ""]
        yield of, Acted(id=id, at=at, recorded_at=recorded_at, person_id=of, kind=kind, user_id=user)


def _handoffs(whose: Mapping[str, str], there: Q) -> Iterator[tuple[str, Fact]]:
    columns = (
        "event_id", "at", "recorded_at", "handoff_id", "person_id", "kind", "by", "to", "reason", "cycle", "due_at",
        "agreement",
    )  # fmt: skip
    for row in HandoffEvent.objects.filter(there).values_list(*columns):
        id, at, recorded_at, handoff, person, kind, by, to, reason, cycle, due_at, agreement = row
        yield whose[person], HandedOff(
            id=id, at=at, recorded_at=recorded_at, handoff_id=handoff, person_id=whose[person], kind=kind, by=by, to=to,
            reason=reason, cycle=cycle, due_at=due_at, agreement=_number(agreement),
        )  # fmt: skip


def _number(told: str | None) -> int | None:
    return int(told) if told and told.isdecimal() and len(told) < 9 else None


def entries_of(person_ids: Collection[str]) -> dict[str, list[Entry]]:
    """The stage entries that stand, by person, in the order in which they were entered."""
    columns = ("person_id", "cycle", "stage", "at", "version", "because", "skipped")
    rows = StageEntry.objects.filter(person_id__in=person_ids).order_by("at", "id").values_list(*columns)
    return _grouped((row[0], _entry(row)) for row in rows)


def _entry(row: tuple[Any, ...]) -> Entry:
    person, cycle, stage, at, version, because, skipped = row
    return Entry(person, cycle, stage, at, at, version, cast(Because, because), skipped)
