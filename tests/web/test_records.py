"""The pages of records: everybody reads them, few change them, and strangers' texts stay texts."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.ground.cells import calm
from oarlock.ground.environment import Environment
from oarlock.store.models import (
    Account,
    Change,
    Member,
    Opportunity,
    Person,
    PersonState,
    SavedFilter,
    Touch,
    Upload,
    WorkOrder,
)
from oarlock.store.writes.records import find_by
from oarlock.web.records.keys import Key

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def known(settings: Any, tmp_path: Path) -> None:
    """Two people, an account, a deal and a touch, in a workspace of their own."""
    settings.OARLOCK = Environment(home=tmp_path)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    Account.objects.create(account_id="a/1", name=f"Acme {SCRIPT}", industry="metal", country="DE")
    Person.objects.create(
        person_id="crm/1", name=f"Ann {SCRIPT}", email="ann@acme.example", title="=1+1", account_id="a/1",
        company_name="Acme", created_at=AT, source="search", country="DE", properties='{"job_level": "vp"}',
    )  # fmt: skip
    Person.objects.create(person_id="p2", name="Bob Berg", email="ann@acme.example", created_at=AT, country="FR")
    PersonState.objects.create(person_id="crm/1", cycle=1, stage="mql", since=AT, version=1)
    Opportunity.objects.create(opportunity_id="o1", name="Robots", person_id="crm/1", account_id="a/1", status="open",
                               amount="1200", currency="EUR", created_at=AT)  # fmt: skip
    Touch.objects.create(touch_id="t1", person_id="crm/1", at=AT, recorded_at=AT, kind="webinar.attended", load=1)
    find_by("person", "crm/1")
    find_by("person", "p2")


PAGES = (
    "/records/", "/records/?stage=mql", "/records/?q=ann", "/records/?country=DE&sort=name", "/records/accounts/",
    "/records/accounts/a~2F1/", "/records/opportunities/", "/records/opportunities/o1/", "/records/people/crm~2F1/",
    "/records/people/crm~2F1/doubles/", "/records/find/?q=ann", "/records/imports/",
)  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_everybody_reads_every_page_in_at_most_twelve_queries_and_two_for_what_filters_offer(
    as_viewer: Client, address: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = as_viewer.get(address)
    assert answer.status_code == 200
    assert len(queries) <= 12 + 2, [q["sql"][:80] for q in queries]
    assert SCRIPT not in answer.content.decode()


def test_an_id_with_a_slash_is_one_segment_of_an_address() -> None:
    key = Key()
    for found in ("crm/1", "~", "..", ".", "a b", "ü", "%2F", "x~2Fy", "'\"<>"):
        segment = key.to_url(found)
        assert key.to_python(segment) == found and "/" not in segment and set(segment) != {"."}
    for segment in ("~", "~2", "~zz", "~FF", "~00", "~2f"):
        with pytest.raises(ValueError):
            key.to_python(segment)


def test_an_export_opens_as_text_and_leaves_a_line(as_mara: Client) -> None:
    answer = as_mara.get("/records/people.csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [row["id"] for row in rows] == ["p2", "crm/1"]
    assert rows[1]["title"] == "'=1+1"


@pytest.mark.parametrize(
    ("value", "cell"),
    [("=1+1", "'=1+1"), ("-12.5", "-12.5"), ("+49 30", "'+49 30"), ("@x", "'@x"), ("\tx", "'\tx"), ("-x", "'-x"),
     ("plain", "plain"), (None, ""), (12, "12"), (-3, "-3")],
)  # fmt: skip
def test_a_cell_that_begins_like_a_formula_is_calmed_and_a_number_is_not(value: object, cell: str) -> None:
    assert calm(value) == cell


def test_find_answers_a_page_or_a_fragment(as_lena: Client) -> None:
    whole = as_lena.get("/records/find/?q=ann").content.decode()
    fragment = as_lena.get("/records/find/?q=ann", headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole and "<html" not in fragment
    assert "/records/people/crm~2F1/" in whole and "/records/people/crm~2F1/" in fragment


def test_a_filter_is_kept_under_a_name_and_others_see_it_when_it_is_shared(as_lena: Client, as_hana: Client) -> None:
    form = {"page": "people", "query": "country=DE", "name": "Germans", "shared": "on"}
    assert as_lena.post("/records/filters/", form)["Location"] == "/records/?country=DE"
    assert "Germans" in as_hana.get("/records/").content.decode()
    kept = SavedFilter.objects.get().id
    assert as_hana.post(f"/records/filters/{kept}/remove/").status_code == 404
    assert as_lena.post(f"/records/filters/{kept}/remove/").status_code == 302
    assert not SavedFilter.objects.exists()


def test_an_edit_becomes_a_fact_by_the_member_and_a_refused_one_loses_nothing_typed(as_lena: Client) -> None:
    assert as_lena.post("/records/people/p2/edit/", {"title": "Buyer"}).status_code == 302
    assert Change.objects.get(entity_id="p2", field="title", by="lena").value == "Buyer"
    long = "x" * 2500
    answer = as_lena.post("/records/people/p2/edit/", {"title": long, "country": "AT"})
    assert answer.status_code == 400 and long in answer.content.decode()
    assert Person.objects.get(pk="p2").country == "FR"


def test_a_viewer_changes_nothing(as_viewer: Client) -> None:
    for address in (
        "people/p2/edit/",
        "people/p2/into/crm~2F1/",
        "people/p2/erase/",
        "imports/upload/",
        "people/p2/apart/",
    ):
        assert as_viewer.post(f"/records/{address}", {"title": "x"}).status_code == 403
    assert as_viewer.get("/records/people.csv").status_code == 403
    assert not Change.objects.exists()


def test_two_records_of_one_person_are_shown_compared_merged_and_parted(as_olive: Client) -> None:
    assert "Bob Berg" in as_olive.get("/records/people/crm~2F1/doubles/").content.decode()
    assert "Berg" in as_olive.get("/records/people/p2/into/crm~2F1/").content.decode()
    as_olive.post("/records/people/p2/into/crm~2F1/", {})
    assert as_olive.get("/records/people/p2/")["Location"] == "/records/people/crm~2F1/"
    as_olive.post("/records/people/p2/apart/")
    assert as_olive.get("/records/people/p2/").status_code == 200


def test_erasing_asks_for_the_id_and_a_reason_and_is_done_by_the_worker(as_olive: Client) -> None:
    answer = as_olive.post("/records/people/p2/erase/", {"id": "p3", "reason": "a letter"})
    assert answer.status_code == 400 and "a letter" in answer.content.decode()
    assert not WorkOrder.objects.exists()
    answer = as_olive.post("/records/people/p2/erase/", {"id": "p2", "reason": "a letter"})
    assert answer.status_code == 302 and WorkOrder.objects.get(kind="erase").key == "p2"
    assert as_olive.get(answer["Location"]).status_code == 200


def test_a_file_made_for_one_member_is_no_other_members(as_olive: Client, as_lena: Client) -> None:
    asked = as_olive.post("/records/people/p2/held/")["Location"]
    made = asked.rpartition("=")[2]
    assert as_lena.get(f"/records/people/p2/held/{made}.zip").status_code == 404


def test_an_upload_is_written_to_the_workspace_and_looked_at(as_olive: Client, tmp_path: Path) -> None:
    file = SimpleUploadedFile("../../peo ple.csv", b"person_id,email\np9,nine@x.example\n")
    answer = as_olive.post("/records/imports/upload/", {"preset": "oarlock", "files": [file]})
    upload = Upload.objects.get()
    assert answer["Location"] == f"/records/imports/{upload.id}/"
    assert [p.name for p in (tmp_path / "uploads" / upload.id).iterdir()] == ["peo ple.csv"]
    assert WorkOrder.objects.get(kind="look").key == upload.id
    assert as_olive.get(answer["Location"]).status_code == 200


def test_an_upload_too_large_or_of_nothing_or_under_no_mapping_is_refused_in_words(
    as_olive: Client, tmp_path: Path
) -> None:
    big = as_olive.post("/records/imports/upload/", {"preset": "oarlock"}, headers={"Content-Length": "1073741824"})
    assert big.status_code == 400 and b"too large for a browser" in big.content
    assert b"No file has arrived" in as_olive.post("/records/imports/upload/", {"preset": "oarlock"}).content
    file = SimpleUploadedFile("people.csv", b"person_id\np9\n")
    assert b"There is no preset" in as_olive.post("/records/imports/upload/", {"preset": "x", "files": [file]}).content
    assert not Upload.objects.exists() and not list(tmp_path.glob("uploads/*"))


def test_a_forged_upload_leaves_nothing_behind(members: dict[str, Member], tmp_path: Path) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(members["olive"])
    file = SimpleUploadedFile("people.csv", b"person_id\np9\n")
    assert client.post("/records/imports/upload/", {"preset": "oarlock", "files": [file]}).status_code == 403
    assert not Upload.objects.exists() and not list(tmp_path.glob("uploads/*"))


@pytest.mark.parametrize(
    "address", ["/records/?after=x", "/records/?sort=password", "/records/?from=x", "/records/opportunities/?least=x"]
)
def test_an_address_that_cannot_be_meant_is_told_in_words(as_viewer: Client, address: str) -> None:
    assert as_viewer.get(address).status_code == 400
