"""Hand-offs as they stand, why each went where it went, whose turn it is, and what keeps people from their work.

A `Handoff` is a fold over `handoff_events` and can be made anew; a `Decision` is written once and kept for ever.
"""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField
from oarlock.store.models.members import Member

OPEN = models.Q(ended_at__isnull=True)


class Handoff(models.Model):
    """One hand-off of one person in one cycle. `owner` is the key of the agreement's user; null = waiting in `queue`.

    `due_at` is the next instant at which the clock loop has something to do (`due_what` says what), null when nothing
    is left to do. `holders` are the keys of all who ever had it, in order, a space between. `step` counts the breach
    steps taken. `agreement` is the number of the version whose clocks run; `last_at` is the time of its latest
    fact, `last_touch_at` of the latest activity.
    """

    handoff_id = models.CharField(primary_key=True, max_length=200)
    key = models.CharField(max_length=100)
    person_id = models.CharField(max_length=200)
    cycle = models.IntegerField()
    agreement = models.IntegerField()
    state = models.CharField(max_length=12)
    owner = models.CharField(max_length=200, null=True)
    pool = models.CharField(max_length=100, null=True)
    queue = models.CharField(max_length=100, null=True)
    holders = models.TextField(default="")
    offered_at = InstantField()
    held_since = InstantField(null=True)
    accept_due_at = InstantField(null=True)
    answered_at = InstantField(null=True)
    answered_by = models.CharField(max_length=200, null=True)
    first_touch_due_at = InstantField(null=True)
    first_touch_at = InstantField(null=True)
    work_due_at = InstantField(null=True)
    attempts = models.IntegerField(default=0)
    reason = models.CharField(max_length=100, null=True)
    ended_at = InstantField(null=True)
    breached = models.CharField(max_length=60, blank=True, default="")
    step = models.IntegerField(default=0)
    due_at = InstantField(null=True)
    due_what = models.CharField(max_length=30, blank=True, default="")
    decision_id = models.CharField(max_length=36, null=True)
    last_at = InstantField(null=True)
    last_touch_at = InstantField(null=True)

    class Meta:
        db_table = "handoffs"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "key", "cycle"],
                condition=models.Q(ended_at__isnull=True),
                name="one_open_handoff_a_cycle",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(due_at__isnull=False), name="handoffs_due"),
            models.Index(fields=["owner", "offered_at"], condition=OPEN, name="handoffs_open"),
            models.Index(fields=["queue", "offered_at"], condition=OPEN, name="handoffs_queued"),
            models.Index(fields=["person_id", "offered_at"], name="handoffs_of_one"),
            models.Index(fields=["reason", "ended_at"], name="handoffs_by_reason"),
            models.Index(fields=["offered_at"], name="handoffs_by_age"),
        ]


class Remark(models.Model):
    """Words somebody added to a hand-off: a note with a rejection, an appeal, an answer to it. Erased with them."""

    id = models.CharField(primary_key=True, max_length=36)
    handoff_id = models.CharField(max_length=200, db_index=True)
    person_id = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=12)
    at = InstantField()
    by = models.CharField(max_length=60)
    words = models.TextField()

    class Meta:
        db_table = "remarks"


class Decision(models.Model):
    """Why a hand-off went where it went: every step tried, as JSON (`routing.decisions`). Written once, kept for ever.

    `because` is one of `routing.decisions.REASONS`; `skipped` are the keys of those passed over, spaces around each.
    """

    decision_id = models.CharField(primary_key=True, max_length=36)
    handoff_id = models.CharField(max_length=200, db_index=True)
    person_id = models.CharField(max_length=200, db_index=True)
    at = InstantField(db_index=True)
    agreement = models.IntegerField()
    owner = models.CharField(max_length=200, null=True)
    pool = models.CharField(max_length=100, null=True)
    because = models.CharField(max_length=30)
    skipped = models.TextField(blank=True, default="")
    body = models.TextField()

    class Meta:
        db_table = "decisions"
        indexes = [
            models.Index(fields=["owner", "at"], name="decisions_for_somebody"),
            models.Index(fields=["pool", "at"], name="decisions_of_a_pool"),
            models.Index(fields=["because", "at"], name="decisions_by_reason"),
        ]


class Turn(models.Model):
    """Where one member of a pool stands in its rotation: the credit of smooth weighted turns, and since when.

    `day` (days since 1970 in the pool's zone) and `given` count what they got on that day.
    """

    id = models.BigAutoField(primary_key=True)
    pool = models.CharField(max_length=100)
    user = models.CharField(max_length=200)
    credit = models.FloatField(default=0.0)
    since = InstantField()
    last_at = InstantField(null=True)
    day = models.IntegerField(default=0)
    given = models.IntegerField(default=0)

    class Meta:
        db_table = "turns"
        constraints = [models.UniqueConstraint(fields=["pool", "user"], name="one_turn_a_member")]


class Away(models.Model):
    """Somebody is away from `begins` to `ends`: said here by hand, or read from their calendar's address (`feed`)."""

    id = models.CharField(primary_key=True, max_length=36)
    user = models.CharField(max_length=200, db_index=True)
    begins = InstantField()
    ends = InstantField()
    origin = models.CharField(max_length=12)
    why = models.CharField(max_length=200, blank=True, default="")
    made_at = InstantField()
    by = models.CharField(max_length=60)

    class Meta:
        db_table = "aways"


class Feed(models.Model):
    """The iCalendar address somebody's absences are read from, and how the last reading went."""

    user = models.CharField(primary_key=True, max_length=200)
    address = models.TextField()
    read_at = InstantField(null=True)
    words = models.TextField(blank=True, default="")

    class Meta:
        db_table = "feeds"


class Excused(models.Model):
    """An excuse one team declared for a time, and the other confirmed or refused. Kept for ever."""

    id = models.CharField(primary_key=True, max_length=36)
    excuse = models.CharField(max_length=100)
    begins = InstantField()
    ends = InstantField()
    why = models.TextField()
    declared_at = InstantField()
    declared_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    answered_at = InstantField(null=True)
    answered_by = models.ForeignKey(Member, models.PROTECT, related_name="+", null=True)
    confirmed = models.BooleanField(null=True)

    class Meta:
        db_table = "excuses"
        indexes = [models.Index(fields=["excuse", "begins"], name="excuses_by_time")]
