"""The audit trail's page: filters, pages backwards, words, CSV, and whether it notices a changed line."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from oarlock.store.models import AuditLine, Member
from oarlock.store.reads import audit
from oarlock.store.writes.audit import SYSTEM, Acting, note

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


@pytest.fixture
def lines(members: dict[str, Member]) -> list[AuditLine]:
    """120 lines, one an hour: Mara proposes, the system loads, Olive invites Lena with a formula in the detail."""
    made = []
    for hour in range(120):
        at = NOON + timedelta(hours=hour)
        verb, kind, subject, acting = [
            ("proposed", "proposal", f"p{hour}", Acting(members["mara"].id)),
            ("loaded", "load", f"l{hour}", SYSTEM),
            ("invited", "member", members["lena"].id, Acting(members["olive"].id)),
        ][hour % 3]
        made.append(note(verb, kind, subject, {"note": '=HYPERLINK("x")', "rows": hour}, acting=acting, now=at))
    return made


def numbers(page: audit.Page) -> list[int]:
    return [line.number for line in page.lines]


def test_pages_go_back_without_a_gap_or_a_double(lines: list[AuditLine]) -> None:
    seen: list[int] = []
    before: int | None = None
    while True:
        page = audit.page(audit.Wanted(before=before))
        seen += numbers(page)
        before = page.more
        if before is None:
            break
    assert seen == list(range(120, 0, -1))


def test_each_filter_lets_through_what_it_says(lines: list[AuditLine], members: dict[str, Member]) -> None:
    mara = members["mara"].id
    assert {line.verb for line in audit.page(audit.Wanted(actor=mara)).lines} == {"proposed"}
    assert {line.actor for line in audit.page(audit.Wanted(verb="loaded")).lines} == {"system"}
    assert numbers(audit.page(audit.Wanted(kind="proposal", subject="p3"))) == [4]
    day = audit.Wanted(since=NOON + timedelta(hours=24), until=NOON + timedelta(hours=48))
    assert numbers(audit.page(day)) == list(range(48, 24, -1))


def test_the_page_tells_in_words_and_links_to_a_subject_whose_page_the_asker_may_open(
    as_rosa: Client, as_admin: Client, lines: list[AuditLine], members: dict[str, Member]
) -> None:
    text = as_admin.get("/settings/trail/?verb=invited").content.decode()
    assert f'<b>Olive Brandt</b> invited <a href="/settings/members/{members["lena"].id}/">member Lena Vogt</a>' in text
    assert "Recomputed; they fit" in text and AuditLine.objects.order_by("-number")[0].hash in text
    assert (
        "<b>Olive Brandt</b> invited member Lena Vogt" in as_rosa.get("/settings/trail/?verb=invited").content.decode()
    )
    assert '<a href="/agreement/proposals/p0/">' in as_rosa.get("/settings/trail/?subject=p0").content.decode()
    assert "Oarlock itself" in as_rosa.get("/settings/trail/?verb=loaded").content.decode()


@pytest.mark.parametrize(
    "query",
    ["actor=x", "verb=%00", "before=-1", "before=9" * 40, "since=2026-99-99", "until=9999-12-31", "since=0001-01-01",
     "before=%D9%A3", "kind=%27;drop"],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_answered_all_the_same(
    as_rosa: Client, lines: list[AuditLine], query: str
) -> None:
    assert as_rosa.get(f"/settings/trail/?{query}").status_code == 200


def test_a_changed_line_is_noticed_where_it_is_shown(as_rosa: Client, lines: list[AuditLine]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_lines_UPDATE_refused")
        cursor.execute("UPDATE audit_lines SET actor = 'somebody' WHERE number = 100")
    assert audit.page(audit.Wanted()).broken == 100
    assert "Line 100 was changed" in as_rosa.get("/settings/trail/").content.decode()


def test_a_line_taken_out_is_noticed(lines: list[AuditLine]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit_lines_DELETE_refused")
        cursor.execute("DELETE FROM audit_lines WHERE number = 100")
    assert audit.page(audit.Wanted()).broken == 101


def test_the_export_holds_every_line_and_no_formula(as_rosa: Client, lines: list[AuditLine]) -> None:
    answer = as_rosa.get("/settings/trail.csv?verb=loaded")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert [int(row["number"]) for row in rows] == [line.number for line in reversed(lines) if line.verb == "loaded"]
    assert all(row["hash"] == lines[int(row["number"]) - 1].hash for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_the_trail_is_read_by_those_who_may(clients: dict[str, Client]) -> None:
    seen = {key: client.get("/settings/trail/").status_code for key, client in clients.items()}
    assert {key for key, status in seen.items() if status == 200} == {"olive", "mara", "sam", "rosa", "admin"}
    assert seen["stranger"] == 302 and seen["lena"] == 403
