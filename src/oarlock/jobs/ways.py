"""Which way a notice goes when it is due: by which channels, later, into the digest, or to nobody. It only decides.

In this order: whom the key reaches; what they chose for its kind, else for all kinds, else what the agreement's
`notices.channels` says, else mail; which of these channels exist; then quiet hours, the agreement's and their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from oarlock.ground.quiet import ONE_DAY, Quiet, quiet_until
from oarlock.ground.zones import first_instant
from oarlock.records.shapes import ERASED
from oarlock.store.reads.notices import Receiver, Waiting

MAIL = "mail"
DIGEST_AT = time(8)
"""When a digest goes out, by the clock on its receiver's wall."""
UNTIMELY = ("test",)
"""Kinds that keep no quiet hours: somebody just asked for them."""


@dataclass(frozen=True, slots=True)
class House:
    """What notices find here: the channels that are set up, and what the agreement in force says of reminders."""

    channels: frozenset[str]
    usual: tuple[str, ...] = ()
    quiet: tuple[Quiet, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """What becomes of a notice: `send` by `channels`, `wait` or `gather` until `until`, `unwanted`, or `failed`."""

    kind: Literal["send", "wait", "gather", "unwanted", "failed"]
    channels: tuple[str, ...] = ()
    until: datetime | None = None
    words: str = ""


def way_of(notice: Waiting, receiver: Receiver | None, house: House, now: datetime) -> Way:
    """The way of a notice that is due. One about somebody who was erased since has nothing to tell any more."""
    if ERASED in notice.body:
        return Way("unwanted")
    if receiver is None:
        return Way("failed", words=f"`{notice.user}` is nobody the agreement in force or the list of members knows.")
    if receiver.gone:
        return Way("failed", words=f"{receiver.name} is a member no more.")
    if notice.channel:
        return _timely(notice, receiver, house, (notice.channel,), now)
    chosen = receiver.chosen(notice.kind)
    if chosen is not None and not chosen.channels:
        return Way("unwanted")
    channels = usable(chosen.channels if chosen else house.usual, receiver, house)
    if not channels:
        return Way("failed", words=f"No e-mail of {receiver.name} is known, and no channel of theirs is set up.")
    if chosen is not None and chosen.when == "digest" and receiver.email:
        return Way("gather", until=next_digest(receiver.zone, now))
    return _timely(notice, receiver, house, channels, now)


def usable(wanted: Sequence[str], receiver: Receiver, house: House) -> tuple[str, ...]:
    """Those of the wanted channels that exist; mail where none does; none where there is no address either."""
    there = house.channels | ({MAIL} if receiver.email else set())
    return tuple(dict.fromkeys(name for name in wanted if name in there)) or ((MAIL,) if receiver.email else ())


def _timely(notice: Waiting, receiver: Receiver, house: House, channels: tuple[str, ...], now: datetime) -> Way:
    """Now, or when quiet hours end; a notice never waits longer than a day."""
    hours = house.quiet if receiver.quiet is None else (*house.quiet, receiver.quiet)
    until = min(quiet_until(hours, receiver.zone, now), notice.made_at + ONE_DAY)
    if until <= now or notice.kind in UNTIMELY:
        return Way("send", channels)
    return Way("wait", until=until)


def next_digest(zone: ZoneInfo, now: datetime) -> datetime:
    """The next DIGEST_AT in that zone, after this instant."""
    today = now.astimezone(zone).date()
    at = first_instant(today, DIGEST_AT, zone)
    return at if at > now else first_instant(today + timedelta(days=1), DIGEST_AT, zone)
