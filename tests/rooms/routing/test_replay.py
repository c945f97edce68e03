"""Leads of a quarter routed again under other terms: turns, caps, load, promises, and nobody's past changed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from oarlock.routing import Lead, Roster, choose, looking
from oarlock.routing.replay import Load, Missed, Past, Speeds, again

from .worked import AGREEMENT, Facts, instant, lead_of, terms_of

TERMS = terms_of()
EVEN = terms_of(AGREEMENT.replace("{lena: 2, jonas: 1}, cap: {per_day: 15, open: 40}", "{lena: 1, jonas: 1}"))
SMALL = terms_of(AGREEMENT.replace("per_day: 15, open: 40", "per_day: 2, open: 3"))
HOUR = timedelta(hours=1)


def past(count: int, lead: str = "country=DE", was: str | None = "lena", held: timedelta | None = None) -> list[Past]:
    """So many leads, one an hour from Monday 9:30 on, five a working day."""
    whose, facts = lead_of(lead)
    begin = instant("Mon 2026-10-05 09:30")
    times = [begin + timedelta(days=n // 5, hours=n % 5) for n in range(count)]
    return [Past(f"h{n:03}", at, whose, looking(facts), was, held) for n, at in enumerate(times)]


def test_every_lead_is_routed_again_with_the_turns_of_those_before_it() -> None:
    told = again(past(12), EVEN, Roster())
    assert [one.would for one in told.leads] == ["lena", "jonas"] * 6
    assert (told.moved, told.waited_was, told.waited_would) == (6, 0, 0)
    assert [(f.pool, f.leads, f.verdict) for f in told.fairness] == [("dach", 12, "in turn")]
    assert told.missed == ()


def test_under_the_terms_that_were_in_force_nothing_would_have_moved() -> None:
    first = again(past(30), TERMS, Roster())
    was = [Past(p.id, p.at, p.lead, p.look, one.would, p.held) for p, one in zip(past(30), first.leads, strict=True)]
    assert again(reversed(was), TERMS, Roster()).moved == 0


def test_a_day_that_is_full_ends_at_midnight_in_the_pools_zone() -> None:
    told = again(past(10, held=HOUR), SMALL, Roster())
    days = [[one.would for one in told.leads[at : at + 5]] for at in (0, 5)]
    assert [Counter(day) for day in days] == [Counter(lena=2, jonas=2, amelie=1), Counter(lena=2, jonas=2, piet=1)]


def test_what_is_open_closes_when_it_closed() -> None:
    never = again(past(8), SMALL, Roster())
    assert Counter(one.would for one in never.leads if one.pool == "dach") == {"lena": 3, "jonas": 3}
    soon = again(past(8, held=HOUR), SMALL, Roster())
    assert Counter(one.would for one in soon.leads if one.pool == "dach")["lena"] == 4


def test_load_is_told_by_member_and_week() -> None:
    told = again(past(30, was="jonas"), TERMS, Roster())
    monday = date(2026, 10, 5)
    assert told.load == (Load("jonas", monday, 30, 10), Load("lena", monday, 0, 20))


def test_leads_that_nobody_could_have_are_counted_as_waiting() -> None:
    told = again(past(4, "country=DE", was=None), TERMS, Roster(inactive=frozenset(dict.fromkeys(
        ("lena", "jonas", "amelie", "piet", "nora")
    ))))  # fmt: skip
    assert (told.waited_was, told.waited_would, told.moved) == (4, 4, 0)
    assert {(one.because, one.queue) for one in told.leads} == {("nobody-available", "dach")}


def test_promises_missed_follow_how_fast_each_answered() -> None:
    quick, slow = [HOUR / 2] * 9 + [2 * HOUR], [HOUR / 2, 2 * HOUR]
    told = again(past(12), EVEN, Roster(), Speeds({"lena": quick, "jonas": slow}, HOUR, HOUR))
    assert told.missed == (Missed("jonas", 2, 0.0, 3.0), Missed("lena", 10, 12 * 0.1, 6 * 0.1))
    longer = again(past(12), EVEN, Roster(), Speeds({"lena": quick, "jonas": slow}, HOUR, 2 * HOUR))
    assert [(m.was > 0, m.would) for m in longer.missed] == [(False, 0.0), (True, 0.0)]
    unknown = again(past(12), EVEN, Roster(), Speeds({"lena": quick}, HOUR, HOUR))
    assert unknown.missed[0] == Missed("jonas", 0, 0.0, 6 * 0.1)


def test_a_replay_gives_the_decisions_that_routing_gives_one_by_one() -> None:
    one = past(1)[0]
    decision = choose(Lead("ann"), TERMS, Roster(), one.at, looking(Facts({"account.country": "DE"})))
    told = again([one], TERMS, Roster()).leads[0]
    assert (told.would, told.because, told.pool) == (decision.owner, decision.because, decision.pool)


def test_leads_of_an_accounts_owner_take_no_turn_and_count_as_load() -> None:
    told = again(past(4, "country=DE, owner=005J"), TERMS, Roster())
    assert [(one.would, one.because, one.pool) for one in told.leads] == [("jonas", "account-owner", None)] * 4
    assert told.fairness == () and told.load[0].would == 4
