"""Erase in the store who somebody is: identity and free text go, ids and what can be counted stay.

    erase(person_ids, ..., acting=, now=)     one transaction; the database's own guard is opened for it alone
    scrub(touched)                            afterwards: no copy stays in the log or in dead rows

Promises: the trail says who was erased by id, when, by whom and why; nobody can write to the erased again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from time import sleep
from typing import Any

from django.db import connection, transaction

from oarlock.ground.problems import UserProblem
from oarlock.records.shapes import COUNTED_BY, ERASED, FREE_TEXT, IDENTITY
from oarlock.store.models import Activity, Change, Erasure, Person, SearchWord, Touch
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.unsaying import unsay

MODELS: dict[str, Any] = {"touches": Touch, "activities": Activity}


def erase(
    person_ids: Sequence[str], texts: Mapping[tuple[str, str], Collection[str]], fields: Collection[tuple[str, str]],
    marks: Sequence[str], reason: str, *, acting: Acting, now: datetime,
) -> dict[str, int]:  # fmt: skip
    """Erase these ids, which are one person; rows touched by table. `texts` and `fields` are what others share, which
    stays; `marks` are addresses and numbers of theirs. UserProblem `unknown-person`, `needs-a-reason`."""
    if not reason.strip():
        raise UserProblem("needs-a-reason", "An erasure needs a reason.", "", "Say who asked for it, without a name.")
    with transaction.atomic():
        people = list(Person.objects.filter(pk__in=person_ids))
        if not people:
            raise UserProblem("unknown-person", "There is nobody with this id.")
        _guard_opens(person_ids[0])
        touched = {table: _free_text(table, person_ids, texts) for table in FREE_TEXT}
        touched["changes"] = _changes(person_ids, set(fields))
        _guard_closes()
        for person in people:
            _person(person, texts, set(fields))
        touched["people"] = len(people)
        touched["search words"] = SearchWord.objects.filter(record_id__in=person_ids, kind="person").delete()[0]
        touched |= unsay(person_ids, marks)
        for person in people:
            if not Erasure.objects.filter(pk=person.person_id).exists():
                Erasure.objects.create(person_id=person.person_id, at=now, by=acting.actor, reason=reason.strip()[:500])
        detail = {"ids": [p.person_id for p in people], "rows": touched}
        note("erased", "person", person_ids[0], detail, acting=acting, now=now)
        return touched


def _guard_opens(person_id: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO erasing (person_id) VALUES (%s)", [person_id])


def _guard_closes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM erasing")


def _free_text(table: str, ids: Sequence[str], texts: Mapping[tuple[str, str], Collection[str]]) -> int:
    done = 0
    for column in FREE_TEXT[table]:
        rows = MODELS[table].objects.filter(person_id__in=ids, **{f"{column}__isnull": False})
        done += rows.exclude(**{f"{column}__in": list(texts.get((table, column), ()))}).update(**{column: None})
    return done


def _changes(ids: Sequence[str], fields: set[tuple[str, str]]) -> int:
    rows = Change.objects.filter(entity="person", entity_id__in=ids, value__isnull=False)
    done = 0
    for change_id, field, value in rows.exclude(field__in=COUNTED_BY).values_list("change_id", "field", "value"):
        if (field, value) not in fields and value != ERASED:
            done += Change.objects.filter(pk=change_id).update(value=ERASED)
    return done


def _person(person: Person, texts: Mapping[tuple[str, str], Collection[str]], fields: set[tuple[str, str]]) -> None:
    known = Person.objects.filter(pk=person.pk).values(*IDENTITY)[0]
    told: dict[str, object] = {name: ERASED for name, value in known.items() if value is not None}
    if person.source_detail not in texts.get(("people", "source_detail"), ()):
        told["source_detail"] = None
    kept = {k: v for k, v in json.loads(person.properties or "{}").items() if (k, v) in fields}
    told["properties"] = json.dumps(kept, ensure_ascii=False)
    Person.objects.filter(pk=person.pk).update(**told)


def scrub(touched: Mapping[str, int]) -> bool:
    """Leave no copy behind: SQLite's log is folded into the file and cut off (what was deleted there is overwritten
    with zeros already), PostgreSQL's tables are written anew. False: somebody reads an older state of the file just
    now, and the log is cut off when they end."""
    if connection.vendor == "postgresql":
        kept = ("changes", "touches", "activities", "identities", "remarks", "likenesses", "dead_letters", "arrivals")
        tables = ["people", "search_words", *(t for t in (*kept, "notices") if touched.get(t.replace("_", " ")))]
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"VACUUM FULL {table}")
            cursor.execute("CHECKPOINT") if _may_checkpoint() else None
        return True
    for _ in range(50):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0] == 0:
                return True
        sleep(0.1)
    return False


def _may_checkpoint() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
