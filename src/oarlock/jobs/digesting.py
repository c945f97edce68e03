"""Digests: what somebody wants to hear of once a day goes out as one mail, in the order in which it came.

Promises: a notice is in one digest; which ones it holds and that it waits to be sent is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oarlock.charts.numerals import plural
from oarlock.store.models import Notice
from oarlock.store.reads.notices import Waiting
from oarlock.store.writes import notices
from oarlock.store.writes.notices import GATHERING, free


def make_digests(due: Sequence[Waiting], now: datetime) -> int:
    """One digest for each receiver of these; how many were made."""
    made = [_digest(user, now) for user in dict.fromkeys(notice.user for notice in due)]
    return sum(made)


def _digest(user: str, now: datetime) -> bool:
    many = Notice.objects.filter(free(now), user=user, channel=GATHERING).count()
    return notices.bundle(user, f"Your day in Oarlock: {plural(many, 'notice')}", now=now) is not None
