"""Hand-offs of one cycle: who was offered whom, how fast they answered, what came of it, and why not.

The quicker the first answer, the likelier a meeting; sellers differ in pace and skill; rejections have causes that
can be counted in the data (students, firms that are too small, another trade).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from oarlock.demo import sources, staff, words
from oarlock.demo.draws import Flags, Floats, Ints, chance, picked, skewed, whole
from oarlock.demo.market import Accounts, People
from oarlock.demo.seasons import (
    CHANGE,
    DAY,
    END,
    HOUR,
    NEVER,
    after_work,
    day_number,
    instant,
    quarter_end,
    wall,
    weekday,
)

REASONS = ("not-icp", "bad-data", "student", "no-budget", "bad-timing")
NOT_ICP, BAD_DATA, STUDENT, NO_BUDGET, BAD_TIMING = range(len(REASONS))
FINAL = 3
"""Reasons below this number disqualify; the others recycle."""
ATTEMPTS = 6
RECYCLED_AFTER = 60
"""Seconds after a lead was returned or lapsed until it is recycled."""
LIMIT, LAPSE = HOUR, 16 * HOUR
"""Working seconds the agreement gives for an answer, and after which nobody answers any more."""


def _nothing_yet() -> Ints:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoffs:
    """One cycle's hand-offs. Instants later than the history, or NEVER, did not happen. `minutes` are working minutes
    to the answer, `reason` is -1 where there is none, `ended` is when the person left (rejected, lapsed, returned)."""

    person: Ints
    first_owner: Ints
    owner: Ints
    offered: Ints
    due: Ints
    reminded: Ints
    notified: Ints
    moved: Ints
    moved_due: Ints
    answered: Ints
    minutes: Floats
    accepted: Flags
    rejected: Flags
    reason: Ints
    attempts: Ints = field(default_factory=_nothing_yet)
    attempt_at: Ints = field(default_factory=_nothing_yet)
    met: Ints = field(default_factory=_nothing_yet)
    missed: Ints = field(default_factory=_nothing_yet)
    ended: Ints = field(default_factory=_nothing_yet)

    @property
    def count(self) -> int:
        """How many hand-offs."""
        return int(self.person.size)

    @property
    def lapsed(self) -> Flags:
        """Nobody answered within sixteen working hours."""
        return ~(self.accepted | self.rejected)


def _on_leave(owner: Ints, at: Ints) -> Flags:
    """Is this seller away on that day?"""
    away = np.zeros(owner.size, dtype=np.bool_)
    for place, person in enumerate(staff.STAFF):
        if person.leave:
            begin, end = (instant(*map(int, day.split("-"))) for day in person.leave.split("/"))
            away |= (owner == place) & (at >= begin) & (at < end + DAY)
    return away


def owners(crowd: People, companies: Accounts, person: Ints, at: Ints) -> Ints:
    """Who gets each lead: the account's own seller, else the pool of the country in turn, past those on leave."""
    owner = np.full(person.size, -1)
    for pool, turns in enumerate(staff.TURNS):
        mine = np.flatnonzero((crowd.country[person] >= words.DACH) == bool(pool))
        in_turn = mine[np.argsort(at[mine], kind="stable")]
        cycle = np.array(turns)
        place = np.arange(in_turn.size) % cycle.size
        for _ in turns:
            owner[in_turn] = cycle[place]
            place = np.where(_on_leave(owner[in_turn], at[in_turn]), (place + 1) % cycle.size, place)
    named = np.where(crowd.account[person] >= 0, companies.owner[crowd.account[person]], -1)
    return np.where(named >= 0, named, owner)


def _paces(owner: Ints) -> Floats:
    return np.array([person.pace for person in staff.STAFF])[owner]


def skills(owner: Ints) -> Floats:
    """How good each seller is; 1 is ordinary."""
    return np.array([person.skill for person in staff.STAFF])[owner]


def _answer_seconds(rng: np.random.Generator, owner: Ints, at: Ints) -> Ints:
    """Working seconds until the seller answers: longer on Friday afternoons, in August and before a quarter ends."""
    days = day_number(at)
    tired = np.where((weekday(days) == 4) & (wall(at) % DAY > 13 * HOUR), 1.7, 1.0)
    tired = np.where(
        days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 == 7, tired * 1.5, tired
    )
    tired = np.where(quarter_end(at) - wall(at) < 10 * DAY, tired * 1.4, tired)
    return whole(skewed(rng, at.size, 24, 1.35) * 60 * _paces(owner) * tired)


def _verdicts(rng: np.random.Generator, crowd: People, companies: Accounts, person: Ints) -> Ints:
    """The reason to reject each lead, or -1 to accept it."""
    account, source = crowd.account[person], crowd.source[person]
    employees = np.where(account >= 0, companies.employees[account], 0)
    size_odds = np.select([employees < 50, employees < 80, employees > 5_000], [0.8, 0.45, 0.5], 0.02)
    odds = {
        STUDENT: np.where(crowd.level[person] == 0, 0.88, 0.0),
        NOT_ICP: np.maximum(size_odds, np.where(companies.industry[account] > 1, 0.6, 0.0)),
        BAD_DATA: np.array([0.03, 0.02, 0.05, 0.10, 0.05, 0.01, 0.02])[source],
        NO_BUDGET: np.array([0.04, 0.04, 0.09, 0.08, 0.05, 0.02, 0.07])[source],
        BAD_TIMING: np.array([0.07, 0.05, 0.11, 0.09, 0.08, 0.03, 0.12])[source],
    }
    reason = np.full(person.size, -1)
    for number, odd in odds.items():
        reason = np.where((reason < 0) & chance(rng, odd, person.size), number, reason)
    return reason


def speed_effect(minutes: Floats) -> Floats:
    """How much a quick answer helps: working minutes to a factor."""
    return np.select([minutes <= 15, minutes <= 60, minutes <= 240], [1.55, 1.2, 0.85], 0.5)


def _meets(rng: np.random.Generator, crowd: People, given: Handoffs) -> Flags:
    """Does a meeting come about?"""
    person = given.person
    odds = 0.36 * np.array([s.meets for s in sources.SOURCES])[crowd.source[person]]
    odds *= np.array([0.2, 0.8, 1.0, 1.25, 1.2, 1.1])[crowd.level[person]]
    odds *= np.array([0.85, 1.0, 1.25])[crowd.mood[person]]
    return chance(rng, np.minimum(odds * skills(given.owner) * speed_effect(given.minutes), 0.93), person.size)


def handoffs(rng: np.random.Generator, crowd: People, companies: Accounts, person: Ints, at: Ints) -> Handoffs:
    """The hand-offs of these people, offered soon after `at`."""
    count = person.size
    offered = at + rng.integers(5, 120, count)
    first_owner = owners(crowd, companies, person, offered)
    wait = _answer_seconds(rng, first_owner, offered)
    owner, wait, moved_after = _reassigned(rng, first_owner, wait, offered)
    reason = _verdicts(rng, crowd, companies, person)
    lapsed = wait > LAPSE
    remind = np.where(offered < CHANGE, LIMIT, LIMIT * 3 // 4)
    given = Handoffs(
        person=person, first_owner=first_owner, owner=owner, offered=offered,
        due=after_work(offered, np.full(count, LIMIT)), reminded=_when(offered, wait, remind),
        notified=_when(offered, wait, np.full(count, 2 * LIMIT)), moved=_when(offered, wait, moved_after),
        moved_due=after_work(offered, np.minimum(moved_after, LAPSE) + LIMIT),
        answered=after_work(offered, np.minimum(wait, LAPSE)), minutes=wait / 60,
        accepted=~lapsed & (reason < 0), rejected=~lapsed & (reason >= 0), reason=np.where(lapsed, -1, reason),
    )  # fmt: skip
    return _worked(rng, crowd, given)


def _when(offered: Ints, wait: Ints, after: Ints) -> Ints:
    """The instant so many working seconds after the offer, or NEVER where the answer came first."""
    return np.where(wait > after, after_work(offered, np.minimum(after, LAPSE)), NEVER)


def _reassigned(rng: np.random.Generator, owner: Ints, wait: Ints, offered: Ints) -> tuple[Ints, Ints, Ints]:
    """Since the second version a breached lead should go to another of the pool; in fact one in three does.

    The owner who answers, the working seconds until then, and those until the lead was moved (NEVER = it was not).
    """
    other = np.array([staff.NEXT.get(place, -1) for place in range(len(staff.STAFF))])[owner]
    moves = (wait > LIMIT) & (offered >= CHANGE) & (other >= 0) & chance(rng, 0.35, owner.size)
    moves &= ~_on_leave(other, offered)
    after = LIMIT + rng.integers(0, 1_200, owner.size)
    moves &= wait > after
    anew = after + _answer_seconds(rng, other, offered)
    return np.where(moves, other, owner), np.where(moves, anew, wait), np.where(moves, after, NEVER)


def _worked(rng: np.random.Generator, crowd: People, given: Handoffs) -> Handoffs:
    """The same hand-offs with what came after accepting: attempts, a meeting or not, and when the person left."""
    count = given.count
    tries = 1 + picked(rng, count, (22, 24, 20, 16, 10, 8))
    tried = given.accepted & ~chance(rng, 0.06, count)
    first = after_work(given.answered, whole(skewed(rng, count, 28, 1.1) * 60 * _paces(given.owner)))
    between = 6 * HOUR * np.arange(ATTEMPTS) * np.arange(1, ATTEMPTS + 1) // 2
    attempts = after_work(np.repeat(first, ATTEMPTS), np.tile(between, count)).reshape(count, ATTEMPTS)
    attempts = np.where((np.arange(ATTEMPTS) < tries[:, None]) & tried[:, None], attempts, NEVER)
    meets = tried & _meets(rng, crowd, given)
    meeting = after_work(after_work(first, between[tries - 1]), whole(skewed(rng, count, 34, 0.6) * HOUR))
    shows = meets & chance(rng, 0.87, count)
    left = np.where(given.accepted, after_work(meeting, np.full(count, 9 * HOUR)), given.answered)
    fallen = np.where(chance(rng, 0.45, count), NO_BUDGET, BAD_TIMING)
    return replace(
        given, attempts=tries, attempt_at=attempts, met=np.where(shows & (meeting <= END), meeting, NEVER),
        missed=np.where(meets & ~shows, meeting, NEVER), ended=np.where(shows, NEVER, left),
        reason=np.where(given.accepted & ~shows, fallen, given.reason),
    )  # fmt: skip
