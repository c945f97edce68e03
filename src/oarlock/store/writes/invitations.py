"""One-time links: to set a first password or a new one, and to make the first administrator of a new workspace.

Promises: a link works once and for three days (a password set, or a sign-in, voids it); the first administrator's
works while there is no member at all. Nothing but its hash lies anywhere.
"""

from __future__ import annotations

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import compare_digest, token_urlsafe

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction

from oarlock.ground.problems import UserProblem
from oarlock.store.keys import keys_folder
from oarlock.store.models import Member
from oarlock.store.writes import members
from oarlock.store.writes.audit import SYSTEM, Acting, note


class _Begin(PasswordResetTokenGenerator):
    """Django's signed tokens: over the member's id, password, last sign-in, address and the time."""

    key_salt = "oarlock.store.writes.invitations"


BEGIN = _Begin()


def begin_path(member_id: str) -> str:
    """The path of a one-time link at which that member sets a password. UserProblem `unknown-member`."""
    member = Member.objects.filter(id=member_id, is_active=True).first()
    if member is None:
        raise UserProblem("unknown-member", "There is no such member, or they were sent away.")
    return f"/me/begin/{member.id}/{BEGIN.make_token(member)}/"


def invitee(member_id: str, token: str) -> Member | None:
    """The member behind a one-time link; None where it is forged, used, or over."""
    member = Member.objects.filter(id=member_id, is_active=True).first()
    return member if member is not None and BEGIN.check_token(member, token) else None


def begin(member_id: str, token: str, password: str, *, now: datetime) -> None:
    """Set the password the link is for; every session of the member ends. UserProblem `used-link`, `weak-password`."""
    with transaction.atomic():
        member = Member.objects.select_for_update().filter(id=member_id, is_active=True).first()
        if member is None or not BEGIN.check_token(member, token):
            raise UserProblem("used-link", "This link was used before, or it is over.", "", "Ask for a new one.")
        set_password(member, password)
        acting = Acting.member(member.id)
        members.end_sessions(member.id, acting=acting, now=now)
        note("set-password", "member", member.id, {"by": "link"}, acting=acting, now=now)


def set_password(member: Member, password: str) -> None:
    """Give a member that password where the rules let it. UserProblem `weak-password` with every reason."""
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise UserProblem("weak-password", "This password will not do.", " ".join(error.messages)) from error
    member.set_password(password)
    member.save(update_fields=["password"])


def first_path(home: Path) -> str | None:
    """The path of a new link at which the first administrator is made; None where there are members."""
    if Member.objects.exists():
        _file(home).unlink(missing_ok=True)
        return None
    token = token_urlsafe(32)
    _file(home).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(_file(home), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(sha256(token.encode()).hexdigest())
    return f"/first/{token}/"


def is_first(home: Path, token: str) -> bool:
    """Whether this is the link that was told at the start, and nobody is a member yet."""
    try:
        kept = _file(home).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return False
    told = sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
    return compare_digest(kept, told) and not Member.objects.exists()


def make_first(home: Path, token: str, *, email: str, name: str, password: str, now: datetime) -> str:
    """The first administrator, by the link told at the start; the id. UserProblem `used-link`, as `members.add`."""
    with transaction.atomic():
        if not is_first(home, token):
            raise UserProblem("used-link", "This link was used before, or it is over.", "", "Start Oarlock again.")
        made = members.add(email, name, roles=("administrator", "operations"), acting=SYSTEM, now=now)
        set_password(Member.objects.get(id=made), password)
        note("set-password", "member", made, {"by": "first link"}, acting=Acting.member(made), now=now)
    _file(home).unlink(missing_ok=True)
    return made


def _file(home: Path) -> Path:
    return keys_folder(home) / "first"
