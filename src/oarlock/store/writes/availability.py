"""What people say about when they are there: absences by hand, and the address their calendar is read from.

Promises: nobody changes another's; what a calendar says is taken back in the calendar and not here. The trail says
that somebody is away and when, never why, and never the address, which is as good as a key to their calendar.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction

from oarlock.ground.ids import new_id
from oarlock.ground.intervals import micros
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Away, Feed
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.feeds import locked

LONGEST = timedelta(days=366)
MOST = 200
"""So many absences somebody may have ahead of them."""
ADDRESS = 2_000
HAND = "hand"


def say_away(user: str, begins: datetime, ends: datetime, why: str, *, acting: Acting, now: datetime) -> str:
    """Somebody is away from then until then; the id. UserProblem where that is no time to come."""
    _check(begins, ends, now)
    with transaction.atomic():
        ahead = Away.objects.filter(user=user, ends__gt=now)
        if ahead.count() >= MOST:
            raise UserProblem("too-many-absences", f"You have {MOST} absences ahead.", "", "Take one back first.")
        same = ahead.filter(begins=micros(begins), ends=micros(ends), origin=HAND).first()
        if same is not None:
            return same.id
        away = Away.objects.create(
            id=new_id(now, os.urandom(10)), user=user, begins=begins, ends=ends, origin=HAND,
            why=" ".join(why.replace("\0", "").split())[:200], made_at=now, by=acting.actor,
        )  # fmt: skip
        told = {"user": user, "begins": begins.isoformat(), "ends": ends.isoformat()}
        note("said-away", "absence", away.id, told, acting=acting, now=now)
        return away.id


def _check(begins: datetime, ends: datetime, now: datetime) -> None:
    if ends <= begins:
        raise UserProblem("bad-absence", "The absence ends before it begins.", "", "Look at the two days again.")
    if ends <= now:
        raise UserProblem(
            "bad-absence", "That absence is over already.", "Routing asks who is there now.", "Write a day to come."
        )
    if ends - begins > LONGEST:
        raise UserProblem(
            "bad-absence", "That is more than a year.", "Who is away so long has left the pool.",
            "Propose a change of the pool in the agreement.",
        )  # fmt: skip


def take_back(user: str, away_id: str, *, acting: Acting, now: datetime) -> None:
    """Take back an absence of one's own. UserProblem `unknown-absence` where it is not theirs, or a calendar's."""
    with transaction.atomic():
        found = Away.objects.filter(pk=away_id, user=user, origin=HAND).first()
        if found is None:
            raise UserProblem(
                "unknown-absence", "You have said no such absence.", "It may be another's, or your calendar's.",
                "Change it in your calendar.",
            )  # fmt: skip
        found.delete()
        note("took-back", "absence", away_id, {"user": user}, acting=acting, now=now)


def keep_calendar(user: str, address: str, *, home: Path, acting: Acting, now: datetime) -> None:
    """Read somebody's absences from that iCalendar address, kept locked; none where it is empty.

    UserProblem `bad-address`.
    """
    plain = _address(address)
    with transaction.atomic():
        if plain:
            Feed.objects.update_or_create(
                user=user, defaults={"address": locked(plain, home), "read_at": None, "words": ""}
            )
        else:
            Feed.objects.filter(user=user).delete()
            Away.objects.filter(user=user, ends__gt=now).exclude(origin=HAND).delete()
        note("kept" if plain else "removed", "calendar", user, {}, acting=acting, now=now)


def _address(text: str) -> str:
    """The address as it is fetched: `webcal` is what calendars call `https`."""
    plain = text.strip()
    if plain.lower().startswith("webcal://"):
        plain = "https://" + plain[len("webcal://") :]
    if not plain:
        return ""
    try:
        parts = urlsplit(plain)
        host = parts.hostname
    except ValueError:
        parts, host = None, None
    fits = parts is not None and parts.scheme in ("http", "https") and host and not parts.username
    if not fits or len(plain) > ADDRESS or any(c.isspace() or not c.isprintable() for c in plain):
        raise UserProblem(
            "bad-address", "That is no address of a calendar.", "",
            "Copy the address your calendar gives for sharing: it begins with https:// or webcal://.",
        )  # fmt: skip
    return plain
