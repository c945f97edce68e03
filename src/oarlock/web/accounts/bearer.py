"""Who calls the API: `Authorization: Bearer oar_...`. A token holds what its member may do *and* its scopes let it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from oarlock.ground.clock import now
from oarlock.store.models import Member
from oarlock.store.reads import tokens
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.tokens import used
from oarlock.web.rights import SCOPE_RIGHTS, may


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program that acts for a member through a token."""

    member: Member
    token_id: str
    scopes: frozenset[str]

    def may(self, right: str) -> bool:
        """Whether both the member's roles and the token's scopes hold that right."""
        return may(self.member, right) and any(right in SCOPE_RIGHTS[scope] for scope in self.scopes)

    @property
    def acting(self) -> Acting:
        """What the audit trail says of who acted."""
        return Acting(f"token:{self.token_id}")


def bearer(request: HttpRequest) -> Bearer | None:
    """The program behind a request; None where it sent no token, or one that does not count (401 either way)."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    found = tokens.holder(secret.strip(), now())
    if found is None:
        return None
    used(found.token_id, now=now())
    return Bearer(found.member, found.token_id, found.scopes)
