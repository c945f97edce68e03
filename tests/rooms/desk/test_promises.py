"""Whatever comes in whatever order: state is a fold over facts, one hand-off is open, time never runs back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.desk import Answered, Arrived, Due, Happening, Situation, Woke
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.life import follow
from oarlock.records.facts import HandedOff

from .brightwater import DAY, HOUR, MINUTE, MONDAY, VERSIONS, acted, appeared, happen, nobody, touched

KINDS = ("form.demo_request", "webinar.attended", "email.click")
MINUTES = st.integers(0, 60 * 24 * 5)
TOUCHES = st.tuples(st.just("touch"), MINUTES, st.sampled_from(KINDS))
ACTS = st.tuples(st.just("act"), MINUTES, st.sampled_from(("call", "meeting.held")))
ANSWERS = st.tuples(st.just("answer"), MINUTES, st.sampled_from(("accept", "reject", "give_back", "recycle", "lapse")))
TICKS = st.tuples(st.just("due"), MINUTES, st.just(""))


def said(what: str, kind: str, at: int, handoff: HandedOver | None) -> Happening | None:
    """The happening of one drawn step, where there is anything it can be about."""
    when = MONDAY + at * MINUTE
    if what == "touch":
        return Arrived((touched(when, kind),))
    if what == "act":
        return Arrived((acted(when, kind),))
    if handoff is None:
        return None
    if what == "due":
        return Due(handoff.id)
    return Answered(handoff.id, kind, handoff.owner or "lena", "bad-timing")  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.one_of(TOUCHES, ACTS, ANSWERS, TICKS), max_size=12), back=st.integers(0, 120))
def test_state_is_a_fold_over_facts_in_whatever_order_things_come(steps: list[tuple[str, int, str]], back: int) -> None:
    _, situation = happen(nobody(), Arrived((appeared(),)), MONDAY)
    clock = MONDAY
    for number, (what, at, kind) in enumerate(steps):
        clock = max(clock, MONDAY + at * MINUTE) - (back * MINUTE if number % 3 == 2 else 0 * MINUTE)
        happening = said(what, kind, at, situation.handoffs[-1] if situation.handoffs else None)
        if happening is None:
            continue
        try:
            _, situation = happen(situation, happening, clock)
        except UserProblem:
            continue
        holds(situation)
    end = max(clock, MONDAY + 6 * DAY) + 200 * DAY
    _, situation = happen(situation, Woke(), end)
    holds(situation)
    assert situation.entries == follow(situation.known.facts, VERSIONS, end, person_id="p-1")


def holds(situation: Situation) -> None:
    """What is true after every happening."""
    assert sum(h.open for h in situation.handoffs) <= 1
    for handoff in situation.handoffs:
        facts = [f for f in situation.known.facts if isinstance(f, HandedOff) and f.handoff_id == handoff.id]
        assert facts[0].kind == "offered" and len({f.id for f in facts}) == len(facts)
        assert all(f.at >= handoff.offered_at for f in facts)
        ended = [f.kind for f in facts if f.kind in ("converted", "rejected", "lapsed", "returned", "recycled")]
        assert bool(ended) == (handoff.ended_at is not None)


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(6)))
def test_the_same_facts_in_any_order_give_the_same_entries(order: list[int]) -> None:
    at = [MONDAY + n * HOUR for n in range(6)]
    facts = (
        touched(at[0], "email.click"), touched(at[1], "webinar.attended"), touched(at[2]), acted(at[3]),
        acted(at[4], "meeting.held"), touched(at[5], "page.pricing"),
    )  # fmt: skip
    _, situation = happen(nobody(), Arrived((appeared(),)), MONDAY)
    for place in order:
        _, situation = happen(situation, Arrived((facts[place],)), at[5])
    assert [(e.stage, e.at) for e in situation.entries] == [
        ("lead", MONDAY), ("mql", at[2]), ("sal", at[4]), ("sql", at[4]),
    ]  # fmt: skip
