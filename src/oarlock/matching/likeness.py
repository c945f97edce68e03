"""How like two cleaned names are: 0 to 1, by their words weighted by how much each says, and by their letters.

Promises: 1 for the same words; a word that many accounts have counts little, and so does one that says little of any
firm (`legal_forms.SMALL`); never below 0 nor above 1.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import exp, log

from rapidfuzz.distance import Indel

from oarlock.matching.legal_forms import SMALL
from oarlock.matching.names import Name

SAME_WORD = 0.8
"""Two words less like than this are two words."""
SHORT = 4
"""Words up to this many letters are like only where one begins the other: `acme` and `acne` are two firms."""
CUT_SHORT = 0.9
"""A word that is the beginning of the other: `tech`, `electron`."""
COMMONEST = 0.2
"""What is left of the weight of a word that most accounts have."""
LIKE, AHEAD, NEITHER = 9.2, 3.7, -5.9
"""Certainty from likeness and from how far it is ahead of the next account: fitted once (docs/why/identity.md)."""


@dataclass(slots=True)
class Rarity:
    """How many accounts have each word; what a word weighs follows from it."""

    accounts: int = 0
    having: Counter[str] = field(default_factory=Counter)

    def add(self, name: Name) -> None:
        """One more account of that name."""
        self.accounts += 1
        self.having.update(set(name.words))

    def remove(self, name: Name) -> None:
        """One account of that name less."""
        self.accounts -= 1
        self.having.subtract(set(name.words))

    def weight(self, word: str) -> float:
        """1 for a word that no or one account has, less the more have it."""
        seen = self.having.get(word, 0)
        rare = 1.0 if seen < 2 else max(COMMONEST, 1.0 - log(seen) / log(self.accounts + 2))
        return rare * SMALL.get(word, 1.0)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A name ready to be compared: its words, what each weighs, all together, and its letters in a row."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    whole: float
    letters: str


def weigh(name: Name, rarity: Rarity) -> Weighed:
    """The name with its weights as they are now."""
    weights = tuple(rarity.weight(word) for word in name.words)
    return Weighed(name.words, weights, sum(weights), "".join(name.words))


def like(one: Weighed, other: Weighed) -> float:
    """How like they are. Letters alone count only where they are nearly the same: `van der lely`, `vander lely`."""
    if one.words == other.words:
        return 1.0 if one.words else 0.0
    letters = Indel.normalized_similarity(one.letters, other.letters)
    return max((_words(one, other) + letters) / 2, 2 * letters - 1)


def certainty(best: float, second: float) -> float:
    """How sure it is that the best is right, whose next is so like."""
    return 1 / (1 + exp(-(LIKE * best + AHEAD * (best - second) + NEITHER)))


def _words(one: Weighed, other: Weighed) -> float:
    """The share of both names' weight that is in words they share, or nearly."""
    common = 0.0
    left = dict(zip(other.words, other.weights, strict=True))
    unlike = []
    for word, weight in zip(one.words, one.weights, strict=True):
        if word in left:
            common += weight + left.pop(word)
        else:
            unlike.append((word, weight))
    for word, weight in unlike:
        alike, found = max(((_word(word, candidate), candidate) for candidate in left), default=(0.0, ""))
        if alike:
            common += alike * (weight + left.pop(found))
    whole = one.whole + other.whole
    return common / whole if whole else 0.0


def _word(one: str, other: str) -> float:
    """How like two different words are; a misspelling of the first letter is left to the letters of the whole."""
    if one[0] != other[0] or min(len(one), len(other)) < SHORT:
        return 0.0
    if one.startswith(other) or other.startswith(one):
        return CUT_SHORT
    if min(len(one), len(other)) == SHORT:
        return 0.0
    return Indel.normalized_similarity(one, other, score_cutoff=SAME_WORD)
