"""Showing once more that it is you, before a signature: the password again, or a passkey or code of the last minute."""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from oarlock.web.rights import acting_member

SECONDS = 60
BY_TYPE = {"webauthn": "passkey", "totp": "totp"}


def proven(request: HttpRequest, password: str, now: datetime) -> str | None:
    """How this member has just shown who they are; None where they have not, or the password is wrong."""
    if not password:
        return recently(request, now)
    try:
        found = get_adapter(request).authenticate(request, email=acting_member(request).email, password=password)
    except ValidationError:  # too many wrong ones
        return None
    return "password" if found is not None and found.pk == acting_member(request).id else None


def recently(request: HttpRequest, now: datetime) -> str | None:
    """How they did within the last minute in this session, if they did."""
    for record in reversed(get_authentication_records(request)):
        if not 0 <= now.timestamp() - float(record["at"]) <= SECONDS:
            continue
        if record["method"] == "mfa" and record.get("type") in BY_TYPE:
            return BY_TYPE[record["type"]]
        if record["method"] == "password" and record.get("reauthenticated"):
            return "password"
        if record["method"] == "socialaccount":
            return "sign-on"
    return None
