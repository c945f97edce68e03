"""The records as they stand: people, accounts, opportunities and who works on them; each person's state; search.

Identity (name, e-mail, phone, title) lives here and in few columns of facts, so that erasing can reach all of it.
"""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField


class Person(models.Model):
    """A person, as the latest fact has it. `properties` is JSON: the company's own fields, text to text."""

    person_id = models.CharField(primary_key=True, max_length=200)
    email = models.TextField(null=True)
    name = models.TextField(null=True)
    title = models.TextField(null=True)
    phone = models.TextField(null=True)
    company_name = models.TextField(null=True)
    account_id = models.CharField(max_length=200, null=True)
    country = models.TextField(null=True)
    region = models.TextField(null=True)
    language = models.TextField(null=True)
    source = models.TextField(null=True)
    source_detail = models.TextField(null=True)
    campaign_id = models.CharField(max_length=200, null=True)
    landing_page = models.TextField(null=True)
    owner_id = models.CharField(max_length=200, null=True)
    created_at = InstantField(null=True)
    recorded_stage = models.TextField(null=True)
    consent = models.TextField(null=True)
    properties = models.TextField(default="{}")

    class Meta:
        db_table = "people"
        indexes = [
            models.Index(fields=["account_id"], name="people_of_an_account"),
            models.Index(fields=["owner_id", "created_at", "person_id"], name="people_of_an_owner"),
            models.Index(fields=["source", "created_at", "person_id"], name="people_of_a_source"),
            models.Index(fields=["country", "created_at", "person_id"], name="people_of_a_country"),
            models.Index(fields=["created_at", "person_id"], name="people_by_age"),
            models.Index(fields=["name", "person_id"], name="people_by_name"),
            models.Index(fields=["email"], name="people_by_email"),
        ]


class PersonState(models.Model):
    """Where a person stands: stage, since when, in which cycle, judged by which version; `detour` if away.

    A cache of the fold over facts: `rebuild` makes it anew and equal.
    """

    person_id = models.CharField(primary_key=True, max_length=200)
    cycle = models.IntegerField()
    stage = models.CharField(max_length=100, null=True)
    since = InstantField(null=True)
    version = models.IntegerField(null=True)
    detour = models.CharField(max_length=100, null=True)
    back_at = InstantField(null=True)
    merged_into = models.CharField(max_length=200, null=True)

    class Meta:
        db_table = "person_states"
        indexes = [
            models.Index(fields=["stage", "since", "person_id"], name="people_in_a_stage"),
            models.Index(fields=["back_at"], condition=models.Q(back_at__isnull=False), name="people_coming_back"),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="people_merged_away"
            ),
        ]


class Account(models.Model):
    """A company we sell to."""

    account_id = models.CharField(primary_key=True, max_length=200)
    name = models.TextField(null=True)
    domain = models.TextField(null=True)
    industry = models.TextField(null=True)
    employees = models.FloatField(null=True)
    annual_revenue = models.FloatField(null=True)
    country = models.TextField(null=True)
    owner_id = models.CharField(max_length=200, null=True)
    parent_id = models.CharField(max_length=200, null=True)
    properties = models.TextField(default="{}")

    class Meta:
        db_table = "accounts"
        indexes = [
            models.Index(fields=["name", "account_id"], name="accounts_by_name"),
            models.Index(fields=["owner_id", "name", "account_id"], name="accounts_of_an_owner"),
            models.Index(fields=["industry", "name", "account_id"], name="accounts_of_an_industry"),
            models.Index(fields=["country", "name", "account_id"], name="accounts_of_a_country"),
            models.Index(fields=["parent_id"], name="accounts_of_a_parent"),
        ]


class Opportunity(models.Model):
    """A deal. `status` is open, won or lost."""

    opportunity_id = models.CharField(primary_key=True, max_length=200)
    account_id = models.CharField(max_length=200, null=True)
    person_id = models.CharField(max_length=200, null=True)
    name = models.TextField(null=True)
    kind = models.TextField(null=True)
    product = models.TextField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=10, null=True)
    stage = models.TextField(null=True)
    status = models.CharField(max_length=10)
    owner_id = models.CharField(max_length=200, null=True)
    campaign_id = models.CharField(max_length=200, null=True)
    created_at = InstantField(null=True)
    expected_close = InstantField(null=True)
    closed_at = InstantField(null=True)
    lost_reason = models.TextField(null=True)
    properties = models.TextField(default="{}")

    class Meta:
        db_table = "opportunities"
        indexes = [
            models.Index(fields=["account_id"], name="deals_of_an_account"),
            models.Index(fields=["person_id"], name="deals_of_a_person"),
            models.Index(fields=["status", "created_at", "opportunity_id"], name="deals_by_status"),
            models.Index(fields=["owner_id", "created_at", "opportunity_id"], name="deals_of_an_owner"),
            models.Index(fields=["created_at", "opportunity_id"], name="deals_by_age"),
            models.Index(fields=["amount", "opportunity_id"], name="deals_by_amount"),
        ]


class OpportunityContact(models.Model):
    """Somebody who has a part in a deal."""

    id = models.BigAutoField(primary_key=True)
    opportunity_id = models.CharField(max_length=200)
    person_id = models.CharField(max_length=200)
    role = models.TextField(null=True)

    class Meta:
        db_table = "opportunity_contacts"
        constraints = [models.UniqueConstraint(fields=["opportunity_id", "person_id"], name="one_part_in_a_deal")]
        indexes = [models.Index(fields=["person_id"], name="parts_of_a_person")]


class Campaign(models.Model):
    """Something marketing runs."""

    campaign_id = models.CharField(primary_key=True, max_length=200)
    name = models.TextField(null=True)
    channel = models.TextField(null=True)
    owner_id = models.CharField(max_length=200, null=True)
    started_at = InstantField(null=True)
    ended_at = InstantField(null=True)
    properties = models.TextField(default="{}")

    class Meta:
        db_table = "campaigns"


class User(models.Model):
    """A user of the CRM: somebody who owns people and deals. Who may sign in here is a `Member`."""

    user_id = models.CharField(primary_key=True, max_length=200)
    name = models.TextField(null=True)
    email = models.TextField(null=True)
    role = models.TextField(null=True)
    team = models.TextField(null=True)
    manager_id = models.CharField(max_length=200, null=True)
    region = models.TextField(null=True)
    active = models.BooleanField(null=True)
    properties = models.TextField(default="{}")

    class Meta:
        db_table = "users"


class SearchWord(models.Model):
    """A word (lower case, without accents) somebody may look a record up by; searched by its beginning."""

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    record_id = models.CharField(max_length=200)

    class Meta:
        db_table = "search_words"
        indexes = [
            models.Index(fields=["kind", "word", "record_id"], name="records_of_a_word"),
            models.Index(fields=["record_id"], name="words_of_a_record"),
        ]
