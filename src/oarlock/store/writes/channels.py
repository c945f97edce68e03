"""Channels an administrator sets up: an address with its secrets, locked with the keys of the house.

Promises: the address is nowhere in clear, neither here nor in the trail; a closed channel keeps its name and forgets
its address.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from django.db import transaction

from oarlock.ground.problems import UserProblem
from oarlock.store.models import Channel
from oarlock.store.safe import lock
from oarlock.store.writes.audit import Acting, note

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
TAKEN = ("mail", "digest")
"""Names that mean something else."""


def add(name: str, address: str, *, kind: str, shown: str, home: Path, acting: Acting, now: datetime) -> None:
    """A channel of that name. UserProblem `bad-channel-name`, `taken-channel-name`."""
    title = name.strip().lower()
    if not NAME.fullmatch(title) or title in TAKEN:
        raise UserProblem(
            "bad-channel-name", "A channel has a name of small letters, digits and hyphens.",
            "Up to 40 of them, and neither `mail` nor `digest`.", "Write one such as `sales-room`.",
        )  # fmt: skip
    with transaction.atomic():
        if Channel.objects.select_for_update().filter(name=title, closed_at__isnull=True).exists():
            raise UserProblem("taken-channel-name", f"There is a channel `{title}`.", "", "Close it first.")
        told = {"kind": kind, "sealed": lock(home, address.strip()), "shown": shown, "made_at": now, "by": acting.actor}
        Channel.objects.update_or_create(name=title, defaults={**told, "closed_at": None})
        note("made", "channel", title, {"service": kind}, acting=acting, now=now)


def close(name: str, *, acting: Acting, now: datetime) -> None:
    """No notice goes by it from now on; its address is forgotten. UserProblem `unknown-channel`."""
    with transaction.atomic():
        open_ = Channel.objects.filter(name=name, closed_at__isnull=True)
        if not open_.update(closed_at=now, sealed="", shown=""):
            raise UserProblem("unknown-channel", "There is no such channel.", "", "Load the page again.")
        note("closed", "channel", name, {}, acting=acting, now=now)
