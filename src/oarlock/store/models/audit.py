"""The audit trail: one line a write, chained by hash, and the checkpoints of it that left the house."""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField


class AuditLine(models.Model):
    """What somebody did. Append-only, numbered without gaps.

    `hash` is the SHA-256 (hex) of the line before and of this line's canonical bytes (`writes.audit.canonical`).
    `actor` is a member's id, `system`, or `token:<id>`; `detail` is canonical JSON and holds ids, never identity.
    """

    number = models.BigIntegerField(primary_key=True)
    at = InstantField(db_index=True)
    actor = models.CharField(max_length=60, db_index=True)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=200)
    detail = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_lines"
        indexes = [
            models.Index(fields=["subject_kind", "subject", "number"], name="audit_subject"),
            models.Index(fields=["verb", "number"], name="audit_verb"),
        ]


class Checkpoint(models.Model):
    """The head of the trail at some time, told to somebody outside (a mail, an agenda, a printed page)."""

    number = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    at = InstantField()
    told = models.CharField(max_length=200)

    class Meta:
        db_table = "checkpoints"
