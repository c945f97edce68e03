"""Absences are read from a real calendar, by what its events say; a hostile one costs nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from oarlock.ground.clock import now as instant_now
from oarlock.ground.problems import OutsideProblem, UserProblem
from oarlock.jobs import feeds as jobs
from oarlock.jobs.feeds import absences, feeds_order, fetch
from oarlock.jobs.recurring import check
from oarlock.store.models import Away, Feed
from oarlock.store.writes.orders import Order

from .receiving import silent_server

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
HOLIDAY = "DTSTART;VALUE=DATE:20261221\nDTEND;VALUE=DATE:20261224"


def calendar(*events: str) -> bytes:
    lines = "".join(
        f"BEGIN:VEVENT\nUID:{n}\nDTSTAMP:20261101T000000Z\n{each}\nEND:VEVENT\n" for n, each in enumerate(events)
    )
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n{lines}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def told(*events: str) -> list[tuple[str, str]]:
    found = absences(calendar(*events), BERLIN, NOON)
    return [(f"{a.start.astimezone(BERLIN):%m-%d %H:%M}", f"{a.end.astimezone(BERLIN):%m-%d %H:%M}") for a in found]


def test_whole_days_that_are_busy_are_an_absence_by_the_clock_of_their_owner() -> None:
    assert told(HOLIDAY) == [("12-21 00:00", "12-24 00:00")]


def test_out_of_office_counts_at_any_length_and_a_meeting_does_not() -> None:
    dentist = "DTSTART:20261118T090000Z\nDTEND:20261118T110000Z"
    assert told(f"{dentist}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF") == [("11-18 10:00", "11-18 12:00")]
    assert told(dentist) == []


@pytest.mark.parametrize("word", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_a_day_that_is_free_or_cancelled_is_no_absence(word: str) -> None:
    assert told(f"{HOLIDAY}\n{word}") == []


def test_what_recurs_is_worked_out_and_what_was_moved_is_where_it_went() -> None:
    friday = "DTSTART;VALUE=DATE:20261120\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20261127"
    assert told(friday) == [("11-20 00:00", "11-21 00:00"), ("12-04 00:00", "12-05 00:00")]


def test_times_of_a_named_zone_and_of_none_are_understood() -> None:
    oof = "X-MICROSOFT-CDO-BUSYSTATUS:OOF"
    assert told(
        f"DTSTART;TZID=America/New_York:20261118T090000\nDTEND;TZID=America/New_York:20261118T100000\n{oof}"
    ) == [("11-18 15:00", "11-18 16:00")]
    assert told(f"DTSTART:20261118T090000\nDTEND:20261118T100000\n{oof}") == [("11-18 09:00", "11-18 10:00")]


def test_absences_that_touch_are_one_and_those_long_over_are_none() -> None:
    after = "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225"
    assert told(HOLIDAY, after, "DTSTART;VALUE=DATE:20250101") == [("12-21 00:00", "12-25 00:00")]


HOSTILE = {
    "every second": calendar("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=SECONDLY"),
    "folded": calendar("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=SECO\n NDLY"),
    "every second of a day": calendar("DTSTART;VALUE=DATE:20261101\nRRULE:FREQ=DAILY;BYSECOND=0,1,2,3"),
    "since long ago": calendar("DTSTART;VALUE=DATE:10000101\nRRULE:FREQ=DAILY"),
    "too many that recur": calendar(*["DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=DAILY"] * 60),
    "too many": calendar(*[HOLIDAY] * 5_001),
    "no calendar": b"<html>Sign in</html>",
    "cut off": calendar(HOLIDAY)[:90],
    "no text": bytes(range(256)) * 10,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_calendar_is_refused_in_words_and_soon(text: bytes) -> None:
    begun = monotonic()
    with pytest.raises(UserProblem) as refused:
        absences(text, BERLIN, NOON)
    assert refused.value.code == "bad-calendar" and monotonic() - begun < 3


def test_a_zone_the_calendar_describes_itself_is_never_worked_out() -> None:
    zone = "BEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=DAILY\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"  # noqa: E501
    text = calendar(HOLIDAY).replace(b"BEGIN:VEVENT", zone.encode() + b"BEGIN:VEVENT", 1)
    begun = monotonic()
    assert len(absences(text, BERLIN, NOON)) == 1 and monotonic() - begun < 1


@dataclass
class Served:
    """What the calendar's server answers."""

    body: bytes = b""
    status: int = 200
    location: str = ""
    drip: bool = False
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/private-a1b2c3/basic.ics"


@contextmanager
def calendar_server() -> Iterator[Served]:
    served, over = Served(), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(served.status)
            if served.location:
                self.send_header("Location", served.location)
            self.end_headers()
            self.wfile.write(served.body)
            while served.drip and not over.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        yield served
        over.set()
        server.shutdown()


@pytest.fixture
def served() -> Iterator[Served]:
    with calendar_server() as made:
        yield made


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.OARLOCK = replace(settings.OARLOCK, home=tmp_path, inside_hosts=("127.0.0.1",))
    return tmp_path


def read_all() -> dict[str, object]:
    return dict(feeds_order(Order("f", "feeds", {}, "system", 1), lambda words, share: None))


def whole_day(days: int) -> str:
    day = instant_now() + timedelta(days=days)
    return f"DTSTART;VALUE=DATE:{day:%Y%m%d}\nSUMMARY:Clinic"


@pytest.mark.django_db
def test_a_calendar_is_read_into_absences_and_its_address_is_locked_from_then_on(home: Path, served: Served) -> None:
    served.body = calendar(whole_day(5))
    Feed.objects.create(user="lena", address=served.address)
    assert read_all() == {"read": 1, "failed": 0}
    away, feed = Away.objects.get(), Feed.objects.get()
    assert (away.user, away.origin, away.why) == ("lena", "feed", "") and feed.words == "" and feed.read_at
    assert "private-a1b2c3" not in feed.address and feed.address.startswith("https://127.0.0.1/#locked:")
    assert read_all() == {"read": 1, "failed": 0} and Away.objects.count() == 1


@pytest.mark.django_db
def test_an_absence_taken_out_of_the_calendar_is_gone_and_one_said_by_hand_stays(home: Path, served: Served) -> None:
    by_hand = {"begins": NOON, "ends": instant_now() + timedelta(days=9), "made_at": NOON, "by": "id-lena"}
    Away.objects.create(id="a1", user="lena", origin="hand", **by_hand)
    Feed.objects.create(user="lena", address=served.address)
    served.body = calendar(whole_day(5), whole_day(9))
    read_all()
    assert Away.objects.filter(origin="feed").count() == 2
    served.body = calendar(whole_day(9))
    read_all()
    assert Away.objects.filter(origin="feed").count() == 1 and Away.objects.filter(id="a1").exists()


@pytest.mark.django_db
def test_a_calendar_that_fails_keeps_its_absences_says_why_and_keeps_no_other_from_being_read(
    home: Path, served: Served
) -> None:
    served.body = calendar(whole_day(5))
    Feed.objects.create(user="lena", address=served.address)
    read_all()
    served.status = 404
    with calendar_server() as other:
        other.body = calendar(whole_day(7))
        Feed.objects.create(user="zoe", address=other.address)
        assert read_all() == {"read": 1, "failed": 1}
    assert Feed.objects.get(user="lena").words == "The calendar cannot be fetched. It answered 404."
    assert sorted(Away.objects.values_list("user", flat=True)) == ["lena", "zoe"]


@pytest.mark.django_db
def test_reading_is_ordered_every_quarter_of_an_hour_once_somebody_named_a_calendar(home: Path) -> None:
    def ordered(at: datetime) -> bool:
        return any(id.startswith("feeds@") for id in check(home, at))

    assert not ordered(NOON)
    Feed.objects.create(user="lena", address="https://calendar.example/a.ics")
    assert ordered(NOON) and not ordered(NOON + timedelta(minutes=14)) and ordered(NOON + timedelta(minutes=15))


def test_an_address_inside_is_refused_also_by_a_redirect(served: Served) -> None:
    with pytest.raises(OutsideProblem) as refused:
        fetch(served.address)
    assert refused.value.code == "inside"
    served.status, served.location = 302, "http://169.254.169.254/latest/meta-data/"
    with pytest.raises(OutsideProblem) as refused:
        fetch(served.address, ("127.0.0.1",))
    assert refused.value.code == "inside"


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "javascript:1", "http://", "x"])
def test_only_web_addresses_are_fetched(address: str) -> None:
    with pytest.raises(UserProblem) as refused:
        fetch(address)
    assert refused.value.code == "bad-calendar"


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_no_redirect_leads_out_of_the_web(served: Served, location: str) -> None:
    served.status, served.location = 302, location
    with pytest.raises(OutsideProblem):
        fetch(served.address, ("127.0.0.1",))


def test_a_server_that_hangs_drips_or_sends_too_much_is_given_up(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "STEP_SECONDS", 0.3)
    monkeypatch.setattr(jobs, "SECONDS", 0.6)
    begun = monotonic()
    with silent_server() as port, pytest.raises(OutsideProblem):
        fetch(f"http://127.0.0.1:{port}/", ("127.0.0.1",))
    served.drip = True
    with pytest.raises(OutsideProblem) as slow:
        fetch(served.address, ("127.0.0.1",))
    assert "longer than" in slow.value.why and monotonic() - begun < 5
    served.drip, served.body = False, b"x" * 1_100_000
    with pytest.raises(UserProblem) as large:
        fetch(served.address, ("127.0.0.1",))
    assert large.value.what == "The calendar is too large."
