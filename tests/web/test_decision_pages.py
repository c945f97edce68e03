"""Decisions of routing on their pages: found by person, owner, pool, reason, whoever was passed over, and day."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.store.models import AuditLine, Decision, Handoff, Version
from oarlock.store.writes.records import find_by

from .handed import NOW, PATH, decide, handed

__all__ = ["handed"]
pytestmark = pytest.mark.django_db
WAITS = replace(PATH, owner=None, because="nobody-available", queue="dach", at=NOW - timedelta(minutes=30), credits={})
NAMED = replace(
    PATH, owner="jonas", because="account-owner", pool=None, at=NOW - timedelta(days=400), steps=PATH.steps[:1]
)


@pytest.fixture
def decided(handed: dict[str, Handoff]) -> None:
    """Three decisions: Felix went to Lena, Tobias waits, and Chiara went to Jonas more than a year ago."""
    decide("h-tobias", "tobias", WAITS)
    decide("h-chiara", "chiara", NAMED)
    find_by("person", "felix")


def found(client: Client, query: str) -> set[str]:
    page = client.get(f"/handoffs/decisions/{query}").content.decode()
    return {key for key in ("felix", "tobias", "chiara") if f"/handoffs/decisions/h-{key}/" in page}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"felix", "tobias", "chiara"}), ("?q=brandauer", {"felix"}), ("?person=tobias", {"tobias"}),
        ("?owner=lena", {"felix"}), ("?owner=-", {"tobias"}), ("?pool=dach", {"felix", "tobias"}),
        ("?because=account-owner", {"chiara"}), ("?skipped=jonas", {"felix", "tobias"}), ("?skipped=jon", set()),
        ("?owner=lena&because=account-owner", set()), ("?pool=dach&owner=lena&skipped=jonas", {"felix"}),
        ("?from=2026-11-01", {"felix", "tobias"}), ("?until=2026-01-01", {"chiara"}),
        ("?q=brandauer&owner=jonas", set()),
    ],
)  # fmt: skip
def test_a_decision_is_found_by_everything_it_says(
    decided: None, as_viewer: Client, query: str, expected: set[str]
) -> None:
    assert found(as_viewer, query) == expected


def test_one_decision_shows_each_step_with_what_it_saw_and_whom_it_passed_over(
    decided: None, as_viewer: Client
) -> None:
    page = as_viewer.get("/handoffs/decisions/h-felix/").content.decode()
    assert "Why it went to Lena Vogt" in page and "Dr. Felix Brandauer" in page
    assert "<code>account.country</code>" in page and "away (until Fri" in page
    assert page.count('<li data-verdict="applies">') == 1 and page.count('<li data-verdict="does not apply">') == 1
    assert "−0.50" in page and "0.50" in page, "what each member was owed"


def test_it_tells_the_same_under_whatever_agreement_is_in_force_by_then(decided: None, as_viewer: Client) -> None:
    whole = json.loads(Decision.objects.get(pk="h-felix").body)
    assert whole["agreement"] == 2 and whole["form"] == 1
    assert 'by <a href="/agreement/">version 2</a>' in as_viewer.get("/handoffs/decisions/h-felix/").content.decode()


def test_the_pages_take_twelve_queries_and_what_lists_keep(decided: None, as_viewer: Client) -> None:
    for address in ("/handoffs/decisions/", "/handoffs/decisions/h-felix/", "/handoffs/decisions/?q=brandauer"):
        with CaptureQueriesContext(connection) as queries:
            assert as_viewer.get(address).status_code == 200
        assert len(queries) <= 12 + 2, [q["sql"][:90] for q in queries]


def test_an_export_has_the_sentence_and_leaves_a_line(decided: None, as_mara: Client, as_viewer: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(as_mara.get("/handoffs/decisions.csv?owner=lena").getvalue().decode())))
    assert [(row["person"], row["because"]) for row in rows] == [("felix", "rotation")]
    assert rows[0]["sentence"].startswith("It went to Lena Vogt")
    assert AuditLine.objects.filter(verb="exported", subject_kind="decisions").count() == 1
    assert as_viewer.get("/handoffs/decisions.csv").status_code == 403


def test_nothing_routed_yet_says_so_and_an_unknown_one_is_not_there(
    in_force: tuple[Version, ...], as_viewer: Client
) -> None:
    assert "Nothing was routed yet" in as_viewer.get("/handoffs/decisions/").content.decode()
    assert "No decision passes this filter" in as_viewer.get("/handoffs/decisions/?owner=lena").content.decode()
    assert as_viewer.get("/handoffs/decisions/nothing/").status_code == 404


def test_a_page_of_the_list_goes_on_where_it_ended(handed: dict[str, Handoff], as_viewer: Client) -> None:
    for n in range(60):
        decide("h-anke", "anke", replace(PATH, at=datetime(2026, 5, 1, tzinfo=UTC) + timedelta(hours=n)), key=f"k{n}")
    first = as_viewer.get("/handoffs/decisions/?owner=lena").content.decode()
    assert first.count("/handoffs/decisions/k") == 49 and "Next 50" in first
    following = first.rpartition("after=")[2].partition('"')[0]
    second = as_viewer.get(f"/handoffs/decisions/?owner=lena&sort=-at&after={following}").content.decode()
    assert second.count("/handoffs/decisions/k") == 11
