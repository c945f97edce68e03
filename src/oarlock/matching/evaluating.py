"""How well names find their accounts, measured on names whose company is known.

    evaluate(labelled, Matching()) -> tuple[Measured, ...]

Two ways: every company of the list is an account; and only half of them are, so that a lead may be of a firm nobody
knows. An account has one name, the commonest of its company. Promises: a bar that is chosen is chosen on one half of
the companies and told on the other; every lead counts, also one that found nothing; the same list gives the same
figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from random import Random

from oarlock.agreement.handling import Matching
from oarlock.matching.accounts import Told, match
from oarlock.matching.baselines import METHODS
from oarlock.matching.index import Index

SPLIT = 0
"""The seed of the half on which bars, and the constants of `likeness`, were chosen."""
SEEDS = (1, 2, 3, 4, 5)
"""The seeds of the halves that are accounts where the other half is new."""
ASKED = (0.985, 0.99)
BARS = 200
Found = tuple[str | None, float]
Finder = Callable[[str], Found]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A name, and whose it is."""

    name: str
    company: str


@dataclass(frozen=True, slots=True)
class Case:
    """What became of one lead: how sure the answer was, whether it was right, whether there was a right one."""

    company: str
    certainty: float
    right: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """At one bar. None where there is nothing to divide by."""

    leads: int
    known: int
    matched: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of those matched, how many rightly."""
        return self.right / self.matched if self.matched else None

    @property
    def recall(self) -> float | None:
        """Of those who have an account, how many were matched with it."""
        return self.right / self.known if self.known else None

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.matched + self.known
        return 2 * self.right / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One method, one way. `seed` is None where every company is an account.

    `held`: on the half of companies that chose nothing; `whole`: on all; `best`: on all, at the bar best for all, which
    nobody has beforehand; `recall_at`: on all, the most recall at a precision of so much (`ASKED`).
    """

    method: str
    seed: int | None
    bar: float
    held: Scores
    whole: Scores
    best: Scores
    recall_at: tuple[float | None, ...]


def evaluate(
    labelled: Sequence[Labelled], terms: Matching, seeds: Iterable[int] = SEEDS,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Measured, ...]:  # fmt: skip
    """Every method in both ways, ours first."""
    names = _names(labelled)
    tuning = frozenset(_half(names, SPLIT))
    found = []
    for seed in (None, *seeds):
        accounts = list(names) if seed is None else _half(names, seed)
        commonest = {company: Counter(names[company]).most_common(1)[0][0] for company in accounts}
        tell(f"{len(commonest)} of {len(names)} companies are accounts")
        cases = _cases(labelled, commonest, ours(commonest, terms))
        found.append(_measured("Oarlock, from sure", seed, cases, tuning, terms.sure))
        found.append(_measured("Oarlock, bar chosen", seed, cases, tuning, None))
        for method, prepare in METHODS.items():
            cases = _cases(labelled, commonest, prepare(commonest))
            found.append(_measured(method, seed, cases, tuning, None))
    return tuple(found)


def ours(accounts: dict[str, str], terms: Matching) -> Finder:
    """How `match` answers for a bare name."""
    index = Index()
    for company, name in accounts.items():
        index.add(company, name)

    def find(name: str) -> Found:
        matched = match(index, Told(name), terms)
        return matched.account_id, matched.certainty

    return find


def scores(cases: Iterable[Case], bar: float) -> Scores:
    """What a bar gives: everything as sure as it is matched."""
    leads = known = matched = right = 0
    for case in cases:
        leads, known = leads + 1, known + case.known
        if case.certainty >= bar:
            matched, right = matched + 1, right + case.right
    return Scores(leads, known, matched, right)


def recall_at(cases: Sequence[Case], precision: float) -> float | None:
    """The most recall of any bar whose precision is at least that; cases equally sure stand or fall together."""
    known = sum(case.known for case in cases)
    matched = right = best = 0
    ranked = sorted((c for c in cases if c.certainty > 0), key=lambda c: -c.certainty)
    for _, equal in groupby(ranked, key=lambda c: c.certainty):
        for case in equal:
            matched, right = matched + 1, right + case.right
        if right >= precision * matched:
            best = right
    return best / known if known else None


def best_bar(cases: Sequence[Case]) -> float:
    """The bar with the best F1; of several the highest."""
    bars = (step / BARS for step in range(1, BARS + 1))
    return max(bars, key=lambda bar: (scores(cases, bar).f1, bar))


def _measured(
    method: str, seed: int | None, cases: Sequence[Case], tuning: frozenset[str], bar: float | None
) -> Measured:
    chosen = bar if bar is not None else best_bar([c for c in cases if c.company in tuning])
    held = scores((c for c in cases if c.company not in tuning), chosen)
    best = scores(cases, best_bar(cases))
    return Measured(
        method, seed, chosen, held, scores(cases, chosen), best, tuple(recall_at(cases, asked) for asked in ASKED)
    )


def _cases(labelled: Iterable[Labelled], accounts: dict[str, str], find: Finder) -> list[Case]:
    found: dict[str, Found] = {}
    cases = []
    for one in labelled:
        if one.name not in found:
            found[one.name] = find(one.name)
        account, certainty = found[one.name]
        right = account == one.company
        cases.append(Case(one.company, certainty if account is not None else 0.0, right, one.company in accounts))
    return cases


def _names(labelled: Iterable[Labelled]) -> dict[str, list[str]]:
    """The names of each company, companies in the order of their ids."""
    names = defaultdict(list)
    for one in labelled:
        names[one.company].append(one.name)
    return dict(sorted(names.items()))


def _half(companies: Iterable[str], seed: int) -> list[str]:
    """Half of the companies, the same for the same seed."""
    drawn = list(companies)
    Random(seed).shuffle(drawn)  # noqa: S311 - a draw that is to be repeated, not a secret
    return drawn[: len(drawn) // 2]
