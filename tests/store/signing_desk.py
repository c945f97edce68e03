"""For tests of signing: a workspace in a folder of its own, the two signers as members, and short verbs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from oarlock.demo import AGREEMENTS
from oarlock.ground.ids import new_id
from oarlock.store.models import Member, Proposal
from oarlock.store.reads.signing import to_sign
from oarlock.store.writes import proposals, signing
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.proposals import Revised
from oarlock.store.writes.signing import Signing

FIRST, SECOND = (path.read_bytes() for path in AGREEMENTS)
NOW = datetime(2026, 1, 12, 9, tzinfo=UTC)
"""Between the dates of Brightwater's two versions."""


def own_workspace(settings: Any, folder: Path) -> Path:
    """Signing keys and agreements lie in this folder from now on."""
    settings.OARLOCK = replace(settings.OARLOCK, home=folder)
    return folder


def member(person: str, roles: str = "leader", team: str = "joint") -> Member:
    """A member who is that person of the agreement."""
    return Member.objects.create(
        id=new_id(NOW, person.encode().ljust(10)[:10]), email=f"{person}@brightwater.example", name=person.title(),
        roles=roles, team=team, person=person, joined_at=NOW,
    )  # fmt: skip


def propose(source: bytes, author: Member, now: datetime = NOW) -> str:
    """A proposal of that text."""
    return proposals.open_proposal(
        title="A change", reason="", source=source, author=author.id, acting=Acting.member(author.id), now=now
    )


def revise(proposal: str, source: bytes, upon: int, author: Member) -> Revised:
    """An edit of it."""
    return proposals.revise(
        proposal, source=source, upon=upon, author=author.id, acting=Acting.member(author.id), now=NOW
    )


def shown(proposal: str, now: datetime = NOW) -> tuple[int, str]:
    """What a signer sees: the revision and what it hashes to."""
    row = Proposal.objects.get(id=proposal)
    return row.revision, to_sign(row, now).shown


def sign(proposal: str, signer: Member, now: datetime = NOW, seen: tuple[int, str] | None = None) -> Signing:
    """That member's name under it, as they see it (or saw it)."""
    revision, hashed = seen or shown(proposal, now)
    return signing.sign(
        proposal, revision=revision, shown=hashed, member=signer.id, method="password",
        acting=Acting.member(signer.id), now=now,
    )  # fmt: skip


def signed_first(mara: Member, sam: Member) -> str:
    """Version 1, proposed and signed."""
    proposal = propose(FIRST, mara)
    sign(proposal, mara)
    assert sign(proposal, sam).adopted == 1
    return proposal


def tomorrow(source: bytes = SECOND, day: str = "2026-02-01") -> bytes:
    """The text with another date in force."""
    return source.replace(b"in_force: 2026-02-01", f"in_force: {day}".encode())


HOUR = timedelta(hours=1)
