"""One batch of Brightwater's history from first click to signature: up to three cycles a person.

Who was rejected for good is out; who was recycled, returned or lost may come back after ninety days and goes through
the same again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from oarlock.demo import deals, interest, market, recording, selling
from oarlock.demo.draws import Ints, chance, stream, whole
from oarlock.demo.seasons import DAY, END, NEVER, START

CYCLES = 3
WAKE_AFTER = 90 * DAY


@dataclass(frozen=True, slots=True)
class Cycle:
    """What happened to everybody between coming (back) and leaving."""

    marks: recording.Marks
    given: selling.Handoffs
    won_or_lost: deals.Deals


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of people with all that happened to them. `early` are deals won before the first contact."""

    companies: market.Accounts
    crowd: market.People
    seen: interest.Touches
    cycles: tuple[Cycle, ...]
    early: deals.Deals


def batch(seed: int, number: int, first: int, people: int) -> Batch:
    """The batch of that number, whose people are numbered from `first` on."""
    companies = market.accounts(seed, number, first * 2 // 5 + 1, max(1, people * 2 // 5))
    crowd = market.people(seed, number, first, people, companies)
    seen = interest.touches(seed, number, crowd)
    since, cycles = np.full(people, 0), []
    for turn in range(CYCLES):
        draws = [stream(seed, table, number * CYCLES + turn) for table in ("recorded", "handoffs", "deals")]
        marks = recording.marks(draws[0], seen, crowd, companies, since, first=turn == 0)
        person = np.flatnonzero(marks.at < NEVER)
        given = selling.handoffs(draws[1], crowd, companies, person, marks.at[person])
        closing = deals.deals(draws[2], crowd, companies, given)
        cycles.append(Cycle(marks, given, closing))
        since = _next_cycle(draws[2], people, given, closing)
    return Batch(companies, crowd, seen, tuple(cycles), _early(seed, number, crowd, companies))


def _next_cycle(rng: np.random.Generator, people: int, given: selling.Handoffs, closing: deals.Deals) -> Ints:
    """When each person may come back (NEVER = not): ninety days after leaving; one in seven is not waited for."""
    gone = np.full(people, NEVER)
    final = given.rejected & (given.reason < selling.FINAL)
    recycled = np.where(given.rejected, given.ended, given.ended + selling.RECYCLED_AFTER)
    gone[given.person] = np.where(final, NEVER, recycled)
    gone[closing.person] = np.where(closing.lost, closing.closed, NEVER)
    wait = np.where(chance(rng, 0.14, people), WAKE_AFTER // 3, WAKE_AFTER)
    return np.where(gone <= END, gone + wait, NEVER)


def _early(seed: int, number: int, crowd: market.People, companies: market.Accounts) -> deals.Deals:
    """A few customers whose deal was won weeks before anybody met them (so the CRM says)."""
    rng = stream(seed, "early", number)
    able = np.flatnonzero((crowd.account >= 0) & (crowd.created > START + 100 * DAY) & (crowd.mood == 0))
    person = able[: min(able.size, crowd.count // 4_000 + (number == 0))]
    created = crowd.created[person] - 80 * DAY
    owner = np.full(person.size, 9)
    made = deals.closing(
        rng, crowd, companies, person, np.full(person.size, -1), owner, created, np.ones(person.size, dtype=np.bool_)
    )
    closed = created + whole((5 + 40 * rng.random(person.size)) * DAY)
    none = np.full(person.size, NEVER)
    return replace(
        made, first_cents=made.cents, closed=closed, expected=closed // DAY * DAY, proposal=none, negotiation=none
    )
