"""The facts of the working window: the lake's fact tables, column by column, under the lake's names.

Every row says which `load` brought it; `Seal`s hold the hash of every thousand rows of a load, so that a row that was
edited, added or taken away is found. Append-only: triggers of the database refuse anything else (migration 0002).
"""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField


class Load(models.Model):
    """One batch of facts that came in: from the lake (`lake`), from a person's hand or an arrival (`live`)."""

    number = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    begun_at = InstantField()
    finished_at = InstantField(null=True)
    lake_mark = models.CharField(max_length=80, blank=True, default="")
    rows = models.TextField(default="{}")

    class Meta:
        db_table = "loads"


class Seal(models.Model):
    """The SHA-256 over so many rows of one table and load, in the order of their ids, from `first` to `last`."""

    id = models.BigAutoField(primary_key=True)
    load = models.ForeignKey(Load, models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    first = models.CharField(max_length=200)
    last = models.CharField(max_length=200)
    rows = models.IntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "seals"
        indexes = [models.Index(fields=["table", "load", "first"], name="seals_of_a_table")]


class Touch(models.Model):
    """A person met our marketing."""

    touch_id = models.CharField(primary_key=True, max_length=200)
    person_id = models.CharField(max_length=200)
    at = InstantField()
    recorded_at = InstantField()
    channel = models.TextField(null=True)
    kind = models.TextField(null=True)
    campaign_id = models.CharField(max_length=200, null=True)
    content = models.TextField(null=True)
    url = models.TextField(null=True)
    cost = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    load = models.BigIntegerField()

    class Meta:
        db_table = "touches"
        indexes = [
            models.Index(fields=["person_id", "at"], name="touches_of_a_person"),
            models.Index(fields=["load"], name="touches_of_a_load"),
        ]


class Activity(models.Model):
    """A seller did something."""

    activity_id = models.CharField(primary_key=True, max_length=200)
    at = InstantField()
    recorded_at = InstantField()
    person_id = models.CharField(max_length=200, null=True)
    opportunity_id = models.CharField(max_length=200, null=True)
    user_id = models.CharField(max_length=200, null=True)
    kind = models.TextField()
    direction = models.TextField(null=True)
    outcome = models.TextField(null=True)
    minutes = models.FloatField(null=True)
    load = models.BigIntegerField()

    class Meta:
        db_table = "activities"
        indexes = [
            models.Index(fields=["person_id", "at"], name="activities_of_a_person"),
            models.Index(fields=["opportunity_id", "at"], name="activities_of_a_deal"),
            models.Index(fields=["load"], name="activities_of_a_load"),
        ]


class Change(models.Model):
    """A field took a value."""

    change_id = models.CharField(primary_key=True, max_length=200)
    at = InstantField()
    recorded_at = InstantField()
    entity = models.CharField(max_length=20)
    entity_id = models.CharField(max_length=200)
    field = models.CharField(max_length=200)
    value = models.TextField(null=True)
    by = models.TextField(null=True)
    origin = models.TextField(null=True)
    load = models.BigIntegerField()

    class Meta:
        db_table = "changes"
        indexes = [
            models.Index(fields=["entity_id", "at"], name="changes_of_a_record"),
            models.Index(fields=["load"], name="changes_of_a_load"),
        ]


class HandoffEvent(models.Model):
    """Something happened to a hand-off."""

    event_id = models.CharField(primary_key=True, max_length=200)
    handoff_id = models.CharField(max_length=200)
    at = InstantField()
    recorded_at = InstantField()
    person_id = models.CharField(max_length=200)
    cycle = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=30)
    by = models.TextField(null=True)
    to = models.TextField(null=True)
    reason = models.TextField(null=True)
    due_at = InstantField(null=True)
    agreement = models.TextField(null=True)
    load = models.BigIntegerField()

    class Meta:
        db_table = "handoff_events"
        indexes = [
            models.Index(fields=["person_id", "at"], name="handoffs_of_a_person"),
            models.Index(fields=["load"], name="handoffs_of_a_load"),
        ]


class CampaignCost(models.Model):
    """What a campaign cost."""

    cost_id = models.CharField(primary_key=True, max_length=200)
    campaign_id = models.CharField(max_length=200)
    at = InstantField()
    recorded_at = InstantField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=10, null=True)
    load = models.BigIntegerField()

    class Meta:
        db_table = "campaign_costs"
        indexes = [models.Index(fields=["load"], name="costs_of_a_load")]


class StageEntry(models.Model):
    """A person entered a stage, judged by the version then in force. State, not a fact: `rebuild` makes it anew."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.CharField(max_length=200)
    cycle = models.IntegerField()
    stage = models.CharField(max_length=100)
    at = InstantField()
    version = models.IntegerField()
    because = models.CharField(max_length=30)
    skipped = models.BooleanField()

    class Meta:
        db_table = "stage_entries"
        constraints = [models.UniqueConstraint(fields=["person_id", "cycle", "stage"], name="one_entry_a_cycle")]
        indexes = [models.Index(fields=["stage", "at"], name="entries_of_a_stage")]
