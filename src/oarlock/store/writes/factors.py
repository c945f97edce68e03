"""Second factors, taken from a member who lost them by an administrator. Adding them is the member's own part."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from oarlock.store.writes.audit import Acting, note


def remove_all(member_id: str, *, acting: Acting, now: datetime) -> int:
    """Remove apps, passkeys and recovery codes of a member; how many. The password alone lets them in again."""
    with transaction.atomic():
        removed, _ = Authenticator.objects.filter(user_id=member_id).delete()
        note("removed-factors", "member", member_id, {"factors": removed}, acting=acting, now=now)
    return int(removed)
