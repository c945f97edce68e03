"""Routing: one decision over 30 steps in memory, and the floors of it: judging the 30 rules alone, one turn alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import inf

from oarlock.agreement.evaluate import compile_rule
from oarlock.agreement.handling import Cap, Hours, Pool, Step
from oarlock.agreement.terms import Rule, Terms
from oarlock.agreement.tree import And, Compare, In, IsNull, Literal, Name, Node, Not, Value
from oarlock.lifecycle.judging import Moment
from oarlock.routing import Lead, Roster, Turn, as_plain, choose, looking, sentence
from oarlock.routing.rotation import turn

STEPS = 30
TIMES = 10
ROUNDS = 600
FLOOR = "floor: the 30 rules judged alone"
AT = datetime(2026, 10, 6, 9, tzinfo=UTC)
VALUES = {
    "account.country": "FR", "account.employees": "340", "account.industry": "logistics", "account.owner_id": None,
    "person.language": "fr", "person.region": "north",
}  # fmt: skip
PEOPLE = ("lena", "jonas", "amelie", "piet", "nora")


def run() -> list[tuple[str, float, str]]:
    """(name, value, unit): a lead that 29 steps do not take, and the 30th, a pool of five with hours and caps, does."""
    terms = _terms()
    trees = [step.rule.tree for step in terms.routing if step.rule]
    readers = [compile_rule(tree) for tree in trees]
    roster, lead = (
        Roster({("world", u): Turn(0.0, AT - timedelta(days=60), 3) for u in PEOPLE}, dict.fromkeys(PEOPLE, 9)),
        Lead("ann"),
    )
    known = Moment(AT, terms, VALUES)
    [reader(known) for reader in readers]

    def decide() -> object:
        return choose(lead, terms, roster, AT, looking(known))

    def anew() -> object:
        return choose(lead, terms, roster, AT, looking(Moment(AT, terms, VALUES)))

    decision = choose(lead, terms, roster, AT, looking(known))
    assert len(decision.steps) == STEPS and decision.owner, "every step was tried, and the last one gave it"
    weights, credits = dict.fromkeys(PEOPLE, 1.0), dict.fromkeys(PEOPLE, 0.0)
    took = _micros({
        "one decision over 30 steps": decide,
        "the same with the fields of a lead read for the first time": anew,
        FLOOR: lambda: [reader(known) for reader in readers],
        "floor: one turn of five alone": lambda: turn(credits, weights),
        "a decision made plain": lambda: as_plain(decision),
        "a decision told in a sentence": lambda: sentence(decision, {}),
    })  # fmt: skip
    share = took["one decision over 30 steps"] / took[FLOOR]
    return [
        *((name, value, "µs") for name, value in took.items()),
        ("one decision against the rules alone", share, "x"),
    ]


def _terms() -> Terms:
    rules = [_rule(number) for number in range(STEPS - 1)]
    steps = (*(Step("pool world", Rule(f"rule {n}", tree)) for n, tree in enumerate(rules)), Step("pool world"))
    hours = Hours("office", (("mon-fri", "09:00-12:30, 13:30-17:30"),), holidays="DE-BE")
    pool = Pool("world", tuple((user, 1.0) for user in PEOPLE), Cap(15, 40), "office", warm_up=timedelta(weeks=2))
    bare = Terms("Acme", date(2026, 1, 1), "Europe/Berlin", "EUR", ())
    return replace(bare, routing=steps, pools=(pool,), calendars=(hours,))


def _rule(number: int) -> Node:
    """A rule that does not hold, of one of the kinds that people write."""
    country, employees = Name("account.country", "text"), Name("account.employees", "number")
    kinds: list[Callable[[], Node]] = [
        lambda: In(country, tuple(Literal(f"X{number}{n}") for n in range(4))),
        lambda: And((Compare(">", employees, Literal(400.0 + number)), In(country, (Literal("FR"), Literal("BE"))))),
        lambda: Compare("=", Name("account.industry", "text"), _text(f"industry {number}")),
        lambda: Not(IsNull(Name("account.owner_id", "text"))),
        lambda: And(
            (Compare("=", Name("person.language", "text"), _text("fr")), Compare("<", employees, Literal(9.0)))
        ),
    ]
    return kinds[number % len(kinds)]()


def _text(value: Value) -> Literal:
    return Literal(value)


def _micros(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Processor microseconds of one of each, the best of many short runs: others share the machine."""
    best = dict.fromkeys(works, inf)
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = time.process_time()
            for _ in range(TIMES):
                work()
            best[name] = min(best[name], (time.process_time() - began) / TIMES * 1e6)
    return best
