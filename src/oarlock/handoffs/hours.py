"""In whose working hours a hand-off's clocks run.

The owner's own hours, else their pool's, else the hand-off's, else every hour counts, as the reference says.
Nobody's absence stops a clock: what is promised is the team's answer, and the lead waits whoever is away. The clock
that goes on is what takes it from the absent and gives it to somebody else.
"""

from __future__ import annotations

from functools import lru_cache

from oarlock.agreement.handling import Hours
from oarlock.agreement.terms import Handoff, Terms
from oarlock.ground.calendars import ALL_DAY, Calendar
from oarlock.ground.hours import parse_hours


def calendar_for(term: Handoff, owner: str | None, pool: str | None, terms: Terms) -> Calendar:
    """The calendar of its clocks while it is with that owner (a user's key; None: it waits) of that pool."""
    of_owner = next((user.calendar for user in terms.users if user.key == owner), None)
    of_pool = next((each.calendar for each in terms.pools if each.key == pool), None)
    key = of_owner or of_pool or term.calendar
    agreed = next((hours for hours in terms.calendars if hours.key == key), None)
    return _always(terms.time_zone) if agreed is None else _calendar(agreed, terms.time_zone)


@lru_cache(maxsize=256)
def _calendar(agreed: Hours, time_zone: str) -> Calendar:
    week = parse_hours(dict(agreed.hours))
    return Calendar(agreed.time_zone or time_zone, week, agreed.holidays or "", frozenset(agreed.closed))


@lru_cache(maxsize=256)
def _always(time_zone: str) -> Calendar:
    return Calendar(time_zone, ((ALL_DAY,),) * 7)
