"""API tokens as pages show them, and the holder of one that a program sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest

from oarlock.store.models import Member, Token
from oarlock.store.writes.tokens import PREFIX, hash_of

LONGEST = 100
"""A header longer than this is no token of ours, and is not hashed."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token without its secret. `state` is `in use`, `over` or `revoked`; `member` is whose it is."""

    id: str
    member: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    made_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who acts through a token that is in use, and how far it reaches."""

    member: Member
    token_id: str
    scopes: frozenset[str]


def tokens(now: datetime, *, of: str | None = None) -> list[TokenRow]:
    """Tokens of one member (None = everybody's, for administrators), newest first; at most 500."""
    found = Token.objects.select_related("member").order_by("-made_at", "id")
    chosen = found if of is None else found.filter(member_id=of)
    return [_row(token, now) for token in chosen[:500]]


def holder(secret: str, now: datetime) -> Holder | None:
    """Whose token this is; None where it is unknown, over, revoked, or its member was sent away.

    Looked up by its hash (of 256 random bits: what a lookup's time tells is of no use) and compared in constant time.
    """
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    wanted = hash_of(secret)
    token = Token.objects.select_related("member").filter(hash=wanted).first()
    if token is None or not compare_digest(token.hash, wanted):
        return None
    if _state(token, now) != "in use" or not token.member.is_active:
        return None
    return Holder(token.member, token.id, frozenset(token.scopes.split()))


def _state(token: Token, now: datetime) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "over" if token.expires_at is not None and token.expires_at <= now else "in use"


def _row(token: Token, now: datetime) -> TokenRow:
    return TokenRow(
        token.id, token.member.name, token.name, token.hint, tuple(token.scopes.split()), token.made_at,
        token.used_at, token.expires_at, _state(token, now),
    )  # fmt: skip
