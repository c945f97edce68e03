"""The cast of Brightwater: who may sign in to the demo, in which role, and that they are members.

`join` makes them members; all have the same password, which is random for each workspace and printed where the demo
starts. Nothing here runs in a workspace of real use.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from oarlock.demo.signing import sign_up
from oarlock.ground.ids import new_id
from oarlock.store.models import Member
from oarlock.store.writes import members
from oarlock.store.writes.audit import SYSTEM, note

__all__ = ["CAST", "DOMAIN", "Part", "join", "leave", "sign_up"]

DOMAIN = "brightwater.example"


@dataclass(frozen=True, slots=True)
class Part:
    """One of the cast: `person` is the agreement's person or the CRM's user, `who` says it in words."""

    person: str
    name: str
    roles: str
    team: str
    who: str

    @property
    def email(self) -> str:
        """What this person signs in with."""
        return f"{self.person}@{DOMAIN}"


CAST = (
    Part("rosa", "Rosa Lindqvist", "leader", "joint", "revenue leader"),
    Part("mara", "Mara Oyelaran", "leader marketing", "marketing", "marketing leader"),
    Part("sam", "Sam Okafor", "leader sales", "sales", "sales leader"),
    Part("olive", "Olive Brandt", "operations administrator", "joint", "operations, and administrator of the demo"),
    Part("lena", "Lena Vogt", "sales", "sales", "sells in Germany, Austria and Switzerland"),
    Part("hana", "Hana Novotná", "marketing", "marketing", "runs campaigns"),
)


def join(password: str, *, now: datetime) -> int:
    """Make the cast members, as far as they are not; how many joined."""
    with transaction.atomic():
        known = set(Member.objects.filter(email__in=[part.email for part in CAST]).values_list("email", flat=True))
        hashed = make_password(password)
        joining = [part for part in CAST if part.email not in known]
        for part in joining:
            _join(part, hashed, now)
        return len(joining)


def _join(part: Part, hashed: str, now: datetime) -> None:
    member = Member.objects.create(
        id=new_id(now, os.urandom(10)), email=part.email, name=part.name, roles=part.roles, team=part.team,
        person=part.person, joined_at=now, password=hashed,
    )  # fmt: skip
    note("joined", "member", member.id, {"roles": part.roles, "demo": True}, acting=SYSTEM, now=now)


def leave(*, now: datetime) -> int:
    """Void the passwords of the cast: a demo that is kept for real use has no password that stood on a screen."""
    with transaction.atomic():
        cast = Member.objects.filter(email__in=[part.email for part in CAST])
        left = [member for member in cast if member.has_usable_password()]
        for member in left:
            member.set_unusable_password()
            member.save(update_fields=["password"])
            members.end_sessions(member.id, acting=SYSTEM, now=now)
            note("password-voided", "member", member.id, {"demo": True}, acting=SYSTEM, now=now)
        return len(left)
