"""The life of an agreement: proposals with their revisions, comments and signatures, and the signed versions."""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField
from oarlock.store.models.members import Member

PROPOSAL_STATES = ("open", "withdrawn", "rejected", "adopted")


class Version(models.Model):
    """A signed version. `envelope` is exactly what was signed (bytes); `source` the agreement's own bytes in it."""

    number = models.IntegerField(primary_key=True)
    in_force_from = InstantField(unique=True)
    hash = models.CharField(max_length=80)
    envelope = models.BinaryField()
    envelope_hash = models.CharField(max_length=64)
    source = models.BinaryField()
    adopted_at = InstantField()
    proposal = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        db_table = "agreement_versions"


class Proposal(models.Model):
    """A proposed next version. `revision` is the number of its latest text; `state` is one of PROPOSAL_STATES."""

    id = models.CharField(primary_key=True, max_length=36)
    title = models.CharField(max_length=200)
    reason = models.TextField(blank=True, default="")
    base = models.IntegerField(null=True)
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, default="open", db_index=True)
    revision = models.IntegerField()
    opened_at = InstantField()
    closed_at = InstantField(null=True)
    closed_because = models.TextField(blank=True, default="")

    class Meta:
        db_table = "proposals"


class Revision(models.Model):
    """One text of a proposal, for ever. `upon` is the revision its author had before them."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    number = models.IntegerField()
    upon = models.IntegerField()
    source = models.BinaryField()
    hash = models.CharField(max_length=80)
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = InstantField()

    class Meta:
        db_table = "proposal_revisions"
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="one_text_a_revision")]


class Signature(models.Model):
    """One signer's name under exact bytes. `voided_at` is set when the text changed after it."""

    id = models.CharField(primary_key=True, max_length=36)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    revision = models.IntegerField()
    signer = models.CharField(max_length=200)
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = InstantField()
    method = models.CharField(max_length=20)
    envelope_hash = models.CharField(max_length=64)
    signature = models.TextField()
    voided_at = InstantField(null=True)
    voided_because = models.TextField(blank=True, default="")

    class Meta:
        db_table = "signatures"
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "signer"], condition=models.Q(voided_at__isnull=True), name="one_signature_a_signer"
            )
        ]


class Comment(models.Model):
    """What somebody said about a term of a proposal (or about the whole: an empty term)."""

    id = models.CharField(primary_key=True, max_length=36)
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+")
    term = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = InstantField()
    settled_at = InstantField(null=True)

    class Meta:
        db_table = "proposal_comments"
        indexes = [models.Index(fields=["proposal", "at"], name="comments_of_a_proposal")]
