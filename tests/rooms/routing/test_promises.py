"""What routing promises, on random pools, weights, availability, rosters and leads."""

from __future__ import annotations

import json
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oarlock.agreement.handling import Absence, Cap, Hours, Pool, Step
from oarlock.agreement.leaders import User
from oarlock.agreement.terms import Terms
from oarlock.agreement.tree import Literal
from oarlock.ground.intervals import Interval
from oarlock.ground.working_time import is_open, next_opening
from oarlock.routing import Decision, Lead, Roster, Turn, as_plain, choose, from_plain, looking, looks, plan, sentence
from oarlock.routing.plan import plan_of
from oarlock.routing.rotation import turn

from .worked import Facts

HEAVY = bool(os.environ.get("OARLOCK_HEAVY"))
examples = settings(
    deadline=None, derandomize=not HEAVY, suppress_health_check=list(HealthCheck), max_examples=3_000 if HEAVY else 60
)
MEMBERS = ("lena", "jonas", "amelie", "piet", "nora", "kai", "mia", "ben")
SKILLS = ("german", "arms")
MONDAY = datetime(2026, 10, 5, tzinfo=UTC)
weights = st.sampled_from([0.25, 0.5, 1, 1, 1, 2, 3, 5, 7, 30]).map(float)
pools = (
    st.integers(2, 8)
    .flatmap(lambda n: st.lists(weights, min_size=n, max_size=n))
    .map(lambda w: dict(zip(MEMBERS, w, strict=False)))
)


@examples
@given(pools, st.integers(1, 250))
def test_counts_stay_within_the_bound_of_their_exact_shares(pool: dict[str, float], leads: int) -> None:
    bound, total = 1 - 1 / (2 * len(pool) - 2), sum(pool.values())
    credits, counts = dict.fromkeys(pool, 0.0), Counter[str]()
    for n in range(1, leads + 1):
        chosen, credits = turn(credits, pool)
        counts[chosen] += 1
        off = {user: n * weight / total - counts[user] for user, weight in pool.items()}
        assert max(map(abs, off.values())) <= bound + 1e-9
        assert all(abs(off[user] - credits[user]) < 1e-9 for user in pool)


def test_the_simpler_rule_of_web_servers_would_not_keep_that() -> None:
    weights = [1, 0.5, 5, 1, 30, 30, 5, 30, 2, 3, 1, 5]
    owed, most = [0.0] * len(weights), 0.0
    for _ in range(200):
        owed = [o + w / sum(weights) for o, w in zip(owed, weights, strict=True)]
        chosen = max(range(len(owed)), key=lambda i: round(owed[i], 9))
        owed[chosen] -= 1
        most = max(most, *owed)
    assert f"{most:.2f}" == "1.31"


@examples
@given(pools, st.data())
def test_credits_sum_to_nothing_nobody_gets_far_off_and_nobody_starves(
    pool: dict[str, float], data: st.DataObject
) -> None:
    always, *others = pool
    credits, waits, total = dict.fromkeys(pool, 0.0), 0, sum(pool.values())
    here = data.draw(st.lists(st.sets(st.sampled_from(others)), min_size=1, max_size=60))
    for available in here:
        chosen, credits = turn(credits, {u: w for u, w in pool.items() if u == always or u in available})
        assert chosen == always or chosen in available
        assert abs(sum(credits.values())) < 1e-9
        assert max(map(abs, credits.values())) < 2
        waits = 0 if chosen == always else waits + 1
        assert waits <= 2 * total / pool[always]


@examples
@given(pools, pools, st.integers(0, 30), st.integers(1, 30))
def test_whoever_joins_or_is_left_when_a_pool_is_edited_has_no_burst(
    before: dict[str, float], after: dict[str, float], leads: int, more: int
) -> None:
    """The pool's members and weights change between two leads."""
    turns: dict[tuple[str, str], Turn] = {}
    for _ in range(leads):
        turns = _after(_decided(before, turns), turns)
    counts, total = Counter[str](), sum(after.values())
    for n in range(1, more + 1):
        decision = _decided(after, turns)
        turns = _after(decision, turns)
        counts[str(decision.owner)] += 1
        for user, weight in after.items():
            assert counts[user] - n * weight / total < (1 if user not in before else 2) + 1


def _decided(pool: dict[str, float], turns: dict[tuple[str, str], Turn]) -> Decision:
    terms = replace(PLAIN, pools=(Pool("all", tuple(pool.items())),), routing=(Step("pool all"),))
    return choose(Lead("ann"), terms, Roster(turns), MONDAY, looking(Facts()))


def _after(decision: Decision, turns: dict[tuple[str, str], Turn]) -> dict[tuple[str, str], Turn]:
    return turns | {("all", user): Turn(credit) for user, credit in decision.credits.items()}


def test_a_newcomer_gets_their_share_and_not_what_the_others_have_had() -> None:
    old = {"lena": 1.0, "jonas": 1.0}
    turns: dict[tuple[str, str], Turn] = {}
    for _ in range(1001):
        turns = _after(_decided(old, turns), turns)
    counts = Counter[str]()
    for _ in range(9):
        decision = _decided({**old, "nora": 1.0}, turns)
        turns = _after(decision, turns)
        counts[str(decision.owner)] += 1
    assert counts == {"lena": 3, "jonas": 3, "nora": 3}


PLAIN = Terms("Acme", MONDAY.date(), "Europe/Berlin", "EUR", ())
CALENDARS = (
    Hours("office", (("mon-fri", "09:00-17:00"),)),
    Hours("late", (("mon-sat", "12:00-20:00"),), "America/New_York"),
    Hours("lunch", (("mon-thu", "09:00-12:00, 13:00-17:00"),), "Asia/Tokyo", "JP"),
)
days = st.integers(0, 20).map(lambda n: (MONDAY + timedelta(days=n)).date())
instants = st.integers(0, 20 * 24 * 60).map(lambda n: MONDAY + timedelta(minutes=n))
calendars = st.sampled_from([None, "office", "late", "lunch"])


@st.composite
def agreements(draw: st.DrawFn) -> Terms:
    """Two pools, people with skills and hours of their own, absences."""
    users = tuple(
        User(key, key.title(), skills=tuple(sorted(draw(st.sets(st.sampled_from(SKILLS))))), calendar=draw(calendars))
        for key in MEMBERS
    )
    made = [
        Pool(
            key, tuple(draw(pools).items()), draw(st.sampled_from([None, Cap(3, 4), Cap(2), Cap(open=1)])),
            draw(calendars), skip_last=draw(st.integers(0, 3)), warm_up=draw(st.sampled_from([None, timedelta(14)])),
        )
        for key in ("first", "second")
    ]  # fmt: skip
    away = st.builds(lambda who, a, b: Absence(who, min(a, b), max(a, b)), st.sampled_from(MEMBERS), days, days)
    needs = tuple(draw(st.sets(st.sampled_from(SKILLS), max_size=1)))
    steps = (Step("account-owner"), Step("pool first", needs=needs), Step("user kai"), Step("pool second"))
    return replace(
        PLAIN, users=users, pools=tuple(made), calendars=CALENDARS, routing=steps,
        absences=tuple(draw(st.lists(away, max_size=4))),
    )  # fmt: skip


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """Credits, counts, open hand-offs, absences told later and people let go."""
    keys = st.tuples(st.sampled_from(["first", "second"]), st.sampled_from(MEMBERS))
    turns = st.builds(Turn, st.floats(-1, 1), st.none() | instants, st.integers(0, 4))
    spans = st.builds(lambda a, n: (Interval(a, a + timedelta(minutes=n)),), instants, st.integers(1, 9000))
    return Roster(
        draw(st.dictionaries(keys, turns)), draw(st.dictionaries(st.sampled_from(MEMBERS), st.integers(0, 5))),
        draw(st.dictionaries(st.sampled_from(MEMBERS), spans, max_size=3)),
        frozenset(draw(st.sets(st.sampled_from(MEMBERS), max_size=4))),
    )  # fmt: skip


leads = st.builds(
    lambda owner, held: Lead("ann", owner, holders=tuple(held)),
    st.none() | st.sampled_from([*MEMBERS, "005X"]), st.lists(st.sampled_from(MEMBERS), max_size=5),
)  # fmt: skip


@examples
@given(agreements(), rosters(), leads, instants)
def test_nobody_gets_a_lead_who_could_not_have_it_and_the_record_is_whole(
    terms: Terms, roster: Roster, lead: Lead, now: datetime
) -> None:
    decision = choose(lead, terms, roster, now, looking(Facts()))
    assert decision == choose(lead, replace(terms, company="Acme again"), roster, now, looking(Facts()))
    assert from_plain(json.loads(json.dumps(as_plain(decision)))) == decision
    if decision.owner is None:
        assert decision.queue and decision.because == "nobody-available" and len(decision.steps) == 4
        return
    _could_have_it(decision, terms, roster, lead)
    last = decision.steps[-1]
    pool = next((p for p in terms.pools if p.key == decision.pool), None)
    if pool:
        out = {s.user for s in last.skipped if s.why != "warming-up"}
        assert [turn[0] for turn in last.turns] == [user for user, _ in pool.members]
        assert decision.owner not in out
        assert abs(sum(decision.credits.values())) < 1e-9
    assert all(s.skipped or s.to == "account-owner" for s in decision.steps[:-1])


def _could_have_it(decision: Decision, terms: Terms, roster: Roster, lead: Lead) -> None:
    """Looked at without any of routing's own ways of looking."""
    owner, pool = str(decision.owner), next((p for p in terms.pools if p.key == decision.pool), None)
    step = terms.routing[decision.steps[-1].step]
    user = next(u for u in terms.users if u.key == owner)
    member = next((m for c in plan_of(terms).crews.values() if c.pool == pool for m in c.members if m.user == owner),
                  plan_of(terms).members[owner])  # fmt: skip
    works = next_opening(member.calendar, decision.at) if member.calendar else decision.at
    assert owner not in roster.inactive
    assert owner not in lead.holders[-1:]
    assert set(step.needs) <= set(user.skills)
    assert all(not i.start <= works < i.end for i in roster.absences.get(owner, ()))
    zone = works.astimezone(terms.zone if member.calendar is None else ZoneInfo(member.calendar.time_zone)).date()
    assert all(not a.from_ <= zone <= a.until for a in terms.absences if a.who == owner)
    if pool and pool.cap:
        assert roster.open_.get(owner, 0) < (pool.cap.open or 99)
        assert roster.turns.get((pool.key, owner), Turn()).given_today < (pool.cap.per_day or 99)
    off_hours = member.calendar is not None and not is_open(member.calendar, decision.at)
    assert (decision.steps[-1].opens is not None) == off_hours


def test_where_those_who_are_owed_are_away_whoever_is_owed_most_is_next() -> None:
    chosen, credits = turn({"lena": 0.9, "jonas": -0.5, "nora": -0.4}, {"jonas": 1.0, "nora": 1.0})
    assert chosen == "jonas" or credits["nora"] < -0.8
    assert turn({"lena": 1.9, "jonas": -0.95, "nora": -0.95}, {"nora": 1.0, "jonas": 1.0})[0] == "nora"


def test_whoever_has_hours_that_never_open_gets_nothing_and_it_is_said() -> None:
    closed = Hours("closed", (("mon-fri", "closed"),))
    terms = replace(
        PLAIN, calendars=(closed,), users=(User("lena", "Lena", calendar="closed"),),
        pools=(Pool("all", (("lena", 1.0), ("jonas", 1.0))),), routing=(Step("pool all"),),
    )  # fmt: skip
    decision = choose(Lead("ann"), terms, Roster(), MONDAY, looking(Facts()))
    assert (decision.owner, decision.because) == ("jonas", "only-one")
    assert [(s.user, s.why, s.detail) for s in decision.steps[0].skipped] == [("lena", "off-hours", "")]


def test_whoever_warms_up_is_said_to_where_it_costs_them_their_turn() -> None:
    pool = Pool("all", (("nora", 1.0), ("lena", 1.0)), warm_up=timedelta(weeks=4))
    terms = replace(PLAIN, pools=(pool,), routing=(Step("pool all"),))
    roster = Roster({("all", "nora"): Turn(since=MONDAY), ("all", "lena"): Turn()})
    decision = choose(Lead("ann"), terms, roster, MONDAY, looking(Facts()))
    assert decision.owner == "lena"
    assert [(s.user, s.why, s.detail) for s in decision.steps[0].skipped] == [("nora", "warming-up", "0.25 of 1")]
    assert decision.steps[0].turns == (("nora", 0.25, 0.0), ("lena", 1.0, 0.0))
    assert sentence(decision, {}) == (
        "It went to lena, whose turn it was in the pool all (weights nora 0.25 and lena 1). Passed over: nora would "
        "have been next with a full share (0.25 of 1)."
    )


def test_a_pool_that_warms_up_together_has_full_shares() -> None:
    pool = Pool("all", (("nora", 2.0), ("lena", 1.0)), warm_up=timedelta(weeks=4))
    terms, counts = replace(PLAIN, pools=(pool,), routing=(Step("pool all"),)), Counter[str]()
    turns = {("all", user): Turn(since=MONDAY) for user in ("nora", "lena")}
    for n in range(30):
        decision = choose(Lead("ann"), terms, Roster(turns), MONDAY + timedelta(hours=n), looking(Facts()))
        turns = {("all", user): Turn(credit, MONDAY) for user, credit in decision.credits.items()}
        counts[str(decision.owner)] += 1
    assert counts == {"nora": 20, "lena": 10}


def test_plans_and_rules_of_many_texts_are_kept_no_longer_than_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_KEPT", 8)
    for number in range(70):
        assert looking(Facts())(Literal(True))[0] is True
        terms = replace(PLAIN, number=number, routing=(Step("queue all"),))
        assert choose(Lead("ann"), terms, Roster(), MONDAY, looking(Facts())).agreement == number
    assert len(plan._PLANS) <= plan._KEPT and len(looks._READY) <= 8


def test_threads_that_route_by_many_texts_at_once_do_not_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "_KEPT", 3)
    monkeypatch.setattr(looks, "_KEPT", 3)

    def route(thread: int) -> list[int]:
        texts = [replace(PLAIN, number=thread * 100 + n, routing=(Step("queue all"),)) for n in range(100)]
        return [choose(Lead("ann"), t, Roster(), MONDAY, looking(Facts())).agreement - thread * 100 for t in texts]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(route, range(4))) == [list(range(100))] * 4


def test_a_cap_of_one_lets_everybody_have_one() -> None:
    pool = Pool("all", (("lena", 1.0), ("jonas", 1.0)), cap=Cap(per_day=1, open=1))
    terms, roster = replace(PLAIN, pools=(pool,), routing=(Step("pool all"),)), Roster()
    assert choose(Lead("ann"), terms, roster, MONDAY, looking(Facts())).owner == "lena"
    roster = Roster({("all", "lena"): Turn(-0.5, None, 1), ("all", "jonas"): Turn(0.5)}, {"lena": 1})
    assert choose(Lead("ben"), terms, roster, MONDAY, looking(Facts())).owner == "jonas"
    roster = Roster({("all", "lena"): Turn(0, None, 1), ("all", "jonas"): Turn(0, None, 1)})
    waits = choose(Lead("cat"), terms, roster, MONDAY, looking(Facts()))
    assert (waits.owner, waits.queue, waits.because) == (None, "all", "nobody-available")
