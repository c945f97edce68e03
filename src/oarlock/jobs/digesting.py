"""Digests: what somebody wants to hear of once a day goes out as one mail, in the order in which it came.

Promises: a notice is in one digest; which ones it holds and that it waits to be sent is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from oarlock.store.reads.notices import Waiting
from oarlock.store.writes import notices


def make_digests(due: Sequence[Waiting], now: datetime) -> int:
    """One digest for each receiver of these; how many were made."""
    made = [notices.bundle(user, now=now) for user in dict.fromkeys(notice.user for notice in due)]
    return sum(id is not None for id in made)
