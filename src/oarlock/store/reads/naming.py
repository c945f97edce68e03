"""Names for ids, in one query a kind: what a list shows instead of ids. An id nobody knows stands for itself."""

from __future__ import annotations

from collections.abc import Collection

from oarlock.store.models import Campaign, Member, Person, User


def people(ids: Collection[str]) -> dict[str, str]:
    """Person id -> name, else e-mail, else id."""
    rows = Person.objects.filter(person_id__in=ids).values_list("person_id", "name", "email") if ids else ()
    return {i: i for i in ids} | {i: name or email or i for i, name, email in rows}


def users(ids: Collection[str | None]) -> dict[str, str]:
    """CRM user's id -> name."""
    wanted = {i for i in ids if i}
    rows = User.objects.filter(user_id__in=wanted).values_list("user_id", "name") if wanted else ()
    return {i: i for i in wanted} | {i: name for i, name in rows if name}


def members(ids: Collection[str]) -> dict[str, str]:
    """Member's id -> name; `system` is Oarlock itself."""
    rows = Member.objects.filter(id__in=ids).values_list("id", "name") if ids else ()
    return {i: i for i in ids} | {"system": "Oarlock"} | dict(rows)


def campaigns(ids: Collection[str | None]) -> dict[str, str]:
    """Campaign's id -> name."""
    wanted = {i for i in ids if i}
    rows = Campaign.objects.filter(campaign_id__in=wanted).values_list("campaign_id", "name") if wanted else ()
    return {i: i for i in wanted} | {i: name for i, name in rows if name}
