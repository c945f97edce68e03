"""Who is who: the people a group of arrivals is told of, found by what they are known by, all at once.

    recognise(arrivals, now) -> Known      whose each arrival is, in their order; `Known.write()` keeps what was learned

By rule: the same external id or e-mail address is the same person. A phone number or a visitor's number is, unless
the two have different ids or addresses; then they are proposed as one and not joined. A visitor nobody knew by name has
no record until they say who they are; from then on their touches are that person's (a fact `merged_into`).
Promises: whoever was merged is found as who took them over; whoever was erased is not found at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oarlock.ground.ids import fact_id, new_id
from oarlock.ground.intervals import micros
from oarlock.records.arrivals import Arriving, Identity
from oarlock.store.writes.arrival_rows import found
from oarlock.store.writes.rows import Row, upsert

SURE = ("external", "email")
MOST_MERGES = 20


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose an arrival is. `new`: their record begins with it; `unnamed`: a visitor who has no record yet."""

    person_id: str
    new: bool
    unnamed: bool


@dataclass(slots=True)
class Known:
    """What a group of arrivals is recognised by, and what was learned on the way."""

    now: datetime
    person_of: dict[Identity, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    sure_of: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    whose: list[Whose] = field(default_factory=list)
    learned: list[tuple[Identity, str, datetime]] = field(default_factory=list)
    joined: list[tuple[str, str, datetime]] = field(default_factory=list)
    alike: dict[tuple[str, str], str] = field(default_factory=dict)

    def take(self, arrival: Arriving) -> None:
        """Recognise the next arrival."""
        sure = [p for i in arrival.known_by if i[0] in SURE and (p := self.person_of.get(i))]
        weak = [(i, p) for i in arrival.known_by if i[0] not in SURE and (p := self.person_of.get(i))]
        fitting = [p for _, p in weak if self._fits(p, arrival)]
        person_id = next(iter((*sure, *fitting)), None) or new_id(self.now, os.urandom(10))
        for other in sure[1:]:
            self._propose(person_id, other, "They share an e-mail address, and have different ids.")
        for (kind, _), other in weak:
            if kind == "phone" and other not in fitting:
                self._propose(person_id, other, "They share a phone number, and have different addresses.")
        for other in fitting:
            self._join(other, person_id, arrival.at)
        if arrival.was:
            self._alias(arrival, person_id)
        self._learn(arrival, person_id)
        unnamed = arrival.anonymous and person_id not in self.named
        self.whose.append(Whose(person_id, not unnamed and person_id not in self.named, unnamed))
        if not unnamed:
            self.named.add(person_id)

    def _fits(self, person_id: str, arrival: Arriving) -> bool:
        """Whether nothing sure speaks against it: another id, or another address."""
        known = self.sure_of.get(person_id, {})
        return all(not known.get(kind) or value in known[kind] for kind, value in arrival.known_by if kind in SURE)

    def _join(self, other: str, person_id: str, at: datetime) -> None:
        """A visitor without a name turns out to be somebody."""
        if other != person_id and other not in self.named:
            self.joined.append((other, person_id, at))
            for identity, whose in list(self.person_of.items()):
                if whose == other:
                    self.person_of[identity] = person_id

    def _alias(self, arrival: Arriving, person_id: str) -> None:
        """A former id: a visitor's is joined; somebody's with a record is only proposed: a stranger could say it."""
        for identity in arrival.was:
            before = self.person_of.get(identity)
            if before is None:
                self.learned.append((identity, person_id, arrival.at))
                self.person_of[identity] = person_id
            elif before != person_id and before in self.named:
                self._propose(person_id, before, "One was told to be the other's former id.")
            else:
                self._join(before, person_id, arrival.at)

    def _propose(self, one: str, other: str, because: str) -> None:
        if one != other:
            self.alike.setdefault((min(one, other), max(one, other)), because)

    def _learn(self, arrival: Arriving, person_id: str) -> None:
        for identity in arrival.known_by:
            kind, value = identity
            if kind in SURE:
                self.sure_of.setdefault(person_id, {}).setdefault(kind, set()).add(value)
            if identity not in self.person_of:
                self.person_of[identity] = person_id
                self.learned.append((identity, person_id, arrival.at))

    def write(self) -> None:
        """Keep what was learned: identities, and who may be one."""
        rows: list[Row] = [(kind, value, person_id, micros(at)) for (kind, value), person_id, at in self.learned]
        upsert("identities", ("kind", "value", "person_id", "at"), rows)
        proposed: list[Row] = [
            (fact_id("person", one, other), "person", one, other, 0.5, because, micros(self.now), "open", "")
            for (one, other), because in self.alike.items()
        ]
        columns = ("id", "kind", "one", "other", "score", "because", "at", "state", "by")
        upsert("likenesses", columns, proposed, key=("kind", "one", "other"), keep=True)


def recognise(arrivals: Sequence[Arriving], now: datetime) -> Known:
    """Whose each of these is."""
    known = Known(now)
    wanted = {identity for a in arrivals for identity in (*a.known_by, *a.was)}
    _by_identity(known, wanted)
    _by_record(known, wanted)
    _follow_merges(known)
    _forget_erased(known)
    _look_closer(known)
    for arrival in arrivals:
        known.take(arrival)
    return known


def _by_identity(known: Known, wanted: Iterable[Identity]) -> None:
    """One query by value, whatever the kind: a value is seldom of two kinds."""
    asked = set(wanted)
    for kind, value, person_id in found("identities", ("kind", "value", "person_id"), "value", {v for _, v in asked}):
        if (kind, value) in asked:
            known.person_of[kind, value] = person_id


def _by_record(known: Known, wanted: Iterable[Identity]) -> None:
    """People who came by an import: by their address, and by their own id."""
    missing = [i for i in wanted if i not in known.person_of]
    for email, person_id in found("people", ("email", "person_id"), "email", {v for k, v in missing if k == "email"}):
        known.person_of.setdefault(("email", email), person_id)
    for (person_id,) in found("people", ("person_id",), "person_id", {v for k, v in missing if k == "external"}):
        known.person_of["external", person_id] = person_id


def _follow_merges(known: Known) -> None:
    """Whoever was merged away is who took them over, through others too."""
    for _ in range(MOST_MERGES):
        ids = set(known.person_of.values())
        merged = dict(found("person_states", ("person_id", "merged_into"), "person_id", ids,
                            also=" AND merged_into IS NOT NULL"))  # fmt: skip
        if not merged:
            return
        known.person_of = {i: merged.get(p, p) for i, p in known.person_of.items()}


def _forget_erased(known: Known) -> None:
    gone = {row[0] for row in found("erasures", ("person_id",), "person_id", set(known.person_of.values()))}
    if gone:
        known.person_of = {i: p for i, p in known.person_of.items() if p not in gone}


def _look_closer(known: Known) -> None:
    """What else those are known by who were found by a weak sign; and who of all has a record."""
    ids = set(known.person_of.values())
    known.named |= {row[0] for row in found("people", ("person_id",), "person_id", ids)}
    weak = {p for (kind, _), p in known.person_of.items() if kind not in SURE}
    for kind, value, person_id in found("identities", ("kind", "value", "person_id"), "person_id", weak):
        if kind in SURE:
            known.sure_of.setdefault(person_id, {}).setdefault(kind, set()).add(value)
    for email, person_id in found("people", ("email", "person_id"), "person_id", weak):
        if email:
            known.sure_of.setdefault(person_id, {}).setdefault("email", set()).add(email.lower())
