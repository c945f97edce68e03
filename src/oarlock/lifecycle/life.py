"""The fold: one person's life, instant by instant.

At each instant (all facts of one `at`), first the stages are judged with those facts known, then a detour begins if
one of them sends the person off. While a person is on a detour nothing is judged; another detour meanwhile prolongs
it (the later way back wins). When it ends, the next cycle begins at the detour's `back_to` stage. Hand-offs and
opportunities count from their latest fact since the last detour, so that an old acceptance cannot carry a new cycle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from oarlock.agreement.terms import Detour, Terms
from oarlock.lifecycle.entries import Because, Entry
from oarlock.lifecycle.judging import Moment
from oarlock.lifecycle.versions import Versions, ordered_rules
from oarlock.records.facts import Acted, Appeared, Changed, DealMoved, Fact, HandedOff, Touched
from oarlock.records.shapes import HANDOFF_STATES

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When a final detour ends."""

INSTANT = timedelta(microseconds=1)
"""The least time: a detour without a wait ends one microsecond after it began."""

STATE_KINDS = HANDOFF_STATES
"""Kinds of hand-off facts that change its state; the others (reminded, breached, reassigned ...) do not."""


@dataclass(frozen=True, slots=True)
class Life:
    """The state of one person: what is known, how far they have come in this cycle, and whether they are away."""

    person_id: str
    cycle: int = 1
    reached: int = 0
    values: dict[str, str | None] = field(default_factory=dict)
    touches: tuple[tuple[datetime, str], ...] = ()
    activities: tuple[tuple[datetime, str], ...] = ()
    away_until: datetime | None = None
    back_to: str | None = None
    customer: bool = False


def follow(facts: Iterable[Fact], versions: Versions, until: datetime, *, person_id: str) -> tuple[Entry, ...]:
    """All entries of one life from its facts, as known at `until` (facts recorded later are not known yet)."""
    known = sorted((f for f in facts if max(f.at, f.recorded_at) <= until), key=lambda f: f.order)
    life, entries = Life(person_id), []
    for at, group in groupby(known, key=lambda f: f.at):
        life, woken = wake(life, versions, at, still=True)
        life, reached = reach(life, tuple(group), versions)
        entries += [*woken, *reached]
    life, woken = wake(life, versions, until)
    return (*entries, *woken)


def wake(life: Life, versions: Versions, now: datetime, *, still: bool = False) -> tuple[Life, tuple[Entry, ...]]:
    """End the detour if its time has come by `now`: the next cycle begins at the instant it was to end.

    `still`: facts of `now` itself are yet to come, so somebody who wakes exactly then is judged with them.
    """
    if life.away_until is None or life.away_until > now:
        return life, ()
    at = life.away_until
    back = replace(life, cycle=life.cycle + 1, reached=0, away_until=None, back_to=None)
    if still and at == now:
        return replace(back, back_to=life.back_to), ()
    return _judge(back, versions, at, at, {life.back_to: ("woken", at)} if life.back_to else {})


def reach(life: Life, facts: Sequence[Fact], versions: Versions) -> tuple[Life, tuple[Entry, ...]]:
    """Take in the facts of one instant, in their order; judge; then leave on a detour if one of them says so."""
    at, terms = facts[0].at, versions.at(facts[0].at)
    lost = _lost(life, facts, terms)
    for fact in facts:
        life = _learn(life, fact)
    entries: tuple[Entry, ...] = ()
    if life.away_until is None:
        forced = _forced(life, facts)
        life, entries = _judge(replace(life, back_to=None), versions, at, facts[-1].recorded_at, forced)
    for detour in (*_detours(facts, terms), *lost):
        life = _leave(life, at, detour)
    return life, entries


Reason = tuple[Because, datetime]
"""Why a stage holds at an instant, and when that was recorded."""


def _forced(life: Life, facts: Sequence[Fact]) -> dict[str, Reason]:
    """The stages somebody put the person in at this instant, and the one a detour's end leads back to."""
    forced: dict[str, Reason] = {life.back_to: ("woken", facts[0].at)} if life.back_to else {}
    for fact in facts:
        if isinstance(fact, Changed) and (fact.entity, fact.field) == ("person", "stage") and fact.value:
            forced.setdefault(fact.value, ("by hand", fact.recorded_at))
    return forced


def _judge(
    life: Life, versions: Versions, at: datetime, recorded_at: datetime, forced: Mapping[str, Reason]
) -> tuple[Life, tuple[Entry, ...]]:
    """Enter every stage up to the furthest one that holds at this instant."""
    terms, keys = versions.at(at), versions.stage_keys
    moment = Moment(at, terms, life.values, life.touches, life.activities)
    holding: dict[int, Reason] = {i: forced[key] for i, key in enumerate(keys) if key in forced}
    rules = ordered_rules(terms, keys)
    for index in range(life.reached, len(rules)):  # what was reached stays reached, and explains nothing that comes
        key, tree = rules[index]
        if tree is not None and moment.holds(tree):
            holding[index] = ("rule" if _has_rule(terms, key) else "recorded", recorded_at)
    furthest = max(holding, default=-1) + 1
    entries = tuple(_entry(life, keys[i], at, terms.number, holding, i) for i in range(life.reached, furthest))
    return replace(life, reached=max(life.reached, furthest)), entries


def _entry(life: Life, key: str, at: datetime, version: int, holding: Mapping[int, Reason], i: int) -> Entry:
    """The entry into stage i: decided by itself where it holds, else by the next one that does."""
    because, recorded_at = holding[min(j for j in holding if j >= i)]
    skipped = i not in holding
    return Entry(life.person_id, life.cycle, key, at, recorded_at, version, "implied" if skipped else because, skipped)


def _has_rule(terms: Terms, key: str) -> bool:
    stage = terms.stage(key)
    return stage is not None and stage.rule is not None


def _learn(life: Life, fact: Fact) -> Life:
    """The state with one more fact in it."""
    match fact:
        case Touched():
            return replace(life, touches=(*life.touches, (fact.at, fact.kind)))
        case Acted():
            return replace(life, activities=(*life.activities, (fact.at, fact.kind)))
        case Changed() if fact.entity in ("person", "account"):
            return _know(life, {f"{fact.entity}.{fact.field}": fact.value})
        case Appeared():
            return _know(life, dict(fact.values))
        case DealMoved():
            deal: dict[str, str | None] = {f"opportunity.{name}": value for name, value in fact.values}
            moved = _know(life, deal | {"opportunity.id": fact.opportunity_id, "opportunity.status": fact.status})
            return replace(moved, customer=life.customer or fact.status == "won")
        case HandedOff():
            return _know(life, dict(_handoff(fact)))
    return life


def _know(life: Life, values: dict[str, str | None]) -> Life:
    return replace(life, values=life.values | values)


def _handoff(fact: HandedOff) -> Iterator[tuple[str, str | None]]:
    if fact.kind in STATE_KINDS:
        yield from {"handoff.state": fact.kind, "handoff.reason": fact.reason, "handoff.id": fact.handoff_id}.items()
        yield "handoff.at", fact.at.isoformat()
    if fact.kind in ("offered", "reassigned") and fact.to is not None:
        yield "handoff.owner_id", fact.to


def _lost(life: Life, facts: Sequence[Fact], terms: Terms) -> list[Detour]:
    """The detour of a deal lost at this instant, unless the person was a customer before it."""
    lost = any(isinstance(f, DealMoved) and f.status == "lost" != f.was for f in facts)
    return [d for d in [terms.loss_detour] if d and lost and not life.customer]


def _detours(facts: Sequence[Fact], terms: Terms) -> Iterator[Detour]:
    """The detours that hand-off facts and operators send a person on at this instant."""
    for fact in facts:
        found: Detour | None = None
        if isinstance(fact, HandedOff) and fact.kind in ("rejected", "recycled"):
            found = terms.detour_for(fact.reason)
        elif isinstance(fact, Changed) and (fact.entity, fact.field) == ("person", "stage"):
            found = next((d for d in terms.detours if d.key == fact.value), None)
        if found is not None:
            yield found


def _leave(life: Life, at: datetime, detour: Detour) -> Life:
    """Go, or stay away longer. Hand-offs and deals of the past are forgotten: they belong to the cycle that ends."""
    until = NEVER if detour.final else at + max(detour.wake_after or INSTANT, INSTANT)
    later = life.away_until is None or until > life.away_until
    kept = {k: v for k, v in life.values.items() if not k.startswith(("handoff.", "opportunity."))}
    away, back_to = (until, detour.back_to) if later else (life.away_until, life.back_to)
    return replace(life, values=kept, away_until=away, back_to=back_to)
