"""What leaves the house: notices to people, in the outbox until they are sent, and each person's own choices."""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField
from oarlock.store.models.members import Member


class Notice(models.Model):
    """One notice to one person through one channel. Its id is made of what it tells, so it is told once.

    `channel` is mail, the name of a channel an administrator set up, digest, or empty until its receiver's choice was
    asked; `about` is `<kind>:<id>`; `body` is JSON. `state`: waiting, taken, sent, failed, gathered (into a digest), or
    unwanted (its receiver chose not to have it).
    """

    id = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=30)
    user = models.CharField(max_length=200)
    channel = models.CharField(max_length=60)
    about = models.CharField(max_length=220)
    subject = models.TextField()
    body = models.TextField()
    made_at = InstantField(db_index=True)
    due_at = InstantField()
    state = models.CharField(max_length=10, default="waiting")
    attempts = models.IntegerField(default=0)
    taken_by = models.CharField(max_length=100, blank=True, default="")
    taken_until = InstantField(null=True)
    words = models.TextField(blank=True, default="")
    sent_at = InstantField(null=True)

    class Meta:
        db_table = "notices"
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=("waiting", "taken")), name="notices_waiting"),
            models.Index(fields=["user", "made_at"], name="notices_of_somebody"),
            models.Index(fields=["state", "made_at"], name="notices_by_state"),
        ]


class Channel(models.Model):
    """A way out an administrator set up: an Apprise address with its secrets, sealed with the keys of the house."""

    name = models.CharField(primary_key=True, max_length=60)
    kind = models.CharField(max_length=20)
    sealed = models.TextField()
    shown = models.CharField(max_length=200)
    made_at = InstantField()
    by = models.CharField(max_length=60)
    closed_at = InstantField(null=True)

    class Meta:
        db_table = "channels"


class Choice(models.Model):
    """How one member wants to hear of one kind of notice: by which channels (a space between), at once or in a digest.

    The kind `*` holds for all kinds without a choice of their own. `quiet` is `19:00-08:00` or empty.
    """

    id = models.BigAutoField(primary_key=True)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    channels = models.CharField(max_length=300)
    when = models.CharField(max_length=8, default="at-once")
    quiet = models.CharField(max_length=11, blank=True, default="")

    class Meta:
        db_table = "choices"
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="one_choice_a_kind")]
