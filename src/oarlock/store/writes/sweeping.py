"""Let go what is over: finished orders and sessions. What anybody decided stands in the trail, which is never swept.

No audit line is written: nothing is decided here.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.models import Session

from oarlock.store.models import WorkOrder
from oarlock.store.writes.audit import Acting


def let_orders_go(before: datetime, *, acting: Acting) -> int:
    """Orders that were done or failed before that instant; how many."""
    assert acting.actor, "somebody sweeps"
    return WorkOrder.objects.filter(state__in=("done", "failed"), finished_at__lt=before).delete()[0]


def let_sessions_go(now: datetime, *, acting: Acting) -> int:
    """Sessions that are over; how many."""
    assert acting.actor, "somebody sweeps"
    return Session.objects.filter(expire_date__lt=now).delete()[0]
