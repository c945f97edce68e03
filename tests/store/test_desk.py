"""What the desk decides is kept as a whole: facts, state, hand-offs, decisions, turns and notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from oarlock.desk import Arrived, Woke
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.life import INSTANT, follow
from oarlock.records.facts import Touched
from oarlock.routing import from_plain
from oarlock.store.models import (
    Account,
    AuditLine,
    Decision,
    Handoff,
    HandoffEvent,
    Notice,
    Person,
    PersonState,
    Remark,
    StageEntry,
    Touch,
    Turn,
)
from oarlock.store.reads.folds import folded
from oarlock.store.reads.lives import known_of
from oarlock.store.reads.situations import handoffs_of
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import handoffs, records
from oarlock.store.writes.audit import SYSTEM, Acting
from oarlock.store.writes.clocks import ring
from oarlock.store.writes.desk import follow_up, happen
from oarlock.store.writes.judging import judge

from .live import DAY, HOUR, MINUTE, MONDAY, asks, calls, everything, loose, offered, someone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("signed")]
LENA = Acting("member-lena")


def test_a_lead_that_comes_in_is_judged_routed_and_on_its_clock(home: Path) -> None:
    handoff = offered("p-1")
    assert (handoff.owner, handoff.pool, handoff.state, handoff.agreement) == ("lena", "dach", "offered", 2)
    assert handoff.accept_due_at == handoff.offered_at + HOUR and handoff.offered_at - MONDAY == INSTANT
    assert (handoff.due_at, handoff.due_what) == (handoff.offered_at + 45 * MINUTE, "accept 75%")
    assert (PersonState.objects.get(pk="p-1").stage, StageEntry.objects.count()) == ("mql", 2)
    assert [(e.kind, e.to, e.agreement) for e in HandoffEvent.objects.all()] == [("offered", "lena", "2")]
    decision = Decision.objects.get(pk=handoff.decision_id)
    assert (decision.owner, decision.because) == ("lena", "rotation")
    assert from_plain(json.loads(decision.body)).owner == "lena"
    assert [(n.kind, n.user, n.about) for n in Notice.objects.all()] == [("offered", "lena", f"handoff:{handoff.pk}")]
    assert sum(t.credit for t in Turn.objects.all()) == pytest.approx(0) and loose() == 0


def test_the_same_lead_again_changes_nothing(home: Path) -> None:
    offered("p-1")
    before = everything()
    asks("p-1")
    assert everything() == before and Touch.objects.count() == 1


def test_a_rep_accepts_once_and_the_trail_has_one_line(home: Path) -> None:
    handoff = offered("p-1")
    handoffs.accept(handoff.pk, by="lena", acting=LENA, now=MONDAY + MINUTE)
    handoffs.accept(handoff.pk, by="lena", acting=LENA, now=MONDAY + 2 * MINUTE)
    accepted = Handoff.objects.get(pk=handoff.pk)
    assert (accepted.state, accepted.answered_at, accepted.answered_by) == ("accepted", MONDAY + MINUTE, "lena")
    assert [(line.verb, line.actor) for line in AuditLine.objects.filter(subject=handoff.pk)] == [
        ("accepted", LENA.actor)
    ]
    assert PersonState.objects.get(pk="p-1").stage == "sal"
    with pytest.raises(UserProblem) as refused:
        handoffs.reject(handoff.pk, by="lena", reason="not-icp", acting=LENA, now=MONDAY + HOUR)
    assert refused.value.code == "already-answered"


def test_a_rep_rejects_with_a_reason_and_words(home: Path) -> None:
    handoff = offered("p-1")
    handoffs.reject(handoff.pk, by="lena", reason="bad-timing", words=" In autumn. ", acting=LENA, now=MONDAY + MINUTE)
    state = PersonState.objects.get(pk="p-1")
    assert (state.detour, state.back_at is not None) == ("recycled", True)
    assert [(r.kind, r.by, r.words) for r in Remark.objects.all()] == [("note", "lena", "In autumn.")]
    with pytest.raises(UserProblem) as refused:
        handoffs.reject(offered("p-2").pk, by="lena", reason="not_icp", acting=LENA, now=MONDAY + MINUTE)
    assert refused.value.code == "unknown-reason" and "not-icp" in refused.value.next_step


def test_the_whole_way_to_a_meeting_leaves_a_hand_off_converted(home: Path) -> None:
    handoff = offered("p-1")
    handoffs.accept(handoff.pk, by="lena", acting=LENA, now=MONDAY + MINUTE)
    handoffs.log_activity(handoff.pk, "call", by="lena", outcome="reached", minutes=4, acting=LENA, now=MONDAY + HOUR)
    assert Handoff.objects.get(pk=handoff.pk).first_touch_at == MONDAY + HOUR
    calls("p-1", MONDAY + DAY, "meeting.held")
    done = Handoff.objects.get(pk=handoff.pk)
    assert (done.state, done.ended_at is not None, done.due_at) == ("converted", True, None)


def test_somebody_takes_what_waits_and_marketing_appeals_what_was_rejected(home: Path) -> None:
    for n in range(41):  # the caps are full: 15 a day each
        offered(f"p-{n}")
    waiting = Handoff.objects.filter(owner=None)
    assert {h.queue for h in waiting} <= {"dach", "rest-of-world"}
    handoff = offered("q-1", MONDAY + DAY)
    handoffs.reject(handoff.pk, by="lena", reason="not-icp", acting=LENA, now=MONDAY + DAY + MINUTE)
    handoffs.appeal(handoff.pk, by="mara", words="They have 400 people.", acting=Acting("m"), now=MONDAY + DAY + HOUR)
    assert Notice.objects.filter(kind="appeal", user="sam").count() == 1
    with pytest.raises(UserProblem) as refused:
        handoffs.appeal(handoff.pk, by="mara", words=" ", acting=Acting("m"), now=MONDAY + DAY + HOUR)
    assert refused.value.code == "needs-words"


def test_a_manager_passes_on_and_the_new_owner_is_told(home: Path) -> None:
    handoff = offered("p-1")
    handoffs.pass_on(handoff.pk, to="jonas", by="sam", acting=Acting("member-sam"), now=MONDAY + MINUTE)
    moved = Handoff.objects.get(pk=handoff.pk)
    assert (moved.owner, moved.holders) == ("jonas", "lena jonas")
    assert Notice.objects.filter(kind="offered", user="jonas").exists()


def test_facts_that_another_write_has_put_in_are_followed_up(home: Path) -> None:
    someone("p-1")
    records.learn(
        [records.Said("person", "p-1", "language", "de")], acting=SYSTEM, by="x", origin="by hand", now=MONDAY
    )
    fact = Touched(id="t", at=MONDAY, recorded_at=MONDAY, person_id="p-1", kind="form.demo_request")
    Touch.objects.create(touch_id="t", person_id="p-1", at=fact.at, recorded_at=fact.at, kind=fact.kind, load=1)
    decided = follow_up(["p-1", "nobody"], now=MONDAY)
    assert set(decided) == {"p-1"} and Handoff.objects.get(person_id="p-1").owner == "lena"
    before = everything()
    follow_up(["p-1"], now=MONDAY + HOUR)
    assert everything() == before


def test_what_they_entered_before_a_given_instant_is_no_news(home: Path) -> None:
    someone("p-1")
    Touch.objects.create(touch_id="t", person_id="p-1", at=MONDAY, recorded_at=MONDAY, kind="form.demo_request", load=1)
    follow_up({"p-1": MONDAY + MINUTE}, now=MONDAY + HOUR)
    assert PersonState.objects.get(pk="p-1").stage == "mql" and not Handoff.objects.exists()


def test_state_rows_are_what_judging_all_facts_anew_gives(home: Path) -> None:
    handoff = offered("p-1")
    handoffs.accept(handoff.pk, by="lena", acting=LENA, now=MONDAY + MINUTE)
    calls("p-1", MONDAY + HOUR)
    handoffs.reject(offered("p-2").pk, by="jonas", reason="no-budget", acting=LENA, now=MONDAY + MINUTE)
    before = everything()
    StageEntry.objects.all().delete()
    PersonState.objects.all().delete()
    judge(["p-1", "p-2"], now=MONDAY + DAY)
    assert everything() == before
    versions = all_versions()
    facts = known_of(["p-1"], versions, MONDAY + DAY)["p-1"].facts
    whole = follow(facts, versions, MONDAY + DAY, person_id="p-1")
    assert [(e.stage, e.at) for e in whole] == list(
        StageEntry.objects.filter(person_id="p-1").order_by("id").values_list("stage", "at")
    )


def test_a_refused_answer_leaves_nothing_behind(home: Path) -> None:
    handoff = offered("p-1")
    before, lines = everything(), AuditLine.objects.count()
    wrongs: tuple[Callable[[], object], ...] = (
        lambda: handoffs.reject(handoff.pk, by="lena", reason="", acting=LENA, now=MONDAY + MINUTE),
        lambda: handoffs.give_back(handoff.pk, by="lena", reason="not-icp", acting=LENA, now=MONDAY + MINUTE),
        lambda: handoffs.pass_on(handoff.pk, to="nobody", by="sam", acting=LENA, now=MONDAY + MINUTE),
        lambda: handoffs.accept("no-such-handoff", by="lena", acting=LENA, now=MONDAY + MINUTE),
    )
    for wrong in wrongs:
        with pytest.raises(UserProblem):
            wrong()
    assert (everything(), AuditLine.objects.count()) == (before, lines)


def test_turns_in_one_group_are_as_exact_as_one_by_one(home: Path) -> None:
    ids = [someone(f"p-{n:02}") for n in range(21)]
    facts = {p: Touched(id=p, at=MONDAY, recorded_at=MONDAY, person_id=p, kind="form.demo_request") for p in ids}
    happen({p: Arrived((facts[p],)) for p in ids}, now=MONDAY)
    got = list(Handoff.objects.values_list("owner", flat=True))
    assert (got.count("lena"), got.count("jonas")) == (14, 7)


def test_a_detour_that_ended_wakes_whoever_was_on_it(home: Path) -> None:
    handoffs.reject(offered("p-1").pk, by="lena", reason="bad-timing", acting=LENA, now=MONDAY + MINUTE)
    later: datetime = MONDAY + 91 * DAY
    happen({"p-1": Woke()}, now=later)
    state = PersonState.objects.get(pk="p-1")
    assert (state.cycle, state.stage, state.detour) == (2, "lead", None)
    asks("p-1", later + HOUR)
    assert sorted(Handoff.objects.values_list("cycle", "state")) == [(1, "rejected"), (2, "offered")]


def test_whoever_becomes_worth_it_by_an_edit_is_handed_over_and_whoever_was_before_is_not(home: Path) -> None:
    for person, at in (("p-1", MONDAY), ("p-2", MONDAY - DAY)):
        someone(person, at)
        Touch.objects.create(touch_id=person, person_id=person, at=at, recorded_at=at, kind="form.demo_request", load=1)
    Person.objects.filter(pk="p-1").update(account_id=None)
    Account.objects.create(account_id="a-2", employees=200.0, industry="logistics", country="AT")
    judge(["p-1", "p-2"], now=MONDAY)
    assert not Handoff.objects.exists()
    mara = Acting("member-mara")
    for person, values in (("p-1", {"account_id": "a-2"}), ("p-2", {"language": "de"})):
        records.edit("person", person, values, acting=mara, by="mara", now=MONDAY + HOUR)
    assert [h.person_id for h in Handoff.objects.all()] == ["p-1"]


def test_a_hand_offs_row_is_the_fold_of_its_facts_and_decisions(home: Path) -> None:
    for n in range(4):
        offered(f"p-{n}", MONDAY + n * MINUTE)
    first, second, third, _ = Handoff.objects.order_by("offered_at")
    handoffs.accept(first.pk, by="lena", acting=LENA, now=MONDAY + 20 * MINUTE)
    calls(first.person_id, MONDAY + 25 * MINUTE)
    handoffs.reject(second.pk, by=second.owner or "", reason="student", acting=LENA, now=MONDAY + 20 * MINUTE)
    handoffs.pass_on(third.pk, to="amelie", by="sam", acting=LENA, now=MONDAY + 20 * MINUTE)
    while ring(MONDAY + 5 * HOUR):
        pass
    waiting = Handoff.objects.exclude(pk__in=[first.pk, second.pk]).filter(owner=None).first()
    if waiting is not None:
        handoffs.take(waiting.pk, by="viktor", acting=LENA, now=MONDAY + 5 * HOUR)
    people = {f"p-{n}": f"p-{n}" for n in range(4)}
    rows = {h.id: h for there in handoffs_of(people).values() for h in there}
    assert folded(people, all_versions(), MONDAY + DAY) == rows
