"""Where a person stands, made anew from their facts in the store: the live form of the fold, for one person at a time.

    follow(person_id, versions, until) -> Lived
    judge(person_ids, now=)                 state rows of these people, inside the transaction that is open

Promises: equal to what the whole history says of the same facts (tests/store/test_judging.py). What happened before the
working window stays as it was judged then: each event is judged by the version in force at its time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, cast

from django.db.models import Q
from django.forms.models import model_to_dict

from oarlock.agreement.names import Names
from oarlock.agreement.terms import Terms
from oarlock.lifecycle.entries import Because, Entry
from oarlock.lifecycle.life import NEVER, Life, reach, wake
from oarlock.lifecycle.telling import Rows, tell
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Acted, Changed, Fact, HandedOff, Touched
from oarlock.store.models import (
    Account,
    Activity,
    Change,
    Erasure,
    HandoffEvent,
    Opportunity,
    OpportunityContact,
    Person,
    PersonState,
    StageEntry,
    Touch,
    Version,
)
from oarlock.store.reads.versions import all_versions

WINDOW = timedelta(days=700)
"""Facts younger than this are surely in the store (it keeps 24 months); an older life goes on from what is known."""


@dataclass(frozen=True, slots=True)
class Lived:
    """A life as far as it has come: its entries, how it stands, and the detour it is on."""

    entries: tuple[Entry, ...]
    life: Life
    detour: str | None


def judge(person_ids: Iterable[str], *, now: datetime) -> None:
    """Make the state rows of these people anew. Whoever was merged away has none of their own but who took them over;
    whoever was erased stays as they were counted."""
    versions = all_versions().in_force_by(now) if Version.objects.exists() else None
    erased = set(Erasure.objects.filter(pk__in=list(person_ids)).values_list("pk", flat=True))
    for person_id in sorted(set(person_ids) - erased):
        lived = follow(person_id, versions, now) if versions else _unjudged(person_id)
        _put(person_id, lived, remains(person_id))


def _unjudged(person_id: str) -> Lived | None:
    """A person while no agreement is signed: in no stage."""
    return Lived((), Life(person_id), None) if Person.objects.filter(pk=person_id).exists() else None


def _put(person_id: str, lived: Lived | None, gone_to: str | None) -> None:
    StageEntry.objects.filter(person_id=person_id).delete()
    if lived is None:
        PersonState.objects.filter(pk=person_id).delete()
        return
    entries = () if gone_to else lived.entries
    StageEntry.objects.bulk_create(
        StageEntry(
            person_id=person_id, cycle=e.cycle, stage=e.stage, at=e.at, version=e.agreement, because=e.because,
            skipped=e.skipped,
        )
        for e in entries
    )  # fmt: skip
    last = next((e for e in reversed(entries) if e.cycle == lived.life.cycle), None)
    away = lived.life.away_until is not None and not gone_to
    PersonState.objects.update_or_create(
        person_id=person_id,
        defaults={
            "cycle": 1 if gone_to else lived.life.cycle,
            "stage": last.stage if last else None,
            "since": last.at if last else None,
            "version": last.agreement if last else None,
            "detour": lived.detour if away else None,
            "back_at": lived.life.away_until if away else None,
            "merged_into": gone_to,
        },
    )


def remains(person_id: str) -> str | None:
    """Who took this person over, at the end of the chain; None where nobody did. A circle is nobody."""
    seen, at = {person_id}, person_id
    while (further := _merged_into(at)) is not None:
        if further in seen:
            return None
        seen.add(further)
        at = further
    return at if at != person_id else None


def _merged_into(person_id: str) -> str | None:
    said = Change.objects.filter(entity="person", entity_id=person_id, field="merged_into")
    return said.order_by("-at", "-recorded_at", "-change_id").values_list("value", flat=True).first()


def merged_away(person_id: str) -> tuple[str, ...]:
    """Everybody who was merged into this person, through others too, as their states say."""
    return tuple(PersonState.objects.filter(merged_into=person_id).order_by("pk").values_list("pk", flat=True))


def follow(person_id: str, versions: Versions, until: datetime, gone: Sequence[str] | None = None) -> Lived | None:
    """One life from the facts in the store, as known at `until`; None where nobody has that id."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    facts = facts_of(person, versions, merged_away(person_id) if gone is None else gone)
    known = sorted((f for f in facts if max(f.at, f.recorded_at) <= until), key=lambda f: f.order)
    begin = until - WINDOW
    if person.created_at is not None and person.created_at >= begin:
        return _fold(Life(person_id), known, versions, until)
    return _go_on(person_id, known, versions, until, begin)


def _fold(life: Life, facts: Sequence[Fact], versions: Versions, until: datetime) -> Lived:
    entries: list[Entry] = []
    detour: str | None = None
    for at, group in groupby(facts, key=lambda f: f.at):
        life, woken = wake(life, versions, at, still=True)
        before, now = life.away_until, tuple(group)
        life, reached = reach(life, now, versions)
        entries += [*woken, *reached]
        if life.away_until is not None and life.away_until != before:
            detour = _detour(life, at, now, versions.at(at))
    life, woken = wake(life, versions, until)
    return Lived((*entries, *woken), life, detour if life.away_until is not None else None)


def _go_on(person_id: str, facts: Sequence[Fact], versions: Versions, until: datetime, begin: datetime) -> Lived:
    """A life that began before the working window: what was entered then stands, and goes on from there."""
    kept = tuple(_entry(e) for e in StageEntry.objects.filter(person_id=person_id, at__lt=begin).order_by("at", "id"))
    keys = versions.stage_keys
    cycle = max((e.cycle for e in kept), default=1)
    far = max((keys.index(e.stage) + 1 for e in kept if e.cycle == cycle and e.stage in keys), default=0)
    learnt = Life(person_id, reached=len(keys))
    for _, group in groupby((f for f in facts if f.at < begin), key=lambda f: f.at):
        learnt, _ = reach(replace(learnt, reached=len(keys), away_until=None), tuple(group), versions)
    going = replace(learnt, cycle=cycle, reached=far, away_until=None, back_to=None)
    later = _fold(going, [f for f in facts if f.at >= begin], versions, until)
    return replace(later, entries=(*kept, *later.entries))


def _entry(e: StageEntry) -> Entry:
    because = cast(Because, e.because)  # written by `judging` and `standing` alone, in these words
    return Entry(e.person_id, e.cycle, e.stage, e.at, e.at, e.version, because, e.skipped)


def _detour(life: Life, at: datetime, facts: Sequence[Fact], terms: Terms) -> str | None:
    """Which detour it is that ends when this life's does: the one the facts name, where several would."""
    least = timedelta(microseconds=1)
    ends = {d.key: NEVER if d.final else at + max(d.wake_after or least, least) for d in terms.detours}
    fitting = [d for d in terms.detours if ends[d.key] == life.away_until and d.back_to == life.back_to]
    named = [d for f in facts if (d := _named(f, terms)) is not None]
    return next((d.key for d in (*[d for d in named if d in fitting], *fitting)), None)


def _named(fact: Fact, terms: Terms) -> Any:
    if isinstance(fact, HandedOff):
        return terms.detour_for(fact.reason) if fact.kind in ("rejected", "recycled") else None
    if isinstance(fact, Changed) and (fact.entity, fact.field) == ("person", "stage"):
        return next((d for d in terms.detours if d.key == fact.value), None)
    return terms.loss_detour


def facts_of(person: Person, versions: Versions, gone: Sequence[str] = ()) -> tuple[Fact, ...]:
    """Everything that happened to a person and to those merged into them, told in order."""
    ids = [person.person_id, *gone]
    account = Account.objects.filter(pk=person.account_id).first() if person.account_id else None
    parts = OpportunityContact.objects.filter(person_id__in=ids).values("opportunity_id")
    deals = list(Opportunity.objects.filter(Q(person_id__in=ids) | Q(person_id=None, opportunity_id__in=parts)))
    rows = Rows(
        _row(person), _row(account) if account else None, [_row(deal) for deal in deals],
        tuple(_changes(person, ids, [deal.opportunity_id for deal in deals])), tuple(_others(person.person_id, ids)),
    )  # fmt: skip
    return tell(rows, _paths(versions))


def _row(record: Any) -> dict[str, object]:
    return model_to_dict(record) | {"properties": json.loads(record.properties or "{}")}


def _paths(versions: Versions) -> frozenset[str]:
    """The fields any rule of these versions may name."""
    return frozenset(path for terms in versions.all for path in Names.of(terms).types if "." in path)


def _changes(person: Person, ids: Sequence[str], deals: Sequence[str]) -> Iterable[Changed]:
    wanted = [*ids, *deals, *([person.account_id] if person.account_id else [])]
    whose: dict[str, set[str | None]] = {
        "person": set(ids), "opportunity": set(deals), "account": {person.account_id},
    }  # fmt: skip
    for c in Change.objects.filter(entity_id__in=wanted).exclude(field="merged_into"):
        if c.entity_id in whose.get(c.entity, ()):
            yield Changed(
                id=c.change_id, at=c.at, recorded_at=c.recorded_at, entity=c.entity, field=c.field, value=c.value,
                entity_id=person.person_id if c.entity == "person" else c.entity_id, by=c.by, origin=c.origin,
            )  # fmt: skip


def _others(person_id: str, ids: Sequence[str]) -> Iterable[Fact]:
    for t in Touch.objects.filter(person_id__in=ids):
        yield Touched(id=t.touch_id, at=t.at, recorded_at=t.recorded_at, person_id=person_id, kind=t.kind or "")
    for a in Activity.objects.filter(person_id__in=ids):
        yield Acted(id=a.activity_id, at=a.at, recorded_at=a.recorded_at, person_id=person_id, kind=a.kind)
    for h in HandoffEvent.objects.filter(person_id__in=ids):
        yield HandedOff(
            id=h.event_id, at=h.at, recorded_at=h.recorded_at, handoff_id=h.handoff_id, person_id=person_id,
            kind=h.kind, by=h.by, to=h.to, reason=h.reason,
        )  # fmt: skip
