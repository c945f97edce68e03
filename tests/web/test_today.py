"""The first page: what is true now, from what there is; what is not there yet is said and not made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.signed_rows import sign_rows

from oarlock.ground.clock import now
from oarlock.store.models import Adjustment, Closing, Member, Signature, Version, Worker
from oarlock.store.reads import today as reads
from oarlock.store.writes import comments, orders, proposals
from oarlock.store.writes.audit import SYSTEM, Acting

AT = datetime(2026, 11, 16, 13, 12, tzinfo=UTC)


def page(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def propose(member: Member, in_force: tuple[Version, ...], title: str = "A tighter MQL") -> str:
    source = bytes(in_force[1].source) + b"\n# another remark\n"
    return proposals.open_proposal(
        title=title, reason="", source=source, author=member.id, acting=Acting.member(member.id), now=now()
    )


def test_a_member_sees_today(as_mara: Client, in_force: tuple[Version, ...]) -> None:
    assert "Brightwater Robotics" in page(as_mara)


def test_a_stranger_is_asked_to_sign_in(as_stranger: Client) -> None:
    answer = as_stranger.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/me/login/")


def test_without_an_agreement_it_says_so_and_where_to_begin(as_mara: Client) -> None:
    said = page(as_mara)
    assert "No agreement is signed yet" in said and "/agreement/" in said


def test_without_facts_it_says_so(
    as_mara: Client, in_force: tuple[Version, ...], settings: Any, tmp_path: Path
) -> None:
    settings.OARLOCK = SimpleNamespace(home=tmp_path)
    assert "Nothing was imported yet" in page(as_mara)


def test_a_dead_worker_is_said_and_a_living_one_is_not(as_olive: Client, in_force: tuple[Version, ...]) -> None:
    assert "No worker is alive" in page(as_olive)
    orders.beat("here:1", now=now())
    assert "No worker is alive" not in page(as_olive)
    Worker.objects.update(seen_at=now() - timedelta(minutes=1))
    assert "No worker is alive" in page(as_olive)


def test_a_signer_is_told_what_waits_for_them_and_nobody_else_is(
    members: dict[str, Member], in_force: tuple[Version, ...], clients: dict[str, Client]
) -> None:
    key = propose(members["mara"], in_force)
    for person, owes in {"mara": True, "sam": True, "rosa": False, "lena": False, "viewer": False}.items():
        said = page(clients[person])
        assert ("Sign or answer “A tighter MQL”" in said) is owes, person
        assert "“A tighter MQL” waits for Mara and Sam" in said, "both teams see what is proposed"
        assert f"/agreement/proposals/{key}/" in said
    Signature.objects.create(
        id="s1", proposal_id=key, revision=1, signer="mara", member=members["mara"], at=now(), method="password",
        envelope_hash="", signature="",
    )  # fmt: skip
    assert "Sign or answer" not in page(clients["mara"])
    assert "waits for Sam" in page(clients["lena"]) and "Mara signed." in page(clients["lena"])


def test_an_author_is_told_of_comments_that_are_not_settled(
    members: dict[str, Member], in_force: tuple[Version, ...], as_hana: Client
) -> None:
    key = propose(members["hana"], in_force, "Weaker webinars")
    assert "Your proposal" not in page(as_hana)
    acting = Acting.member(members["sam"].id)
    comments.comment(key, term="", text="Why?", author=members["sam"].id, acting=acting, now=now())
    assert "1 comment not settled" in page(as_hana)


def test_a_proposal_with_errors_waits_for_nobody(
    members: dict[str, Member], in_force: tuple[Version, ...], as_sam: Client
) -> None:
    proposals.open_proposal(
        title="Broken", reason="", source=b"company: [", author=members["mara"].id, acting=SYSTEM, now=now()
    )
    assert "“Broken” is being written" in page(as_sam)


def test_a_version_to_come_is_announced(as_viewer: Client, in_force: tuple[Version, ...]) -> None:
    later = (now() + timedelta(days=3)).date()
    source = bytes(in_force[1].source).replace(b"in_force: 2026-02-01", f"in_force: {later}".encode())
    sign_rows(source)
    assert "Version 3 comes into force" in page(as_viewer)


@pytest.mark.django_db
def test_how_things_stand_is_read_at_once(members: dict[str, Member]) -> None:
    Worker.objects.create(name="a:1", began_at=AT, seen_at=AT)
    Worker.objects.create(name="b:1", began_at=AT, seen_at=AT - timedelta(minutes=2))
    orders.order("figures", "k", {}, acting=SYSTEM, now=AT - timedelta(minutes=3))
    for month in ("2026-08", "2026-09"):
        Closing.objects.create(month=month, closed_at=AT, by="x", version=2, as_known=AT, body=b"", hash="")
    Adjustment.objects.create(month="2026-09", figure="f", frozen="1", today="2", cause="{}", noticed_at=AT)
    with CaptureQueriesContext(connection) as asked:
        found = reads.standing(AT)
    assert len(asked) == 1
    assert found == reads.Standing(1, AT - timedelta(minutes=3), None, "2026-09", 1, 0)


def test_the_page_takes_at_most_twelve_queries(
    members: dict[str, Member], in_force: tuple[Version, ...], as_sam: Client
) -> None:
    for number in range(7):
        propose(members["mara"], in_force, f"Proposal {number}")
    page(as_sam)
    with CaptureQueriesContext(connection) as asked:
        page(as_sam)
    assert len(asked) <= 12, "\n".join(query["sql"][:200] for query in asked)
