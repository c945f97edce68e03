"""Something happened, so these facts follow: the order of the whole, from the first touch to the deal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from oarlock.desk import Arrived, Due, Situation, Woke, decide
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.life import follow
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Changed, DealMoved, HandedOff
from oarlock.routing import Roster

from .brightwater import (
    DAY,
    EMPTY,
    HOUR,
    MINUTE,
    MONDAY,
    TERMS,
    VERSIONS,
    acted,
    after,
    appeared,
    happen,
    kinds,
    nobody,
    say,
    touched,
)


def offered(roster: Roster = EMPTY) -> Situation:
    """Somebody who asked for a demo on Monday at ten, and was offered at once."""
    _, situation = happen(nobody(roster=roster), Arrived((appeared(), touched(MONDAY))), MONDAY)
    return situation


def test_whoever_becomes_worth_it_is_offered_to_somebody_and_they_are_told() -> None:
    decided, _ = happen(nobody(), Arrived((appeared(), touched(MONDAY))), MONDAY)
    assert [e.stage for e in decided.entries] == ["lead", "mql"]
    (handoff,) = decided.handoffs
    assert (handoff.key, handoff.state, handoff.owner, handoff.pool) == ("mql-to-sdr", "offered", "lena", "dach")
    assert handoff.accept_due_at is not None and handoff.accept_due_at - MONDAY < HOUR + MINUTE
    (routed,) = decided.decisions
    assert (routed.handoff_id, routed.id, routed.decision.owner) == (handoff.id, handoff.decision_id, "lena")
    assert [(n.kind, n.user) for n in decided.notices] == [("offered", "lena")]
    assert kinds(decided.facts) == ["offered"]


def test_whoever_only_leaves_an_address_is_offered_to_nobody() -> None:
    decided, _ = happen(nobody(), Arrived((appeared(), touched(MONDAY, "email.click"))), MONDAY)
    assert [e.stage for e in decided.entries] == ["lead"]
    assert not decided.handoffs and not decided.notices


def test_the_same_facts_again_change_nothing() -> None:
    situation = offered()
    decided = decide(Arrived((appeared(), touched(MONDAY))), situation, VERSIONS, MONDAY + HOUR)
    assert (decided.facts, decided.handoffs, decided.decisions, decided.notices) == ((), (), (), ())


def test_one_person_is_offered_once_a_cycle_however_much_they_do() -> None:
    situation = offered()
    decided, _ = happen(situation, Arrived((touched(MONDAY + MINUTE),)), MONDAY + MINUTE)
    assert not decided.handoffs


def test_accepting_makes_them_an_accepted_lead() -> None:
    decided, situation = say(offered(), "accept", MONDAY + MINUTE, "lena")
    assert [e.stage for e in decided.entries] == ["lead", "mql", "sal"]
    assert situation.handoffs[0].state == "accepted" and situation.handoffs[0].work_due_at is not None


def test_rejecting_sends_them_where_the_reason_leads_and_they_wake_by_themselves() -> None:
    decided, situation = say(offered(), "reject", MONDAY + MINUTE, "lena", reason="bad-timing")
    assert decided.lived.detour == "recycled" and situation.handoffs[0].state == "rejected"
    assert not situation.handoffs[0].open
    early, _ = happen(situation, Woke(), MONDAY + 80 * DAY)
    assert early.lived.life.cycle == 1
    woken, situation = happen(situation, Woke(), MONDAY + 91 * DAY)
    assert woken.lived.life.cycle == 2 and [e.stage for e in woken.entries if e.cycle == 2] == ["lead"]
    again, _ = happen(situation, Arrived((touched(MONDAY + 92 * DAY),)), MONDAY + 92 * DAY)
    assert [(h.cycle, h.state) for h in again.handoffs] == [(2, "offered")]


def test_a_call_is_the_first_touch_and_a_meeting_converts() -> None:
    _, situation = say(offered(), "accept", MONDAY + MINUTE, "lena")
    _, situation = happen(situation, Arrived((acted(MONDAY + HOUR),)), MONDAY + HOUR)
    assert situation.handoffs[0].first_touch_at == MONDAY + HOUR and situation.handoffs[0].attempts == 1
    met, situation = happen(situation, Arrived((acted(MONDAY + DAY, "meeting.held"),)), MONDAY + DAY)
    assert "sql" in {e.stage for e in met.entries}
    assert situation.handoffs[0].state == "converted" and not situation.handoffs[0].open


def test_a_deal_lost_ends_what_is_open_of_theirs() -> None:
    _, situation = say(offered(), "accept", MONDAY + MINUTE, "lena")
    lost = DealMoved(
        id="d:1", at=MONDAY + HOUR, recorded_at=MONDAY + HOUR, person_id="p-1", opportunity_id="d", status="lost"
    )
    decided, situation = happen(situation, Arrived((lost,)), MONDAY + HOUR)
    assert decided.lived.detour == "recycled" and not any(h.open for h in situation.handoffs)


def test_an_operator_who_disqualifies_somebody_takes_them_out_of_the_inbox() -> None:
    gone = Changed(
        id="c:1", at=MONDAY + HOUR, recorded_at=MONDAY + HOUR, entity="person", entity_id="p-1", field="stage",
        value="disqualified",
    )  # fmt: skip
    decided, situation = happen(offered(), Arrived((gone,)), MONDAY + HOUR)
    assert decided.lived.detour == "disqualified" and situation.handoffs[0].state == "recycled"
    later, _ = happen(situation, Woke(), MONDAY + 400 * DAY)
    assert later.lived.detour == "disqualified", "recycling brings nobody back who is gone for good"


def test_what_nobody_answers_is_passed_on_and_dated_when_it_was_due() -> None:
    situation = offered()
    (handoff,) = situation.handoffs
    assert handoff.accept_due_at is not None
    decided, situation = happen(situation, Due(handoff.id), MONDAY + HOUR + 10 * MINUTE)
    assert kinds(decided.facts) == ["reminded", "breached", "reassigned"]
    assert [f.at for f in decided.facts][1:] == [handoff.accept_due_at] * 2
    assert situation.handoffs[0].owner == "jonas" and situation.handoffs[0].holders == ("lena", "jonas")
    assert {(n.kind, n.user) for n in decided.notices} == {("reminder", "lena"), ("offered", "jonas")}


def test_the_same_breach_noticed_again_is_no_news() -> None:
    situation = offered()
    now = MONDAY + HOUR + 10 * MINUTE
    _, situation = happen(situation, Due(situation.handoffs[0].id), now)
    again, _ = happen(situation, Due(situation.handoffs[0].id), now)
    assert not again.facts and not again.notices


def test_when_nobody_is_left_the_lead_waits_and_operations_is_told() -> None:
    situation = offered(Roster(inactive=frozenset({"jonas", "amelie", "piotr", "ingrid"})))
    decided, situation = happen(situation, Due(situation.handoffs[0].id), MONDAY + 6 * HOUR)
    (handoff,) = situation.handoffs
    assert handoff.open and handoff.owner is None and handoff.queue == "dach"
    assert ("waiting", "olive") in {(n.kind, n.user) for n in decided.notices}
    taken, situation = say(situation, "take", MONDAY + 6 * HOUR + MINUTE, "amelie")
    assert (situation.handoffs[0].owner, situation.handoffs[0].state) == ("amelie", "accepted")
    assert taken.decisions[0].decision.because == "taken"


def test_workers_that_stood_still_make_the_same_facts_as_if_they_had_run() -> None:
    ran = stood = offered()
    for minutes in range(0, 3 * 24 * 60, 15):
        for handoff in ran.handoffs:
            _, ran = happen(ran, Due(handoff.id), MONDAY + minutes * MINUTE)
    _, stood = happen(stood, Due(stood.handoffs[0].id), MONDAY + 3 * DAY)

    def told(situation: Situation) -> set[tuple[object, ...]]:
        facts = [f for f in situation.known.facts if isinstance(f, HandedOff)]
        return {(f.id, f.at, f.kind, f.to, f.reason, f.due_at) for f in facts}

    assert told(ran) == told(stood) and len(told(ran)) > 5


def test_a_version_whose_day_has_not_come_starts_nothing() -> None:
    first = Versions((replace(TERMS, number=1),))
    early = datetime(2026, 1, 5, 9, tzinfo=MONDAY.tzinfo)
    decided = decide(Arrived((appeared(early), touched(early))), nobody(), first, early)
    assert [e.stage for e in decided.entries] == ["lead", "mql"] and not decided.handoffs


def test_what_history_gave_without_anything_new_starts_no_handoff() -> None:
    known = decide(Arrived((appeared(), touched(MONDAY))), nobody(), VERSIONS, MONDAY)
    imported = replace(
        nobody(), known=replace(nobody().known, facts=tuple(f for f in known.facts if not isinstance(f, HandedOff)))
    )
    decided, _ = happen(imported, Arrived((touched(MONDAY + DAY, "email.click"),)), MONDAY + DAY)
    assert [e.stage for e in decided.entries] == ["lead", "mql"] and not decided.handoffs


def test_facts_in_any_order_leave_the_person_where_they_would_be_in_order() -> None:
    facts = (appeared(), touched(MONDAY + MINUTE, "webinar.attended"), touched(MONDAY + 2 * MINUTE))
    in_order, late = nobody(), nobody()
    for n, fact in enumerate(facts):
        _, in_order = happen(in_order, Arrived((fact,)), MONDAY + n * MINUTE)
    for fact in (facts[0], facts[2], facts[1]):
        _, late = happen(late, Arrived((fact,)), MONDAY + 2 * MINUTE)
    assert in_order.entries == late.entries
    assert [h.state for h in late.handoffs] == ["offered"]


def test_a_clock_set_back_an_hour_puts_nothing_out_of_order() -> None:
    situation = offered()
    decided, situation = say(situation, "accept", MONDAY - HOUR, "lena")
    assert [e.stage for e in decided.entries] == ["lead", "mql", "sal"]
    ats = [f.at for f in situation.known.facts]
    assert ats == sorted(ats) and len(set(ats[2:])) == len(ats[2:])


def test_state_is_what_a_fold_over_all_facts_says() -> None:
    _, situation = say(offered(), "accept", MONDAY + MINUTE, "lena")
    _, situation = happen(situation, Arrived((acted(MONDAY + HOUR),)), MONDAY + HOUR)
    _, situation = happen(situation, Arrived((acted(MONDAY + DAY, "meeting.held"),)), MONDAY + DAY)
    whole = follow(situation.known.facts, VERSIONS, MONDAY + 2 * DAY, person_id="p-1")
    assert situation.entries == whole


def test_an_answer_twice_is_one_and_another_is_refused_by_name() -> None:
    _, situation = say(offered(), "accept", MONDAY + MINUTE, "lena")
    again, _ = say(situation, "accept", MONDAY + 2 * MINUTE, "lena")
    assert not again.facts and not again.handoffs
    with pytest.raises(UserProblem) as refused:
        say(situation, "reject", MONDAY + 2 * MINUTE, "jonas", reason="not-icp")
    assert refused.value.code == "already-answered" and "lena" in refused.value.what


def test_turns_are_taken_by_weight_and_everybody_is_within_one_lead_of_their_share() -> None:
    roster, got = Roster(), []
    for n in range(9):
        someone = f"p-{n}"
        decided, _ = happen(
            nobody(someone, roster), Arrived((appeared(person=someone), touched(MONDAY, person=someone))), MONDAY
        )
        roster = decided.roster
        got.append(decided.handoffs[0].owner)
    assert (got.count("lena"), got.count("jonas")) == (6, 3)
    assert roster.open_ == {"lena": 6, "jonas": 3}


def test_an_appeal_is_heard_by_whoever_rejected_and_by_their_manager() -> None:
    _, situation = say(offered(), "reject", MONDAY + MINUTE, "lena", reason="not-icp")
    decided, _ = say(situation, "appeal", MONDAY + HOUR, "mara")
    assert {(n.kind, n.user) for n in decided.notices} == {("appeal", "lena"), ("appeal", "sam")}


def test_a_manager_passes_a_lead_on_by_hand() -> None:
    decided, situation = say(offered(), "pass_on", MONDAY + MINUTE, "sam", to="jonas")
    assert situation.handoffs[0].owner == "jonas" and decided.roster.open_ == {"lena": 0, "jonas": 1}
    with pytest.raises(UserProblem) as refused:
        say(situation, "pass_on", MONDAY + 2 * MINUTE, "sam", to="jonass")
    assert "jonas" in refused.value.next_step
    assert after(situation, decided).handoffs[0].owner == "jonas"
