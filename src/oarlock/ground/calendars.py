"""A calendar: when somebody works. Zone, weekly hours, public holidays, days closed, personal absences.

Promises: a calendar that exists can be computed with: its zone, hours and region are known. Frozen and hashable, so
that its openings are worked out once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

from oarlock.ground.hours import Block, Week, check_day
from oarlock.ground.intervals import Interval
from oarlock.ground.public_holidays import check_region
from oarlock.ground.zones import zone_of

NEVER: Week = ((),) * 7
ALL_DAY = Block(time(), time())


@dataclass(frozen=True, slots=True)
class Calendar:
    """Open by `hours` (seven days, Monday first) of the clock in `time_zone`, except on the public holidays of
    `holidays` (`DE-BE`; "" for none), on the dates in `closed`, and during `absences` (any order, may overlap).

    Example: `Calendar("Europe/Berlin", parse_hours({"mon-fri": "09:00-17:00"}), "DE-BE")`.
    """

    time_zone: str
    hours: Week
    holidays: str = ""
    closed: frozenset[date] = frozenset()
    absences: tuple[Interval, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_of(self.time_zone)
        if len(self.hours) != 7:
            raise ValueError(f"a week has seven days, not {len(self.hours)}")
        for blocks in self.hours:
            check_day(blocks)
        if self.holidays:
            check_region(self.holidays)
        parts = (self.time_zone, self.hours, self.holidays, self.closed, self.absences)
        object.__setattr__(self, "_hash", hash(parts))

    def __hash__(self) -> int:
        """Worked out once: every look-up of openings asks for it."""
        return self._hash


ALWAYS = Calendar("UTC", ((ALL_DAY,),) * 7)
"""Open at every instant: working time is the time that passes."""
