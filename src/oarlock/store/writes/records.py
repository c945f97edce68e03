"""Records changed by hand: a fact first, then the row as it stands, the search words and the state, in one transaction.

    edit(kind, record_id, values, acting=, by=, now=)     fields set to values, each as a fact
    learn(said, acting=, by=, now=)                       the same from within another write
    again(now=)                                           hand-made values over what a load has just brought

Promises: the past reads as it did: a field without a history gets the value it had, once, before the new one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

from django.db import transaction
from django.db.models import Model

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.telling import as_text
from oarlock.store.models import Account, Change, Erasure, Load, Opportunity, Person, SearchWord
from oarlock.store.reads.people import FIELDS as OF_PERSON
from oarlock.store.reads.search import words_of
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.desk import follow_up
from oarlock.store.writes.judging import judge

BY_HAND = "by hand"
EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when a value held that nobody ever saw begin; the intake says so too."""
OF_ACCOUNT = ("name", "domain", "industry", "country", "owner_id", "parent_id")
OF_DEAL = ("name", "kind", "product", "stage", "owner_id", "lost_reason")
MODELS: dict[str, type[Model]] = {"person": Person, "account": Account, "opportunity": Opportunity}
EDITABLE: dict[str, tuple[str, ...]] = {"person": OF_PERSON, "account": OF_ACCOUNT, "opportunity": OF_DEAL}
"""Fields that are set by hand, by kind of record; properties the record has may be set as well. Amounts and statuses
of deals come from the CRM alone: two places to win a deal would be one too many."""
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Said:
    """One field of one record took a value; None empties it."""

    entity: str
    entity_id: str
    field: str
    value: str | None


def edit(
    kind: str, record_id: str, values: Mapping[str, str], *, acting: Acting, by: str, now: datetime
) -> tuple[str, ...]:
    """Set fields of one record; the names of those that changed. Empty texts empty a field.

    UserProblem `unknown-record`, `unknown-field`, `too-long`.
    """
    with transaction.atomic():
        record = _record(kind, record_id)
        _refuse(kind, record, values)
        said = [
            Said(kind, record_id, field, value.strip() or None)
            for field, value in values.items()
            if (value.strip() or None) != _value(record, field)
        ]
        if said:
            learn(said, acting=acting, by=by, origin=BY_HAND, now=now)
            fields = sorted(s.field for s in said)
            note("edited", kind, record_id, {"fields": fields}, acting=acting, now=now)
        return tuple(s.field for s in said)


def _record(kind: str, record_id: str) -> Any:
    found = MODELS[kind]._default_manager.filter(pk=record_id).first() if kind in MODELS else None
    if found is None:
        raise UserProblem("unknown-record", "There is no such record.", "It may have been merged or erased.")
    if kind == "person" and Erasure.objects.filter(pk=record_id).exists():
        raise UserProblem(
            "erased", "This person was erased on request.", "", "Nothing can be written to them any more."
        )
    return found


def _refuse(kind: str, record: Any, values: Mapping[str, str]) -> None:
    for field, value in values.items():
        if field not in EDITABLE[kind] and field not in json.loads(record.properties or "{}"):
            raise UserProblem("unknown-field", f"“{field[:60]}” is no field that can be set by hand.")
        if len(value) > LONGEST:
            raise UserProblem(
                "too-long", f"The value of “{field}” is too long.", f"At most {LONGEST:,} letters are kept."
            )
        if "\0" in value:
            raise UserProblem("bad-text", f"The value of “{field}” holds a character no database takes.")


def _value(record: Any, field: str) -> str | None:
    plain = vars(record)
    return as_text(plain[field] if field in plain else json.loads(record.properties or "{}").get(field))


def learn(said: Sequence[Said], *, acting: Acting, by: str, origin: str, now: datetime) -> int:
    """Write facts of one instant, let the rows follow, judge the people concerned anew and hand over whoever becomes
    worth it; how many facts."""
    with transaction.atomic():
        load = Load.objects.create(kind="live", begun_at=now, finished_at=now, rows="{}")
        facts = [fact for s in said for fact in _facts(s, by, origin, now, load.number)]
        Change.objects.bulk_create(facts)
        load.rows = json.dumps({"changes": len(facts)})  # until they are sealed, their number tells what was put in
        load.save(update_fields=["rows"])
        for s in said:
            if s.field not in ("merged_into", "stage"):
                _stand(s)
        for entity, entity_id in sorted({(s.entity, s.entity_id) for s in said}):
            find_by(entity, entity_id)
        people = _people_of(said)
        if any(s.field == "merged_into" for s in said):
            judge(people, now=now)
        else:
            follow_up(sorted(people), now=now)
        return len(facts)


def _facts(said: Said, by: str, origin: str, now: datetime, load: int) -> Iterable[Change]:
    """The change itself and, where the field has no history, the value it had since its record began."""
    if said.field not in ("merged_into", "stage"):
        known = Change.objects.filter(entity=said.entity, entity_id=said.entity_id, field=said.field)
        if not known.exists():
            record = _record(said.entity, said.entity_id)
            began = getattr(record, "created_at", None) or EVER
            yield _change(said, _value(record, said.field), began, None, origin, load)
    yield _change(said, said.value, now, by, origin, load)


def _change(said: Said, value: str | None, at: datetime, by: str | None, origin: str, load: int) -> Change:
    if by is None:  # the former value: its id is made of what it says, so it is said once
        parts = "\x1f".join((said.entity, said.entity_id, said.field, value or "\0", at.isoformat()))
        key = md5(parts.encode(), usedforsecurity=False).hexdigest()
    else:
        key = new_id(at, os.urandom(10))
    return Change(
        change_id=key, at=at, recorded_at=at, entity=said.entity, entity_id=said.entity_id, field=said.field,
        value=value, by=by, origin=origin, load=load,
    )  # fmt: skip


def _stand(said: Said) -> None:
    """The record as it stands after a fact."""
    model = MODELS[said.entity]
    record: Any = model._default_manager.filter(pk=said.entity_id).first()
    if record is None:
        return
    if said.field in {f.name for f in model._meta.get_fields()}:
        setattr(record, said.field, said.value)
        record.save(update_fields=[said.field])
        return
    properties = json.loads(record.properties or "{}") | {said.field: said.value}
    record.properties = json.dumps(properties, ensure_ascii=False)
    record.save(update_fields=["properties"])


def _people_of(said: Sequence[Said]) -> set[str]:
    """Whose lives these facts belong to. An account's facts are taken in when a person of it is judged next."""
    people = {s.entity_id for s in said if s.entity == "person"}
    deals = [s.entity_id for s in said if s.entity == "opportunity"]
    accounts = [s.entity_id for s in said if s.entity == "account"]
    whose = Opportunity.objects.filter(pk__in=deals, person_id__isnull=False).values_list("person_id", flat=True)
    there = Person.objects.filter(account_id__in=accounts).values_list("pk", flat=True)[:1000]
    return people | {person for person in whose if person} | set(there)


SEARCHED: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "person": ("person", ("name", "company_name"), ("email",)),
    "account": ("account", ("name",), ("domain",)),
    "opportunity": ("deal", ("name",), ()),
}
"""What a record is found by: its kind among the words, texts that fall into words, and addresses."""


def find_by(entity: str, record_id: str) -> None:
    """Let a record be found by what it says now, and by nothing else."""
    kind, texts, wholes = SEARCHED[entity]
    record: Any = MODELS[entity]._default_manager.filter(pk=record_id).first()
    SearchWord.objects.filter(record_id=record_id, kind=kind).delete()
    if record is None:
        return
    if entity == "person" and Account.objects.filter(pk=record.account_id).exists():
        values = [record.name or "", (record.email or "").split("@")[0]]
        words = {w for text in values for w in words_of(text)}  # their account has the others
    else:
        values = [_value(record, name) or "" for name in (*texts, *wholes)]
        words = {w for text in values for w in words_of(text)}
        words |= {whole.lower()[:60] for name in wholes for whole in (_value(record, name) or "").split("@") if whole}
    SearchWord.objects.bulk_create(SearchWord(word=w, kind=kind, record_id=record_id) for w in sorted(words))


def again() -> int:
    """Put values set by hand or arrived live over those a load has just brought, where nothing newer is known; how
    many."""
    live = Load.objects.filter(kind="live").values("number")
    done = 0
    with transaction.atomic():
        for entity, entity_id, field in (
            Change.objects.filter(load__in=live).exclude(field__in=("merged_into", "stage"))
            .values_list("entity", "entity_id", "field").distinct()
        ):  # fmt: skip
            latest = Change.objects.filter(entity=entity, entity_id=entity_id, field=field)
            last = latest.order_by("-at", "-recorded_at", "-change_id").values_list("value", "origin").first()
            record: Any = MODELS[entity]._default_manager.filter(pk=entity_id).first()
            if record is not None and last is not None and _value(record, field) != last[0]:
                _stand(Said(entity, entity_id, field, last[0]))
                find_by(entity, entity_id)
                done += 1
    return done
