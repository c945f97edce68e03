"""The cast as members of an empty workspace, and a client signed in as each.

as_mara.get("/")      a Django test client signed in as Mara; `as_stranger` is not signed in
members["olive"]      the Member itself
in_force              Brightwater's two versions, signed
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from oarlock.ground.ids import new_id
from oarlock.store.models import Member, Version

PASSWORD = "three oars in one boat"
JOINED = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
PARTS = {
    "mara": ("Mara Oyelaran", "leader marketing", "marketing", "mara"),
    "sam": ("Sam Okafor", "leader sales", "sales", "sam"),
    "olive": ("Olive Brandt", "operations", "joint", "olive"),
    "rosa": ("Rosa Lindqvist", "leader", "joint", "rosa"),
    "lena": ("Lena Vogt", "sales", "sales", "lena"),
    "hana": ("Hana Novotná", "marketing", "marketing", "hana"),
    "viewer": ("Vera Blick", "viewer", "joint", ""),
    "admin": ("Ada Admin", "administrator", "joint", ""),
}
"""Key -> name, roles, team, person of the agreement or the CRM."""


@pytest.fixture
def members(db: None) -> dict[str, Member]:
    """Everybody of the cast as a member, with PASSWORD."""
    return {key: _member(number, key) for number, key in enumerate(PARTS)}


def _member(number: int, key: str) -> Member:
    name, roles, team, person = PARTS[key]
    member = Member(
        id=new_id(JOINED, bytes([number]) * 10), email=f"{key}@brightwater.example", name=name, roles=roles, team=team,
        person=person, joined_at=JOINED,
    )  # fmt: skip
    member.set_password(PASSWORD)
    member.save(force_insert=True)
    return member


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> Iterator[None]:
    """Hashing on purpose slow is for real passwords."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    yield


def signed_in(member: Member) -> Client:
    """A client of that member; what a view raises is answered, as in the running server."""
    client = Client(raise_request_exception=False)
    client.force_login(member)
    return client


@pytest.fixture
def clients(members: dict[str, Member]) -> dict[str, Client]:
    """A client for each of the cast, and the stranger's."""
    return {key: signed_in(member) for key, member in members.items()} | {"stranger": Client()}


@pytest.fixture
def as_mara(members: dict[str, Member]) -> Client:
    return signed_in(members["mara"])


@pytest.fixture
def as_sam(members: dict[str, Member]) -> Client:
    return signed_in(members["sam"])


@pytest.fixture
def as_olive(members: dict[str, Member]) -> Client:
    return signed_in(members["olive"])


@pytest.fixture
def as_rosa(members: dict[str, Member]) -> Client:
    return signed_in(members["rosa"])


@pytest.fixture
def as_lena(members: dict[str, Member]) -> Client:
    return signed_in(members["lena"])


@pytest.fixture
def as_hana(members: dict[str, Member]) -> Client:
    return signed_in(members["hana"])


@pytest.fixture
def as_viewer(members: dict[str, Member]) -> Client:
    return signed_in(members["viewer"])


@pytest.fixture
def as_admin(members: dict[str, Member]) -> Client:
    return signed_in(members["admin"])


@pytest.fixture
def as_stranger(db: None) -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def in_force(members: dict[str, Member], settings: Any, tmp_path: Path) -> tuple[Version, ...]:
    """Brightwater's two versions, proposed and signed by Mara and Sam; the workspace is a folder of the test."""
    from oarlock.demo.cast import sign_up

    settings.OARLOCK = replace(settings.OARLOCK, home=tmp_path)
    sign_up(tmp_path)
    return tuple(Version.objects.order_by("number"))


@pytest.fixture
def proposed(in_force: tuple[Version, ...], members: dict[str, Member]) -> Callable[..., str]:
    """Propose Brightwater's second text with another bar for MQL, in force from 2030 on; the proposal's key."""
    from oarlock.store.writes import proposals
    from oarlock.store.writes.audit import Acting

    def made(bar: bytes = b"engagement >= 45", by: str = "mara", title: str = "A tighter bar") -> str:
        text = bytes(in_force[1].source).replace(b"engagement >= 40", bar).replace(b"2026-02-01", b"2030-01-01")
        author = members[by].id
        return proposals.open_proposal(
            title=title, reason="Because.", source=text, author=author, acting=Acting.member(author), now=JOINED
        )

    return made
