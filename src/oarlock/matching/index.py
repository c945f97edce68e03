"""The accounts by domain, by confirmed name and by name, so that one lead finds its few candidates among very many.

    index.add("A1", "Acme Robotics GmbH", domain="acme.com", country="DE")
    index.confirm("Acme Robots", "A1")

Promises: an account is added at once and at a cost that does not grow with how many there are; the candidates of a
name cost at most a bounded walk, the rarest letters first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from heapq import nlargest

from oarlock.matching.domains import domain_of
from oarlock.matching.likeness import Rarity
from oarlock.matching.names import Name, clean

GRAM = 3
WALK = 6_000
"""Postings one search reads at most."""
NEAR = 0.4
"""Whoever shares less than this part of what the nearest shares is left out."""
CANDIDATES = 16
"""Names that are compared in full."""

MOST_SAME = 50
"""Accounts of one and the same name that are looked at; two are already too many to choose."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One name of one account."""

    account_id: str
    name: Name
    country: str | None
    grams: int


@dataclass(slots=True)
class Index:
    """Everything accounts are found by."""

    entries: list[Entry] = field(default_factory=list)
    rarity: Rarity = field(default_factory=Rarity)
    by_domain: dict[str, list[int]] = field(default_factory=dict)
    confirmed: dict[tuple[str, ...], str] = field(default_factory=dict)
    by_words: dict[tuple[str, ...], list[int]] = field(default_factory=dict)
    by_gram: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    countries: dict[str, str | None] = field(default_factory=dict)
    domains: dict[str, set[str]] = field(default_factory=dict)
    numbers: dict[str, list[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)

    def add(self, account_id: str, name: str | None, *, domain: str | None = None, country: str | None = None) -> None:
        """One more account, or one more name of one."""
        cleaned = clean(name or "")
        country = country_of(country)
        grams = grams_of(cleaned)
        number = len(self.entries)
        self.entries.append(Entry(account_id, cleaned, country, len(grams)))
        self.numbers.setdefault(account_id, []).append(number)
        self.countries.setdefault(account_id, country)
        if cleaned.words:
            self.rarity.add(cleaned)
            self.by_words.setdefault(cleaned.words, []).append(number)
        for gram in grams:
            self.by_gram[gram].append(number)
        registered = domain_of(domain)
        if registered:
            self.by_domain.setdefault(registered, []).append(number)
            self.domains.setdefault(account_id, set()).add(registered)

    def remove(self, account_id: str) -> None:
        """An account is found no more; what was confirmed to mean it is found no more either."""
        for number in self.numbers.pop(account_id, []):
            self.gone.add(number)
            words = self.entries[number].name.words
            if words:
                self.rarity.remove(self.entries[number].name)
                self.by_words[words].remove(number)
            if self.confirmed.get(words) == account_id:
                del self.confirmed[words]
        for domain in self.domains.pop(account_id, ()):
            left = [n for n in self.by_domain[domain] if n not in self.gone]
            self.by_domain[domain] = left
            if not left:
                del self.by_domain[domain]
        self.countries.pop(account_id, None)

    def confirm(self, name: str, account_id: str) -> None:
        """Somebody said that this name means this account: it is a name of theirs from now on."""
        words = clean(name).words
        if words:
            self.confirmed[words] = account_id
            self.add(account_id, name, country=self.countries.get(account_id))

    def candidates(self, name: Name) -> list[Entry]:
        """All names of the same words, and the names most like this one by the letters they share."""
        grams = grams_of(name)
        postings = sorted((self.by_gram[gram] for gram in grams if gram in self.by_gram), key=len)
        shared: Counter[int] = Counter()
        left = WALK
        for posting in postings:
            shared.update(posting if len(posting) <= left else posting[:left])
            left -= len(posting)
            if left <= 0:
                break
        floor = max(shared.values(), default=0) * NEAR
        some = [(n, count) for n, count in shared.items() if count >= floor]
        near = ((count / (len(grams) + self.entries[n].grams), n) for n, count in some if n not in self.gone)
        same = self.by_words.get(name.words, [])
        numbers = dict.fromkeys((*same[:MOST_SAME], *(n for _, n in nlargest(CANDIDATES, near))))
        return [self.entries[n] for n in numbers]


def country_of(text: str | None) -> str | None:
    """A country as two letters; None for whatever else was written, which says nothing here."""
    plain = (text or "").strip().upper()
    return plain if len(plain) == 2 and plain.isalpha() else None


def grams_of(name: Name) -> set[str]:
    """The runs of three letters of each word and of all in a row; short words whole."""
    padded = [f" {word} " for word in name.words]
    row = "".join(name.words)
    if len(name.words) > 1:
        padded.append(row)
    return {text[at : at + GRAM] for text in padded for at in range(len(text) - GRAM + 1)}
