"""Who is who: the people a group of arrivals is told of, found by what they are known by, all at once.

    recognise(arrivals, now) -> Known      whose each arrival is, in their order; `Known.write()` keeps what was learned

By the rules of `matching.recognise`; this module knows where to look and what to keep. A visitor nobody knew by name
has no record until they say who they are; from then on their touches are that person's (a fact `merged_into`).
Promises: whoever was merged is found as who took them over; whoever was erased is not found at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oarlock import matching
from oarlock.ground.ids import fact_id, new_id
from oarlock.ground.intervals import micros
from oarlock.matching import Known as Held
from oarlock.matching import Said
from oarlock.matching.people import SURE
from oarlock.matching.reaching import mailbox_of
from oarlock.records.arrivals import Arriving, Identity
from oarlock.store.writes.arrival_rows import found
from oarlock.store.writes.rows import Row, upsert

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
    mailboxes: dict[str, str] = field(default_factory=dict)
    alike: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)

    def take(self, arrival: Arriving) -> None:
        """Recognise the next arrival."""
        held = Held(self.person_of, self.named, self.sure_of, mailboxes=self.mailboxes)
        recognised = matching.recognise(held, Said(arrival.known_by, arrival.was))
        person_id = recognised.person_id or new_id(self.now, os.urandom(10))
        for other in recognised.alike:
            pair = (min(person_id, other.other), max(person_id, other.other))
            self.alike.setdefault(pair, (other.certainty, other.because))
        for visitor in recognised.joined:
            self._join(visitor, person_id, arrival.at)
        for identity in arrival.was:
            self._keep(identity, person_id, arrival.at)
        self._learn(arrival, person_id)
        unnamed = arrival.anonymous and person_id not in self.named
        self.whose.append(Whose(person_id, not unnamed and person_id not in self.named, unnamed))
        if not unnamed:
            self.named.add(person_id)

    def _join(self, other: str, person_id: str, at: datetime) -> None:
        """A visitor without a name turns out to be somebody."""
        self.joined.append((other, person_id, at))
        for identity, whose in list(self.person_of.items()):
            if whose == other:
                self.person_of[identity] = person_id

    def _learn(self, arrival: Arriving, person_id: str) -> None:
        for identity in arrival.known_by:
            kind, value = identity
            if kind in SURE:
                self.sure_of.setdefault(person_id, {}).setdefault(kind, set()).add(value)
            self._keep(identity, person_id, arrival.at)

    def _keep(self, identity: Identity, person_id: str, at: datetime) -> None:
        if identity not in self.person_of:
            self.person_of[identity] = person_id
            self.learned.append((identity, person_id, at))

    def write(self) -> None:
        """Keep what was learned: identities, and who may be one."""
        rows: list[Row] = [(kind, value, person_id, micros(at)) for (kind, value), person_id, at in self.learned]
        upsert("identities", ("kind", "value", "person_id", "at"), rows)
        proposed: list[Row] = [
            (fact_id("person", one, other), "person", one, other, sure, because, micros(self.now), "open", "")
            for (one, other), (sure, because) in self.alike.items()
        ]
        columns = ("id", "kind", "one", "other", "score", "because", "at", "state", "by")
        upsert("likenesses", columns, proposed, key=("kind", "one", "other"), keep=True)


def recognise(arrivals: Sequence[Arriving], now: datetime) -> Known:
    """Whose each of these is."""
    known = Known(now)
    wanted = {identity for a in arrivals for identity in (*a.known_by, *a.was)}
    _by_identity(known, wanted)
    _by_record(known, wanted)
    _by_mailbox(known, wanted)
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


def _by_mailbox(known: Known, wanted: Iterable[Identity]) -> None:
    """Whose the address without a tag is, of those who write with one."""
    boxes = {mailbox_of(value) for kind, value in wanted if kind == "email" and "+" in value}
    for kind, value, person_id in found("identities", ("kind", "value", "person_id"), "value", boxes):
        if kind == "email":
            known.mailboxes[value] = person_id
    for email, person_id in found("people", ("email", "person_id"), "email", boxes):
        known.mailboxes.setdefault(email, person_id)


def _follow_merges(known: Known) -> None:
    """Whoever was merged away is who took them over, through others too."""
    for _ in range(MOST_MERGES):
        ids = {*known.person_of.values(), *known.mailboxes.values()}
        merged = dict(found("person_states", ("person_id", "merged_into"), "person_id", ids,
                            also=" AND merged_into IS NOT NULL"))  # fmt: skip
        if not merged:
            return
        known.person_of = {i: merged.get(p, p) for i, p in known.person_of.items()}
        known.mailboxes = {box: merged.get(p, p) for box, p in known.mailboxes.items()}


def _forget_erased(known: Known) -> None:
    ids = {*known.person_of.values(), *known.mailboxes.values()}
    gone = {row[0] for row in found("erasures", ("person_id",), "person_id", ids)}
    if gone:
        known.person_of = {i: p for i, p in known.person_of.items() if p not in gone}
        known.mailboxes = {box: p for box, p in known.mailboxes.items() if p not in gone}


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
