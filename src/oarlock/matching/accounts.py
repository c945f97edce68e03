"""Which account a firm is: by domain, by a name somebody confirmed, by name; with how sure, and what else it may be.

    match(index, Told("Acme Robots Ltd", ("acme.com",), "GB"), terms.matching) -> Match

Promises: a bare name that two firms share is never matched, only proposed; what is below `sure` is proposed and what is
below `propose` is none; the same index, firm and terms give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal as OneOf

from oarlock.agreement.handling import Matching
from oarlock.matching.domains import domain_of, says_a_firm
from oarlock.matching.index import Entry, Index, country_of
from oarlock.matching.likeness import certainty, like, weigh
from oarlock.matching.names import Name, clean

How = OneOf["domain", "alias", "name", ""]
Verdict = OneOf["matched", "proposed", "none"]
BY_DOMAIN, BY_ALIAS, SAME_NAME = 0.99, 1.0, 0.97
ABROAD = 0.05
"""What another country takes off the likeness of two names."""
CLEARLY = 0.9
"""Another account this like stands in the way of the same name's certainty."""
FURTHER = 4
"""How many others a match names."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a firm. `domains` may be addresses or e-mail addresses; `country` has two letters."""

    name: str | None = None
    domains: tuple[str, ...] = ()
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """The account a firm most likely is, how sure that is (0 to 1), how it was found, and who else it may be."""

    verdict: Verdict
    account_id: str | None = None
    certainty: float = 0.0
    how: How = ""
    others: tuple[tuple[str, float], ...] = ()


NONE = Match("none")


def match(index: Index, told: Told, terms: Matching) -> Match:
    """The account of a firm."""
    name = clean(told.name or "")
    country = country_of(told.country)
    by_domain = _by_domain(index, told.domains, terms)
    if by_domain:
        return _of_domain(index, by_domain, name, country, terms)
    if name.words in index.confirmed:
        return _judged(((index.confirmed[name.words], BY_ALIAS),), "alias", terms)
    found = _by_name(index, name, country, terms) if name.words else NONE
    return replace(found, verdict="proposed") if _elsewhere(index, found, told.domains, terms) else found


def _elsewhere(index: Index, found: Match, domains: Iterable[str], terms: Matching) -> bool:
    """Whether a name was matched though the firm has a domain of its own, and the account has others."""
    if found.verdict != "matched" or found.account_id not in index.domains:
        return False
    return any(domain and says_a_firm(domain, terms.shared_domains) for domain in map(domain_of, domains))


def _by_domain(index: Index, domains: Iterable[str], terms: Matching) -> list[Entry]:
    for text in domains:
        domain = domain_of(text)
        if domain and domain in index.by_domain and says_a_firm(domain, terms.shared_domains):
            return [index.entries[number] for number in index.by_domain[domain]]
    return []


def _of_domain(index: Index, entries: Sequence[Entry], name: Name, country: str | None, terms: Matching) -> Match:
    """One account of a domain is it. Of several that share it, the one whose name or country is clearly nearer."""
    scored = _scored(index, entries, name, country)
    if len(scored) == 1:
        return _judged(((scored[0][0], BY_DOMAIN),), "domain", terms)
    (best, first), (_, second) = scored[0], scored[1]
    if first - second >= ABROAD:
        return _judged(((best, BY_DOMAIN), *((a, 1 - BY_DOMAIN) for a, _ in scored[1:])), "domain", terms)
    return _judged([(a, BY_DOMAIN / len(scored)) for a, _ in scored], "domain", terms, BY_DOMAIN)


def _by_name(index: Index, name: Name, country: str | None, terms: Matching) -> Match:
    entries = index.candidates(name)
    if terms.same_country and country:
        entries = [e for e in entries if e.country in (None, country)]
    scored = _scored(index, entries, name, country)
    if not scored:
        return NONE
    first = scored[0][1]
    equal = [account_id for account_id, score in scored if score == first]
    here = [account_id for account_id in equal if country and index.countries.get(account_id) == country]
    equal = here if len(here) == 1 else equal
    second = next((score for _, score in scored if score < first), 0.0)
    sure = certainty(first, second)
    if first == 1.0 and second < CLEARLY:
        sure = max(sure, SAME_NAME)
    shares = [(account_id, sure / len(equal)) for account_id in equal]
    shares += [(a, min(certainty(s, first), sure / 2)) for a, s in scored if a not in equal]
    return _judged(shares, "name", terms, sure)


def _scored(index: Index, entries: Iterable[Entry], name: Name, country: str | None) -> list[tuple[str, float]]:
    """The accounts with how like their likest name is, the likest first."""
    told = weigh(name, index.rarity)
    best: dict[str, float] = {}
    for entry in entries:
        abroad = ABROAD if country and entry.country and entry.country != country else 0.0
        score = max(like(told, weigh(entry.name, index.rarity)) - abroad, 0.0)
        best[entry.account_id] = max(score, best.get(entry.account_id, 0.0))
    return sorted(best.items(), key=lambda found: (-found[1], found[0]))


def _judged(shares: Sequence[tuple[str, float]], how: How, terms: Matching, any_of: float | None = None) -> Match:
    """The verdict. `any_of`: how sure it is that it is one of these, where several are equally likely."""
    (account_id, sure), *others = shares
    verdict: Verdict = "matched" if sure >= terms.sure else "none"
    if verdict == "none" and max(sure, any_of or 0.0) >= terms.propose:
        verdict = "proposed"
    return Match(verdict, account_id, sure, how, tuple(others[:FURTHER]))
