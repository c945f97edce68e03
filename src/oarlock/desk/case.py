"""One person's case while it lies on the desk: what was learnt so far, how they and their hand-offs stand by it.

Promise: what is learnt goes through `lifecycle` at once, and each new entry is told of once. Whatever the desk makes
itself happens after all that came before it, by a microsecond where it must, so no clock set back puts it out of order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from oarlock.agreement.terms import Terms
from oarlock.desk.lives import Lived, go_on, live
from oarlock.desk.notices import Notice
from oarlock.desk.rosters import moved
from oarlock.desk.situation import Decided, Routed, Situation
from oarlock.ground.calendars import Calendar
from oarlock.handoffs import Move, calendar_for
from oarlock.handoffs.state import HandedOver
from oarlock.lifecycle.entries import Entry
from oarlock.lifecycle.judging import Moment
from oarlock.lifecycle.life import INSTANT
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Fact
from oarlock.routing.roster import Roster


@dataclass(slots=True)
class Case:
    """A case at work. `fresh` are entries nobody has looked at yet; `terms` is the version in force now; `tail` is how
    the person stood before the last instant, and its facts, where that is known."""

    situation: Situation
    versions: Versions
    now: datetime
    terms: Terms
    lived: Lived
    told: list[Fact]
    last: datetime
    roster: Roster
    handoffs: dict[str, HandedOver]
    seen: set[tuple[int, str]]
    tail: tuple[Lived, list[Fact]] | None = None
    fresh: list[Entry] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    changed: dict[str, None] = field(default_factory=dict)
    decisions: list[Routed] = field(default_factory=list)
    notices: dict[tuple[str, ...], Notice] = field(default_factory=dict)

    @classmethod
    def of(cls, situation: Situation, versions: Versions, now: datetime) -> Case:
        """The case as it comes: judged by what is known. What history gives without anything new is no news, where
        facts are to come; where all are known already, whatever was not entered yet is."""
        known = situation.known
        last = max((max(f.at, f.recorded_at) for f in known.facts), default=now)
        lived = live(known, versions, last)
        seen = {(e.cycle, e.stage) for e in situation.entries}
        handoffs = {h.id: h for h in situation.handoffs}
        return cls(
            situation, versions, now, versions.at(now), lived, list(known.facts), last, situation.roster, handoffs, seen
        )

    @property
    def instant(self) -> datetime:
        """When the next thing happens: now, and after all that is known."""
        ends = [e.at for e in self.lived.entries[-1:]]
        return max([self.now, *(at + INSTANT for at in (self._latest, *ends) if at is not None)])

    @property
    def _latest(self) -> datetime | None:
        return self.told[-1].at if self.told else None

    def learn(self, facts: Iterable[Fact]) -> None:
        """Take facts in, in any order; those that are known already change nothing."""
        known = {f.id for f in self.told}
        new = sorted({f.id: f for f in facts if f.id not in known}.values(), key=lambda f: f.order)
        if not new:
            return
        self.facts += new
        latest = self._latest
        again = latest is not None and new[0].at == latest and self.tail is not None
        late = latest is not None and (new[0].at < latest or (new[0].at == latest and not again))
        late = late or self._came_back(new[0].at)
        self.last = max([self.last, *(max(f.at, f.recorded_at) for f in new)])
        if late:
            self.told = sorted([*self.told, *new], key=lambda f: f.order)
            known_now = replace(self.situation.known, facts=tuple(self.told))
            self.tail = None
            self._stand(live(known_now, self.versions, self.last))
        else:
            self._go_on(new, again)

    def _go_on(self, new: Sequence[Fact], again: bool) -> None:
        """From where they stood, by later facts; `again`: by more facts of the last instant, which is judged anew."""
        before, more = self.lived, list(new)
        if again and self.tail is not None:
            before, known = self.tail
            more = sorted([*known, *new], key=lambda f: f.order)
            self.told = [*self.told[: len(self.told) - len(known)], *more]
        else:
            self.told = [*self.told, *new]
        last = more[-1].at
        earlier = [f for f in more if f.at < last]
        before = go_on(before, earlier, self.versions, earlier[-1].at) if earlier else before
        self.tail = (before, [f for f in more if f.at == last])
        self._stand(go_on(before, self.tail[1], self.versions, self.last))

    def _came_back(self, at: datetime) -> bool:
        """Whether they may have come back from a detour after that instant, before it was known."""
        return self.lived.life.cycle > 1 and at <= self.last

    def wake(self) -> None:
        """Let a detour end whose time has come."""
        self._stand(go_on(self.lived, (), self.versions, max(self.now, self.last)))

    def _stand(self, lived: Lived) -> None:
        self.lived = lived
        self.note_entries(lived.entries)

    def note_entries(self, entries: Sequence[Entry]) -> None:
        """Entries nobody has seen are to be looked at."""
        for entry in entries:
            if (entry.cycle, entry.stage) not in self.seen:
                self.seen.add((entry.cycle, entry.stage))
                self.fresh.append(entry)

    def put(self, move: Move) -> HandedOver:
        """A hand-off has moved: it stands so from now on, and its facts are learnt."""
        before, state = self.handoffs.get(move.handoff.id), move.handoff
        was, is_ = (h.owner if h is not None and h.open else None for h in (before, state))
        if was != is_:
            self.roster = replace(self.roster, open_=moved(self.roster.open_, was, is_))
        if state != before:
            self.handoffs[state.id] = state
            self.changed[state.id] = None
        self.learn(move.facts)
        return state

    def tell(self, notices: Iterable[Notice]) -> None:
        """Somebody is to be told."""
        for notice in notices:
            self.notices.setdefault((notice.kind, notice.user, notice.about, notice.step), notice)

    def terms_of(self, state: HandedOver) -> Terms:
        """The version whose clocks run on that hand-off: the one it was offered under, else one that knows its key."""
        own = [t for t in self.versions.all if t.number == state.agreement]
        return next((t for t in (*own, self.terms, *self.versions.all) if t.handoff(state.key)), self.terms)

    def calendar(self, state: HandedOver) -> Calendar:
        """In whose hours its clocks run now."""
        return self.hours(state.key, state.owner, state.pool, self.terms_of(state))

    def hours(self, key: str, owner: str | None, pool: str | None, terms: Terms) -> Calendar:
        """In whose hours a hand-off's clocks run while it is with that owner: as the version in force has it, where it
        knows the hand-off, for hours hold from the day on on which they were agreed."""
        known = self.terms if self.terms.handoff(key) else terms
        term = known.handoff(key)
        assert term is not None, "a hand-off is judged by a version that knows it"
        return calendar_for(term, owner, pool, known)

    def moment(self, at: datetime) -> Moment:
        """The person as rules see them then."""
        life = self.lived.life
        return Moment(at, self.terms, life.values, life.touches, life.activities)

    @property
    def open(self) -> list[HandedOver]:
        """Their hand-offs that have no end."""
        return [h for h in self.handoffs.values() if h.open]

    def decided(self) -> Decided:
        """The case closed. Who is told that a lead is theirs must still have it."""
        notices = tuple(n for n in self.notices.values() if n.kind != "offered" or self._has(n))
        return Decided(
            person_id=self.situation.person_id, facts=tuple(self.facts), entries=self.lived.entries, lived=self.lived,
            handoffs=tuple(self.handoffs[id] for id in self.changed), decisions=tuple(self.decisions), notices=notices,
            roster=self.roster,
        )  # fmt: skip

    def _has(self, notice: Notice) -> bool:
        state = self.handoffs.get(notice.about.partition(":")[2])
        return state is not None and state.open and state.owner == notice.user
