"""Figures that were computed and kept: measurements for pages, and the months that were closed."""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField


class Measurement(models.Model):
    """What a job computed. `key` is the hash of all it depends on: kind, versions, as-known date, filter, lake, code.

    `body` is JSON; `rows` names the file beside the lake that holds the rows behind it.
    """

    key = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=20)
    asked = models.TextField()
    versions = models.CharField(max_length=80)
    as_known = InstantField()
    made_at = InstantField(db_index=True)
    seconds = models.FloatField()
    body = models.TextField()
    rows = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "measurements"


class Closing(models.Model):
    """A closed month: its figures as exact bytes, never changed again. `month` is `2026-09`."""

    month = models.CharField(primary_key=True, max_length=7)
    closed_at = InstantField()
    by = models.CharField(max_length=60)
    version = models.IntegerField()
    as_known = InstantField()
    body = models.BinaryField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "closings"


class Adjustment(models.Model):
    """What a figure of a closed month would be today, and what caused the difference."""

    id = models.BigAutoField(primary_key=True)
    month = models.CharField(max_length=7, db_index=True)
    figure = models.CharField(max_length=200)
    frozen = models.CharField(max_length=40)
    today = models.CharField(max_length=40)
    cause = models.TextField()
    noticed_at = InstantField()

    class Meta:
        db_table = "adjustments"
