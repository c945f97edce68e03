"""Notices as they are sent and as pages show them, and whom they reach: member, name, address, zone and choices."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from oarlock.agreement import Terms
from oarlock.ground.quiet import Quiet, read_quiet
from oarlock.store.models import Choice, Member, Notice
from oarlock.store.reads.versions import in_force, terms_of
from oarlock.store.writes.notices import free

ALL = "*"
"""The kind of a choice that holds for every kind without one of its own."""
MOST = 200
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice as whoever sends it needs it. `channel` is empty where its receiver was not asked yet."""

    id: str
    kind: str
    user: str
    channel: str
    about: str
    subject: str
    body: Mapping[str, Any]
    made_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a receiver wants to hear of one kind: by these channels (none: not at all), at once or in a digest."""

    channels: tuple[str, ...]
    when: str = "at-once"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a key of the agreement reaches. `gone` says that they were a member and were sent away."""

    user: str
    name: str
    email: str = ""
    zone: ZoneInfo = UTC
    choices: Mapping[str, Chosen] = field(default_factory=dict)
    quiet: Quiet | None = None
    gone: bool = False

    def chosen(self, kind: str) -> Chosen | None:
        """What they chose for that kind; None where they never chose."""
        return self.choices.get(kind) or self.choices.get(ALL)


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice as the page of notices shows it."""

    id: str
    kind: str
    user: str
    channel: str
    subject: str
    state: str
    words: str
    attempts: int
    made_at: datetime
    due_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Own:
    """One member's own choices, kind by kind, and their quiet hours."""

    choices: Mapping[str, Chosen]
    quiet: Quiet | None


def own_choices(member_id: str) -> Own:
    """What a member chose."""
    return _own(list(Choice.objects.filter(member_id=member_id)))


def _own(rows: Iterable[Choice]) -> Own:
    found = {row.kind: row for row in rows}
    quiet = found[ALL].quiet if ALL in found else ""
    choices = {kind: Chosen(tuple(row.channels.split()), row.when) for kind, row in found.items()}
    return Own(choices, read_quiet(quiet) if quiet else None)


def due(now: datetime, *, but: Collection[str] = (), most: int = 50) -> list[Waiting]:
    """What is due and nobody is sending, the longest waiting first; none by the channels named in `but`."""
    found = Notice.objects.filter(free(now)).exclude(channel__in=list(but)).order_by("due_at", "id")[:most]
    return [
        Waiting(n.id, n.kind, n.user, n.channel, n.about, n.subject, json.loads(n.body), n.made_at, n.attempts)
        for n in found
    ]


def receivers(users: Collection[str], now: datetime) -> dict[str, Receiver]:
    """Whom these keys reach, by key; a key that reaches nobody is left out. Four queries."""
    terms, wanted = terms_now(now), list(users)
    by_person = {m.person: m for m in Member.objects.filter(person__in=wanted)}
    by_id = {m.id: m for m in Member.objects.filter(id__in=wanted)}
    members = {**by_id, **by_person}
    rows = list(Choice.objects.filter(member__in=[m.id for m in members.values()]))
    found = {key: _receiver(key, members.get(key), rows, terms) for key in wanted}
    return {key: each for key, each in found.items() if each is not None}


def terms_now(now: datetime) -> Terms | None:
    """The terms in force; None where nothing was signed yet."""
    force = in_force(now)
    return terms_of(force.number, force.hash) if force else None


def _receiver(key: str, member: Member | None, rows: list[Choice], terms: Terms | None) -> Receiver | None:
    person = terms.leadership.person(key) if terms else None
    user = next((u for u in terms.users if u.key == key), None) if terms else None
    named = person or user
    if member is None and named is None:
        return None
    own = _own(row for row in rows if member is not None and row.member_id == member.id)
    return Receiver(
        key,
        member.name if member else named.name if named else key,
        (member.email if member else named.email if named else None) or "",
        _zone(user.calendar if user else None, terms),
        own.choices,
        own.quiet,
        member is not None and not member.is_active,
    )


def _zone(calendar: str | None, terms: Terms | None) -> ZoneInfo:
    """The zone of their own working hours, else the agreement's."""
    if terms is None:
        return UTC
    own = next((hours.time_zone for hours in terms.calendars if hours.key == calendar), None)
    return ZoneInfo(own or terms.time_zone)


def listed(*, state: str = "", part: str = "", before: datetime | None = None) -> list[Sent]:
    """The newest MOST notices of that state (empty: any) whose receiver or channel is `part`, made before `before`."""
    found = Notice.objects.order_by("-made_at", "-id")
    if state:
        found = found.filter(state=state)
    if part:
        found = found.filter(user=part) | found.filter(channel=part)
    if before is not None:
        found = found.filter(made_at__lt=before)
    return [
        Sent(n.id, n.kind, n.user, n.channel, n.subject, n.state, n.words, n.attempts, n.made_at, n.due_at, n.sent_at)
        for n in found[:MOST]
    ]
