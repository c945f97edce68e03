"""Who gets a lead: the steps in their order, until one applies and has somebody available.

    choose(lead, terms, roster, now, look) -> Decision
    taken(by, queue, terms, now) -> Decision      somebody took it from its queue

Promises: pure and deterministic; whoever gets it was not away, full, let go or without the skills, and never just lost
it; every step tried and everybody passed over is in the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from oarlock.agreement.terms import Terms
from oarlock.ground.intervals import instant_of, micros
from oarlock.routing.decisions import Because, Decision, Skipped, Tried
from oarlock.routing.looks import Look, Seen
from oarlock.routing.plan import OF_SOURCE, Crew, Member, Plan, Way, plan_of
from oarlock.routing.presence import Asked, present
from oarlock.routing.roster import Lead, Roster
from oarlock.routing.rotation import levelled, turn
from oarlock.routing.warming import share

WAITING = "waiting"
"""The queue of leads that no step with a pool applied to."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one step gave: nobody where neither an owner nor a queue is named."""

    because: Because = "nobody-available"
    owner: str | None = None
    queue: str | None = None
    skipped: tuple[Skipped, ...] = ()
    turns: tuple[tuple[str, float, float], ...] = ()
    opens: datetime | None = None
    credits: Mapping[str, float] = field(default_factory=dict)


def choose(lead: Lead, terms: Terms, roster: Roster, now: datetime, look: Look) -> Decision:
    """The first step that applies and has somebody; where none has, the lead waits in a queue of its pool's name."""
    plan, tried, pool, applied = plan_of(terms), list[Tried](), None, False
    for way in plan.ways_for(lead.source):
        held, values = look(way.tree) if way.tree is not None else _without_rule(way, lead)
        if held is not True:
            tried.append(_passed_by(way.number, way.name, way.to, way.rule, held, values))
            continue
        applied, found = True, _receive(way, plan, lead, roster, micros(now))
        skipped, turns, opens = found.skipped, found.turns, found.opens
        tried.append(Tried(way.number, way.name, way.to, way.rule, "applies", values, skipped, turns, opens))
        own = way.target if way.kind == "pool" else None
        if found.owner or found.queue:
            because, owner, queue = found.because, found.owner, found.queue
            return Decision(now, terms.number, because, owner, own, queue, tuple(tried), found.credits)
        pool = pool or own
    nobody: Because = "nobody-available" if applied else "no-step"
    return Decision(now, terms.number, nobody, None, pool, pool or WAITING, tuple(tried))


@lru_cache(maxsize=8192)
def _passed_by(number: int, name: str, to: str, rule: str | None, held: bool | None, values: Seen) -> Tried:
    """A step that does not apply. Leads see the same over and over, and the record of it is the same."""
    return Tried(number, name, to, rule, "unknown" if held is None else "does not apply", values)


def taken(by: str, queue: str | None, terms: Terms, now: datetime) -> Decision:
    """Somebody took it themselves. It costs them no turn: who does more than their share is not passed over for it."""
    return Decision(now, terms.number, "taken", by, None, queue, ())


def _without_rule(way: Way, lead: Lead) -> tuple[bool, Seen]:
    """A step without a rule always applies; a source's own says which source it was."""
    return True, (("person.source", lead.source),) if way.number == OF_SOURCE else ()


def _receive(way: Way, plan: Plan, lead: Lead, roster: Roster, now: int) -> Found:
    """What a step that applies gives."""
    if way.kind == "queue":
        return Found("queue", queue=way.target)
    if way.kind == "pool":
        crew = plan.crews.get(way.target)
        return _in_turn(crew, lead, roster, now, way.needs) if crew else Found()
    asked = Asked(lead, roster, now, way.needs)
    if way.kind == "user":
        return _named(way.target, plan, asked, "named")
    owner = lead.account_owner
    if not owner:
        return Found()
    user = plan.users.get(owner, owner if owner in plan.members else None)
    if user is None:
        return Found(skipped=(Skipped(owner, "unknown-owner"),))
    return _named(user, plan, asked, "account-owner")


def _named(user: str, plan: Plan, asked: Asked, because: Because) -> Found:
    """One person and nobody else: no cap of a pool binds them, and off hours their clock waits for them."""
    there = present((plan.members.get(user) or Member(user),), asked)
    if not there.members:
        return Found(skipped=there.skipped)
    return Found(because, user, opens=_instant(there.opens))


def _in_turn(crew: Crew, lead: Lead, roster: Roster, now: int, needs: frozenset[str]) -> Found:
    """Whose turn it is of those in the pool who could have it."""
    pool = crew.pool
    there = present(crew.members, Asked(lead, roster, now, needs, pool.key, pool.cap, pool.skip_last))
    weights = {m.user: m.weight * share(m, roster, pool.key, pool.warm_up, now) for m in crew.members}
    credits = levelled({user: _credit(roster, pool.key, user) for user in weights})
    turns = tuple((user, weight, credits[user]) for user, weight in weights.items())
    if not there.members:
        return Found(skipped=there.skipped, turns=turns)
    able = {m.user: weights[m.user] for m in there.members}
    chosen, after = turn(credits, able)
    skipped = (*there.skipped, *_warming(chosen, credits, able, there.members)) if pool.warm_up else there.skipped
    because: Because = "only-one" if len(able) == 1 else "rotation"
    return Found(because, chosen, None, skipped, turns, _instant(there.opens), after)


def _credit(roster: Roster, pool: str, user: str) -> float | None:
    held = roster.turns.get((pool, user))
    return None if held is None else held.credit


def _warming(
    chosen: str, credits: Mapping[str, float], able: Mapping[str, float], members: Sequence[Member]
) -> tuple[Skipped, ...]:
    """Whoever would have been next with their full weight, where they warm up."""
    whole = {m.user: m.weight for m in members}
    if whole == able:
        return ()
    would, _ = turn(credits, whole)
    if would == chosen or able[would] >= whole[would]:
        return ()
    return (Skipped(would, "warming-up", f"{able[would]:.2g} of {whole[would]:g}"),)


def _instant(at: int | None) -> datetime | None:
    return None if at is None else instant_of(at)
