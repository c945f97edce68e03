"""API tokens: made for oneself, shown once, kept as a hash, scoped, with an end, revoked at any time.

A token never holds more than its member: each right asks the member's roles *and* the token's scopes (`web.rights`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Q

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Token
from oarlock.store.writes.audit import Acting, note

PREFIX = "oar_"
SCOPES = ("read", "write", "import", "audit")
LONGEST = timedelta(days=366)
MOST = 20
"""Tokens in use that one member may have."""
SEEN = timedelta(minutes=1)
"""How exactly the last use is kept: a write for every call would cost more than it tells."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new token. `secret` is told this once and is nowhere else."""

    id: str
    secret: str


def hash_of(secret: str) -> str:
    """What is kept of a token: 43 random letters need no salt and no slow hash."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def make(member_id: str, name: str, scopes: Iterable[str], *, lasts: timedelta, acting: Acting, now: datetime) -> Made:
    """A token for that member. UserProblem `bad-name`, `bad-scopes`, `bad-end`, `too-many-tokens`."""
    wanted, title = set(scopes), " ".join(name.split())
    if not title or len(title) > 100 or not title.isprintable():
        raise UserProblem("bad-name", "A token has a name of 1 to 100 letters.", "", "Say which program uses it.")
    if not wanted or wanted - set(SCOPES):
        raise UserProblem("bad-scopes", "A token has at least one scope, of these:", ", ".join(SCOPES) + ".")
    if not timedelta(0) < lasts <= LONGEST:
        raise UserProblem("bad-end", "A token lasts from one day to a year.")
    secret = PREFIX + token_urlsafe(32)
    with transaction.atomic():
        if Token.objects.filter(_in_use(now), member_id=member_id).count() >= MOST:
            raise UserProblem("too-many-tokens", f"You have {MOST} tokens in use.", "", "Revoke one of them first.")
        made = Token.objects.create(
            id=new_id(now, os.urandom(10)), member_id=member_id, name=title, hash=hash_of(secret),
            hint=secret[-4:], scopes=" ".join(scope for scope in SCOPES if scope in wanted),
            made_at=now, expires_at=now + lasts,
        )  # fmt: skip
        note("made", "token", made.id, {"scopes": made.scopes, "member": member_id}, acting=acting, now=now)
    return Made(made.id, secret)


def revoke(token_id: str, *, of: str | None, acting: Acting, now: datetime) -> None:
    """End a token of that member; `of` None is an administrator's reach. UserProblem `unknown-token`."""
    with transaction.atomic():
        reach = Token.objects.select_for_update().filter(id=token_id)
        found = (reach if of is None else reach.filter(member_id=of)).first()
        if found is None:
            raise UserProblem("unknown-token", "There is no such token of yours.")
        if found.revoked_at is not None:
            return
        Token.objects.filter(id=token_id).update(revoked_at=now)
        note("revoked", "token", token_id, {"member": found.member_id}, acting=acting, now=now)


def used(token_id: str, *, now: datetime) -> None:
    """Remember that a token was used, to the minute. No audit line: what was done with it leaves its own."""
    Token.objects.filter(Q(used_at__isnull=True) | Q(used_at__lt=now - SEEN), id=token_id).update(used_at=now)


def _in_use(now: datetime) -> Q:
    return Q(revoked_at__isnull=True, expires_at__gt=now)
