"""Both clocks: whose hours they run in, what happens on them, and what other hours or a late look change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from oarlock import handoffs
from oarlock.agreement.handling import Absence, BreachStep, Notices
from oarlock.agreement.leaders import User
from oarlock.agreement.terms import Terms, WorkingSpan
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.moves import ORDER
from oarlock.records.shapes import HANDOFF_KINDS

from .brightwater import AGREED, ONE_HOUR, STEPS, TERM, UNASKED, accepted, agreed, at, hours, kinds, offered

MONDAY = at("2026-10-05 10:00 +02:00")


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_a_lead_of_saturday_with_an_hour_to_accept_falls_due_on_monday_at_ten() -> None:
    move = offered(at("2026-10-03 15:00 +02:00"))
    assert move.handoff.accept_due_at == move.facts[0].due_at == MONDAY
    assert handoffs.due(move.handoff, AGREED, hours("lena")) == (MONDAY - minutes(15), "accept 75%")
    assert (move.handoff.due_at, move.handoff.due_what) == (MONDAY - minutes(15), "accept 75%")


@pytest.mark.parametrize(
    ("owner", "pool", "zone", "opens"),
    [
        ("lena", None, "Europe/Berlin", 9), ("lena", "dach", "Europe/Berlin", 9), (None, "dach", "Europe/Berlin", 9),
        ("jonas", "dach", "America/New_York", 9), ("amelie", None, "Europe/Berlin", 0),
        (None, None, "Europe/Berlin", 9),
        ("nobody we know", "rest", "Europe/Berlin", 9),
    ],
)  # fmt: skip
def test_the_owners_own_hours_come_first_then_the_pools_then_the_handoffs(
    owner: str | None, pool: str | None, zone: str, opens: int
) -> None:
    found = hours(owner, pool=pool)
    assert (found.time_zone, found.hours[0][0].start.hour) == (zone, opens)
    assert found.holidays == ("DE-BE" if pool == "dach" and owner != "jonas" else "US" if owner == "jonas" else "")


def test_where_nobody_agreed_on_hours_every_hour_counts() -> None:
    bare = replace(TERM, calendar=None)
    sunday = at("2026-10-04 03:00 +02:00")
    assert offered(sunday, term=bare, terms=agreed(bare)).handoff.accept_due_at == sunday + timedelta(hours=1)


def test_somebody_away_stops_no_clock_and_the_lead_goes_to_somebody_else() -> None:
    friday = at("2026-10-02 16:30 +02:00")
    away = replace(AGREED, absences=(Absence("lena", date(2026, 10, 5), date(2026, 10, 16)),))
    state = offered(friday, terms=away).handoff
    assert state.accept_due_at == offered(friday).handoff.accept_due_at == at("2026-10-05 09:30 +02:00")
    move = handoffs.breach(state, away, at("2026-10-05 09:30 +02:00"), hours("lena", terms=away))
    assert move.wishes[-1].do == "reassign"


def test_a_pending_wish_to_pass_on_is_wished_again_until_it_is_granted() -> None:
    state = offered(MONDAY).handoff
    first = handoffs.breach(state, AGREED, MONDAY + timedelta(days=1), hours("lena"))
    again = handoffs.breach(first.handoff, AGREED, MONDAY + timedelta(days=2), hours("lena"))
    assert (again.facts, again.wishes, again.handoff) == ((), first.wishes[-1:], first.handoff)
    assert first.handoff.due_at == MONDAY + timedelta(hours=1), "a clock loop finds it again"


def test_two_workers_who_notice_one_breach_make_one_fact_of_it() -> None:
    state = offered(MONDAY).handoff
    early = handoffs.breach(state, AGREED, MONDAY + timedelta(hours=2), hours("lena"))
    late = handoffs.breach(state, AGREED, MONDAY + timedelta(hours=9), hours("lena"))
    assert [fact.id for fact in early.facts] == [fact.id for fact in late.facts]
    assert early.facts[0].id == "de3haqvzu6frdqrm6cu7spvi2um", "an id stays what it is in every release"


def test_every_kind_of_fact_has_its_place_among_those_of_one_instant() -> None:
    assert set(ORDER) == set(HANDOFF_KINDS) and len(ORDER) == len(HANDOFF_KINDS)


def test_an_answer_after_the_time_brings_the_breach_nobody_noticed_and_the_lead_stays_where_it_is() -> None:
    move = handoffs.accept(offered(MONDAY).handoff, "lena", AGREED, MONDAY + timedelta(hours=2), hours("lena"))
    assert kinds(move.facts) == ["breached", "accepted"]
    assert [fact.at for fact in move.facts] == [MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2)]
    assert (move.handoff.breached, move.handoff.owner) == (("accept",), "lena")


@pytest.mark.parametrize(("late", "expected"), [(0, ["accepted"]), (1, ["breached", "accepted"])])
def test_an_answer_at_the_last_instant_is_in_time_and_a_microsecond_later_it_is_not(
    late: int, expected: list[str]
) -> None:
    then = MONDAY + timedelta(hours=1, microseconds=late)
    assert kinds(handoffs.accept(offered(MONDAY).handoff, "lena", AGREED, then, hours("lena")).facts) == expected


def test_a_clock_set_back_an_hour_puts_nothing_before_what_happened_already() -> None:
    reminded = handoffs.breach(offered(MONDAY).handoff, AGREED, MONDAY + minutes(50), hours("lena"))
    answered = handoffs.accept(reminded.handoff, "lena", AGREED, MONDAY - minutes(10), hours("lena"))
    facts = [*reminded.facts, *answered.facts]
    assert kinds(tuple(facts)) == ["reminded", "accepted"] and facts == sorted(facts, key=lambda fact: fact.order)
    assert answered.handoff.answered_at == MONDAY + minutes(45) + timedelta(microseconds=1)
    assert all(fact.recorded_at >= fact.at for fact in facts)


def test_the_work_clock_runs_from_the_yes_and_reminds_and_tells_on_its_way() -> None:
    state = accepted(MONDAY)
    assert (state.first_touch_due_at, state.work_due_at) == (
        at("2026-10-05 14:00 +02:00"), at("2026-10-15 17:00 +02:00"),
    )  # fmt: skip
    move = handoffs.breach(state, AGREED, at("2026-10-20 09:00 +02:00"), hours("lena"))
    told = [(fact.at, fact.kind, fact.to, fact.reason) for fact in move.facts]
    assert told == [
        (at("2026-10-05 14:00 +02:00"), "breached", "lena", "first_touch"),
        (at("2026-10-09 13:30 +02:00"), "reminded", "lena", "work 50%"),
        (at("2026-10-15 17:00 +02:00"), "breached", "lena", "work"),
        (at("2026-10-15 17:00 +02:00"), "notified", "sam", "work 100%"),
    ]
    assert move.handoff.breached == ("first_touch", "work") and move.handoff.due_at is None
    assert move.handoff.open, "measuring goes on, and so does the work"


def test_a_share_of_plain_time_is_plain_time_though_nobody_works_at_night() -> None:
    term = replace(TERM, accept_within=WorkingSpan(4, "hours"))
    night = at("2026-10-03 22:00 +02:00")
    state, found = offered(night, term=term, terms=agreed(term)).handoff, []
    while (coming := handoffs.due(state, agreed(term), hours("lena"))) is not None:
        found.append((coming[0] - night, coming[1]))
        state = replace(state, step=state.step + 1)
    assert found == [
        (timedelta(hours=3), "accept 75%"), (timedelta(hours=4), "accept ends"),
        (timedelta(hours=4), "accept 100%"), (timedelta(hours=8), "accept 200%"),
    ]  # fmt: skip


def test_a_handoff_that_asks_for_no_yes_is_on_its_work_clock_from_the_beginning() -> None:
    state = offered(MONDAY, term=UNASKED).handoff
    assert (state.first_touch_due_at, state.accept_due_at) == (MONDAY + timedelta(hours=1), None)
    assert handoffs.due(state, AGREED, hours("lena", UNASKED)) == (MONDAY + minutes(30), "first_touch 50%")
    late = handoffs.breach(state, AGREED, MONDAY + timedelta(hours=3), hours("lena", UNASKED))
    assert [(fact.kind, fact.reason) for fact in late.facts] == [
        ("reminded", "first_touch 50%"), ("breached", "first_touch"), ("notified", "first_touch 100%"),
    ]  # fmt: skip
    done = handoffs.act(state, "lena", MONDAY + minutes(20), AGREED, MONDAY + minutes(20), hours("lena", UNASKED))
    assert (kinds(done.facts), done.handoff.state, done.handoff.due_at) == (["worked"], "worked", None)


def test_a_step_to_lapse_ends_it_when_it_was_due() -> None:
    term = replace(TERM, on_breach=(*STEPS[:1], BreachStep(8.0, "lapse")))
    move = handoffs.breach(
        offered(MONDAY, term=term, terms=agreed(term)).handoff, agreed(term), MONDAY + timedelta(days=9), hours("lena")
    )
    assert kinds(move.facts) == ["reminded", "breached", "lapsed"]
    assert (move.handoff.state, move.handoff.ended_at) == ("lapsed", at("2026-10-06 10:00 +02:00"))
    assert (move.handoff.due_at, move.handoff.breached) == (None, ("accept",))


def test_at_the_end_the_breach_comes_first_and_steps_of_one_share_in_the_order_they_are_written() -> None:
    term = replace(TERM, on_breach=(BreachStep(1.0, "remind owner"), BreachStep(1.0, "notify sam"),
                                    BreachStep(1.0, "notify mara"), BreachStep(0.2, "remind owner")))  # fmt: skip
    state = offered(MONDAY, term=term, terms=agreed(term)).handoff
    move = handoffs.breach(state, agreed(term), MONDAY + timedelta(hours=1), hours("lena"))
    assert [(fact.kind, fact.to) for fact in move.facts] == [
        ("reminded", "lena"), ("breached", "lena"), ("reminded", "lena"), ("notified", "sam"), ("notified", "mara"),
    ]  # fmt: skip
    assert len({fact.id for fact in move.facts}) == len({wish.key for wish in move.wishes}) + 1 == 5


def test_without_a_step_to_lapse_a_lead_stays_open_for_ever() -> None:
    state = offered(MONDAY, term=replace(TERM, on_breach=()), terms=agreed(replace(TERM, on_breach=()))).handoff
    move = handoffs.breach(state, agreed(replace(TERM, on_breach=())), MONDAY + timedelta(days=900), hours("lena"))
    assert kinds(move.facts) == ["breached"] and move.handoff.open and move.handoff.due_at is None


@pytest.mark.parametrize(
    ("owner", "pool", "manager"),
    [
        ("lena", "dach", "mara"),
        ("lena", "rest", "sam"),
        ("jonas", None, "sam"),
        (None, None, "sam"),
        ("eva", None, "rosa"),
    ],
)
def test_the_manager_is_the_pools_else_whom_they_report_to_else_the_teams_leader(
    owner: str | None, pool: str | None, manager: str
) -> None:
    terms = replace(AGREED, users=(*AGREED.users, User("eva", "Eva", reports_to="rosa")))
    assert handoffs.manager_of(offered(MONDAY, owner, pool=pool).handoff, terms) == manager


def test_whoever_nobody_can_be_told_of_is_left_to_operations() -> None:
    alone = replace(AGREED, notices=Notices(), leadership=type(AGREED.leadership)(), users=())
    wishes = [*offered(MONDAY, None, terms=alone).wishes]
    term = replace(TERM, on_breach=(BreachStep(0.5, "remind owner"), BreachStep(2.0, "notify manager")))
    state = offered(MONDAY, None, term=term).handoff
    wishes += handoffs.breach(state, replace(alone, handoffs=(term,)), MONDAY + timedelta(days=2), hours(None)).wishes
    assert [(wish.do, wish.to) for wish in wishes] == [("notify", None), ("remind", None), ("notify", None)]


def other(hours_key: str) -> Terms:
    """The agreement with that calendar under the name of the office's."""
    found = next(c for c in AGREED.calendars if c.key == hours_key)
    return agreed(calendars=(replace(found, key="office"),), number=2)


def test_other_hours_date_a_running_clock_anew_and_the_old_date_stays_in_the_facts() -> None:
    move = offered(at("2026-10-03 15:00 +02:00"))
    watch = hours("lena", terms=other("watch"))
    changed = handoffs.redated(move.handoff, AGREED, hours("lena"), watch, at("2026-10-03 15:30 +02:00"))
    assert [(f.kind, f.reason, f.due_at) for f in (*move.facts, *changed.facts)] == [
        ("offered", None, MONDAY), ("redated", "accept", at("2026-10-03 16:00 +02:00")),
    ]  # fmt: skip
    assert changed.handoff.due_at == at("2026-10-03 15:45 +02:00")
    same = handoffs.redated(changed.handoff, AGREED, watch, watch, at("2026-10-03 15:31 +02:00"))
    assert (same.facts, same.handoff) == ((), changed.handoff)


def test_other_hours_make_nobody_late_in_the_past() -> None:
    state, sunday = offered(at("2026-10-03 15:00 +02:00")).handoff, at("2026-10-04 12:00 +02:00")
    watch = hours("lena", terms=other("watch"))
    changed = handoffs.redated(state, AGREED, hours("lena"), watch, sunday)
    assert changed.handoff.accept_due_at == sunday
    late = handoffs.breach(changed.handoff, AGREED, sunday + minutes(1), watch)
    assert [fact.at >= sunday for fact in late.facts] == [True, True]
    assert kinds(late.facts) == ["reminded", "breached"] and late.facts[-1].due_at == late.facts[-1].at


def test_what_was_due_in_the_old_hours_comes_before_the_new_ones() -> None:
    later, watch = MONDAY + timedelta(hours=3), hours("lena", terms=other("watch"))
    first = handoffs.redated(offered(MONDAY).handoff, AGREED, hours("lena"), watch, later)
    assert kinds(first.facts) == ["reminded", "breached"] and first.wishes[-1].do == "reassign"
    given = handoffs.reassign(
        first.handoff, "jonas", None, None, first.wishes[-1].why, AGREED, later, hours("jonas"), at=first.wishes[-1].at
    )
    assert handoffs.redated(given.handoff, AGREED, hours("jonas"), hours("jonas"), later).facts == ()


def test_a_limit_that_ran_out_keeps_its_date_in_any_hours() -> None:
    term = replace(TERM, on_breach=())
    terms, watch = agreed(term), hours("lena", terms=other("watch"))
    changed = handoffs.redated(
        offered(MONDAY, term=term, terms=terms).handoff, terms, hours("lena"), watch, MONDAY + timedelta(hours=3)
    )
    assert kinds(changed.facts) == ["breached"] and changed.handoff.accept_due_at == MONDAY + timedelta(hours=1)


def test_hours_without_an_opening_are_refused_in_words() -> None:
    closed = replace(hours("lena"), hours=((),) * 7)
    with pytest.raises(UserProblem, match="does not open"):
        handoffs.redated(offered(MONDAY).handoff, AGREED, hours("lena"), closed, MONDAY)


def test_a_version_without_that_handoff_says_which_it_has() -> None:
    with pytest.raises(UserProblem) as told:
        handoffs.due(offered(MONDAY).handoff, agreed(UNASKED), hours("lena"))
    assert told.value.code == "unknown-handoff" and told.value.why == "It has: trial."
    assert told.value.what == "Version 1 of the agreement has no hand-off `mql-to-sdr`."


def test_quiet_hours_put_off_the_telling_by_the_receivers_wall() -> None:
    berlin, late = ZoneInfo("Europe/Berlin"), at("2026-10-24 22:00 +02:00")
    assert handoffs.quiet_until(AGREED.notices, berlin, late) == at("2026-10-25 08:00 +01:00")
    assert handoffs.quiet_until(AGREED.notices, ZoneInfo("America/New_York"), late) == late
    assert handoffs.quiet_until(Notices(), berlin, late) == late


def test_a_date_that_came_from_outside_and_lies_before_the_offer_is_simply_over() -> None:
    state = replace(offered(MONDAY).handoff, accept_due_at=MONDAY - timedelta(days=1))
    move = handoffs.breach(state, AGREED, MONDAY + minutes(1), hours("lena"))
    assert kinds(move.facts) == ["reminded", "breached"]
    assert all(fact.at >= MONDAY for fact in move.facts)


def test_times_are_told_in_utc() -> None:
    move = handoffs.breach(offered(MONDAY).handoff, AGREED, MONDAY + timedelta(days=1), hours("lena"))
    assert {fact.at.tzinfo for fact in move.facts} == {UTC} and ONE_HOUR.working
