"""Who calls the API, what they may, and how fast: a bearer token with scopes, or the session of a signed-in member.

A session that would change something must also send the CSRF token of its page; a token need not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Member
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.bearer import bearer
from oarlock.web.api.pace import TooFast, take
from oarlock.web.rights import RIGHTS, may

SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever calls: the member, and as what the audit trail knows the call."""

    member: Member
    acting: Acting


class NotAllowed(UserProblem):
    """Known, and without the right."""


class Forged(UserProblem):
    """A session without the token of its own page."""


class Holding(AuthBase):
    """The callers who hold that right. OpenAPI knows it as a bearer token."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, right: str) -> None:
        assert right in RIGHTS, right
        self.right = right
        super().__init__()

    def __call__(self, request: HttpRequest) -> Caller | None:
        """The caller; None (401) where nobody vouches for them. Raises NotAllowed, Forged, TooFast."""
        caller, allowed = _by_token(request, self.right) or _by_session(request, self.right)
        if caller is None:
            return None
        if not allowed:
            raise NotAllowed(
                "not-allowed", "You may not do this.", f"It takes the right “{self.right}”.",
                "Ask an administrator for a role that holds it, or make a token with its scope.",
            )  # fmt: skip
        wait = take(caller.acting.actor)
        if wait is not None:
            raise TooFast(wait)
        return caller


def _by_token(request: HttpRequest, right: str) -> tuple[Caller | None, bool] | None:
    """None where no token was sent; a token that does not count is nobody, session or not."""
    if "Authorization" not in request.headers:
        return None
    found = bearer(request)
    return (None, False) if found is None else (Caller(found.member, found.acting), found.may(right))


def _by_session(request: HttpRequest, right: str) -> tuple[Caller | None, bool]:
    member = request.user
    if not isinstance(member, Member):
        return None, False
    if request.method not in SAFE and check_csrf(request) is not None:
        raise Forged(
            "forged", "This call did not come from a page of yours.", "It has a session and no CSRF token.",
            "Send the header X-CSRFToken, or call with a bearer token.",
        )  # fmt: skip
    return Caller(member, Acting.member(member.id)), may(member, right)


def caller_of(request: HttpRequest) -> Caller:
    """The caller behind a call that passed `Holding`."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]  # django-ninja puts it there
