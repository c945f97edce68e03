"""Shares expected and had, and the test of their gaps: the worked table, other ways to the same figures, its error."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oarlock.routing import Lead, Roster, Turn, choose, looking, taken
from oarlock.routing.chances import above, distance
from oarlock.routing.fairness import Given, given_by, measure

from .worked import Facts, instant, lead_of, table, terms_of


def named(told: str) -> dict[str, float]:
    """`lena 2, jonas 1`."""
    return {who: float(number) for who, number in (part.split() for part in told.split(", "))}


def dealt(leads: str, had: str) -> list[Given]:
    """Leads of the groups of a row, dealt so that everybody has what the row says."""
    groups = [(int(n), named(weights)) for n, weights in (part.split(" of ") for part in leads.split("; "))]
    left, made = Counter({who: int(n) for who, n in named(had).items()}), []
    for n, weights in sorted(groups, key=lambda group: len(group[1])):
        for _ in range(n):
            rare = min((who for who in weights if left[who]), key=lambda who: sum(who in g[1] for g in groups))
            left[rare] -= 1
            made.append(Given(rare, weights))
    assert not +left
    return made


ROWS = table("leads | expected")


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]}: {row[2]}" for row in ROWS])
def test_shares_and_verdicts_are_what_the_page_says(row: list[str]) -> None:
    found = measure("dach", dealt(row[0], row[2]))
    assert {m.user: round(m.expected, 9) for m in found.members} == named(row[1])
    assert {m.user: m.actual for m in found.members} == named(row[2])
    told = ["–" if n is None else f"{n:.{places}f}" for n, places in ((found.statistic, 2), (found.chance, 3))]
    assert [*told, found.verdict] == row[3:]


@pytest.mark.parametrize(
    ("statistic", "freedom", "chance"),
    [
        (3.841458820694124, 1, 0.05), (6.634896601021213, 1, 0.01), (5.991464547107979, 2, 0.05),
        (18.307038053275146, 10, 0.05), (0.0, 3, 1.0), (1000.0, 2, 0.0), (0.10258658877510106, 2, 0.95),
    ],
)  # fmt: skip
def test_the_tail_of_chi_square_is_what_tables_have(statistic: float, freedom: int, chance: float) -> None:
    assert above(statistic, freedom) == pytest.approx(chance, abs=1e-12)


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.floats(0.1, 9), st.integers(0, 40)), min_size=2, max_size=6).filter(
        lambda members: sum(n for _, n in members) > 0
    )
)
def test_where_everybody_is_always_there_it_is_pearsons_test(members: list[tuple[float, int]]) -> None:
    weights = {f"m{i}": weight for i, (weight, _) in enumerate(members)}
    leads, total = sum(n for _, n in members), sum(weights.values())
    found = measure("all", [Given(f"m{i}", weights) for i, (_, n) in enumerate(members) for _ in range(n)])
    expected = [leads * weight / total for weight in weights.values()]
    pearson = sum((n - e) ** 2 / e for (_, n), e in zip(members, expected, strict=True))
    assert found.freedom == len(members) - 1
    if found.statistic is not None:
        assert found.statistic == pytest.approx(pearson, rel=1e-6, abs=1e-9)


def test_a_gap_that_may_go_any_way_is_measured_in_every_direction() -> None:
    assert distance([3.0], [[4.0]]) == (2.25, 1)
    assert distance([3.0, 4.0], [[1.0, 0.0], [0.0, 2.0]]) == (17.0, 2)
    assert distance([], []) == (0.0, 0)


def test_a_lot_is_called_unfair_about_as_often_as_the_chance_says() -> None:
    """With availability that changes from lead to lead; drawn from a fixed seed, so the count is always the same."""
    random, weights, chances = Random(5), {"a": 1.0, "b": 2.0, "c": 3.0, "d": 1.0}, []
    for _ in range(400):
        given = []
        for _ in range(80):
            able = {who: w for who, w in weights.items() if random.random() < 0.7} or weights
            given.append(Given(random.choices(list(able), list(able.values()))[0], able))
        chance = measure("lot", given).chance
        assert chance is not None
        chances.append(chance)
    assert 0.03 <= sum(c < 0.05 for c in chances) / 400 <= 0.07
    assert 0.43 <= sum(c < 0.5 for c in chances) / 400 <= 0.57


def test_turns_are_in_turn_whatever_the_pool_and_favours_are_found() -> None:
    terms, turns, records = terms_of(), dict[tuple[str, str], Turn](), []
    lead, facts = lead_of("country=DE")
    for _ in range(200):
        decision = choose(lead, terms, Roster(turns), instant("Mon 2026-10-05 10:00"), looking(facts))
        turns = {("dach", user): Turn(credit) for user, credit in decision.credits.items()}
        records.append(given_by(decision))
    given = [one for one in records if one]
    assert len(given) == 200
    assert measure("dach", given).verdict == "in turn"
    favoured = measure("dach", [Given("jonas", one.weights) if n % 5 == 0 else one for n, one in enumerate(given)])
    assert favoured.verdict == "beyond chance"
    assert favoured.largest is not None and abs(favoured.largest.gap) > 20


def test_leads_that_no_turn_decided_are_no_part_of_the_shares() -> None:
    terms, at = terms_of(), instant("Mon 2026-10-05 10:00")
    owned = choose(Lead("ann", "005L"), terms, Roster(), at, looking(Facts({"account.owner_id": "005L"})))
    assert given_by(owned) is None
    assert given_by(taken("lena", "dach", terms, at)) is None


def test_nobody_expects_leads_they_could_not_have_had() -> None:
    terms, lead = terms_of(), lead_of("country=FR")
    decision = choose(lead[0], terms, Roster(), instant("Mon 2026-10-05 10:00"), looking(lead[1]))
    assert given_by(decision) == Given("amelie", {"amelie": 1.0, "piet": 1.0})
