"""When a reminder may be told: not within the quiet hours of the agreement.

The fact of a reminder is dated when it was due; quiet hours put off the telling, never the clock.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from oarlock.agreement.handling import Notices
from oarlock.ground import quiet


def quiet_until(notices: Notices, zone: ZoneInfo, at: datetime) -> datetime:
    """The first instant from `at` on that is not quiet, by the clock on the receiver's wall. The fact keeps `at`."""
    hours = [quiet.read_quiet("-".join(notices.quiet))] if notices.quiet else []
    return quiet.quiet_until(hours, zone, at)
