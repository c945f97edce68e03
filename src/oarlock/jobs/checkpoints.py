"""The worker's part of a checkpoint: the head of the trail in a mail to each signer, again later where mail is away.

Promise: only what a mail server took is written down as told; nothing that was signed depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail

from oarlock.ground.clock import now
from oarlock.store.models import Member
from oarlock.store.writes import checkpoints, orders
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.orders import Order

AGAIN = timedelta(minutes=15)
TRIES = 96
"""A day of trying."""


def checkpoint(order: Order, tell: Callable[[str, float | None], None]) -> Mapping[str, object]:
    """Send one checkpoint. Where no mail is set up none is sent, and none is listed."""
    if settings.OARLOCK.mail_url is None:
        return {"sent": 0, "because": "no mail is set up"}
    number, head = int(order.asked["number"]), str(order.asked["hash"])
    members = list(Member.objects.filter(id__in=order.asked["members"], is_active=True).order_by("id"))
    if not members:
        return {"sent": 0, "because": "nobody is there to tell"}
    tell("Handing the checkpoint to the mail server.", None)
    try:
        send_mail(_subject(number), _text(number, head), settings.DEFAULT_FROM_EMAIL, [m.email for m in members])
    except (SMTPException, OSError) as error:
        return _later(order, error)
    checkpoints.told(number, _told(members), now=now())
    return {"sent": len(members)}


def _told(members: Sequence[Member]) -> str:
    return "mail to " + ", ".join(member.person or member.id for member in members)


def _later(order: Order, error: Exception) -> Mapping[str, object]:
    tried = int(order.asked.get("tried", 0)) + 1
    if tried < TRIES:
        asked, key, at = {**order.asked, "tried": tried}, f"{order.asked['number']}:{tried}", now()
        orders.order(checkpoints.KIND, key, asked, acting=Acting(order.by), now=at, due_at=at + AGAIN)
    return {"sent": 0, "because": type(error).__name__, "tried": tried}


def _subject(number: int) -> str:
    return f"Oarlock checkpoint {number}"


def _text(number: int, head: str) -> str:
    return (
        "Something was signed in Oarlock. Keep this mail: it fixes what had been written by then.\n\n"
        f"    {number}:{head}\n\n"
        "That is the number and the hash of the last line of the audit trail. If the trail is ever cut off or written\n"
        "anew, `python verify.py EVIDENCE --checkpoint NUMBER:HASH` shows it, without Oarlock.\n"
    )
