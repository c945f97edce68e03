"""A life as far as it has come: its entries, how it stands, and the detour it is on. `lifecycle`'s fold, kept going.

    live(known, versions, until) -> Lived        from all facts
    go_on(lived, facts, versions, until)         from where it stood, by facts that are later than all before them

Promise: the second is the first, but quicker. What was entered before the working window stays as it was judged then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from oarlock.agreement.terms import Detour, Terms
from oarlock.lifecycle.entries import Entry
from oarlock.lifecycle.life import INSTANT, NEVER, Life, reach, wake
from oarlock.lifecycle.versions import Versions
from oarlock.records.facts import Changed, Fact, HandedOff


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one person: their facts in order. `kept` are entries from before `begin`, the beginning of
    the working window, for a life that is older than it; None: the facts are the whole life."""

    person_id: str
    facts: tuple[Fact, ...] = ()
    kept: tuple[Entry, ...] = ()
    begin: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lived:
    """A life at some time. `detour` is the key of the one the person is on, else None."""

    entries: tuple[Entry, ...]
    life: Life
    detour: str | None = None

    @property
    def last(self) -> Entry | None:
        """The furthest stage entered in this cycle."""
        return next((e for e in reversed(self.entries) if e.cycle == self.life.cycle), None)


def live(known: Known, versions: Versions, until: datetime) -> Lived:
    """A life from its facts, as known at `until` (facts recorded later are not known yet)."""
    facts = [f for f in known.facts if max(f.at, f.recorded_at) <= until]
    begin = known.begin
    if begin is None:
        return go_on(Lived((), Life(known.person_id)), facts, versions, until)
    standing = _stood(known, [f for f in facts if f.at < begin], versions)
    return go_on(standing, [f for f in facts if f.at >= begin], versions, until)


def _stood(known: Known, facts: Sequence[Fact], versions: Versions) -> Lived:
    """How a life stood where the working window begins: what was entered stands, what is known is learnt."""
    keys = versions.stage_keys
    cycle = max((e.cycle for e in known.kept), default=1)
    far = max((keys.index(e.stage) + 1 for e in known.kept if e.cycle == cycle and e.stage in keys), default=0)
    learnt = Life(known.person_id, reached=len(keys))
    for _, group in groupby(facts, key=lambda f: f.at):
        learnt, _ = reach(replace(learnt, reached=len(keys), away_until=None), tuple(group), versions)
    return Lived(known.kept, replace(learnt, cycle=cycle, reached=far, away_until=None, back_to=None))


def go_on(lived: Lived, facts: Sequence[Fact], versions: Versions, until: datetime) -> Lived:
    """The same life with facts that happened after all it was made of, in their order, and as it stands at `until`."""
    life, detour, entries = lived.life, lived.detour, [*lived.entries]
    for at, group in groupby(facts, key=lambda f: f.at):
        life, woken = wake(life, versions, at, still=True)
        before, now = life.away_until, tuple(group)
        life, reached = reach(life, now, versions)
        entries += [*woken, *reached]
        if life.away_until is not None and life.away_until != before:
            detour = _detour(life, at, now, versions.at(at))
    life, woken = wake(life, versions, until)
    return Lived((*entries, *woken), life, detour if life.away_until is not None else None)


def _detour(life: Life, at: datetime, facts: Sequence[Fact], terms: Terms) -> str | None:
    """Which detour it is that ends when this life's does: the one the facts name, where several would."""
    ends = {d.key: NEVER if d.final else at + max(d.wake_after or INSTANT, INSTANT) for d in terms.detours}
    fitting = [d for d in terms.detours if ends[d.key] == life.away_until and d.back_to == life.back_to]
    named = [d for f in facts if (d := _named(f, terms)) is not None]
    return next((d.key for d in (*[d for d in named if d in fitting], *fitting)), None)


def _named(fact: Fact, terms: Terms) -> Detour | None:
    if isinstance(fact, HandedOff):
        return terms.detour_for(fact.reason) if fact.kind in ("rejected", "recycled") else None
    if isinstance(fact, Changed) and (fact.entity, fact.field) == ("person", "stage"):
        return next((d for d in terms.detours if d.key == fact.value), None)
    return terms.loss_detour
