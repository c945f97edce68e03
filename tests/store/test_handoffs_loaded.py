"""Hand-offs of the past come from the lake's facts: open ones open, ended ones ended, no clock of theirs wound up."""

from __future__ import annotations

from pathlib import Path

import pytest

from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.jobs.loading import load
from oarlock.jobs.rebuilding import rebuild
from oarlock.store.models import Handoff, PersonState
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW, lake_says

pytestmark = pytest.mark.django_db(transaction=True)
ENDS = "('converted', 'rejected', 'lapsed', 'returned', 'recycled')"


MORE = """handoff_id,at,person_id,cycle,kind,to,due_at
n-1,2026-10-30T08:00:00Z,p-0000001,1,offered,lena,2026-10-30T09:00:00Z
n-2,2026-10-30T08:00:00Z,p-0000002,,offered,lena,
n-2,2026-10-30T08:30:00Z,p-0000002,,accepted,,
n-3,2026-10-28T08:00:00Z,p-0000003,1,offered,jonas,
n-4,2026-10-29T08:00:00Z,p-0000003,1,offered,lena,
"""
"""Four more that no fact ends; the last two are of one person and cycle."""


@pytest.fixture
def more(home: Path, signed: None) -> Path:
    file = home / "handoff_events.csv"
    file.write_text(MORE, encoding="utf-8")
    bring_in([file], preset("oarlock"), home, zone="Europe/Berlin", now=NOW)
    load(home, acting=SYSTEM, now=NOW)
    return home


def test_every_handoff_of_the_lake_is_there_and_one_without_an_end_is_open(more: Path) -> None:
    ended = dict(lake_says(more, f"SELECT handoff_id, bool_or(kind IN {ENDS}) FROM handoff_events GROUP BY 1"))
    there = {h.handoff_id: h.ended_at is not None for h in Handoff.objects.all()}
    assert there == ended | {"n-3": True}
    assert {h for h, over in there.items() if not over} >= {"n-1", "n-2", "n-4"}


def test_of_two_open_ones_of_one_person_and_cycle_the_earlier_is_over_when_the_later_was_offered(more: Path) -> None:
    earlier, later = Handoff.objects.get(pk="n-3"), Handoff.objects.get(pk="n-4")
    assert (earlier.ended_at, earlier.state) == (later.offered_at, "offered")
    assert later.ended_at is None


def test_one_whose_cycle_nobody_recorded_belongs_to_the_cycle_it_was_offered_in(more: Path) -> None:
    offered = Handoff.objects.get(pk="n-2")
    away = PersonState.objects.get(pk="p-0000002")
    assert (offered.state, offered.cycle, offered.agreement) == ("accepted", away.cycle, 2)
    assert offered.answered_at is not None


def test_a_handoff_stands_where_its_last_fact_left_it(more: Path) -> None:
    asked = (
        'SELECT handoff_id, arg_max(kind, ("at", event_id)) FILTER (kind NOT IN'
        " ('reassigned', 'reminded', 'notified')), arg_max(\"to\", \"at\") FILTER (kind IN ('offered', 'reassigned')),"
        " max(person_id) FROM handoff_events GROUP BY 1"
    )
    told = {row[0]: row[1:] for row in lake_says(more, asked)}
    columns = ("handoff_id", "state", "owner", "person_id")
    assert {row[0]: row[1:] for row in Handoff.objects.values_list(*columns)} == told
    assert {h.state for h in Handoff.objects.all()} >= {"offered", "accepted", "rejected", "recycled", "converted"}
    assert not Handoff.objects.filter(due_at__isnull=False).exists(), "nobody starts a clock of the past"
    assert not Handoff.objects.exclude(key="mql-to-sdr").exists()


def test_a_clock_that_ran_out_before_the_answer_is_told_as_run_out(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    for h in Handoff.objects.filter(answered_at__isnull=False).exclude(holders__contains=" "):
        assert h.accept_due_at is not None and h.answered_at is not None
        assert (h.breached == "accept") == (h.accept_due_at < h.answered_at)
    assert Handoff.objects.filter(breached="accept").exists()


def test_handoffs_that_were_lost_come_back_equal(more: Path) -> None:
    before = sorted(Handoff.objects.values_list(), key=repr)
    Handoff.objects.filter(state="converted").delete()
    Handoff.objects.filter(state="rejected").update(state="offered", ended_at=None, cycle=99)
    rebuild(more, acting=SYSTEM, now=NOW)
    assert sorted(Handoff.objects.values_list(), key=repr) == before
