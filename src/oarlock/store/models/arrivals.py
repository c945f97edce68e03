"""What arrives from outside: which of it was taken in already, what could not be, who may send, and who is who."""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField


class Arrival(models.Model):
    """Something that was taken in. `key` is `<source>:<the sender's own id of it>`: the same key is the same thing.

    `fingerprint` is the SHA-256 of what was sent; `answer` (JSON) is what was answered, and will be again.
    """

    key = models.CharField(primary_key=True, max_length=300)
    fingerprint = models.CharField(max_length=64)
    at = InstantField(db_index=True)
    answer = models.TextField()

    class Meta:
        db_table = "arrivals"


class DeadLetter(models.Model):
    """Something that could not be taken in: exactly as it came, with the reason. `state`: open, taken-in or dropped."""

    id = models.CharField(primary_key=True, max_length=36)
    source = models.CharField(max_length=60)
    at = InstantField(db_index=True)
    body = models.TextField()
    code = models.CharField(max_length=60)
    reason = models.TextField()
    state = models.CharField(max_length=10, default="open")
    answered_at = InstantField(null=True)
    by = models.CharField(max_length=60, blank=True, default="")
    arrival = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "dead_letters"
        indexes = [models.Index(fields=["state", "at"], name="letters_by_state")]


class Entrance(models.Model):
    """Somewhere things may come in by: `kind` is events (a write key), form (a page of theirs) or webhook.

    Only the hash of a write key is kept. A webhook's secrets are made of the keys of the house, this id and a number
    (`secrets` lists the numbers that count, a space between), so none is stored.
    """

    id = models.CharField(primary_key=True, max_length=36)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    hash = models.CharField(max_length=64, blank=True, default="")
    hint = models.CharField(max_length=8, blank=True, default="")
    secrets = models.CharField(max_length=100, blank=True, default="")
    options = models.TextField(default="{}")
    made_at = InstantField()
    by = models.CharField(max_length=60)
    used_at = InstantField(null=True)
    closed_at = InstantField(null=True)

    class Meta:
        db_table = "entrances"
        indexes = [models.Index(fields=["hash"], name="entrances_by_hash")]


class Identity(models.Model):
    """What somebody is known by: `kind` is external, email, phone or anonymous; `value` in its one spelling."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=320)
    person_id = models.CharField(max_length=200, db_index=True)
    at = InstantField()

    class Meta:
        db_table = "identities"
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="one_person_an_identity")]


class Alias(models.Model):
    """A company's name, cleaned, that somebody confirmed to mean this account: remembered from then on."""

    name = models.CharField(primary_key=True, max_length=300)
    account_id = models.CharField(max_length=200, db_index=True)
    at = InstantField()
    by = models.CharField(max_length=60)

    class Meta:
        db_table = "aliases"


class Likeness(models.Model):
    """Two that may be one and were not joined by themselves: `kind` is account (a person and an account) or person.

    `score` is how sure the match is, 0 to 1; `state` is open, confirmed or refused; `because` says what is alike.
    """

    id = models.CharField(primary_key=True, max_length=36)
    kind = models.CharField(max_length=10)
    one = models.CharField(max_length=200)
    other = models.CharField(max_length=200)
    score = models.FloatField()
    because = models.TextField()
    at = InstantField()
    state = models.CharField(max_length=10, default="open")
    answered_at = InstantField(null=True)
    by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        db_table = "likenesses"
        constraints = [models.UniqueConstraint(fields=["kind", "one", "other"], name="one_likeness_a_pair")]
        indexes = [models.Index(fields=["state", "score"], name="likenesses_by_state")]
