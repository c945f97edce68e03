"""Channels as pages show them, without their secrets; and one with them, for whoever sends by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from oarlock.store.models import Channel
from oarlock.store.safe import unlock


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel: its name, the service, as much of its address as is no secret, who made it and when."""

    name: str
    kind: str
    shown: str
    made_at: datetime
    by: str


def channels() -> list[ChannelRow]:
    """Channels that are open, by name."""
    found = Channel.objects.filter(closed_at__isnull=True).order_by("name")
    return [ChannelRow(c.name, c.kind, c.shown, c.made_at, c.by) for c in found]


def names() -> frozenset[str]:
    """The names of the channels that are open."""
    return frozenset(Channel.objects.filter(closed_at__isnull=True).values_list("name", flat=True))


def address_of(name: str, home: Path) -> str | None:
    """The whole address of a channel that is open, with its secrets; None where there is none of that name."""
    locked = Channel.objects.filter(name=name, closed_at__isnull=True).values_list("sealed", flat=True).first()
    return unlock(home, locked) if locked is not None else None
