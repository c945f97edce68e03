"""The agreement as people read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from oarlock.store.models import Proposal, Version

MOST_QUERIES = 12


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_before_anything_is_signed_the_page_says_how_to_begin(as_viewer: Client) -> None:
    page = as_viewer.get("/agreement/")
    assert page.status_code == 200 and b"Nothing is agreed yet" in page.content


def test_the_version_in_force_reads_as_a_document_with_names_hash_and_promises(
    as_viewer: Client, in_force: tuple[Version, ...]
) -> None:
    page = as_viewer.get("/agreement/").content.decode()
    for words in (
        "The agreement between marketing and sales at Brightwater Robotics", "Mara Oyelaran", "Sam Okafor",
        "made for the demo", "fit &gt;= 40 and engagement &gt;= 40", "Fits our customer and has shown real interest",
        "Marketing owes", "Sales owes", "Recycled", "Pool dach", in_force[1].hash.removeprefix("sha256:")[:8],
    ):  # fmt: skip
        assert words in page, words


def test_an_earlier_version_can_be_read_and_says_that_it_is_not_in_force(
    as_viewer: Client, in_force: tuple[Version, ...]
) -> None:
    page = as_viewer.get("/agreement/versions/1/").content.decode()
    assert "no longer in force" in page and "engagement &gt;= 30" in page
    assert as_viewer.get("/agreement/versions/3/").status_code == 404


def test_text_and_envelope_come_as_their_exact_bytes(as_viewer: Client, in_force: tuple[Version, ...]) -> None:
    for version in in_force:
        at = f"/agreement/versions/{version.number}/"
        assert as_viewer.get(f"{at}agreement.yaml").content == bytes(version.source)
        assert as_viewer.get(f"{at}envelope.json").content == bytes(version.envelope)


def test_a_term_opens_to_its_rule_its_words_its_uses_and_its_history(
    as_viewer: Client, in_force: tuple[Version, ...]
) -> None:
    page = as_viewer.get("/agreement/terms/stages.mql/").content.decode()
    assert "fit is at least 40 and engagement is at least 40" in page
    assert "promises.marketing.mql.entered" in page and "handoffs.mql-to-sdr" in page
    assert "engagement &gt;= 30, is now fit &gt;= 40" in page


def test_every_term_of_the_document_opens(as_viewer: Client, in_force: tuple[Version, ...]) -> None:
    import re

    page = as_viewer.get("/agreement/").content.decode()
    links = sorted(set(re.findall(r'href="(/agreement/terms/[^"]+)"', page)))
    assert len(links) > 30
    for link in links[::4]:
        assert as_viewer.get(link).status_code == 200, link


def test_a_term_by_another_name_leads_to_its_own_page(as_viewer: Client, in_force: tuple[Version, ...]) -> None:
    assert as_viewer.get("/agreement/terms/mql/")["Location"] == "/agreement/terms/stages.mql/"
    assert as_viewer.get("/agreement/terms/nonsense/").status_code == 404


@pytest.mark.parametrize(
    "address", ["/agreement/", "/agreement/versions/", "/agreement/versions/1/", "/agreement/terms/stages.mql/",
                "/agreement/propose/"]
)  # fmt: skip
def test_no_page_asks_the_database_more_than_twelve_times(
    as_mara: Client, in_force: tuple[Version, ...], address: str
) -> None:
    assert queries(as_mara, address) <= MOST_QUERIES


def test_a_page_of_a_proposal_asks_no_more_than_twelve_times(
    as_mara: Client, in_force: tuple[Version, ...], proposed: Callable[..., str]
) -> None:
    key = proposed(b"engagement >= 45")
    for address in ("/agreement/", f"/agreement/proposals/{key}/"):
        assert queries(as_mara, address) <= MOST_QUERIES


def test_a_stranger_gets_nowhere(as_stranger: Client, in_force: tuple[Version, ...]) -> None:
    key = Proposal.objects.all()[0].id
    for address in (
        "", "versions/", "versions/1/", "versions/1/agreement.yaml", "versions/1/envelope.json", "terms/stages.mql/",
        "propose/", f"proposals/{key}/", f"proposals/{key}/edit/", f"proposals/{key}/1.yaml",
    ):  # fmt: skip
        answer: Any = as_stranger.get(f"/agreement/{address}")
        assert answer.status_code == 302 and answer["Location"].startswith("/me/login/"), address
    for verb in ("sign", "comment", "withdraw", "reject", "test", "up-to-date", "edit"):
        answer = as_stranger.post(f"/agreement/proposals/{key}/{verb}/")
        assert answer.status_code == 302 and answer["Location"].startswith("/me/login/"), verb


def test_a_text_that_is_not_what_was_signed_is_not_shown_as_agreed(
    as_viewer: Client, in_force: tuple[Version, ...]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER IF EXISTS agreement_versions_UPDATE_refused" if connection.vendor == "sqlite" else
                       "DROP TRIGGER agreement_versions_update_refused ON agreement_versions")  # fmt: skip
    forged = bytes(in_force[1].envelope).replace(b'"payload":"ey', b'"payload":"ez')
    Version.objects.filter(number=2).update(envelope=forged)
    from oarlock.store.reads.succession import _opened

    _opened.cache_clear()
    page = as_viewer.get("/agreement/")
    _opened.cache_clear()
    assert page.status_code == 400 and b"not an agreement that was signed here" in page.content
