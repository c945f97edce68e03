"""What a figure rests on, in words: which version of the agreement judged, as known when, and how it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from oarlock.charts.names import shown
from oarlock.charts.numerals import NBSP, day, moment
from oarlock.loop.figures import AgreementUsed, VersionUsed

COHORT = "cohort: all who ever entered, followed to that day"
CALENDAR = "calendar: by the month in which it happened"
CLOSING = "calendar: all opportunities known that day"


@dataclass(frozen=True, slots=True)
class Basis:
    """Agreement and as-known date of a set of figures; `proposed` is laid beside it where two texts are compared."""

    agreement: AgreementUsed
    as_known: datetime
    proposed: AgreementUsed | None = None

    @property
    def company(self) -> str:
        """The company's name, fit to be shown."""
        return shown(self.agreement.company)

    @property
    def version(self) -> str:
        """`version 2, in force since 1 Feb 2026`."""
        return f"version{NBSP}{self.agreement.version}, in force since {day(self.agreement.in_force)}"

    @property
    def judged_by(self) -> str:
        """Who judged, all versions named."""
        return judged_by(self.agreement.versions)

    @property
    def known(self) -> str:
        """`Sat 31 Oct 2026, 23:30 (Europe/Berlin)`."""
        zone = self.agreement.time_zone
        return f"{moment(self.as_known, zone)} ({zone})"

    def line(self, how: str) -> str:
        """All of it on one line, below the title of a table."""
        which = _which(self.agreement.versions)
        if self.proposed is not None:
            which += f" beside proposed {_which(self.proposed.versions)}"
        return f"{which} · as known {moment(self.as_known, self.agreement.time_zone)} · {how}"


def _which(versions: Sequence[VersionUsed]) -> str:
    first, last = versions[0].version, versions[-1].version
    return f"versions {first} to {last}" if len(versions) > 1 else f"version {last}"


def judged_by(versions: Sequence[VersionUsed]) -> str:
    """`1 before that, 2 from 1 Feb 2026: each event by the version in force then`."""
    if len(versions) == 1:
        return f"{versions[0].version}, for all of history"
    told = [f"{v.version} from {day(v.in_force)}" for v in versions[1:]]
    return f"{', '.join(told)}, {versions[0].version} before: each event by the version in force then"
