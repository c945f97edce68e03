"""Letters about an account, handed to the worker. Where no mail is set up none is ordered, and pages say so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from oarlock.ground.ids import new_id
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.orders import order


def can_post() -> bool:
    """Whether a mail server is named in the environment."""
    return settings.OARLOCK.mail_url is not None


def post(kind: str, member_id: str, told: Mapping[str, str], *, acting: Acting, now: datetime) -> None:
    """Order a letter of that kind to a member (`jobs.mailing.LETTERS`). One kind to one member waits only once."""
    if not can_post():
        return
    once = kind if kind != "event" else new_id(now, os.urandom(10))
    order("letter", f"{member_id}:{once}", {"letter": kind, "member": member_id, **told}, acting=acting, now=now)
