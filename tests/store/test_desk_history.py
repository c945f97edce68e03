"""What is judged live, fact by fact as it came, is what the tables say of the whole history at once."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from oarlock.desk import Arrived, Situation, Woke, decide
from oarlock.desk.lives import Known
from oarlock.jobs.loading import load
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import HandedOff
from oarlock.routing import Roster
from oarlock.store.models import PersonState, StageEntry
from oarlock.store.reads.lives import known_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW
from .test_judging import last_known

pytestmark = pytest.mark.django_db(transaction=True)
EVERY = 1 if os.environ.get("OARLOCK_HEAVY") else 6


def test_the_demo_fed_fact_by_fact_has_the_entries_of_the_tables(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    until, versions = last_known(), all_versions()
    ids = list(PersonState.objects.filter(merged_into=None).order_by("pk").values_list("pk", flat=True))[::EVERY]
    handed = 0
    for person_id, known in known_of(ids, versions, until).items():
        live, offered = fed(known, versions, until)
        there = StageEntry.objects.filter(person_id=person_id)
        rows = there.values_list("cycle", "stage", "at", "version", "because", "skipped")
        assert sorted(live, key=repr) == sorted(rows, key=repr), person_id
        handed += offered
    assert handed > 0


def fed(known: Known, versions: Versions, until: datetime) -> tuple[list[tuple[object, ...]], int]:
    """A life fed to the desk one fact at a time, each when it was recorded. The hand-offs are history's own, so
    those that the desk would begin itself are put aside; how many it began."""
    offered, stood = 0, Situation(known=Known(known.person_id), roster=Roster())
    for fact in sorted(known.facts, key=lambda f: (max(f.at, f.recorded_at), f.order)):
        now = max(fact.at, fact.recorded_at)
        decided = decide(Arrived((fact,)), stood, versions.in_force_by(now), now)
        offered += len(decided.handoffs)
        facts = [f for f in decided.facts if not isinstance(f, HandedOff) or f.id == fact.id]
        told = tuple(sorted([*stood.known.facts, *facts], key=lambda f: f.order))
        stood = Situation(known=Known(known.person_id, told), roster=Roster(), entries=decided.entries)
    last = decide(Woke(), stood, versions, until)
    return [(e.cycle, e.stage, e.at, e.agreement, e.because, e.skipped) for e in last.entries], offered
