"""Work on a hand-off, passing it on after the yes, and its ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from oarlock import handoffs
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.state import HandedOver

from .brightwater import AGREED, TERM, UNASKED, accepted, agreed, at, hours, kinds, offered

MONDAY = at("2026-10-05 10:00 +02:00")
NEXT_WEEK = at("2026-10-12 12:00 +02:00")


def act(state: HandedOver, hour: float, learned: float | None = None) -> handoffs.Move:
    """Somebody calls so many hours after Monday at ten, and we learn of it then or later."""
    now = MONDAY + timedelta(hours=hour if learned is None else learned)
    return handoffs.act(state, "lena", MONDAY + timedelta(hours=hour), AGREED, now, hours("lena"))


def test_the_first_call_is_the_first_touch_and_the_last_of_the_agreed_attempts_makes_it_worked() -> None:
    state = accepted(MONDAY)
    for number, hour in enumerate((1, 5, 26), 1):
        move = act(state, hour)
        state = move.handoff
        assert (state.attempts, state.first_touch_at) == (number, MONDAY + timedelta(hours=1))
        assert kinds(move.facts) == (["worked"] if number == 3 else [])
    assert (state.state, state.due_at, state.breached) == ("worked", None, ())


def test_a_late_first_touch_is_a_breach_dated_when_the_time_was_over() -> None:
    move = act(accepted(MONDAY), 30)
    assert [(f.kind, f.reason, f.at) for f in move.facts] == [
        ("breached", "first_touch", at("2026-10-05 14:00 +02:00"))
    ]
    assert act(move.handoff, 31).facts == ()


def test_a_call_learned_of_late_counts_from_when_it_was_made_and_takes_back_the_breach() -> None:
    late = handoffs.breach(accepted(MONDAY), AGREED, MONDAY + timedelta(hours=6), hours("lena"))
    assert late.handoff.breached == ("first_touch",)
    assert act(late.handoff, 2, learned=7).handoff.breached == ()
    assert act(late.handoff, 5, learned=7).handoff.breached == ("first_touch",)


def test_attempts_made_in_time_and_learned_of_after_the_end_take_back_that_breach_too() -> None:
    state = accepted(MONDAY)
    for hour in (1, 2):
        state = act(state, hour).handoff
    over = handoffs.breach(state, AGREED, at("2026-10-16 12:00 +02:00"), hours("lena"))
    assert over.handoff.breached == ("work",)
    assert act(over.handoff, 48, learned=300).handoff.breached == ()
    assert act(over.handoff, 280, learned=300).handoff.breached == ("work",)


def test_a_call_before_the_yes_counts_and_is_no_yes() -> None:
    state = offered(MONDAY).handoff
    for number in range(3):
        move = act(state, 0.1 * number)
        state = move.handoff
        assert (move.facts, state.state, state.due_what) == ((), "offered", "accept 75%")
    yes = handoffs.accept(state, "lena", AGREED, MONDAY + timedelta(minutes=30), hours("lena"))
    assert kinds(yes.facts) == ["accepted", "worked"]
    assert yes.facts[0].order < yes.facts[1].order, "first accepted, then worked, to every reader"


def test_what_lies_before_the_offer_or_after_the_end_counts_for_nothing() -> None:
    state = accepted(MONDAY)
    assert act(state, -1, learned=1).handoff == replace(state)
    ended = handoffs.convert(state, AGREED, MONDAY + timedelta(hours=3), hours("lena")).handoff
    assert act(ended, 4).handoff == ended
    assert act(ended, 2, learned=4).handoff.attempts == 1


def test_passing_on_after_the_yes_asks_nobody_again_and_gives_the_whole_time_to_work() -> None:
    state = act(accepted(MONDAY), 1).handoff
    given = handoffs.reassign(state, "jonas", None, None, "by hand", AGREED, NEXT_WEEK, hours("jonas"), by="sam")
    after = given.handoff
    assert (after.state, after.owner, after.holders, after.attempts) == ("accepted", "jonas", ("lena", "jonas"), 1)
    assert after.work_due_at == given.facts[-1].due_at == at("2026-10-22 17:00 -04:00")
    assert after.first_touch_due_at == state.first_touch_due_at, "the first touch is owed to the person once"
    with pytest.raises(UserProblem, match="lena answered this hand-off on 2026-10-05 at 08:00 UTC"):
        handoffs.reject(after, "jonas", "no-budget", AGREED, NEXT_WEEK, hours("jonas"))
    back = handoffs.give_back(after, "jonas", "wrong region", AGREED, NEXT_WEEK, hours("jonas"))
    assert (back.handoff.state, back.handoff.reason) == ("returned", "wrong region")


def test_passing_it_to_whom_has_it_is_no_move() -> None:
    state = offered(MONDAY).handoff
    assert handoffs.reassign(state, "lena", None, None, "by hand", AGREED, NEXT_WEEK, hours("lena")).facts == ()


def test_where_only_the_first_touch_is_owed_passing_on_does_not_put_it_off() -> None:
    state = offered(MONDAY, term=UNASKED).handoff
    given = handoffs.reassign(
        state, "jonas", None, None, "by hand", AGREED, MONDAY + timedelta(minutes=45), hours("jonas", UNASKED)
    )
    assert given.handoff.first_touch_due_at == given.facts[-1].due_at == MONDAY + timedelta(hours=1)
    assert given.handoff.step == state.step
    half = handoffs.due(given.handoff, AGREED, hours("amelie", UNASKED))
    assert half == (MONDAY + timedelta(minutes=30), "first_touch 50%"), "half of the hour that began at ten"


def test_the_steps_of_whoever_gets_it_after_the_yes_divide_their_own_time() -> None:
    given = handoffs.reassign(
        accepted(MONDAY), "amelie", None, None, "by hand", AGREED, MONDAY + timedelta(hours=3), hours("amelie")
    )
    late = handoffs.breach(given.handoff, AGREED, at("2026-10-20 09:00 +02:00"), hours("amelie"))
    assert [(f.at, f.reason) for f in late.facts] == [
        (at("2026-10-05 14:00 +02:00"), "first_touch"), (at("2026-10-09 18:30 +02:00"), "work 50%"),
        (at("2026-10-14 00:00 +02:00"), "work"), (at("2026-10-14 00:00 +02:00"), "work 100%"),
    ]  # fmt: skip


def test_a_yes_nobody_asked_for_moves_no_clock() -> None:
    state = offered(MONDAY, term=UNASKED).handoff
    yes = handoffs.accept(state, "lena", AGREED, MONDAY + timedelta(minutes=10), hours("lena", UNASKED))
    assert (yes.facts[0].due_at, yes.handoff.due_at) == (MONDAY + timedelta(hours=1), MONDAY + timedelta(minutes=30))


def test_a_handoff_that_waits_keeps_its_clock_and_olive_is_told() -> None:
    move = offered(MONDAY, None)
    assert (move.handoff.queue, move.handoff.due_at) == ("waiting", MONDAY + timedelta(minutes=45))
    assert [(wish.do, wish.to, wish.why) for wish in move.wishes] == [("notify", "olive", "nobody")]
    reminded = handoffs.breach(move.handoff, AGREED, MONDAY + timedelta(minutes=50), hours(None))
    assert [(wish.do, wish.to) for wish in reminded.wishes] == [("remind", "olive")]
    taken = handoffs.take(reminded.handoff, "jonas", AGREED, MONDAY + timedelta(minutes=55), hours("jonas"))
    assert kinds(taken.facts) == ["reassigned", "accepted"] and taken.handoff.queue is None
    assert (taken.handoff.owner, taken.handoff.state, taken.handoff.breached) == ("jonas", "accepted", ())
    assert handoffs.take(taken.handoff, "jonas", AGREED, NEXT_WEEK, hours("jonas")).facts == ()


def test_one_taken_after_its_time_stays_one_that_was_late() -> None:
    taken = handoffs.take(offered(MONDAY, None).handoff, "jonas", AGREED, NEXT_WEEK, hours("jonas"))
    assert kinds(taken.facts) == ["breached", "reassigned", "accepted"]
    assert taken.handoff.breached == ("accept",)


def test_what_waits_after_the_yes_is_taken_without_another_yes() -> None:
    state = accepted(MONDAY)
    waiting = handoffs.reassign(state, None, None, "waiting", "by hand", AGREED, NEXT_WEEK, hours(None), by="sam")
    assert waiting.handoff.work_due_at == state.work_due_at, "nobody's promise begins anew"
    taken = handoffs.take(waiting.handoff, "jonas", AGREED, NEXT_WEEK + timedelta(hours=1), hours("jonas"))
    assert kinds(taken.facts) == ["reassigned"] and taken.handoff.answered_by == "lena"


def test_converting_ends_it_once_and_says_what_was_late() -> None:
    move = handoffs.convert(accepted(MONDAY), AGREED, at("2026-10-16 12:00 +02:00"), hours("lena"))
    assert [(f.kind, f.reason) for f in move.facts] == [
        ("breached", "first_touch"), ("breached", "work"), ("converted", None),
    ]  # fmt: skip
    assert handoffs.convert(move.handoff, AGREED, at("2026-10-17 12:00 +02:00"), hours("lena")).facts == ()


def test_recycled_or_lapsed_twice_is_once() -> None:
    gone = handoffs.recycle(accepted(MONDAY), "mara", None, AGREED, NEXT_WEEK, hours("lena"))
    assert handoffs.recycle(gone.handoff, "mara", None, AGREED, NEXT_WEEK, hours("lena")).facts == ()
    lapsed = handoffs.lapse(offered(MONDAY).handoff, "olive", AGREED, MONDAY, hours("lena"))
    assert handoffs.lapse(lapsed.handoff, "olive", AGREED, NEXT_WEEK, hours("lena")).facts == ()
    again = handoffs.recycle(lapsed.handoff, "mara", "no-budget", AGREED, NEXT_WEEK, hours("lena")).handoff
    assert (again.state, again.ended_at) == ("recycled", lapsed.handoff.ended_at)


def test_returning_twice_is_once_and_without_agreed_reasons_any_will_do() -> None:
    bare = agreed(replace(TERM, return_reasons=(), reject_reasons=()))
    back = handoffs.give_back(accepted(MONDAY), "lena", "not mine", bare, NEXT_WEEK, hours("lena")).handoff
    assert back.reason == "not mine"
    assert handoffs.give_back(back, "lena", "not mine", bare, NEXT_WEEK, hours("lena")).facts == ()
    only_rejecting = agreed(replace(TERM, return_reasons=()))
    with pytest.raises(UserProblem, match="is not a reason here"):
        handoffs.give_back(accepted(MONDAY), "lena", "not mine", only_rejecting, NEXT_WEEK, hours("lena"))


def test_a_misspelt_reason_is_told_with_the_nearest_and_all_there_are() -> None:
    with pytest.raises(UserProblem) as told:
        handoffs.reject(offered(MONDAY).handoff, "lena", "not-ipc", AGREED, MONDAY, hours("lena"))
    assert told.value.next_step == (
        'Did you mean "not-icp"? The reasons of the agreement are: not-icp, bad-data, no-budget.'
    )


def calls(work: Callable[[], object]) -> int:
    """How many functions of Python it calls."""
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    work()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def test_answering_after_sixty_days_costs_what_answering_at_once_does() -> None:
    term = replace(TERM, on_breach=())
    terms, state = agreed(term), offered(at("2026-03-02 10:00 +01:00"), term=replace(TERM, on_breach=())).handoff
    now, later = at("2026-03-02 10:30 +01:00"), at("2026-05-01 10:30 +02:00")
    quick = calls(lambda: handoffs.accept(state, "lena", terms, now, hours("lena")))
    slow = calls(lambda: handoffs.accept(state, "lena", terms, later, hours("lena")))
    assert slow < 1.6 * quick, "the fact that it was late is all it has more to say"
    fresh = calls(lambda: handoffs.due(state, terms, hours("lena")))
    assert calls(lambda: handoffs.due(replace(state, step=1), terms, hours("lena"))) <= fresh
