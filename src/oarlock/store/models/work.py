"""Work that takes a while and things people keep: orders for jobs, uploads on their way in, saved filters, erasures."""

from __future__ import annotations

from django.db import models

from oarlock.store.fields import InstantField
from oarlock.store.models.members import Member

ORDER_STATES = ("open", "taken", "done", "failed")


class WorkOrder(models.Model):
    """One piece of work. `key` makes the same wish twice one order; a worker claims it until `taken_until`.

    `asked` and `result` are JSON; `share` is 0 to 1 or null; `words` say what is being done, or why it failed.
    """

    id = models.CharField(primary_key=True, max_length=36)
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=200)
    asked = models.TextField()
    state = models.CharField(max_length=8, default="open")
    by = models.CharField(max_length=60)
    made_at = InstantField()
    due_at = InstantField()
    taken_by = models.CharField(max_length=100, blank=True, default="")
    taken_until = InstantField(null=True)
    attempts = models.IntegerField(default=0)
    share = models.FloatField(null=True)
    words = models.TextField(blank=True, default="")
    result = models.TextField(blank=True, default="")
    finished_at = InstantField(null=True)

    class Meta:
        db_table = "work_orders"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=models.Q(state__in=("open", "taken")), name="one_open_order_a_wish"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=("open", "taken")), name="orders_waiting")
        ]


class Worker(models.Model):
    """A process that does orders: when it began, and when it last said that it is alive."""

    name = models.CharField(primary_key=True, max_length=100)
    began_at = InstantField()
    seen_at = InstantField(db_index=True)

    class Meta:
        db_table = "workers"


class Upload(models.Model):
    """Files somebody brought in through the browser. They lie in the workspace's folder `uploads/<id>/`."""

    id = models.CharField(primary_key=True, max_length=36)
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = InstantField()
    names = models.TextField()
    mapping = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, default="looked-at")
    summary = models.TextField(blank=True, default="")

    class Meta:
        db_table = "uploads"


class SavedFilter(models.Model):
    """A list's filter under a name: its page and query string; shared ones are everybody's."""

    id = models.CharField(primary_key=True, max_length=36)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    page = models.CharField(max_length=60)
    query = models.TextField()
    shared = models.BooleanField(default=False)

    class Meta:
        db_table = "saved_filters"
        constraints = [models.UniqueConstraint(fields=["member", "page", "name"], name="one_filter_a_name")]


class Erasure(models.Model):
    """Somebody's identity was erased on request; their id and their counts stay."""

    person_id = models.CharField(primary_key=True, max_length=200)
    at = InstantField()
    by = models.CharField(max_length=60)
    reason = models.TextField()

    class Meta:
        db_table = "erasures"
