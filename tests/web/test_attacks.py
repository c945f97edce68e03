"""What an attacker sends: each of these once got through, or was tried and must stay refused."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from oarlock.ground.environment import Environment
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.rows import three
from oarlock.store.models import AuditLine, Member, SavedFilter, Upload, WorkOrder
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.invitations import begin_path
from oarlock.web.accounts import letters
from oarlock.web.records.exporting import csv_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.OARLOCK = Environment(home=tmp_path)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the log writes."""
    said = io.StringIO()
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            monkeypatch.setattr(handler, "stream", said)
    return said


PLACES = (
    '["abc","x"]',
    '[1,"x"]',
    '[null,"x"]',
    f'[{2**62},"x"]',
    '["\\ud800","x"]',
    '["x","\\ud800"]',
    '["x","\\u0000"]',
    "[]",
    "7",
    '["-1e999","x"]',
)
LISTS = (
    "/records/?after={}", "/records/?sort=name&after={}", "/records/?stage=lead&sort=-since&after={}",
    "/records/accounts/?after={}", "/records/opportunities/?after={}", "/records/opportunities/?sort=-amount&after={}",
    "/records/?from=0001-01-01&until=9999-12-31", "/records/opportunities/?from=0001-01-01&until=9999-12-31",
    "/settings/trail/?since=0001-01-01&until=9999-12-31",
)  # fmt: skip


def test_no_place_in_an_address_breaks_a_list(as_mara: Client) -> None:
    for address in LISTS:
        for place in PLACES:
            answer = as_mara.get(address.format(quote(place)))
            assert answer.status_code < 500, (address, place)


@pytest.mark.parametrize("forged", [False, True])
def test_the_log_never_holds_a_link_that_still_works(
    members: dict[str, Member], written: io.StringIO, forged: bool
) -> None:
    path = begin_path(members["lena"].id)
    client = Client(enforce_csrf_checks=forged)
    assert client.post(path, {"password": "short", "again": "short"}).status_code == (403 if forged else 422)
    assert Client().get(path).status_code == 200, "the link still works"
    assert f"/me/begin/{members['lena'].id}/..." in written.getvalue()
    assert path.split("/")[-2] not in written.getvalue()


def test_nobody_writes_lines_into_the_log(written: io.StringIO, db: None) -> None:
    Client().get("/nothing%0A2026-11-01 00:00:00 ERROR forged")
    assert written.getvalue().count("\n") == 1


def test_a_file_name_of_many_long_letters_comes_in(as_olive: Client) -> None:
    file = SimpleUploadedFile("漢" * 150 + ".csv", b"id\n1\n")
    answer = as_olive.post("/records/imports/upload/", {"files": file, "preset": "oarlock"})
    assert answer.status_code == 302, answer.content[:300]


def test_no_file_of_an_upload_is_written_over_another(as_olive: Client, tmp_path: Path) -> None:
    files = [SimpleUploadedFile(n, f"id\n{i}\n".encode()) for i, n in enumerate(("a.csv", "2-a.csv", "a.csv"))]
    answer = as_olive.post("/records/imports/upload/", {"files": files, "preset": "oarlock"})
    assert answer.status_code == 302, answer.content[:300]
    names = [name for name, _ in json.loads(Upload.objects.get().names)]
    assert len(set(names)) == 3
    folder = tmp_path / "uploads" / answer["Location"].rstrip("/").rpartition("/")[2]
    assert sorted(p.read_bytes() for p in folder.iterdir()) == [b"id\n0\n", b"id\n1\n", b"id\n2\n"]


def test_what_was_typed_into_an_address_does_not_come_into_the_trail(as_mara: Client) -> None:
    list(as_mara.get("/records/people.csv?stage=ann%40example.com").streaming_content)  # type: ignore[attr-defined]
    assert "ann@example.com" not in "".join(AuditLine.objects.values_list("detail", flat=True))


def test_a_filter_is_kept_as_a_query_and_nothing_else(as_mara: Client) -> None:
    for query in ("javascript:alert(1)", '"><script>alert(1)</script>', "\r\nSet-Cookie: a=b", "//evil.example"):
        answer = as_mara.post("/records/filters/", {"page": "people", "name": "x", "query": query, "shared": "1"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/records/?"), query
        assert "\r" not in answer["Location"] and "\n" not in answer["Location"]
        page = as_mara.get("/records/").content.decode()
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page and 'href="//evil' not in page


def test_a_viewer_shares_no_filter(clients: dict[str, Client]) -> None:
    clients["viewer"].post("/records/filters/", {"page": "people", "name": "x", "query": "q=a", "shared": "1"})
    assert not SavedFilter.objects.filter(shared=True).exists()


def test_whoever_gets_a_password_by_a_link_is_told_by_letter(
    members: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "can_post", lambda: True)
    path = begin_path(members["sam"].id)
    answer = Client().post(path, {"password": "nine geese over water", "again": "nine geese over water"})
    assert answer.status_code == 302
    asked = [json.loads(o.asked) for o in WorkOrder.objects.filter(kind="letter")]
    assert {"letter": "event", "member": members["sam"].id, "verb": "set-password"} in asked


def test_one_who_asks_for_very_much_waits_for_it(members: dict[str, Member], in_force: object, tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "manifest.json").write_text("{}")
    now = datetime(2026, 11, 1, tzinfo=UTC)
    with pytest.raises(UserProblem) as refused:
        for day in range(200):
            asked = figures.Asked(as_known=f"{(now - timedelta(days=day)).date()}")
            figures.ask(tmp_path, asked, acting=Acting.member(members["viewer"].id), now=now)
    assert refused.value.code == "busy-figures"
    assert WorkOrder.objects.count() < 60
    figures.ask(tmp_path, figures.Asked(), acting=Acting.member(members["mara"].id), now=now)


@pytest.mark.parametrize("cursor", ["9" * 40 + "~1~p", f"{2**63}~1~p", "x~1~p", "9" * 5000 + "~~"])
def test_no_cursor_of_rows_breaks_the_engine(cursor: str) -> None:
    with pytest.raises(UserProblem) as refused:
        three(cursor)
    assert refused.value.code == "bad-cursor"


def test_the_head_and_the_name_of_a_file_are_strangers_texts_too() -> None:
    answer = csv_file('closed-loop-a"\r\nX: y', ("=cmd()", "period"), [("＝1+1", " @SUM(A1)", "-1e-05", "-12.50")])
    assert answer["Content-Disposition"] == 'attachment; filename="closed-loop-a___X__y.csv"'
    assert b"".join(answer).decode() == "'=cmd(),period\r\n'＝1+1,' @SUM(A1),-1e-05,-12.50\r\n"
