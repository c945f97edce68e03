"""Entrances: where things may come in by. Made, changed, given another secret, closed; each with its line in the trail.

A write key is shown once and kept as its hash. A webhook's secrets are made of the keys of the house and can be shown
again; a new one holds beside the old one until that is taken back.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import Q

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Entrance
from oarlock.store.reads.entrances import forget
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.tokens import hash_of

KINDS = ("events", "form", "webhook")
PREFIX = "oark_"
MOST = 100
"""Entrances open at once."""
MOST_SECRETS = 3
LONGEST = 20_000
SEEN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A new entrance. `secret` is a write key, told this once; empty for other kinds."""

    id: str
    secret: str


def make(name: str, kind: str, options: Mapping[str, Any], *, acting: Acting, now: datetime) -> Made:
    """Open an entrance. UserProblem `bad-name`, `bad-kind`, `too-many-entrances`, `too-long`."""
    title = _title(name)
    if kind not in KINDS:
        raise UserProblem("bad-kind", "An entrance is for events, a form or a webhook.")
    secret = PREFIX + token_hex(20) if kind == "events" else ""
    with transaction.atomic():
        if Entrance.objects.filter(closed_at=None).count() >= MOST:
            raise UserProblem("too-many-entrances", f"{MOST} entrances are open.", "", "Close one of them first.")
        made = Entrance.objects.create(
            id=new_id(now, os.urandom(10)), name=title, kind=kind, hash=hash_of(secret) if secret else "",
            hint=secret[-4:], secrets="1" if kind == "webhook" else "", options=_told(options), made_at=now,
            by=acting.actor,
        )  # fmt: skip
        note("opened", "entrance", made.id, {"kind": kind}, acting=acting, now=now)
    forget()
    return Made(made.id, secret)


def change(entrance_id: str, name: str, options: Mapping[str, Any], *, acting: Acting, now: datetime) -> None:
    """Give an entrance another name and other options."""
    title = _title(name)
    with transaction.atomic():
        found = _open(entrance_id)
        Entrance.objects.filter(pk=found.pk).update(name=title, options=_told(options))
        note("changed", "entrance", found.pk, {"kind": found.kind}, acting=acting, now=now)
    forget()


def add_secret(entrance_id: str, *, acting: Acting, now: datetime) -> int:
    """Let another secret of a webhook hold beside those that do; its number. UserProblem `too-many-secrets`."""
    with transaction.atomic():
        found = _webhook(entrance_id)
        numbers = [int(n) for n in found.secrets.split()]
        if len(numbers) >= MOST_SECRETS:
            raise UserProblem("too-many-secrets", f"{MOST_SECRETS} secrets hold already.", "", "Take one back first.")
        number = max(numbers, default=0) + 1
        Entrance.objects.filter(pk=found.pk).update(secrets=" ".join(str(n) for n in (*numbers, number)))
        note("added-secret", "entrance", found.pk, {"secret": number}, acting=acting, now=now)
    forget()
    return number


def drop_secret(entrance_id: str, number: int, *, acting: Acting, now: datetime) -> None:
    """Let a secret hold no more; the last one stays, for without any nobody could send."""
    with transaction.atomic():
        found = _webhook(entrance_id)
        left = [n for n in found.secrets.split() if n != str(number)]
        if not left:
            raise UserProblem("last-secret", "This is its last secret.", "", "Add another one first.")
        Entrance.objects.filter(pk=found.pk).update(secrets=" ".join(left))
        note("took-back-secret", "entrance", found.pk, {"secret": number}, acting=acting, now=now)
    forget()


def close(entrance_id: str, *, acting: Acting, now: datetime) -> None:
    """Nothing comes in by it any more."""
    with transaction.atomic():
        found = _open(entrance_id)
        Entrance.objects.filter(pk=found.pk).update(closed_at=now)
        note("closed", "entrance", found.pk, {"kind": found.kind}, acting=acting, now=now)
    forget()


def used(entrance_ids: Iterable[str], *, now: datetime) -> None:
    """Remember that something came in, to the minute. No audit line: what came in is there to see."""
    late = Q(used_at__isnull=True) | Q(used_at__lt=now - SEEN)
    Entrance.objects.filter(late, pk__in=sorted(entrance_ids)).update(used_at=now)


def _open(entrance_id: str) -> Entrance:
    found = Entrance.objects.select_for_update().filter(pk=entrance_id, closed_at=None).first()
    if found is None:
        raise UserProblem("unknown-entrance", "There is no such entrance, or it is closed.")
    return found


def _webhook(entrance_id: str) -> Entrance:
    found = _open(entrance_id)
    if found.kind != "webhook":
        raise UserProblem("unknown-entrance", "Only a webhook has secrets.")
    return found


def _title(name: str) -> str:
    title = " ".join(name.split())
    if not title or len(title) > 100 or not title.isprintable():
        raise UserProblem("bad-name", "An entrance has a name of 1 to 100 letters.", "", "Say which page or system.")
    return title


def _told(options: Mapping[str, Any]) -> str:
    text = json.dumps(dict(options), ensure_ascii=False)
    if len(text) > LONGEST:
        raise UserProblem("too-long", "These settings are too long.", f"At most {LONGEST:,} letters are kept.")
    return text
