"""The touches of a batch of people, and how their engagement rises and fades: the sum the agreement describes.

Touches stand in order of person, then time. Ten a person on average, exactly, at any size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oarlock.demo import seasons, sources
from oarlock.demo.draws import Flags, Floats, Ints, chance, picked_by, skewed, stream, whole
from oarlock.demo.market import Accounts, People
from oarlock.demo.seasons import CHANGE, DAY, END, HOUR, NEVER, START

PER_PERSON = 10
HALF_LIFE = 30 * DAY
BAR_FIRST, BAR_SECOND = 30.0, 40.0
"""Engagement the two versions of the agreement ask for."""
STRONG = ("webinar.attended", "page.pricing", "form.download", "form.demo_request")
"""What people do who come back."""
ANONYMOUS = (*("page.view",) * 5, "page.pricing", "ad.click", "chat.started")
"""What people do before we know them, as often as it stands here."""


@dataclass(frozen=True, slots=True)
class Touches:
    """Touches ordered by person and time. `start[p]:start[p + 1]` are those of person p. `old_score` and `score`
    are the faded sums right after each touch, by the points of the first and of the second version."""

    person: Ints
    at: Ints
    recorded: Ints
    kind: Ints
    content: Ints
    cents: Ints
    start: Ints
    old_score: Floats
    score: Floats


def _counts(rng: np.random.Generator, crowd: People) -> Ints:
    """Touches of each person: many for the warm, few for those who came lately, 10 x people in all."""
    busy = skewed(rng, crowd.count, 1.0, 0.75) * np.array([0.75, 1.35, 1.7])[crowd.mood]
    busy *= np.minimum(1.0, (END - crowd.created) / (110 * DAY)) + 0.05
    height = np.cumsum(busy)
    whole_share = np.rint(height / height[-1] * ((PER_PERSON - 1) * crowd.count)).astype(np.int64)
    return np.asarray(1 + np.diff(whole_share, prepend=0), dtype=np.int64)


def _spread(rng: np.random.Generator, crowd: People, person: Ints, rank: Ints) -> Ints:
    """When the later touches come: bursts of an afternoon, and weeks of nothing between them."""
    soon = chance(rng, 0.5, person.size)
    gaps = np.where(soon, skewed(rng, person.size, 0.15, 1.2), skewed(rng, person.size, 17, 0.9))
    total = np.cumsum(gaps)
    first = np.maximum.accumulate(np.where(rank == 0, np.arange(person.size), 0))
    since = seasons.seconds(total - total[first])
    left = np.maximum(END - crowd.created[person], HOUR)
    return np.asarray(crowd.created[person] + since % left, dtype=np.int64)


def _returns(rng: np.random.Generator, crowd: People, person: Ints, from_end: Ints) -> tuple[Flags, Ints]:
    """Those who come back months later: which touches (their last four), and when."""
    back = chance(rng, 0.2, crowd.count) & (END - crowd.created > 170 * DAY)
    when = crowd.created + 120 * DAY + whole(rng.random(crowd.count) * np.maximum(END - crowd.created - 130 * DAY, 1))
    mine = back[person] & (from_end < 4)
    return mine, when[person] + whole(skewed(rng, person.size, 20, 0.8)) * HOUR // 4


def _kinds(rng: np.random.Generator, crowd: People, person: Ints, opening: Flags, returning: Flags) -> Ints:
    """What each touch was."""
    kind = picked_by(rng, crowd.mood[person], sources.MIX)
    first = np.array([sources.kind_number(s.first) for s in sources.SOURCES])[crowd.source[person]]
    searched = opening & (crowd.source[person] == sources.SEARCH)
    asks = searched & chance(rng, 0.05 + 0.3 * (crowd.mood[person] == 2), kind.size)
    kind = np.where(opening, first, kind)
    kind = np.where(asks, sources.kind_number("form.demo_request"), kind)
    strong = np.array([sources.kind_number(k) for k in STRONG])
    drawn = picked_by(rng, crowd.mood[person], ((30, 40, 28, 2), (34, 34, 22, 10), (30, 30, 15, 25)))
    return np.where(returning, strong[drawn], kind)


def _anonymous_kind(rng: np.random.Generator, count: int) -> Ints:
    """What people do before we know them: pages, prices, advertisements."""
    return np.array([sources.kind_number(kind) for kind in ANONYMOUS])[rng.integers(0, len(ANONYMOUS), count)]


def _learned(rng: np.random.Generator, at: Ints, kind: Ints) -> Ints:
    """When we learned of each touch: seconds later, or days (fair scans come in a list after the fair)."""
    later = seasons.seconds(skewed(rng, at.size, 3.0, 0.6))
    slow = chance(rng, np.where(kind == sources.kind_number("fair.scan"), 0.9, 0.012), at.size)
    return np.minimum(at + np.where(slow, later, rng.integers(0, 60, at.size)), END)


def _unknown(rng: np.random.Generator, crowd: People, counts: Ints) -> Ints:
    """How many touches of each person came before we knew them: one to three, for a third; none at fairs and such."""
    before = np.minimum(rng.integers(1, 4, crowd.count) * chance(rng, 0.32, crowd.count), counts - 1)
    met = np.isin(crowd.source, (sources.FAIR, sources.OUTBOUND, sources.PARTNER))
    return np.where(met, 0, before)


def _instants(
    rng: np.random.Generator, crowd: People, person: Ints, rank: Ints, unknown: Ints, from_end: Ints
) -> tuple[Ints, Flags]:
    """When each touch was, and which belong to a return: those before we knew the person, the one that made them
    known, the later ones, and those months later."""
    created = crowd.created[person]
    returning, back_at = _returns(rng, crowd, person, from_end)
    returning &= rank > unknown
    at = settled_later(rng, _spread(rng, crowd, person, rank), created)
    at = np.where(returning & (back_at <= END), back_at, at)
    earlier = np.maximum(created - seasons.seconds(skewed(rng, person.size, 8, 1.0)), START - 20 * DAY + rank * 60)
    at = np.where(rank < unknown, np.minimum(earlier, created - 1), np.where(rank == unknown, created, at))
    return np.minimum(at, END), returning


def touches(seed: int, batch: int, crowd: People) -> Touches:
    """The touches of a batch."""
    rng = stream(seed, "touches", batch)
    counts = _counts(rng, crowd)
    start = np.concatenate([[0], np.cumsum(counts)])
    person = np.repeat(np.arange(crowd.count), counts)
    rank = np.arange(person.size) - start[person]
    unknown = _unknown(rng, crowd, counts)[person]
    at, returning = _instants(rng, crowd, person, rank, unknown, start[person + 1] - 1 - rank)
    kind = _kinds(rng, crowd, person, rank == unknown, returning)
    kind = np.where(rank < unknown, _anonymous_kind(rng, person.size), kind)
    recorded, content = _learned(rng, at, kind), rng.integers(0, 4, person.size)
    cents = np.where(kind == sources.kind_number("ad.click"), rng.integers(180, 961, person.size), -1)
    order = np.lexsort((rank, at, person))
    at, kind = at[order], kind[order]
    old, new = _faded(start, at, _points(kind, first=True)), _faded(start, at, _points(kind, first=False))
    return Touches(person, at, recorded[order], kind, content[order], cents[order], start, old, new)


def settled_later(rng: np.random.Generator, at: Ints, created: Ints) -> Ints:
    """Lived instants that still come after the person became known."""
    there = seasons.settled(rng, at)
    return np.where(there <= created, at, there)


def _points(kind: Ints, *, first: bool) -> Floats:
    """The points of each touch under a version."""
    table = [k.first_points if first else k.second_points for k in sources.KINDS]
    return np.array(table, dtype=np.float64)[kind]


def _faded(start: Ints, at: Ints, points: Floats) -> Floats:
    """The sum of points, each halving every 30 days, right after each touch: person by person, in time order."""
    score = points.copy()
    for rank in range(1, int(np.diff(start).max(initial=0))):
        here = (start[:-1] + rank)[np.diff(start) > rank]
        score[here] += score[here - 1] * np.exp2(-(at[here] - at[here - 1]) / HALF_LIFE)
    return score


def bar(at: Ints) -> Floats:
    """The engagement the version in force asked for at an instant."""
    return np.where(at < CHANGE, BAR_FIRST, BAR_SECOND)


def qualifies(seen: Touches, crowd: People, companies: Accounts) -> tuple[Flags, Flags]:
    """Does the definition hold right after each touch: by the version in force, and by the first one."""
    fits = companies.fits(crowd.account[seen.person], seen.at)
    in_force = np.where(seen.at < CHANGE, seen.old_score, seen.score) >= bar(seen.at)
    return fits & in_force, fits & (seen.old_score >= BAR_FIRST)


def qualifies_at(seen: Touches, crowd: People, companies: Accounts, when: Ints) -> Ints:
    """`when` for those for whom the definition holds at that instant of theirs (their touches having faded), else
    NEVER."""
    count = np.add.reduceat((seen.at <= when[seen.person]).astype(np.int64), seen.start[:-1])
    last = np.maximum(seen.start[:-1] + count - 1, 0)
    score = np.where(when < CHANGE, seen.old_score[last], seen.score[last])
    score = score * np.exp2(-np.clip(when - seen.at[last], 0, 2_000 * DAY) / HALF_LIFE)
    holds = (count > 0) & (score >= bar(when)) & companies.fits(crowd.account, when)
    return np.where(holds & (when <= END), when, NEVER)


def first_when(seen: Touches, holds: Flags, since: Ints) -> Ints:
    """The first touch of each person, at or after `since`, at which something holds: its instant, or NEVER."""
    instants = np.where(holds & (seen.at >= since[seen.person]), seen.at, NEVER)
    return np.asarray(np.minimum.reduceat(instants, seen.start[:-1]), dtype=np.int64)
