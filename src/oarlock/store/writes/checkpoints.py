"""Checkpoints: the head of the audit trail, told to somebody outside. A chain alone does not show that its end was cut.

At every signature and adoption the head goes into the signers' mail (by the worker, again until the mail server takes
it); what was sent is listed. A mail server that is away undoes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from oarlock.store.models import AuditLine, Checkpoint, Member
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.orders import order

KIND = "checkpoint"


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the last line of the trail."""

    number: int
    hash: str
    at: datetime


def head() -> Head | None:
    """The trail as it ends now; None where it is empty."""
    last = AuditLine.objects.order_by("-number").first()
    return Head(last.number, last.hash, last.at) if last else None


def wish(people: Sequence[str], *, acting: Acting, now: datetime) -> None:
    """Order the mail that tells these people the head as it is in this transaction."""
    found = head()
    assert found is not None, "a signature has a line in the trail"
    members = list(Member.objects.filter(person__in=people, is_active=True).order_by("id").values_list("id", flat=True))
    asked = {"number": found.number, "hash": found.hash, "members": members}
    order(KIND, f"{found.number}", asked, acting=acting, now=now)


def told(number: int, whom: str, *, now: datetime) -> None:
    """Write down that this head left the house. Told twice is written once; the line itself says who acted."""
    with transaction.atomic():
        line = AuditLine.objects.get(number=number)
        Checkpoint.objects.get_or_create(number=number, defaults={"hash": line.hash, "at": now, "told": whom[:200]})
