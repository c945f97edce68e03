"""Members as pages show them: the list, one of them, their sessions, and the agreement's people nobody is yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Member, SignIn
from oarlock.store.reads.versions import in_force, terms_of

MOST = 500
"""Members a page lists; a company with more is found by a part of the name."""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member. `last_seen` is the last sign-in, `invited` says that they never set a password or signed in."""

    id: str
    email: str
    name: str
    initials: str
    roles: tuple[str, ...]
    team: str
    person: str
    active: bool
    invited: bool
    joined_at: datetime
    last_seen: datetime | None
    factors: int


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session of a member: since when, with which program, from which address; `here` is the one that asks."""

    key: str
    at: datetime
    agent: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class Named:
    """A person the agreement names: key, name, role, and whether they sign."""

    key: str
    name: str
    role: str
    signs: bool


def members(part: str = "") -> list[MemberRow]:
    """Members whose name or address holds that part, active ones first, by name; at most MOST."""
    found = Member.objects.order_by("-is_active", "name", "id")
    if part:
        found = found.filter(name__icontains=part) | found.filter(email__icontains=part)
    return [_row(member, 0) for member in found[:MOST]]


def member(member_id: str) -> MemberRow:
    """One member. UserProblem `unknown-member`."""
    found = Member.objects.filter(id=member_id).first()
    if found is None:
        raise UserProblem("unknown-member", "There is no such member.")
    return _row(found, Authenticator.objects.filter(user_id=found.id).count())


def nobody_yet() -> bool:
    """Whether the workspace has no member at all."""
    return not Member.objects.exists()


def id_of(email: str) -> str:
    """The id of the member with that address. UserProblem `unknown-member`."""
    found = Member.objects.filter(email__iexact=email.strip()).values_list("id", flat=True).first()
    if found is None:
        raise UserProblem("unknown-member", "Nobody is a member with this address.", email[:100])
    return found


def sessions(member_id: str, here: str, now: datetime) -> list[SessionRow]:
    """The member's sessions that still run, newest first."""
    begun = list(SignIn.objects.filter(member_id=member_id).order_by("-at")[:100])
    keys = [row.session_key for row in begun]
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=now).values_list("session_key", flat=True))
    return [
        SessionRow(row.session_key, row.at, row.agent, row.address, row.session_key == here)
        for row in begun
        if row.session_key in alive
    ]


def people_of_agreement() -> list[Named]:
    """Whom the agreement in force names, by key; none where no agreement is in force."""
    force = in_force()
    if force is None:
        return []
    leadership = terms_of(force.number, force.hash).leadership
    return [Named(p.key, p.name, p.role, p.key in leadership.signers) for p in leadership.people]


def _row(found: Member, factors: int) -> MemberRow:
    return MemberRow(
        found.id, found.email, found.name, found.initials, tuple(found.roles.split()), found.team, found.person,
        found.is_active, found.last_login is None and not found.has_usable_password(), found.joined_at,
        found.last_login, factors,
    )  # fmt: skip
