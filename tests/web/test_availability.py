"""When somebody is there: said by themselves, kept from others, and refused in words where it cannot be meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from oarlock.store.models import AuditLine, Away, Feed, Handoff, Turn
from oarlock.store.writes.feeds import Calendar, address_of

from .handed import NOW, handed

__all__ = ["handed"]
pytestmark = pytest.mark.django_db
SECRET = "https://calendar.example/private-4f1a/basic.ics"


def page(client: Client) -> str:
    answer = client.get("/handoffs/availability/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_rep_sees_their_hours_pools_and_caps_as_agreed(handed: dict[str, Handoff], as_lena: Client) -> None:
    Turn.objects.create(pool="dach", user="lena", since=NOW, day=(NOW.date() - NOW.date().replace(1970, 1, 1)).days,
                        given=4)  # fmt: skip
    text = page(as_lena)
    assert "Mon–Thu 09:00–12:30, 13:30–17:30; Fri 09:00–15:00 (Europe/Berlin)" in text
    assert "open until 17:30" in text
    for cell in ('<th scope="row">dach</th>', '<td class="n">2</td>', '<td class="n">4</td>', '<td class="n">15</td>',
                 '<td class="n">40</td>'):  # fmt: skip
        assert cell in text


def test_who_works_no_leads_is_told_so(handed: dict[str, Handoff], as_mara: Client, as_viewer: Client) -> None:
    for client in (as_mara, as_viewer):
        assert "You work no leads" in page(client)
        assert (
            client.post("/handoffs/availability/away/", {"from": "2026-12-01", "until": "2026-12-02"}).status_code
            == 403
        )
    assert not Away.objects.exists()


def test_whole_days_count_to_the_end_of_the_last_one_in_the_reps_zone(
    handed: dict[str, Handoff], as_lena: Client
) -> None:
    as_lena.post("/handoffs/availability/away/", {"from": "2026-12-21", "until": "2026-12-23", "why": "Skiing"})
    away = Away.objects.get()
    assert (away.user, away.begins, away.ends, away.origin) == (
        "lena", datetime(2026, 12, 20, 23, tzinfo=UTC), datetime(2026, 12, 23, 23, tzinfo=UTC), "hand",
    )  # fmt: skip
    assert "Skiing" in page(as_lena) and "by you" in page(as_lena)
    line = AuditLine.objects.get(verb="said-away")
    assert "Skiing" not in line.detail, "the trail keeps no reason"


def test_an_hour_may_be_said_and_the_same_twice_is_once(handed: dict[str, Handoff], as_lena: Client) -> None:
    form = {"from": "2026-11-17", "from_time": "13:30", "until": "2026-11-17", "until_time": "15:00"}
    as_lena.post("/handoffs/availability/away/", form)
    as_lena.post("/handoffs/availability/away/", form)
    assert Away.objects.get().begins == datetime(2026, 11, 17, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"from": "2026-12-02", "until": "2026-12-01"}, "ends before it begins"),
        ({"from": "2026-11-02", "until": "2026-11-03"}, "over already"),
        ({"from": "2026-12-02", "until": "2028-12-01"}, "more than a year"),
        ({"from": "soon", "until": "2026-12-01"}, "is no day and hour"),
        ({"from": "2026-12-02", "until": "9999-12-31"}, "is no day and hour"),
        ({"from": "2026-12-02", "from_time": "25:00", "until": "2026-12-03"}, "is no day and hour"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words_and_nothing_typed_is_lost(
    handed: dict[str, Handoff], as_lena: Client, form: dict[str, str], words: str
) -> None:
    answer = as_lena.post("/handoffs/availability/away/", form | {"why": "typed words"})
    text = answer.content.decode()
    assert answer.status_code == 400 and words in text and "typed words" in text
    assert not Away.objects.exists()


def test_an_absence_is_taken_back_by_its_owner_alone(
    handed: dict[str, Handoff], as_lena: Client, as_sam: Client, as_olive: Client
) -> None:
    as_lena.post("/handoffs/availability/away/", {"from": "2026-12-21", "until": "2026-12-23"})
    key = Away.objects.get().id
    assert as_olive.post(f"/handoffs/availability/away/{key}/").status_code == 403
    assert as_sam.post(f"/handoffs/availability/away/{key}/").status_code == 403
    Away.objects.create(id="j", user="jonas", begins=NOW, ends=NOW.replace(day=20), origin="hand", made_at=NOW, by="x")
    Away.objects.create(
        id="c", user="lena", begins=NOW, ends=NOW.replace(day=20), origin="calendar", made_at=NOW, by="x"
    )
    assert as_lena.post("/handoffs/availability/away/j/").status_code == 404
    assert as_lena.post("/handoffs/availability/away/c/").status_code == 404, "the calendar says it"
    assert as_lena.post(f"/handoffs/availability/away/{key}/").status_code == 302
    assert set(Away.objects.values_list("pk", flat=True)) == {"j", "c"}


def test_a_calendars_address_is_kept_and_shown_to_nobody_again(
    handed: dict[str, Handoff], clients: dict[str, Client]
) -> None:
    lena = clients["lena"]
    lena.post("/handoffs/availability/calendar/", {"address": SECRET.replace("https", "webcal")})
    kept = Feed.objects.get(user="lena")
    assert "private" not in kept.address
    assert address_of(Calendar("lena", kept.address), settings.OARLOCK.home) == SECRET
    for client in clients.values():
        assert "private-4f1a" not in client.get("/handoffs/availability/").content.decode()
    assert "Read from <b>calendar.example</b>, not yet" in page(lena)
    assert not AuditLine.objects.filter(detail__contains="private-4f1a").exists()
    lena.post("/handoffs/availability/calendar/", {"address": ""})
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    "address", ["ftp://x.example/a.ics", "file:///etc/passwd", "https://", "https://u:p@x.example/", "javascript:1",
                "https://x.example/a b", "https://[::1", "https://x.example/" + "a" * 2000],
)  # fmt: skip
def test_what_is_no_address_of_a_calendar_is_refused(handed: dict[str, Handoff], as_lena: Client, address: str) -> None:
    answer = as_lena.post("/handoffs/availability/calendar/", {"address": address})
    assert answer.status_code == 400 and "That is no address of a calendar" in answer.content.decode()
    assert not Feed.objects.exists()
