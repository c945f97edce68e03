"""What happens by itself: in its turn, once however many workers look, and never for a turn that is long over."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from oarlock.agreement import Terms
from oarlock.jobs import recurring, working
from oarlock.jobs.loading import load
from oarlock.jobs.period_planning import FIELDS
from oarlock.store.models import Measurement, Person, StageEntry, Touch, WorkOrder
from oarlock.store.reads import versions
from oarlock.store.reads.versions import InForce
from oarlock.store.writes import orders, records
from oarlock.store.writes.audit import SYSTEM

from . import signing_desk
from .conftest import NOW, lake_says

pytestmark = pytest.mark.django_db(transaction=True)
BERLIN = InForce(1, datetime(2026, 1, 1, tzinfo=UTC), "", "Brightwater", "EUR", "Europe/Berlin")
FIVE = timedelta(minutes=5)


def kinds() -> list[tuple[str, str]]:
    return list(WorkOrder.objects.order_by("id").values_list("kind", "key"))


def done() -> int:
    """Do what waits, whatever the clock on this wall says."""
    WorkOrder.objects.filter(state="open").update(due_at=datetime(2020, 1, 1, tzinfo=UTC))
    return working.work(Event(), name="test", once=True)


@pytest.mark.parametrize(
    ("at", "turn"),
    [
        ("2026-11-22T00:59:59+00:00", "2026-11-21"), ("2026-11-22T01:00:00+00:00", "2026-11-22"),
        ("2026-03-29T00:59:59+00:00", "2026-03-28"), ("2026-03-29T01:00:00+00:00", "2026-03-29"),
        ("2026-10-25T00:30:00+00:00", "2026-10-25"), ("2026-10-25T01:30:00+00:00", "2026-10-25"),
    ],
)  # fmt: skip
def test_a_night_begins_at_two_in_the_agreements_zone(at: str, turn: str) -> None:
    """Also where two o'clock is skipped, and where it comes twice."""
    assert recurring.turn_of("night", datetime.fromisoformat(at), BERLIN) == turn


def test_a_turn_of_five_minutes_and_a_turn_of_a_version() -> None:
    noon = datetime(2026, 1, 3, 12, 4, 59, tzinfo=UTC)
    assert recurring.turn_of(FIVE, noon, None) == "2026-01-03T12:00"
    assert recurring.turn_of(FIVE, noon + timedelta(seconds=1), None) == "2026-01-03T12:05"
    assert recurring.turn_of("version", noon, BERLIN) == "version 1"
    assert recurring.turn_of("version", noon + timedelta(days=8), BERLIN) == ""
    assert recurring.turn_of("version", noon, None) == ""


def test_an_empty_workspace_sweeps_at_night_and_does_nothing_else(tmp_path: Path, settings: Any) -> None:
    signing_desk.own_workspace(settings, tmp_path)
    assert recurring.check(tmp_path, NOW) == ("sweep@2026-11-21",)
    assert recurring.check(tmp_path, NOW + timedelta(hours=1)) == ()
    assert recurring.check(tmp_path, NOW + timedelta(days=1)) == ("sweep@2026-11-22",)
    assert done() == 2 and {o.state for o in WorkOrder.objects.all()} == {"done"}


def test_two_workers_that_look_make_one_order_even_where_it_is_done_between_them(tmp_path: Path, settings: Any) -> None:
    signing_desk.own_workspace(settings, tmp_path)
    first = orders.once("sweep", "2026-11-21", {}, acting=SYSTEM, now=NOW)
    assert first and done() == 1
    assert orders.once("sweep", "2026-11-21", {}, acting=SYSTEM, now=NOW) is None
    assert recurring.check(tmp_path, NOW) == () and len(kinds()) == 1


def test_who_was_away_for_three_nights_makes_up_for_the_last_one(tmp_path: Path, settings: Any) -> None:
    signing_desk.own_workspace(settings, tmp_path)
    for days in (0, 3):
        recurring.check(tmp_path, NOW + timedelta(days=days))
    assert kinds() == [("sweep", "2026-11-21"), ("sweep", "2026-11-24")]


def test_a_fact_made_by_hand_is_in_the_lake_five_minutes_later(home: Path, signed: None) -> None:
    load(home, acting=SYSTEM, now=NOW)
    assert not [k for k in recurring.check(home, NOW) if k.startswith("export")], "nothing waits"
    person = Person.objects.order_by("pk")[0]
    records.edit("person", person.pk, {"job_level": "boatswain"}, acting=SYSTEM, by="olive", now=NOW)
    assert "export@2026-11-21T12:05" in recurring.check(home, NOW + FIVE)
    assert not lake_says(home, "SELECT 1 FROM changes WHERE value = 'boatswain'")
    WorkOrder.objects.exclude(kind="export").delete()
    assert done() == 1
    assert lake_says(home, "SELECT entity_id FROM changes WHERE \"by\" = 'olive' AND value = 'boatswain'") == [
        (person.pk,)
    ]
    assert not [k for k in recurring.check(home, NOW + 2 * FIVE) if k.startswith("export")], "it is there"


def test_at_night_the_usual_figures_are_made_and_once_alone(home: Path, signed: None) -> None:
    made = recurring.check(home, NOW)
    assert made == ("refresh@2026-11-21", "sweep@2026-11-21"), "no month is closed, and both versions are old"
    done()
    asked = [json.loads(a) for a in Measurement.objects.values_list("asked", flat=True)]
    assert sorted((a["kind"], a["by"]) for a in asked) == [
        ("drift", ""), ("funnel", ""), *(("loop", by) for by in sorted(FIELDS)),
    ]  # fmt: skip
    before = WorkOrder.objects.filter(kind="figures").count()
    recurring.check(home, NOW + timedelta(days=1))
    done()
    assert WorkOrder.objects.filter(kind="figures").count() == before, "nothing has changed since"


def test_old_orders_and_dead_sessions_go_and_nothing_else(tmp_path: Path, settings: Any) -> None:
    signing_desk.own_workspace(settings, tmp_path)
    for days, state in ((40, "done"), (40, "failed"), (40, "open"), (20, "done")):
        finished = None if state == "open" else NOW - timedelta(days=days)
        WorkOrder.objects.create(
            id=f"{state}{days}", kind="x", key=f"{state}{days}", asked="{}", state=state, by="system",
            made_at=NOW - timedelta(days=days), due_at=NOW, finished_at=finished,
        )  # fmt: skip
    for key, days in (("dead", -1), ("alive", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=NOW + timedelta(days=days))
    assert recurring.sweep(tmp_path, NOW) == {"orders": 2, "sessions": 1}
    assert {o.id for o in WorkOrder.objects.all()} == {"open40", "done20"}
    assert [s.session_key for s in Session.objects.all()] == ["alive"]


@pytest.fixture
def third(home: Path, signed: None) -> Callable[[date], Terms]:
    """Sign a third version, with another bar for MQL, in force from a day on."""

    def signs(day: date) -> Terms:
        text = signing_desk.tomorrow(day=day.isoformat()).replace(b"engagement >= 40", b"engagement >= 400")
        mara, sam = (versions_member(name) for name in ("mara", "sam"))
        proposal = signing_desk.propose(text, mara)
        signing_desk.sign(proposal, mara)
        assert signing_desk.sign(proposal, sam).adopted == 3
        return versions.all_versions().latest

    return signs


def versions_member(person: str) -> Any:
    from oarlock.store.models import Member

    return Member.objects.get(person=person)


def test_a_version_that_comes_into_force_asks_for_figures_and_leaves_what_was_entered_before(
    home: Path, third: Callable[[date], Terms]
) -> None:
    """The new bar lets nobody in: had it judged yesterday, no earlier entry into MQL could stand."""
    load(home, acting=SYSTEM, now=NOW)
    entered = StageEntry.objects.filter(stage="mql", skipped=False)
    person = entered.order_by("-at").values_list("person_id", flat=True)[0]
    before = set(StageEntry.objects.filter(person_id=person).values_list("cycle", "stage", "at", "version", "because"))
    terms = third((NOW + timedelta(days=2)).date())
    assert recurring.check(home, terms.in_force_from - timedelta(seconds=1))[0] == "refresh@2026-11-22"
    found = recurring.check(home, terms.in_force_from)
    assert "refresh@version 3" in found
    assert recurring.check(home, terms.in_force_from + FIVE) == ()
    at = terms.in_force_from + timedelta(hours=9)
    records.edit("person", person, {"job_level": "vp"}, acting=SYSTEM, by="olive", now=at)
    after = set(StageEntry.objects.filter(person_id=person).values_list("cycle", "stage", "at", "version", "because"))
    assert before <= after and {row[3] for row in before} <= {1, 2}
    assert all(version == 3 for _, _, when, version, _ in after - before if when >= terms.in_force_from)


def test_who_comes_after_a_version_is_judged_by_it_and_who_came_before_is_not(
    home: Path, third: Callable[[date], Terms]
) -> None:
    load(home, acting=SYSTEM, now=NOW)
    terms = third((NOW + timedelta(days=2)).date())
    person = (
        StageEntry.objects.filter(stage="mql", skipped=False).order_by("-at").values_list("person_id", flat=True)[0]
    )
    last = Touch.objects.filter(person_id=person).order_by("-at").values_list("at", flat=True)[0]
    assert last < terms.in_force_from
    number = StageEntry.objects.filter(person_id=person, stage="mql").values_list("version", flat=True)[0]
    assert number < 3
    from oarlock.jobs import figures

    assert {t.number for t in figures.judges("").all} == {1, 2}, "it is signed, and judges nobody yet"
    assert [t.number for t in versions.all_versions().in_force_by(terms.in_force_from).all] == [1, 2, 3]
