"""One person judged live from the store, and everybody at once from the lake: the same stages, the same states."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Max

from oarlock.jobs.loading import load
from oarlock.store.models import Activity, Change, HandoffEvent, Person, PersonState, StageEntry, Touch
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import judging
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = 3


def last_known() -> datetime:
    """The last instant the lake was told of, as the bulk load takes it."""
    ends = [m.objects.aggregate(end=Max("recorded_at"))["end"] for m in (Touch, Activity, Change, HandoffEvent)]
    known: list[datetime] = [*ends, Person.objects.aggregate(end=Max("created_at"))["end"]]
    return max(known)


def entries(person_id: str) -> list[tuple[object, ...]]:
    rows = StageEntry.objects.filter(person_id=person_id)
    return sorted(rows.values_list("cycle", "stage", "at", "version", "because", "skipped"), key=repr)


def state(person_id: str) -> tuple[object, ...]:
    columns = ("cycle", "stage", "since", "version", "detour", "back_at", "merged_into")
    return tuple(PersonState.objects.values_list(*columns).get(pk=person_id))


def test_a_person_judged_live_has_the_entries_and_the_state_history_gives_them(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    until = last_known()
    people = list(PersonState.objects.order_by("pk").values_list("pk", flat=True))[::EVERY]
    before = {p: (entries(p), state(p)) for p in people}
    StageEntry.objects.all().delete()
    PersonState.objects.filter(pk__in=people).delete()
    with transaction.atomic():
        judging.judge(people, now=until)
    assert {p: (entries(p), state(p)) for p in people} == before
    assert {s for _, (_, s, *_) in before.values()} > {"lead", "mql"}
    assert any(row[4] for _, row in before.values()), "somebody is on a detour"


def test_what_was_entered_before_the_working_window_stays_as_it_was_judged(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    late = last_known() + judging.WINDOW + timedelta(days=30)
    person = StageEntry.objects.filter(stage="mql").order_by("at").values_list("person_id", flat=True)[0]
    before = entries(person)
    lived = judging.follow(person, all_versions(), late)
    assert lived is not None
    assert set(before) <= {(e.cycle, e.stage, e.at, e.agreement, e.because, e.skipped) for e in lived.entries}


def test_nobody_is_judged_whom_nobody_knows(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    assert judging.follow("nobody", all_versions(), NOW) is None
