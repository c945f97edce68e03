"""What facts alone excuse: more than was agreed, and too late to be answered in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oarlock.agreement.handling import Absence
from oarlock.agreement.terms import Stage, WorkingSpan
from oarlock.handoffs.excuses import Kept, Offered, capacity, counted, offered_late, over_capacity

from .brightwater import AGREED, TERM, at, hours

MONDAY = at("2026-10-05 10:00 +02:00")
DAY = date(2026, 10, 5)
DACH, REST = AGREED.pools


def offers(number: int, pool: str | None = "dach", first: int = 0) -> list[Offered]:
    return [Offered(f"h{first + n}", pool, MONDAY + timedelta(minutes=n)) for n in range(number)]


def test_leads_up_to_the_cap_are_owed_and_only_the_surplus_is_excused() -> None:
    assert capacity(DACH, DAY, AGREED) == 4
    assert over_capacity(offers(4), AGREED) == frozenset()
    assert over_capacity(reversed(offers(6)), AGREED) == {"h4", "h5"}


def test_a_pool_without_a_cap_and_a_lead_of_no_pool_are_never_too_many() -> None:
    assert capacity(REST, DAY, AGREED) is None
    crowd = [*offers(50, "rest"), *offers(50, None, 50), *offers(50, "gone", 100)]
    assert over_capacity(crowd, AGREED) == frozenset()


def test_whoever_is_away_takes_none_of_the_days_leads() -> None:
    away = replace(AGREED, absences=(Absence("lena", DAY, DAY),))
    assert (capacity(DACH, DAY, away), capacity(DACH, DAY + timedelta(days=1), away)) == (2, 4)
    assert over_capacity(offers(4), away) == {"h2", "h3"}


def test_a_day_is_one_of_the_agreements_zone() -> None:
    late, early = at("2026-10-05 23:30 +02:00"), at("2026-10-06 00:30 +02:00")
    two_days = [Offered(f"h{n}", "dach", late if n < 4 else early) for n in range(8)]
    assert over_capacity(two_days, AGREED) == frozenset()
    assert len(over_capacity([replace(offer, at=late) for offer in two_days], AGREED)) == 4


def test_a_lead_offered_later_than_its_stage_lets_people_wait_is_offered_late() -> None:
    stage = Stage("mql", "MQL", "marketing", "gate", None, within=WorkingSpan(2, "hours", True))
    terms, calendar = replace(AGREED, stages=(stage,)), hours("lena")
    assert not offered_late(TERM, terms, MONDAY, MONDAY + timedelta(hours=2), calendar)
    assert offered_late(TERM, terms, MONDAY, MONDAY + timedelta(hours=2, microseconds=1), calendar)
    assert not offered_late(TERM, AGREED, MONDAY, MONDAY + timedelta(days=9), calendar), "nothing was agreed"
    assert not offered_late(TERM, terms, None, MONDAY, calendar), "nobody knows when they entered"


def test_an_excused_case_leaves_both_sides_of_the_promise_kept_or_not() -> None:
    cases = [("a", True), ("b", False), ("c", True), ("d", False)]
    assert counted(cases, frozenset()) == Kept(2, 4, 0)
    assert counted(cases, frozenset({"b", "c", "z"})) == Kept(1, 2, 2)


@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(["dach", "rest", None])), max_size=40))
def test_no_day_of_a_pool_owes_more_than_its_caps_and_none_less_where_more_came(
    given_: list[tuple[int, str | None]],
) -> None:
    made = [Offered(f"h{n}", pool, MONDAY + timedelta(minutes=m)) for n, (m, pool) in enumerate(given_)]
    excused = over_capacity(made, AGREED)
    for day in {offer.at.astimezone(AGREED.zone).date() for offer in made}:
        today = [o for o in made if o.pool == "dach" and o.at.astimezone(AGREED.zone).date() == day]
        assert sum(offer.id not in excused for offer in today) == min(len(today), 4)
    assert all(offer.pool == "dach" for offer in made if offer.id in excused)
