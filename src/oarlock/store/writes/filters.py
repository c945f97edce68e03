"""Filters of lists, kept under a name and, where their owner wants it, shared with everybody."""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Member, SavedFilter
from oarlock.store.writes.audit import Acting, note

MOST = 100


def save(member: Member, page: str, name: str, query: str, *, shared: bool, acting: Acting, now: datetime) -> str:
    """Keep a list's filter; one of the same name is replaced. UserProblem `no-name`, `too-many-filters`."""
    name = " ".join(name.replace("\0", "").split())[:100]
    if not name:
        raise UserProblem("needs-a-name", "A filter is saved under a name.", "", "Write one beside the button.")
    with transaction.atomic():
        mine = SavedFilter.objects.filter(member=member, page=page)
        if not mine.filter(name=name).exists() and mine.count() >= MOST:
            raise UserProblem("too-many-filters", f"You have {MOST} filters for this list.", "", "Remove one first.")
        kept, _ = SavedFilter.objects.update_or_create(
            member=member, page=page, name=name,
            defaults={"query": query[:2000], "shared": shared},
            create_defaults={"id": new_id(now, os.urandom(10)), "query": query[:2000], "shared": shared},
        )  # fmt: skip
        note("saved", "filter", kept.id, {"page": page, "shared": shared}, acting=acting, now=now)
        return kept.id


def remove(member: Member, filter_id: str, *, acting: Acting, now: datetime) -> str:
    """Take away a filter of one's own; the page it belonged to. UserProblem where it is not theirs."""
    with transaction.atomic():
        found = SavedFilter.objects.filter(id=filter_id, member=member).first()
        if found is None:
            raise UserProblem("unknown-filter", "You have no such filter.", "It may belong to somebody else.")
        page = found.page
        found.delete()
        note("removed", "filter", filter_id, {"page": page}, acting=acting, now=now)
        return page
