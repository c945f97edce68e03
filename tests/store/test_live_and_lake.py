"""Whoever came in live is in the lake after the next export, and no load or rebuild takes anything from them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.jobs.exporting import export
from oarlock.jobs.loading import load
from oarlock.jobs.rebuilding import rebuild
from oarlock.store.models import Handoff, Person, PersonState, SearchWord, StageEntry
from oarlock.store.writes import handoffs
from oarlock.store.writes.audit import SYSTEM, Acting
from oarlock.store.writes.records import find_by

from .conftest import NOW, lake_says
from .live import HOUR, MINUTE, asks, someone

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(days=2)
"""A Monday, at 13:00 in Berlin."""


def mine() -> tuple[list[tuple[object, ...]], ...]:
    """All state of those who came in live."""
    columns = ("person_id", "cycle", "stage", "at", "version", "because", "skipped")
    return (
        sorted(Handoff.objects.filter(person_id__startswith="live").values_list()),
        sorted(StageEntry.objects.filter(person_id__startswith="live").values_list(*columns)),
        sorted(PersonState.objects.filter(pk__startswith="live").values_list()),
        sorted(SearchWord.objects.filter(record_id__startswith="live").values_list("word", "kind", "record_id")),
    )


def test_a_load_and_a_rebuild_leave_whoever_came_in_live_as_they_are(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    for n, person in enumerate(("live-1", "live-2")):
        asks(someone(person, LATER), LATER + n * MINUTE)
        find_by("person", person)
    accepted = Handoff.objects.get(person_id="live-1")
    handoffs.accept(accepted.pk, by=accepted.owner or "", acting=Acting("m"), now=LATER + HOUR / 2)
    before = mine()
    assert all(before)
    file = home / "touches.csv"
    file.write_text(f"touch_id,person_id,at,kind\nx-1,p-0000001,{LATER.isoformat()},page.pricing\n", encoding="utf-8")
    bring_in([file], preset("oarlock"), home, zone="Europe/Berlin", now=LATER)
    load(home, acting=SYSTEM, now=LATER + HOUR)
    assert mine() == before, "a load before anything of theirs was exported"
    export(home, acting=SYSTEM, now=LATER + HOUR)
    assert lake_says(home, "SELECT person_id, email FROM people WHERE person_id LIKE 'live%' ORDER BY 1") == [
        (p.person_id, p.email) for p in Person.objects.filter(pk__startswith="live").order_by("pk")
    ]
    kinds = lake_says(home, "SELECT kind FROM handoff_events WHERE person_id = 'live-1' ORDER BY event_id")
    assert sorted(kind for (kind,) in kinds) == ["accepted", "offered"]
    rebuild(home, acting=SYSTEM, now=LATER + HOUR)
    assert mine() == before
    PersonState.objects.filter(pk__startswith="live").delete()
    StageEntry.objects.filter(person_id__startswith="live").delete()
    Handoff.objects.filter(person_id__startswith="live").delete()
    rebuild(home, acting=SYSTEM, now=LATER + HOUR)
    assert mine() == before
