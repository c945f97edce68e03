"""Facts another system tells: without versions or dates, out of order, after the end. Folded, they never fall apart."""

from __future__ import annotations

from datetime import datetime, timedelta

from oarlock import handoffs
from oarlock.ground.calendars import Calendar
from oarlock.handoffs.state import HandedOver
from oarlock.records.facts import Acted, HandedOff

from .brightwater import AGREED, OFFICE, TERM, accepted, agreed, at, hours

MONDAY = at("2026-10-05 10:00 +02:00")


def office(fact: HandedOff | None, owner: str | None) -> Calendar:
    return hours("lena")


def fact(
    hour: float, kind: str, to: str | None = None, reason: str | None = None, due: datetime | None = None,
    agreement: int | None = None,
) -> HandedOff:  # fmt: skip
    then = MONDAY + timedelta(hours=hour)
    return HandedOff(
        id=f"e-{hour}-{kind}", at=then, recorded_at=then, handoff_id="h-7", person_id="p1", kind=kind, by="lena", to=to,
        reason=reason, due_at=due, agreement=agreement,
    )  # fmt: skip


def folded(*facts: HandedOff | Acted) -> HandedOver:
    return handoffs.fold(facts, TERM.key, {3: agreed(number=3), 5: agreed(number=5)}, office)


def test_a_recorded_date_counts_and_one_nobody_recorded_is_set_by_the_agreement() -> None:
    due = MONDAY + timedelta(hours=2)
    assert folded(fact(0, "offered", "lena", due=due)).accept_due_at == due
    assert folded(fact(0, "offered", "lena")).accept_due_at == MONDAY + timedelta(hours=1)
    accepted_then = folded(fact(0, "offered", "lena"), fact(0.5, "accepted"))
    assert accepted_then.first_touch_due_at == at("2026-10-05 14:30 +02:00")
    assert accepted_then.work_due_at == at("2026-10-15 17:00 +02:00")


def test_the_version_first_named_judges_and_without_one_the_earliest() -> None:
    assert folded(fact(0, "offered", "lena")).agreement == 3
    assert folded(fact(0, "offered", "lena", agreement=99), fact(1, "accepted", agreement=5)).agreement == 5


def test_what_comes_after_the_end_changes_only_how_it_ended() -> None:
    ended = folded(fact(0, "offered", "lena"), fact(1, "rejected", reason="no-budget"))
    after = folded(
        fact(0, "offered", "lena"), fact(1, "rejected", reason="no-budget"), fact(2, "reassigned", "jonas"),
        fact(3, "accepted"), fact(4, "worked"), fact(5, "reminded", reason="accept 75%"), fact(6, "recycled"),
        fact(7, "offered", "amelie"), fact(8, "somebody waved"),
    )  # fmt: skip
    assert (after.state, after.ended_at, after.owner) == ("recycled", ended.ended_at, "lena")
    assert (after.reason, after.answered_at, after.due_at) == ("no-budget", ended.answered_at, None)


def test_a_yes_said_twice_is_the_first_one() -> None:
    once = folded(fact(0, "offered", "lena"), fact(1, "accepted"))
    assert folded(fact(0, "offered", "lena"), fact(1, "accepted"), fact(2, "accepted")).answered_at == once.answered_at


def test_reminders_without_a_word_of_which_step_pass_none() -> None:
    state = folded(fact(0, "offered", "lena"), fact(0.8, "reminded", "lena"), fact(0.9, "notified", "sam"))
    assert (state.step, state.due_what) == (0, "accept 75%")


def test_calls_before_the_offer_belong_to_no_handoff() -> None:
    early = Acted(id="a0", at=MONDAY - timedelta(days=3), recorded_at=MONDAY, person_id="p1", kind="call")
    later = Acted(id="a1", at=MONDAY + timedelta(hours=2), recorded_at=MONDAY, person_id="p1", kind="call")
    state = folded(early, fact(0, "offered", "lena"), later, later)
    assert (state.attempts, state.first_touch_at) == (1, MONDAY), "known on Monday at ten, so it had happened by then"


def test_both_dates_of_the_work_move_with_the_hours_and_are_told() -> None:
    state, tuesday = accepted(MONDAY), MONDAY + timedelta(hours=1)
    short = agreed(calendars=(type(OFFICE)("office", (("mon-fri", "09:00-12:00"),)),))
    changed = handoffs.redated(state, AGREED, hours("lena"), hours("lena", terms=short), tuesday)
    assert [(f.kind, f.reason, f.due_at) for f in changed.facts] == [
        ("redated", "first_touch", at("2026-10-06 11:00 +02:00")), ("redated", "work", at("2026-10-15 12:00 +02:00")),
    ]  # fmt: skip
    assert (changed.handoff.first_touch_due_at, changed.handoff.work_due_at) == tuple(f.due_at for f in changed.facts)
    odd = folded(fact(0, "offered", "lena"), fact(1, "redated", reason="lunch", due=tuesday))
    assert odd.accept_due_at == MONDAY + timedelta(hours=1)


def test_one_already_worked_is_passed_on_without_a_clock() -> None:
    state = accepted(MONDAY)
    for hour in (1, 2, 3):
        then = MONDAY + timedelta(hours=hour)
        state = handoffs.act(state, "lena", then, AGREED, then, hours("lena")).handoff
    given = handoffs.reassign(state, "jonas", None, None, "by hand", AGREED, MONDAY + timedelta(days=1), hours("jonas"))
    assert (given.handoff.state, given.handoff.owner, given.handoff.due_at) == ("worked", "jonas", None)
    assert given.facts[0].due_at is None
