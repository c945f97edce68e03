"""Let go what nobody will ask for again: keys of arrivals, notices that were settled, dead letters that were answered.

Promises: in small transactions, so that what arrives meanwhile waits for none of them; a letter nobody answered stays,
and so does every fact. No audit line is written: nothing is decided here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from oarlock.store.models import Arrival, DeadLetter, Notice

AT_ONCE = 500


def let_arrivals_go(before: datetime) -> int:
    """Keys of what arrived before that instant: the same sent again counts as new from then on; how many."""
    return _by_portions(Arrival.objects.filter(at__lt=before))


def let_notices_go(before: datetime) -> int:
    """Notices that were settled, made before that instant; what they told of is kept where it happened; how many."""
    over = Q(state__in=("sent", "unwanted", "gathered", "failed"))
    return _by_portions(Notice.objects.filter(over, made_at__lt=before))


def let_letters_go(before: datetime) -> int:
    """Dead letters that were taken in or dropped before that instant; how many."""
    return _by_portions(DeadLetter.objects.filter(state__in=("taken-in", "dropped"), answered_at__lt=before))


def _by_portions(rows: QuerySet[Any]) -> int:
    gone = 0
    while keys := list(rows.values_list("pk", flat=True)[:AT_ONCE]):
        gone += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return gone
