"""Who may do what: one table of rights and the roles that hold them, and the mark every view carries.

    @needs("propose")
    def propose(request): ...

A view without a mark is refused to everybody: forgetting is safe. Everybody who is signed in may look at both teams'
numbers; that is the point. What is private (pay, hiring notes) is asked of the record itself, not of a role.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from oarlock.store.models import Member

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

EVERYBODY = frozenset({"viewer", "sales", "marketing", "operations", "leader", "administrator"})
TEAMS = EVERYBODY - {"viewer"}
RIGHTS: dict[str, frozenset[str]] = {
    "look": EVERYBODY,
    "comment": TEAMS,
    "propose": TEAMS,
    "sign": frozenset({"leader"}),
    "edit-records": TEAMS,
    "export": TEAMS,
    "import": frozenset({"operations", "administrator"}),
    "merge": frozenset({"operations", "administrator"}),
    "erase": frozenset({"operations", "administrator"}),
    "close": frozenset({"operations", "leader", "administrator"}),
    "excuse": frozenset({"operations", "leader"}),
    "members": frozenset({"administrator"}),
    "channels": frozenset({"administrator"}),
    "keep-alive": frozenset({"administrator", "operations"}),
    "audit": frozenset({"operations", "leader", "administrator"}),
    "work-handoffs": frozenset({"sales", "operations", "leader", "administrator"}),
    "reassign": frozenset({"operations", "leader", "administrator"}),
    "appeal": frozenset({"marketing", "sales", "operations", "leader"}),
    "tokens": EVERYBODY,
    "own-account": EVERYBODY,
}
"""Right -> the roles that hold it."""

ROLE_WORDS = {
    "viewer": "Looks at everything both teams share, and changes nothing.",
    "sales": "Looks, comments, proposes changes to the agreement, edits records and exports them; answers the hand-offs"
    " that are theirs.",
    "marketing": "Looks, comments, proposes changes to the agreement, edits records and exports them; appeals where a"
    " hand-off was rejected.",
    "operations": "What the teams may do; also gives hand-offs to somebody else, imports files, merges and erases"
    " people, closes months, reads the audit trail and keeps Oarlock alive.",
    "leader": "What the teams may do; also signs where the agreement names them, gives hand-offs to somebody else,"
    " closes months, and reads the audit trail.",
    "administrator": "What operations may do; also invites members, gives roles and sends people away. Signs nothing"
    " by being one.",
}
"""What each role lets its member do, in the words of the members' page."""

SCOPE_RIGHTS: dict[str, frozenset[str]] = {
    "read": frozenset({"look", "export"}),
    "write": frozenset({"comment", "propose", "edit-records", "merge"}),
    "import": frozenset({"import"}),
    "audit": frozenset({"audit"}),
}
"""Scope of a token -> the rights it lets through. No scope signs, erases, closes or manages members."""

SCOPE_WORDS = {
    "read": "Read records, the agreement, numbers and drift, and export them.",
    "write": "Comment and propose; edit and merge records.",
    "import": "Bring files in.",
    "audit": "Read the audit trail.",
}


def may(member: object, right: str) -> bool:
    """Whether this member holds that right. Nobody who is not signed in holds any."""
    return isinstance(member, Member) and member.is_active and bool(member.held & RIGHTS[right])


def needs(right: str) -> Callable[[View[P]], View[P]]:
    """Mark a view with the right it takes; without it the answer is 403 with a page that says whom to ask."""
    assert right in RIGHTS, right

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user, right):
                raise PermissionDenied(right)
            return view(request, *args, **kwargs)

        guarded.right = right  # type: ignore[attr-defined]
        return cast(View[P], guarded)

    return mark


def acting_member(request: HttpRequest) -> Member:
    """The member behind a request that passed `needs`."""
    assert isinstance(request.user, Member)
    return request.user
