"""Who was erased."""

from __future__ import annotations

from collections.abc import Sequence

from oarlock.store.models import Erasure

AT_ONCE = 500


def erased_among(people: Sequence[str]) -> int:
    """How many of these people were erased on request."""
    starts = range(0, len(people), AT_ONCE)
    return sum(Erasure.objects.filter(person_id__in=people[n : n + AT_ONCE]).count() for n in starts)
