"""Plain ways to match names, measured beside ours in the same run; nothing else uses them.

Each takes the accounts (id -> name) and gives a finder: a name's account, and how like it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from math import log, sqrt

from rapidfuzz import process
from rapidfuzz.fuzz import token_sort_ratio

from oarlock.matching.names import clean

Found = tuple[str | None, float]
Accounts = dict[str, str]
GRAM = 3


def exact(accounts: Accounts) -> Callable[[str], Found]:
    """The same name after cleaning; none where two accounts have it."""
    by_name: dict[tuple[str, ...], list[str]] = {}
    for account_id, name in accounts.items():
        by_name.setdefault(clean(name).words, []).append(account_id)

    def find(name: str) -> Found:
        found = by_name.get(clean(name).words, [])
        return (found[0], 1.0) if len(found) == 1 else (None, 0.0)

    return find


def token_sort(accounts: Accounts) -> Callable[[str], Found]:
    """The letters of the sorted words of the names as they are written, in lower case."""
    lower = {account_id: name.lower() for account_id, name in accounts.items()}

    def find(name: str) -> Found:
        found = process.extractOne(name.lower(), lower, scorer=token_sort_ratio)
        return (found[2], found[1] / 100) if found else (None, 0.0)

    return find


def tf_idf(accounts: Accounts) -> Callable[[str], Found]:
    """The cosine of runs of three letters, each weighted by how few accounts have it."""
    counts = {account_id: _grams(name) for account_id, name in accounts.items()}
    having = Counter(gram for grams in counts.values() for gram in grams)
    rarity = {gram: log((1 + len(accounts)) / (1 + n)) + 1 for gram, n in having.items()}
    unseen = log(1 + len(accounts)) + 1
    postings: dict[str, list[tuple[str, float]]] = {}
    for account_id, grams in counts.items():
        for gram, weight in _unit(grams, rarity, unseen).items():
            postings.setdefault(gram, []).append((account_id, weight))

    def find(name: str) -> Found:
        cosine: defaultdict[str, float] = defaultdict(float)
        for gram, weight in _unit(_grams(name), rarity, unseen).items():
            for account_id, other in postings.get(gram, ()):
                cosine[account_id] += weight * other
        if not cosine:
            return None, 0.0
        best, value = max(cosine.items(), key=lambda found: (found[1], found[0]))
        return best, value

    return find


def _grams(name: str) -> Counter[str]:
    text = f" {name.lower()} "
    return Counter(text[at : at + GRAM] for at in range(len(text) - GRAM + 1))


def _unit(grams: Counter[str], rarity: dict[str, float], unseen: float) -> dict[str, float]:
    weighted = {gram: n * rarity.get(gram, unseen) for gram, n in grams.items()}
    length = sqrt(sum(w * w for w in weighted.values()))
    return {gram: w / length for gram, w in weighted.items()} if length else {}


METHODS: dict[str, Callable[[Accounts], Callable[[str], Found]]] = {
    "exact after cleaning": exact, "token sort": token_sort, "TF-IDF, 3 letters": tf_idf,
}  # fmt: skip
