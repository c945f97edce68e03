"""What the CRM recorded as MQL, and when: mostly what the definition says, and the ways in which it drifts.

A workflow follows the rule within minutes. Some people it never marks, some a nightly sync marks days late; some
are marked by a colleague's hand, some by a list loaded after a fair; and for six weeks after the definition changed
the workflow went on by the old rule.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oarlock.demo import sources, staff
from oarlock.demo.draws import Flags, Ints, chance, picked, skewed
from oarlock.demo.interest import Touches, first_when, qualifies, qualifies_at
from oarlock.demo.market import FAIRS, Accounts, People
from oarlock.demo.seasons import CHANGE, DAY, END, HOUR, NEVER, START, after_work, seconds

ORIGINS = ("workflow", "hubspot-sync", "import", "by hand")
WORKFLOW, SYNC, IMPORT, HAND = range(len(ORIGINS))
OLD_RULE_UNTIL = CHANGE + 42 * DAY
MARKERS = ("jonas", "viktor", "hana", "amelie")
"""Who marks people by hand: mostly Jonas."""


@dataclass(frozen=True, slots=True)
class Marks:
    """When the definition made each person an MQL, when the CRM recorded it (NEVER = never), by which way, and by
    whom (a place in `staff.STAFF`, or -1)."""

    defined: Ints
    at: Ints
    origin: Ints
    by: Ints


def marks(
    rng: np.random.Generator, seen: Touches, crowd: People, companies: Accounts, since: Ints, *, first: bool
) -> Marks:
    """The marks of one cycle: for everybody, from `since` on (NEVER = not in this cycle)."""
    holds, old_rule = qualifies(seen, crowd, companies)
    defined = np.minimum(first_when(seen, holds, since), _between_touches(seen, crowd, companies, since))
    fails = chance(rng, 0.14, crowd.count)
    ways = [
        _by_workflow(rng, fails, defined, first_when(seen, old_rule & _six_weeks(seen), since)),
        _by_sync(rng, fails, defined),
        *([_by_import(rng, crowd), _by_hand(rng, seen, crowd)] if first else []),
    ]
    at = np.stack(ways)
    at = np.where((at > END) | (since >= NEVER), NEVER, at)
    origin = at.argmin(axis=0)
    by = np.array([staff.number(key) for key in MARKERS])[picked(rng, crowd.count, (62, 16, 12, 10))]
    by = np.where(origin == HAND, by, np.where(origin == IMPORT, staff.number("olive"), -1))
    return Marks(defined, at.min(axis=0), origin, by)


def _between_touches(seen: Touches, crowd: People, companies: Accounts, since: Ints) -> Ints:
    """When the definition came to hold without a touch: as a cycle begins, or as the company's size was mended."""
    mended = np.where(crowd.account >= 0, companies.employees_at[crowd.account], NEVER)
    mended = np.where((mended >= since) & (mended > crowd.created), mended, NEVER)
    waking = np.where(since > 0, since, NEVER)
    return np.minimum(*(qualifies_at(seen, crowd, companies, when) for when in (mended, waking)))


def _six_weeks(seen: Touches) -> Flags:
    """The touches while the workflow still asked the old question."""
    return np.asarray((seen.at >= CHANGE) & (seen.at < OLD_RULE_UNTIL), dtype=np.bool_)


def _by_workflow(rng: np.random.Generator, fails: Flags, defined: Ints, old: Ints) -> Ints:
    """Minutes after the rule held; for one in seven it failed (some of them the sync finds later)."""
    prompt = np.where(fails, NEVER, np.minimum(defined, old))
    return np.where(prompt < NEVER, prompt + rng.integers(30, 15 * 60, defined.size), NEVER)


def _by_sync(rng: np.random.Generator, fails: Flags, defined: Ints) -> Ints:
    """Where the workflow failed, mostly the nightly sync marks them, one to nine days late, early in the morning."""
    night = (defined // DAY + rng.integers(1, 10, defined.size)) * DAY + 2 * HOUR + rng.integers(0, 900, defined.size)
    return np.where((defined < NEVER) & fails & chance(rng, 0.62, defined.size), night, NEVER)


def _by_import(rng: np.random.Generator, crowd: People) -> Ints:
    """Four days after a fair, part of its visitors are loaded as MQLs from a list, fitting or not."""
    days = (crowd.created - START) // DAY
    list_at = np.full(crowd.count, NEVER)
    for begin, end in FAIRS:
        at_fair = (crowd.source == sources.FAIR) & (days >= begin) & (days < end)
        list_at[at_fair] = START + (end + 4) * DAY + 9 * HOUR
    return np.where(chance(rng, 0.09, crowd.count), list_at, NEVER)


def _by_hand(rng: np.random.Generator, seen: Touches, crowd: People) -> Ints:
    """Some people are marked by a colleague soon after they became known, because he liked the company."""
    odds = np.where(crowd.account >= 0, 0.006, 0.001) * (1 + crowd.mood)
    when = after_work(crowd.created, seconds(skewed(rng, crowd.count, 3.0, 0.9)) // 3)
    return np.where(chance(rng, odds, crowd.count), when, NEVER)
