"""Matching: 100,000 accounts in the index, one lead among them, pairs compared in full, beside the letters alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from oarlock.agreement.handling import Matching
from oarlock.matching import Index, Told, clean, match
from oarlock.matching.likeness import Rarity, like, weigh

ACCOUNTS = 100_000
LEADS = 300
PAIRS = 100_000
TITLE = "Matching"
TRADES = ("Robotics", "Logistics", "Systems", "Foods", "Pharma", "Energy", "Software", "Motors", "Textiles", "Bank")
FORMS = ("GmbH", "Ltd.", "Inc.", "B.V.", "S.p.A.", "AG", "Oy", "AB", "LLC", "S.A.")
SYLLABLES = [c + v + e for c in "bdfghklmnprstvwz" for v in "aeiou" for e in ("", "n", "r", "l", "s")]
Row = tuple[str, float, str]


def run() -> list[Row]:
    """(name, value, unit)."""
    random = Random(1)
    names = [_name(random) for _ in range(ACCOUNTS)]
    began = time.process_time()
    index = Index()
    for number, name in enumerate(names):
        index.add(f"A{number}", name)
    built = time.process_time() - began
    wanted = random.sample(range(ACCOUNTS), LEADS)
    spelt = [_misspelt(names[n], random) for n in wanted]
    terms, spent, right = Matching(), [], 0
    for number, name in zip(wanted, spelt, strict=True):
        began = time.process_time()
        found = match(index, Told(name), terms)
        spent.append((time.process_time() - began) * 1e3)
        likely = {found.account_id, *(account_id for account_id, _ in found.others)}
        right += f"A{number}" in likely
    spent.sort()
    return [
        ("100,000 accounts put into the index", built, "s CPU"),
        ("one account more", built / ACCOUNTS * 1e6, "µs"),
        ("one misspelt lead among 100,000 accounts, median", spent[LEADS // 2], "ms"),
        ("the same, 99th percentile", spent[LEADS * 99 // 100], "ms"),
        ("of these, its account among those named", 100 * right / LEADS, "%"),
        *_pairs(names[: PAIRS // 100], spelt[:100]),
    ]


def _pairs(accounts: list[str], leads: list[str]) -> list[Row]:
    """Every lead with every account, without the index: cleaning, weighing and comparing, all counted."""
    rarity = Rarity()
    clean.cache_clear()

    def ours() -> None:
        entries = [clean(name) for name in accounts]
        for entry in entries:
            rarity.add(entry)
        weighed = [weigh(entry, rarity) for entry in entries]
        for lead in leads:
            one = weigh(clean(lead), rarity)
            for other in weighed:
                like(one, other)

    whole = _seconds(ours)
    floor = _seconds(lambda: cdist(leads, accounts, scorer=Indel.normalized_similarity, dtype=np.float32, workers=1))
    return [
        ("100,000 pairs compared in full, without the index", whole, "s CPU"),
        ("floor: the letters of 100,000 pairs by cdist", floor, "s CPU"),
        ("ours against that floor", whole / floor, "x"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _name(random: Random) -> str:
    first = "".join(random.choice(SYLLABLES) for _ in range(random.randint(2, 4))).title()
    return f"{first} {random.choice(TRADES)} {random.choice(FORMS)}"


def _misspelt(name: str, random: Random) -> str:
    """One letter less, and another legal form."""
    at = random.randrange(1, 5)
    return f"{name[:at]}{name[at + 1 :]}".rpartition(" ")[0].upper() + " " + random.choice(FORMS)


if __name__ == "__main__":
    for what, value, unit in run():
        print(f"{what}: {value:,.2f} {unit}")
