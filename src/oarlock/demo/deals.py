"""Opportunities that meetings led to: product, amount, stages, and how and when they closed.

Deals close in bursts at the ends of quarters, the quickly answered ones oftener well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oarlock.demo import seasons, staff, words
from oarlock.demo.draws import Flags, Ints, chance, picked, skewed, whole
from oarlock.demo.market import Accounts, People
from oarlock.demo.seasons import DAY, END, HOUR, NEVER, after_work, from_wall, instant, quarter_end, wall
from oarlock.demo.selling import Handoffs, skills, speed_effect

PRODUCTS = ("Shuttle S2", "Picker P4", "Tugger T1", "Fleet software", "Retrofit kit")
STAGES = ("Discovery", "Proposal", "Negotiation", "Closed won", "Closed lost")
LOST = ("price", "competitor", "no decision", "timing", "technical fit")
WON_STAGE, LOST_STAGE = 3, 4
_EMIL_LEFT = instant(2026, 1, 31)


@dataclass(frozen=True, slots=True)
class Deals:
    """Opportunities. `proposal`, `negotiation` and `closed` are NEVER where not (yet) reached; `won` counts only
    where closed. `handoff` is the place of the hand-off that led here, or -1."""

    person: Ints
    handoff: Ints
    owner: Ints
    product: Ints
    cents: Ints
    first_cents: Ints
    created: Ints
    proposal: Ints
    negotiation: Ints
    closed: Ints
    expected: Ints
    won: Flags
    lost_reason: Ints

    @property
    def count(self) -> int:
        """How many opportunities."""
        return int(self.person.size)

    @property
    def stage(self) -> Ints:
        """The stage each has now, as a place in `STAGES`."""
        open_stage = (self.proposal < NEVER).astype(np.int64) + (self.negotiation < NEVER)
        return np.where(self.closed < NEVER, np.where(self.won, WON_STAGE, LOST_STAGE), open_stage)

    @property
    def lost(self) -> Flags:
        """Closed, and not won."""
        return np.asarray((self.closed < NEVER) & ~self.won, dtype=np.bool_)


def _closers(rng: np.random.Generator, crowd: People, companies: Accounts, person: Ints, at: Ints) -> Ints:
    """The account executive: the account's own, else one of the region; Emil left in January 2026."""
    place = rng.integers(0, 6, person.size)
    dach = np.array(staff.CLOSERS[0])[place % 2]
    europe = np.array(staff.CLOSERS[1])[place % 3]
    europe = np.where((europe == staff.number("emil")) & (at > _EMIL_LEFT), staff.number("claire"), europe)
    named = np.where(crowd.account[person] >= 0, companies.owner[crowd.account[person]], -1)
    return np.where(named >= 0, named, np.where(crowd.country[person] < words.DACH, dach, europe))


def _pulled(rng: np.random.Generator, closed: Ints, won: Flags) -> Ints:
    """Wins are hurried into the last days of the quarter."""
    end = from_wall(quarter_end(closed) + 10 * HOUR)
    near = (quarter_end(closed) - wall(closed) < 32 * DAY) & won & chance(rng, 0.6, closed.size)
    hurried = after_work(end - rng.integers(0, 5, closed.size) * DAY, rng.integers(0, 5 * HOUR, closed.size))
    return np.where(near, np.maximum(hurried, closed), closed)


def _amounts(rng: np.random.Generator, product: Ints, employees: Ints) -> Ints:
    """Amounts in cents, larger for larger companies."""
    median = np.array([165_000, 128_000, 84_000, 42_000, 31_000])[product]
    size = np.sqrt(np.clip(employees, 30, 6_000) / 400)
    return whole(skewed(rng, product.size, 1.0, 0.45) * median * size * 100)


def deals(rng: np.random.Generator, crowd: People, companies: Accounts, given: Handoffs) -> Deals:
    """The opportunities of one cycle's meetings."""
    likely = 0.62 * np.array([1, 1.05, 0.8, 0.75, 1, 1.2, 0.95])[crowd.source[given.person]]
    handoff = np.flatnonzero((given.met < NEVER) & chance(rng, likely, given.count))
    created = after_work(given.met[handoff], whole(skewed(rng, handoff.size, 14, 0.9) * HOUR))
    handoff, created = handoff[created <= END], created[created <= END]
    person = given.person[handoff]
    owner = _closers(rng, crowd, companies, person, created)
    odds = 0.3 * np.sqrt(speed_effect(given.minutes[handoff])) * skills(owner)
    odds = odds * np.array([1.05, 1.15, 0.7, 0.75, 1.0, 1.45, 0.85])[crowd.source[person]]
    return closing(rng, crowd, companies, person, handoff, owner, created, chance(rng, odds, person.size))


def closing(
    rng: np.random.Generator, crowd: People, companies: Accounts, person: Ints, handoff: Ints, owner: Ints,
    created: Ints, won: Flags,
) -> Deals:  # fmt: skip
    """The way of each opportunity from creation to its end, cut off where the history ends."""
    count = person.size
    account = crowd.account[person]
    product = picked(rng, count, (32, 24, 18, 15, 11))
    cents = _amounts(rng, product, np.where(account >= 0, companies.employees[account], 120))
    length = seasons.seconds(skewed(rng, count, 64, 0.5) * np.where(won, 1.0, 1.15)) + 3 * DAY
    closed = _pulled(rng, after_work(created + length, rng.integers(60, 6 * HOUR, count)), won)
    proposal = after_work(created + whole((closed - created) * (0.15 + 0.2 * rng.random(count))), np.full(count, HOUR))
    bargain = after_work(created + whole((closed - created) * (0.5 + 0.3 * rng.random(count))), np.full(count, HOUR))
    skipped = ~won & chance(rng, 0.45, count)
    bargain = np.where(skipped | (bargain >= closed) | (bargain <= proposal), NEVER, bargain)
    haggled = (_seen(bargain) < NEVER) & chance(rng, 0.5, count)
    return Deals(
        person=person, handoff=handoff, owner=owner, product=product, cents=cents,
        first_cents=np.where(haggled, cents + cents // 8, cents), created=created, proposal=_seen(proposal),
        negotiation=_seen(bargain), closed=_seen(closed), won=won, lost_reason=picked(rng, count, (26, 24, 28, 14, 8)),
        expected=np.where(closed > END, np.maximum(closed, END + 3 * DAY), closed) // DAY * DAY,
    )  # fmt: skip


def _seen(at: Ints) -> Ints:
    """Instants after the end of the history have not happened."""
    return np.where(at > END, NEVER, at)
