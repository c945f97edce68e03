"""One batch of the market: companies, and the people in them whom Brightwater came to know.

A batch is complete in itself (its people belong to its companies), so that any number of batches needs the memory
of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from oarlock.demo import seasons, sources, words
from oarlock.demo.draws import Flags, Floats, Ints, chance, picked, picked_by, skewed, stream, whole
from oarlock.demo.seasons import DAY, END, NEVER, START

FAIRS = ((54, 57), (138, 141), (327, 330), (354, 359), (502, 505))
"""Days of the history on which Brightwater stood at a fair, from and up to: 2025-06-24, 2025-09-16, 2026-03-24,
2026-04-20, 2026-09-15."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Companies, one entry each. `employees_first` is what the CRM believed until `employees_at` (NEVER = always
    right); `owner` is a place in `staff.STAFF` or -1."""

    first: int
    head: Ints
    tail: Ints
    country: Ints
    industry: Ints
    employees: Ints
    employees_first: Ints
    employees_at: Ints
    owner: Ints
    robots: Ints

    @property
    def count(self) -> int:
        """How many companies."""
        return int(self.head.size)

    def fits(self, account: Ints, at: Ints) -> Flags:
        """Is the company inside the ideal customer profile, as the CRM knew it at that instant? (-1 = no company)"""
        known = np.where(at < self.employees_at[account], self.employees_first[account], self.employees[account])
        inside = (known >= 50) & (known <= 5_000) & (self.industry[account] <= 1)
        return np.asarray(inside & (account >= 0), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class People:
    """People, one entry each. `source` is the true one; `level_first` is the job level known until `level_at`;
    `mood` 0 cold, 1 warm, 2 hot; `email_at` is when we learned the address (NEVER = never)."""

    first: int
    account: Ints
    country: Ints
    source: Ints
    detail: Ints
    level: Ints
    level_first: Ints
    level_at: Ints
    mood: Ints
    created: Ints
    email_at: Ints
    free_mail: Flags
    given: Ints
    family: Ints

    @property
    def count(self) -> int:
        """How many people."""
        return int(self.account.size)


def accounts(seed: int, batch: int, first: int, count: int) -> Accounts:
    """The companies of a batch: the first half fits the ideal customer (its first third barely: 51 to 110 people),
    the rest mostly does not."""
    rng = stream(seed, "accounts", batch)
    fitting = np.arange(count) < (count + 1) // 2
    small = chance(rng, 0.6, count)
    modest = np.arange(count) < (count + 1) // 6
    good = np.where(modest, 51 + rng.integers(0, 60, count), np.clip(whole(skewed(rng, count, 410, 0.9)), 60, 4_900))
    outside = np.where(small, 2 + rng.integers(0, 46, count), np.clip(whole(skewed(rng, count, 900, 1.3)), 20, 60_000))
    employees = np.where(fitting, good, outside)
    industry = np.where(fitting | small, picked(rng, count, (68, 32)), picked(rng, count, (4, 3, 22, 20, 18, 9, 18, 6)))
    wrong_first = np.where(chance(rng, 0.5, count), employees // 10 + 1, employees * 8)
    corrected = np.where(chance(rng, 0.07, count), rng.integers(START + 60 * DAY, END - 20 * DAY, count), NEVER)
    country = picked(rng, count, words.COUNTRY_WEIGHTS)
    return Accounts(
        first=first,
        head=rng.integers(0, len(words.COMPANY_HEADS), count),
        tail=rng.integers(0, len(words.COMPANY_TAILS), count),
        country=country,
        industry=industry,
        employees=employees,
        employees_first=np.where(corrected < NEVER, wrong_first, employees),
        employees_at=corrected,
        owner=_owners(rng, fitting, country),
        robots=np.where(fitting & chance(rng, 0.12, count), rng.integers(1, 60, count), 0),
    )


def _owners(rng: np.random.Generator, fitting: Flags, country: Ints) -> Ints:
    """Named account executives for one fitting company in eight."""
    closer = np.where(country < words.DACH, rng.integers(9, 11, country.size), rng.integers(11, 13, country.size))
    return np.where(fitting & chance(rng, 0.125, country.size), closer, -1)


@cache
def _day_weights(source: int) -> Floats:
    """How busy each day is for a source: fairs come in bursts, webinars on their Thursdays."""
    shape = np.ones(seasons.DAYS)
    if source == sources.FAIR:
        shape[:] = 0.02
        for begin, end in FAIRS:
            shape[begin:end] = 12.0
    if source == sources.WEBINAR:
        shape[:] = 0.25
        shape[14::28] = 14.0
    return seasons.season(shape)


def _created(rng: np.random.Generator, source: Ints) -> Ints:
    """When each person became known to the CRM."""
    created = np.empty(source.size, dtype=np.int64)
    for number in range(len(sources.SOURCES)):
        mine = source == number
        created[mine] = seasons.on_days(rng, int(mine.sum()), _day_weights(number))
    return created


def _employer(rng: np.random.Generator, source: Ints, companies: int) -> Ints:
    """The company of each person: the better the source, the likelier one that fits and is large; some have none."""
    good = (companies + 1) // 2
    fits = chance(rng, np.array([s.fitting for s in sources.SOURCES])[source], source.size)
    skew = rng.random(source.size) ** np.array([s.small_firms for s in sources.SOURCES])[source]
    account = np.where(fits, whole(skew * good), good + whole(skew * (companies - good)))
    alone = chance(rng, np.where(fits, 0.02, 0.16), source.size)
    return np.where(alone, -1, np.minimum(account, companies - 1))


def people(seed: int, batch: int, first: int, count: int, companies: Accounts) -> People:
    """The people of a batch."""
    rng = stream(seed, "people", batch)
    source = picked(rng, count, [s.share for s in sources.SOURCES])
    account = _employer(rng, source, companies.count)
    level = picked_by(rng, source, [s.levels for s in sources.SOURCES])
    created = _created(rng, source)
    promoted = chance(rng, 0.06, count) & (level > 1)
    level_at = np.minimum(created + seasons.seconds(skewed(rng, count, 70, 0.8)), END)
    late = chance(rng, np.where(source == sources.FAIR, 0.12, 0.01), count)
    email_at = np.where(late, np.minimum(created + seasons.seconds(skewed(rng, count, 9, 0.7)), END), created)
    return People(
        first=first,
        account=account,
        country=np.where(account >= 0, companies.country[account], picked(rng, count, words.COUNTRY_WEIGHTS)),
        source=source,
        detail=whole(rng.random(count) * np.array([len(s.details) for s in sources.SOURCES])[source]),
        level=level,
        level_first=np.where(promoted, level - 1, level),
        level_at=np.where(promoted, level_at, NEVER),
        mood=picked_by(rng, source, [s.moods for s in sources.SOURCES]),
        created=created,
        email_at=np.where(chance(rng, 0.03, count), NEVER, email_at),
        free_mail=(account < 0) | chance(rng, 0.03, count),
        given=rng.integers(0, len(words.GIVEN), count),
        family=rng.integers(0, len(words.FAMILY), count),
    )
