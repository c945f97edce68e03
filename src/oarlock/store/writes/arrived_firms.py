"""The accounts a group of arrivals tells of: found by the sender's id, by domain, by name as sure as `matching` is.

A firm nobody knows becomes an account, whose id is made of its domain or name, so that it begins once. What is told of
a known account fills what was empty and changes nothing. What may be another account is proposed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oarlock.agreement.handling import Matching
from oarlock.ground.ids import fact_id
from oarlock.ground.intervals import micros
from oarlock.matching import Match, clean
from oarlock.records.arrivals import Arriving, Firm
from oarlock.records.shapes import ACCOUNTS
from oarlock.store.models import Person
from oarlock.store.reads.identities import Directory, directory, own_domain
from oarlock.store.reads.search import words_of
from oarlock.store.reads.versions import in_force, terms_of
from oarlock.store.writes.arrival_rows import found, put
from oarlock.store.writes.rows import upsert

COLUMNS = tuple(c.name for c in ACCOUNTS.columns)
FIELDS = frozenset(COLUMNS) - {"account_id", "properties"}
BECAUSE = {"name": "Their firm's name is like this account's.", "domain": "Several accounts have their firm's domain."}
MOST_COLLEAGUES = 1_000
NUMBERS = frozenset({"employees", "annual_revenue"})


@dataclass(slots=True)
class Firms:
    """The accounts of a group. `records` are those begun; `said` the names of those told of so far."""

    now: datetime
    directory: Directory
    terms: Matching
    matches: dict[str, Match] = field(default_factory=dict)
    likely: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)
    said: set[tuple[str, ...]] = field(default_factory=set)
    stand: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, None] = field(default_factory=dict)
    updated: dict[str, None] = field(default_factory=dict)
    changes: list[tuple[Any, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, arrivals: Sequence[Arriving], now: datetime) -> Firms:
        """The accounts these arrivals may be of."""
        firms = cls(now, directory(), _terms(now))
        wanted = {a for arrival in arrivals for a in firms._candidates(arrival)}
        for row in found("accounts", COLUMNS, "account_id", wanted, lock=True):
            record = dict(zip(COLUMNS, row, strict=True))
            record["properties"] = json.loads(record["properties"] or "{}")
            firms.stand[row[0]] = record
        return firms

    def _candidates(self, arrival: Arriving) -> tuple[str, ...]:
        firm = self._told(arrival)
        by_key = (firm.key,) if firm and firm.key else ()
        found = self._match(arrival)
        matched = (found.account_id,) if found.account_id and found.verdict == "matched" else ()
        return (*by_key, *matched, *((_new_id(firm),) if firm else ()))

    def _match(self, arrival: Arriving) -> Match:
        """What the directory says of an arrival's firm; what a failed group began is in no store, so no answer."""
        if arrival.key not in self.matches:
            self.matches[arrival.key] = self.directory.match(arrival, self.terms)
        return self.matches[arrival.key]

    def propose(self, person_id: str, arrival: Arriving, account_id: str | None) -> None:
        """Keep for a person to answer which accounts an arrival's firm may be."""
        found = self._match(arrival)
        if found.verdict != "proposed" or found.account_id is None:
            return
        for other, sure in ((found.account_id, found.certainty), *found.others):
            if other != account_id and sure >= min(found.certainty, self.terms.propose):
                self.likely.setdefault((person_id, other), (sure, BECAUSE[found.how]))

    def account_for(self, arrival: Arriving, has: str | None) -> str | None:
        """The account an arrival's person belongs to; None where nobody can say."""
        firm = self._told(arrival)
        if clean(dict(firm.fields).get("name") or "" if firm else "").words in self.said:
            self.matches.pop(arrival.key, None)  # of a firm that an arrival before it told of
        account_id = next((a for a in self._candidates(arrival) if a in self.stand), None) or has
        if firm is None:
            return account_id
        if account_id is None and (firm.key or firm.fields):
            account_id = firm.key or _new_id(firm)
            self._begin(account_id)
        if account_id in self.stand:
            self._fill(arrival, account_id, firm)
            record = self.stand[account_id]
            self.directory.add(account_id, record["name"], record["domain"], record["country"])
            self.said.add(clean(record["name"] or "").words)
        return account_id

    def _told(self, arrival: Arriving) -> Firm | None:
        """The firm, with the domain of its person's address where it was told without one."""
        firm = arrival.firm
        if firm is None or not firm.fields or any(name == "domain" for name, _ in firm.fields):
            return firm
        own = own_domain(arrival, self.terms)
        return Firm(firm.key, (*firm.fields, ("domain", own))) if own else firm

    def _begin(self, account_id: str) -> None:
        self.stand[account_id] = dict.fromkeys(COLUMNS) | {"account_id": account_id, "properties": {}}
        self.records[account_id] = None

    def _fill(self, arrival: Arriving, account_id: str, firm: Firm) -> None:
        record = self.stand[account_id]
        for name, value in firm.fields:
            at = record if name in FIELDS else record["properties"]
            if at.get(name) is not None or value is None:
                continue
            at[name] = float(value) if name in NUMBERS else value
            if account_id not in self.records:
                self.updated[account_id] = None
                self._fact(arrival, account_id, name, value)

    def _fact(self, arrival: Arriving, account_id: str, name: str, value: str) -> None:
        began = fact_id("former", "account", account_id, name, None)
        self.changes.append((began, 0, 0, "account", account_id, name, None, None, arrival.source))
        key = fact_id("change", arrival.key, account_id, name)
        at, learned = micros(arrival.at), micros(arrival.recorded_at)
        self.changes.append((key, at, learned, "account", account_id, name, value, None, arrival.source))

    def colleagues(self) -> list[tuple[str, datetime]]:
        """Who else is of an account that changed, and since when: their lives may have something new."""
        there = Person.objects.filter(account_id__in=list(self.updated)) if self.updated else Person.objects.none()
        return [(p, self.now) for p in there.values_list("pk", flat=True)[:MOST_COLLEAGUES]]

    def write(self, load: int) -> None:
        """Keep the accounts; the facts go with those of people."""
        upsert("accounts", COLUMNS, [_row(self.stand[a]) for a in self.records], key=("account_id",), keep=True)
        put("accounts", "account_id", COLUMNS[1:], [(*_row(self.stand[a])[1:], a) for a in self.updated])
        words = [(w, "account", a) for a in self.records for w in sorted(_words(self.stand[a]))]
        upsert("search_words", ("word", "kind", "record_id"), words)
        at = micros(self.now)
        likely = [(fact_id("account", p, a), "account", p, a, sure, because, at, "open", "")
                  for (p, a), (sure, because) in self.likely.items()]  # fmt: skip
        columns = ("id", "kind", "one", "other", "score", "because", "at", "state", "by")
        upsert("likenesses", columns, likely, key=("kind", "one", "other"), keep=True)


def _terms(now: datetime) -> Matching:
    """What the agreement in force says of matching; its defaults before there is one."""
    found = in_force(now)
    return terms_of(found.number, found.hash).matching if found else Matching()


def _new_id(firm: Firm) -> str:
    told = dict(firm.fields)
    return fact_id(
        "account", told.get("domain"), None if told.get("domain") else " ".join(words_of(told.get("name") or ""))
    )


def _row(record: Mapping[str, Any]) -> tuple[Any, ...]:
    told = json.dumps(record["properties"], ensure_ascii=False)
    return tuple(told if c == "properties" else record[c] for c in COLUMNS)


def _words(record: Mapping[str, Any]) -> set[str]:
    texts = (record["name"], record["domain"])
    return {word for text in texts if text for word in words_of(text)}
