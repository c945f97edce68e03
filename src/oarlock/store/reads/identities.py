"""The accounts by domain, confirmed name and name, kept in the memory of each process and read anew every so often."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock

from oarlock.agreement.handling import Matching
from oarlock.ground.clock import monotonic
from oarlock.matching import Index, Match, Told, match
from oarlock.matching.domains import domain_of, says_a_firm
from oarlock.records.arrivals import Arriving
from oarlock.store.models import Account, Alias

FRESH = 60.0
"""Seconds a directory counts. What this process begins is in it at once; two processes that begin the same firm at once
begin one account, for its id is made of its domain or name."""
_lock = RLock()
Row = tuple[str | None, str | None, str | None]
"""Name, domain and country."""


@dataclass(slots=True)
class Directory:
    """Which account a firm is. What did not change is not read into the index again."""

    index: Index = field(default_factory=Index)
    rows: dict[str, Row] = field(default_factory=dict)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    read_at: float = 0.0

    def match(self, arrival: Arriving, terms: Matching) -> Match:
        """The account of an arrival's firm, or of its person's address."""
        told = dict(arrival.firm.fields) if arrival.firm else {}
        domains = (told.get("domain"), *(v for k, v in arrival.known_by if k == "email"))
        country = told.get("country") or dict(arrival.person).get("country")
        return match(self.index, Told(told.get("name"), tuple(d for d in domains if d), country), terms)

    def add(self, account_id: str, name: str | None, domain: str | None, country: str | None) -> None:
        """An account that has just begun, or is another now."""
        row = (name, domain, country)
        with _lock:
            if self.rows.get(account_id) != row:
                self.index.remove(account_id)
                self.index.add(account_id, name, domain=domain, country=country)
                self.rows[account_id] = row
                for alias in self.aliases.get(account_id, ()):
                    self.index.confirm(alias, account_id)

    def read(self) -> None:
        """Bring it up to what the store has."""
        there = {a: (n, d, c) for a, n, d, c in Account.objects.values_list("account_id", "name", "domain", "country")}
        for account_id in self.rows.keys() - there.keys():
            self.index.remove(account_id)
            del self.rows[account_id]
        aliases: dict[str, set[str]] = {}
        for name, account_id in Alias.objects.values_list("name", "account_id"):
            aliases.setdefault(account_id, set()).add(name)
        asked = aliases.keys() | self.aliases.keys()
        for account_id in {a for a in asked if aliases.get(a) != self.aliases.get(a)} & self.rows.keys():
            self.index.remove(account_id)
            del self.rows[account_id]
        self.aliases = aliases
        for account_id in sorted(there, reverse=True):
            self.add(account_id, *there[account_id])
        self.read_at = monotonic()


_kept = Directory()


def directory() -> Directory:
    """The directory, at most so many seconds old."""
    with _lock:
        if not _kept.read_at or monotonic() - _kept.read_at > FRESH:
            _kept.read()
        return _kept


def own_domain(arrival: Arriving, terms: Matching) -> str | None:
    """The domain of the person's address, where it says a firm."""
    found = (domain_of(value) for kind, value in arrival.known_by if kind == "email")
    return next((domain for domain in found if domain and says_a_firm(domain, terms.shared_domains)), None)


def forget() -> None:
    """Read it anew the next time: a test begins with other accounts."""
    _kept.index, _kept.rows, _kept.aliases, _kept.read_at = Index(), {}, {}, 0.0
