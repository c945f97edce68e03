"""Members: made by an administrator, given roles, sent away. There is no other way in and no password by default.

Promises: an address and a person of the agreement belong to one member; the last administrator stays one; whoever is
sent away is out at once, with all sessions and tokens; every change leaves an audit line that holds no name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Member, SignIn, Token
from oarlock.store.models.members import ROLES, TEAMS
from oarlock.store.writes.audit import Acting, note

NAME_LENGTH = 200


def add(
    email: str, name: str, *, roles: Iterable[str] = ("viewer",), team: str = "joint", person: str = "",
    acting: Acting, now: datetime,
) -> str:  # fmt: skip
    """A new member without a password (`invitations.begin_path` lets them set one); the id.

    UserProblem `bad-email`, `taken-email`, `bad-name`, `bad-roles`, `bad-team`, `taken-person`.
    """
    address, held = _email(email), _roles(roles)
    with transaction.atomic():
        if Member.objects.filter(email__iexact=address).exists():
            raise UserProblem("taken-email", "Somebody is a member with this address already.", address)
        made = Member(
            id=new_id(now, os.urandom(10)), email=address, name=_name(name), roles=held, team=_team(team),
            person=_person(person, but=None), joined_at=now,
        )  # fmt: skip
        made.set_unusable_password()
        made.save(force_insert=True)
        note("invited", "member", made.id, {"roles": held, "team": made.team}, acting=acting, now=now)
    return made.id


def change(
    member_id: str, *, name: str, roles: Iterable[str], team: str, person: str, acting: Acting, now: datetime
) -> None:
    """What an administrator may change. UserProblem as in `add`, and `unknown-member`, `last-administrator`."""
    with transaction.atomic():
        member = _locked(member_id)
        before = (member.roles, member.team, member.person)
        member.name, member.roles, member.team = _name(name), _roles(roles), _team(team)
        member.person = _person(person, but=member.id)
        _keep_an_administrator(member)
        member.save(update_fields=["name", "roles", "team", "person"])
        after = (member.roles, member.team, member.person)
        told = {"roles": member.roles, "team": member.team, "person_changed": before[2] != after[2]}
        note("changed", "member", member.id, told, acting=acting, now=now)


def rename(member_id: str, name: str, *, acting: Acting, now: datetime) -> None:
    """A member's own name."""
    with transaction.atomic():
        member = _locked(member_id)
        member.name = _name(name)
        member.save(update_fields=["name"])
        note("renamed", "member", member.id, {}, acting=acting, now=now)


def deactivate(member_id: str, *, acting: Acting, now: datetime) -> None:
    """Send a member away: out of every session at once, their tokens revoked. What they did stays theirs."""
    with transaction.atomic():
        member = _locked(member_id)
        member.is_active = False
        _keep_an_administrator(member)
        member.save(update_fields=["is_active"])
        ended = _end_sessions(member.id, but="")
        revoked = Token.objects.filter(member=member, revoked_at__isnull=True).update(revoked_at=now)
        note("deactivated", "member", member.id, {"sessions": ended, "tokens": revoked}, acting=acting, now=now)


def reactivate(member_id: str, *, acting: Acting, now: datetime) -> None:
    """Let a member in again; sessions and tokens stay ended."""
    with transaction.atomic():
        member = _locked(member_id)
        member.is_active = True
        member.save(update_fields=["is_active"])
        note("reactivated", "member", member.id, {}, acting=acting, now=now)


def end_sessions(member_id: str, *, but: str = "", acting: Acting, now: datetime) -> int:
    """End a member's sessions, all `but` the one with that key; how many."""
    with transaction.atomic():
        ended = _end_sessions(member_id, but=but)
        note("ended-sessions", "member", member_id, {"sessions": ended}, acting=acting, now=now)
    return ended


def signed_in(member_id: str, session_key: str, *, agent: str, address: str, now: datetime) -> None:
    """Somebody signed in: remember which session it began, forget those that are over."""
    with transaction.atomic():
        keep_session(member_id, session_key, agent=agent, address=address, now=now)
        note("signed-in", "member", member_id, {}, acting=Acting.member(member_id), now=now)


def keep_session(member_id: str, session_key: str, *, agent: str, address: str, now: datetime) -> None:
    """This member's session has this key from now on (a new password gives it a new one)."""
    keys = SignIn.objects.filter(member_id=member_id).values_list("session_key", flat=True)
    alive = set(Session.objects.filter(session_key__in=list(keys), expire_date__gt=now).values_list("pk", flat=True))
    SignIn.objects.filter(member_id=member_id).exclude(session_key__in=alive).delete()
    SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={"member_id": member_id, "at": now, "agent": agent[:200], "address": address[:45]},
    )


def _end_sessions(member_id: str, *, but: str) -> int:
    begun = SignIn.objects.filter(member_id=member_id).exclude(session_key=but)
    ended, _ = Session.objects.filter(session_key__in=list(begun.values_list("session_key", flat=True))).delete()
    begun.delete()
    return ended


def _locked(member_id: str) -> Member:
    """The member, held until the transaction ends. Administrators are held too: two may not both leave at once."""
    list(Member.objects.select_for_update().filter(roles__contains="administrator").order_by("id").values_list("id"))
    found = Member.objects.select_for_update().filter(id=member_id).first()
    if found is None:
        raise UserProblem("unknown-member", "There is no such member.")
    return found


def _keep_an_administrator(changed: Member) -> None:
    others = Member.objects.filter(is_active=True, roles__contains="administrator").exclude(id=changed.id)
    stays = changed.is_active and "administrator" in changed.held
    if not stays and not others.exists():
        raise UserProblem(
            "last-administrator", "Nobody would be left who can manage members.", "This is the last administrator.",
            "Make somebody else an administrator first.",
        )  # fmt: skip


def _email(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise UserProblem("bad-email", "This is no e-mail address.", address[:100]) from error
    return address


def _name(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > NAME_LENGTH or not text.isprintable():
        raise UserProblem("bad-name", f"A name has 1 to {NAME_LENGTH} letters.")
    return text


def _roles(roles: Iterable[str]) -> str:
    held = set(roles)
    if not held or held - set(ROLES):
        raise UserProblem("bad-roles", "A member has at least one role, of these:", ", ".join(ROLES) + ".")
    return " ".join(role for role in ROLES if role in held)


def _team(team: str) -> str:
    if team not in TEAMS:
        raise UserProblem("bad-team", "A member's team is one of these:", ", ".join(TEAMS) + ".")
    return team


def _person(person: str, *, but: str | None) -> str:
    key = person.strip()
    if key and Member.objects.filter(person=key).exclude(id=but).exists():
        raise UserProblem(
            "taken-person",
            f"Another member is `{key[:60]}` already.",
            "Signatures go by it, so it is one member's alone.",
        )
    return key[:NAME_LENGTH]
