"""The worker's part of mail: a letter about an account, to the member it is about, as plain text.

Promises: a link that works once is made here and stands in the letter alone; a mail server that does not answer is
tried again later; the text names no third person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import send_mail

from oarlock.ground.clock import now
from oarlock.ground.problems import OutsideProblem
from oarlock.store.models import Member
from oarlock.store.writes import orders
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.invitations import begin_path
from oarlock.store.writes.orders import Order

Told = Mapping[str, Any]
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait before each further try."""
DAYS = "The link works once, and for three days."

EVENT_WORDS = {
    "changed-password": "Your password was changed, and your other sessions were ended.",
    "set-password": "A password was set for your account.",
    "added-app": "An authenticator app was added as your second factor.",
    "removed-app": "The authenticator app was removed from your account.",
    "made-recovery-codes": "New recovery codes were made; the old ones no longer work.",
    "added-passkey": "A passkey or security key was added to your account.",
    "removed-passkey": "A passkey or security key was removed from your account.",
}


def letter(order: Order, tell: Callable[[str, float | None], None]) -> Mapping[str, object]:
    """Write and send one letter. A member who is gone by now gets none. OutsideProblem `mail-away`."""
    member = Member.objects.filter(id=order.asked["member"], is_active=True).first()
    if member is None:
        return {"sent": 0}
    subject, text = LETTERS[order.asked["letter"]](member, order.asked)
    tell("Handing the letter to the mail server.", None)
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [member.email])
    except SMTPRecipientsRefused as error:
        raise _away(error) from error
    except (SMTPException, OSError) as error:
        return _again(order, error)
    return {"sent": 1}


def _again(order: Order, error: Exception) -> Mapping[str, object]:
    """The same letter later, at most len(WAITS) times. OutsideProblem `mail-away` after that."""
    tried = int(order.asked.get("tried", 0))
    if tried == len(WAITS):
        raise _away(error) from error
    asked = {**order.asked, "tried": tried + 1}
    due = now() + WAITS[tried]
    orders.order("letter", f"{order.id}:again", asked, acting=Acting(order.by), now=now(), due_at=due)
    return {"sent": 0, "again": due.isoformat()}


def _reset(member: Member, told: Told) -> tuple[str, str]:
    link = _address(told) + begin_path(member.id)
    return "A new password for Oarlock", _text(
        member, f"Somebody, you we hope, asked for a new password. Set it here:\n\n{link}\n\n{DAYS}",
        "If it was not you, do nothing: your password stays as it is.",
    )  # fmt: skip


def _invitation(member: Member, told: Told) -> tuple[str, str]:
    link = _address(told) + begin_path(member.id)
    return "You are invited to Oarlock", _text(
        member, f"You are a member of Oarlock now. Set a password and come in:\n\n{link}\n\n{DAYS}",
        "Oarlock is where sales and marketing keep the agreement they both signed.",
    )  # fmt: skip


def _event(member: Member, told: Told) -> tuple[str, str]:
    return "Your Oarlock account changed", _text(
        member, EVENT_WORDS[told["verb"]], "If it was not you, tell your administrator at once."
    )


LETTERS: dict[str, Callable[[Member, Told], tuple[str, str]]] = {
    "reset": _reset,
    "invitation": _invitation,
    "event": _event,
}
"""Kind of letter -> its subject and text."""


def _address(told: Told) -> str:
    return settings.OARLOCK.address or str(told["address"])


def _text(member: Member, *parts: str) -> str:
    return "\n\n".join((f"Hello {member.name},", *parts)) + "\n"


def _away(error: Exception) -> OutsideProblem:
    return OutsideProblem(
        "mail-away", "The mail server did not take the letter.", f"{type(error).__name__}.",
        "`oarlock doctor` says what is wrong with mail.", permanent=True,
    )  # fmt: skip
