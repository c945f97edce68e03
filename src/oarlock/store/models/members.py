"""Who may sign in, what they may do, and the tokens programs act with."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from oarlock.store.fields import InstantField

ROLES = ("viewer", "sales", "marketing", "operations", "leader", "administrator")
TEAMS = ("marketing", "sales", "joint")


class Member(AbstractBaseUser):
    """Somebody who may sign in. `roles` are words of ROLES with a space between; `person` is the key of the agreement's
    person (`mara`) or CRM user this member is, if any: signatures and clocks go by it."""

    id = models.CharField(primary_key=True, max_length=36)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    roles = models.CharField(max_length=100, default="viewer")
    team = models.CharField(max_length=12, default="joint")
    person = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    joined_at = InstantField()

    objects = BaseUserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "members"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=~models.Q(person=""), name="one_member_a_person")
        ]

    @property
    def held(self) -> frozenset[str]:
        """The roles this member holds."""
        return frozenset(self.roles.split())

    @property
    def initials(self) -> str:
        """At most two letters for the disc that stands for this member."""
        words = self.name.split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


class Token(models.Model):
    """A program's key to the API. Only its SHA-256 is kept; `scopes` are words with a space between."""

    id = models.CharField(primary_key=True, max_length=36)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    scopes = models.CharField(max_length=200)
    made_at = InstantField()
    used_at = InstantField(null=True)
    expires_at = InstantField(null=True)
    revoked_at = InstantField(null=True)

    class Meta:
        db_table = "tokens"


class SignIn(models.Model):
    """One sign-in of a member: which session it began, when, from where. Gone with its session."""

    session_key = models.CharField(primary_key=True, max_length=40)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    at = InstantField()
    agent = models.CharField(max_length=200, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")

    class Meta:
        db_table = "sign_ins"
