"""Absences from people's calendars, read every quarter of an hour from the iCalendar address each named.

What counts as an absence: an event that says "out of office", or one that lasts whole days and shows its owner as busy;
not one that was cancelled. Its title is not kept: why somebody is away is theirs.

Promises: an address reaches nothing inside (`jobs.reaching`); answer, time and number of events are bounded before
anything is worked out; a calendar that cannot be read changes nothing and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from http.client import HTTPException, HTTPResponse
from ssl import SSLError
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
    UnknownHandler,
)
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from django.conf import settings

from oarlock.ground.clock import monotonic, now
from oarlock.ground.intervals import Interval, instant_of, joined
from oarlock.ground.problems import OutsideProblem, Problem, UserProblem
from oarlock.ground.zones import first_instant
from oarlock.jobs.reaching import inside_problem, reaching
from oarlock.store.reads.notices import receivers
from oarlock.store.writes import feeds
from oarlock.store.writes.orders import Order

BYTES = 1_000_000
SECONDS = 20.0
STEP_SECONDS = 8.0
EVENTS = 5_000
AHEAD = timedelta(days=120)
"""So far ahead absences are read: routing needs tomorrow's, clocks some weeks more."""
ABSENCES = 300
RULES = 50
YEARS = 10
MOVED = "RECURRENCE-ID"
"""What an event has that stands in the place of one occurrence of another."""
TOO_OFTEN = re.compile(rb"FREQ\s*=\s*(SECONDLY|MINUTELY|HOURLY)|BY(SECOND|MINUTE|HOUR)\s*=", re.IGNORECASE)
ZONES = re.compile(rb"BEGIN:VTIMEZONE.*?END:VTIMEZONE\r?\n", re.IGNORECASE | re.DOTALL)
"""Zones a calendar describes itself are left out: their names are known, and working one out can take for ever."""
FOLDED = re.compile(rb"\r?\n[ \t]")
ONE_DAY = timedelta(days=1)


def feeds_order(order: Order, tell: Callable[[str, float | None], None]) -> Mapping[str, object]:
    """The order `feeds`: read every calendar once; one that cannot be read keeps no other from being read."""
    done = failed = 0
    home = settings.OARLOCK.home
    for calendar in feeds.calendars(home):
        tell("Reading calendars.", None)
        try:
            text = fetch(feeds.address_of(calendar, home), settings.OARLOCK.inside_hosts)
            found = absences(text, _zone_of(calendar.user), now())
            feeds.read(calendar.user, found, now=now())
            done += 1
        except Problem as problem:
            words = " ".join(part for part in (problem.what, problem.why, problem.next_step) if part)
            feeds.failed(calendar.user, words, now=now())
            failed += 1
    return {"read": done, "failed": failed}


def _zone_of(user: str) -> ZoneInfo:
    known = receivers([user], now()).get(user)
    return known.zone if known else ZoneInfo("UTC")


def fetch(address: str, inside: tuple[str, ...] = ()) -> bytes:
    """What stands at that address. OutsideProblem `calendar-away`, `inside`; UserProblem `bad-calendar`."""
    url = re.sub(r"^webcals?://", "https://", address.strip(), flags=re.IGNORECASE)
    host = (urlsplit(url).hostname or "").lower()
    if not re.match(r"https?://", url, re.IGNORECASE) or not host:
        raise UserProblem(
            "bad-calendar", "The address is none of a calendar.", "It begins with neither https nor webcal."
        )
    until = monotonic() + SECONDS
    with reaching([host] if host in inside else []) as watch:
        try:
            asked = Request(url, headers={"User-Agent": "Oarlock", "Accept": "text/calendar"})  # noqa: S310  # http(s) alone, see above
            with _opener().open(asked, timeout=STEP_SECONDS) as answer:
                return _whole(answer, until)
        except HTTPError as error:
            raise _away(f"It answered {error.code}.") from error
        except (URLError, HTTPException, SSLError, OSError, ValueError) as error:
            if watch.refused:
                raise inside_problem() from error
            cause = error.reason if isinstance(error, URLError) else error
            raise _away(f"{type(cause).__name__}.") from error


def _opener() -> OpenerDirector:
    """An opener of our own: http and https alone, no proxy of the environment, no file, no password from a file."""
    made = OpenerDirector()
    for handler in (
        HTTPHandler,
        HTTPSHandler,
        HTTPRedirectHandler,
        HTTPErrorProcessor,
        HTTPDefaultErrorHandler,
        UnknownHandler,
    ):
        made.add_handler(handler())
    return made


def _whole(answer: HTTPResponse, until: float) -> bytes:
    """The answer, up to BYTES and SECONDS."""
    parts, size = [], 0
    while part := answer.read1(65_536):
        parts.append(part)
        size += len(part)
        if size > BYTES:
            raise UserProblem("bad-calendar", "The calendar is too large.", f"More than {BYTES:,} bytes.")
        if monotonic() > until:
            raise _away(f"It took longer than {SECONDS:g} seconds.")
    return b"".join(parts)


def absences(text: bytes, zone: ZoneInfo, at: datetime) -> list[Interval]:
    """The absences in a calendar's text from that instant on, joined, at most ABSENCES. UserProblem `bad-calendar`."""
    plain = ZONES.sub(b"", FOLDED.sub(b"", text))
    if TOO_OFTEN.search(plain) or plain.upper().count(b"BEGIN:VEVENT") > EVENTS:
        raise _too_much()
    try:
        calendar = icalendar.Calendar.from_ical(plain)
        _leave_absences(calendar, at)
        events = recurring_ical_events.of(calendar).between(at - ONE_DAY, at + AHEAD)
        spans = [span for event in events if _is_absence(event) and (span := _span(event, zone)) is not None]
    except Problem:
        raise
    except Exception as error:  # a stranger's text: whatever it makes the reader stumble over is its own fault
        raise UserProblem("bad-calendar", "The calendar cannot be read.", f"{type(error).__name__}.") from error
    pairs = joined(span.pair for span in spans)
    return [Interval(instant_of(begins), instant_of(ends)) for begins, ends in pairs][:ABSENCES]


def _leave_absences(calendar: Any, at: datetime) -> None:
    """Take out what is no absence before anything that recurs is worked out; few may recur, and none since long ago."""
    calendar.subcomponents = [
        part for part in calendar.subcomponents if part.name == "VEVENT" and (_is_absence(part) or MOVED in part)
    ]
    recurring = [part for part in calendar.subcomponents if "RRULE" in part]
    oldest = min((part["DTSTART"].dt.year for part in recurring), default=at.year)
    if len(recurring) > RULES or oldest < at.year - YEARS:
        raise _too_much()


def _is_absence(event: Any) -> bool:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "OOF":
        return True
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper() in ("BUSY", "OOF")
    return busy and str(event.get("TRANSP", "OPAQUE")).upper() == "OPAQUE" and _lasts_days(event)


def _lasts_days(event: Any) -> bool:
    begins = event.get("DTSTART")
    if begins is None:
        return False
    if not isinstance(begins.dt, datetime):
        return True
    ends, lasts = event.get("DTEND"), event.get("DURATION")
    if ends is not None and isinstance(ends.dt, datetime):
        return (ends.dt.replace(tzinfo=None) - begins.dt.replace(tzinfo=None)) >= ONE_DAY
    return lasts is not None and lasts.dt >= ONE_DAY


def _span(event: Any, zone: ZoneInfo) -> Interval | None:
    """From when to when, days as the clock of their owner has them; None where it ends before it begins."""
    begins, ends = _instant(event.start, zone), _instant(event.end, zone)
    return Interval(begins, ends) if begins < ends else None


def _instant(when: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(when, datetime):
        return first_instant(when, time(), zone)
    return when if when.tzinfo is not None else first_instant(when.date(), when.time(), zone)


def _too_much() -> UserProblem:
    return UserProblem("bad-calendar", "The calendar cannot be worked out.", "It has too many events, or too often.")


def _away(why: str) -> OutsideProblem:
    return OutsideProblem("calendar-away", "The calendar cannot be fetched.", why, permanent=False)
