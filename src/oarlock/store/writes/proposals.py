"""The life of a proposal: opened, revised by one or several people, brought up to date, withdrawn or rejected.

Promises: every text that was ever sent is kept as a revision; an edit upon an older revision is put together with the
newer ones or nothing is written; any new text voids every signature; no proposal touches the version in force.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from oarlock.agreement.bundles import MARK
from oarlock.agreement.limits import MAX_BYTES
from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.lines import put_together
from oarlock.store.models import Proposal, Revision, Signature, Version
from oarlock.store.reads.proposals import signing_members
from oarlock.store.writes.audit import Acting, note

MOST_TITLE, MOST_REASON = 200, 4_000


@dataclass(frozen=True, slots=True)
class Revised:
    """What became of an edit. `number` None: it is at odds with `theirs`, the text of revision `upon`, and nothing was
    written. `merged`: it was put together with what somebody else had written meanwhile."""

    number: int | None
    upon: int
    theirs: bytes = b""
    merged: bool = False


def open_proposal(*, title: str, reason: str, source: bytes, author: str, acting: Acting, now: datetime) -> str:
    """Propose a text upon the latest version; the proposal's id. `author` is a member's id. The text may be faulty: it
    can be mended before it is signed."""
    told = _said(title, "title", MOST_TITLE, needed=True)
    because = _said(reason, "reason", MOST_REASON)
    _refuse(source)
    with transaction.atomic():
        latest = Version.objects.order_by("-number").first()
        if latest is not None and bytes(latest.source) == source:
            raise UserProblem(
                "unchanged", "This is the text that is signed already.", "", "Change something, then propose it."
            )
        proposal = Proposal.objects.create(
            id=new_id(now, os.urandom(10)), title=told, reason=because, base=latest.number if latest else None,
            author_id=author, state="open", revision=1, opened_at=now,
        )  # fmt: skip
        text_hash = _keep(proposal, 1, 0, source, author, now)
        note("proposed", "proposal", proposal.id, {"base": proposal.base, "hash": text_hash}, acting=acting, now=now)
        return proposal.id


def revise(proposal_id: str, *, source: bytes, upon: int, author: str, acting: Acting, now: datetime) -> Revised:
    """Send an edited text; `upon` is the revision it was made from. See Revised."""
    _refuse(source)
    with transaction.atomic():
        proposal = open_to_change(proposal_id)
        theirs, before = _source(proposal, proposal.revision), _source(proposal, upon)
        merged = source if upon == proposal.revision else put_together(before, source, theirs)
        if merged is None:
            return Revised(None, proposal.revision, theirs)
        if merged == theirs:
            return Revised(proposal.revision, proposal.revision, theirs, merged=upon != proposal.revision)
        number = _next(proposal, upon, merged, author, "the text changed", acting, now)
        return Revised(number, number, merged, merged=upon != number - 1)


def bring_up_to_date(
    proposal_id: str, *, source: bytes | None = None, author: str, acting: Acting, now: datetime
) -> Revised:
    """Base a proposal on the latest version, when another one was signed meanwhile; `source` where a person put the
    two together themselves. Revised with `number` None: they are at odds, and `theirs` is the latest version."""
    with transaction.atomic():
        proposal = open_to_change(proposal_id)
        latest = Version.objects.order_by("-number").first()
        if latest is None or proposal.base == latest.number:
            return Revised(proposal.revision, proposal.revision)
        mine, theirs = _source(proposal, proposal.revision), bytes(latest.source)
        before = b"" if proposal.base is None else bytes(Version.objects.get(number=proposal.base).source)
        merged = source if source is not None else put_together(before, mine, theirs)
        if merged is None:
            return Revised(None, proposal.revision, theirs)
        _refuse(merged)
        proposal.base = latest.number
        number = _next(proposal, proposal.revision, merged, author, "another version was signed", acting, now)
        return Revised(number, number, merged, merged=True)


def withdraw(proposal_id: str, *, reason: str, member: str, acting: Acting, now: datetime) -> None:
    """Its author takes a proposal back."""
    with transaction.atomic():
        proposal = open_to_change(proposal_id)
        if proposal.author_id != member:
            raise UserProblem(
                "not-yours", "Only its author withdraws a proposal.", "", "A signer may reject it instead."
            )
        _close(proposal, "withdrawn", _said(reason, "reason", MOST_REASON), acting, now)


def reject(proposal_id: str, *, reason: str, member: str, acting: Acting, now: datetime) -> None:
    """A signer says no; `reason` says why, for the author reads it."""
    because = _said(reason, "reason", MOST_REASON, needed=True)
    with transaction.atomic():
        proposal = open_to_change(proposal_id)
        if member not in signing_members(proposal):
            raise UserProblem(
                "not-a-signer", "Only who would have to sign this may reject it.", "",
                "Write a comment, or ask one of the signers.",
            )  # fmt: skip
        _close(proposal, "rejected", because, acting, now)


def void(proposal: Proposal, because: str, acting: Acting, now: datetime) -> int:
    """Void every signature under a proposal; how many there were."""
    gone = Signature.objects.filter(proposal=proposal, voided_at=None).update(voided_at=now, voided_because=because)
    if gone:
        note("voided", "proposal", proposal.id, {"signatures": gone, "because": because}, acting=acting, now=now)
    return gone


def open_to_change(proposal_id: str) -> Proposal:
    """The proposal, locked until the transaction ends. UserProblem where there is none, or it is closed."""
    proposal = Proposal.objects.select_for_update().filter(id=proposal_id).first()
    if proposal is None:
        raise UserProblem("unknown-proposal", "There is no such proposal.", "", "The agreement's page lists them.")
    if proposal.state != "open":
        raise UserProblem(
            "closed-proposal", f"This proposal was {proposal.state}.", "A closed proposal stays as it is.",
            "Propose its text anew.",
        )  # fmt: skip
    return proposal


def _source(proposal: Proposal, number: int) -> bytes:
    found = Revision.objects.only("source").filter(proposal=proposal, number=number).first()
    if found is None:
        raise UserProblem("unknown-revision", "There is no such revision.", "", "Load the page again.")
    return bytes(found.source)


def _next(
    proposal: Proposal, upon: int, source: bytes, author: str, because: str, acting: Acting, now: datetime
) -> int:
    """Keep a new text, and void what was signed under the one before."""
    proposal.revision += 1
    proposal.save(update_fields=["revision", "base"])
    text_hash = _keep(proposal, proposal.revision, upon, source, author, now)
    said = {"revision": proposal.revision, "upon": upon, "base": proposal.base, "hash": text_hash}
    note("revised", "proposal", proposal.id, said, acting=acting, now=now)
    void(proposal, because, acting, now)
    return proposal.revision


def _keep(proposal: Proposal, number: int, upon: int, source: bytes, author: str, now: datetime) -> str:
    text_hash = "sha256:" + sha256(source).hexdigest()
    Revision.objects.create(
        proposal=proposal, number=number, upon=upon, source=source, hash=text_hash, author_id=author, at=now
    )
    return text_hash


def _close(proposal: Proposal, state: str, because: str, acting: Acting, now: datetime) -> None:
    proposal.state, proposal.closed_at, proposal.closed_because = state, now, because
    proposal.save(update_fields=["state", "closed_at", "closed_because"])
    note(state, "proposal", proposal.id, {"revision": proposal.revision}, acting=acting, now=now)
    void(proposal, f"the proposal was {state}", acting, now)


def _refuse(source: bytes) -> None:
    """What is no text of an agreement is refused before anything looks into it."""
    if len(source) > MAX_BYTES:
        raise UserProblem(
            "too-large", f"The text has {len(source):,} bytes; an agreement has at most {MAX_BYTES:,}.", "",
            "Propose the agreement's YAML and nothing else.",
        )  # fmt: skip
    if source.startswith(MARK):
        raise UserProblem(
            "folder", "An agreement in several files cannot be proposed as it is.",
            "What is signed is one text.", "Put the files one after another into one, and propose that.",
        )  # fmt: skip
    if source.startswith(b"PK\x03\x04") or b"\0" in source:
        raise UserProblem("not-a-text", "This is no text.", "", "Propose the agreement's YAML file.")
    if not source.strip():
        raise UserProblem("empty", "There is no text.", "", "Write the agreement, or choose its file.")


def _said(text: str, what: str, most: int, *, needed: bool = False) -> str:
    said = text.strip()
    if needed and not said:
        raise UserProblem(f"empty-{what}", f"The {what} is missing.", "", f"Write a {what}.")
    if len(said) > most:
        raise UserProblem(f"long-{what}", f"The {what} has {len(said):,} characters; at most {most:,}.", "", "Cut it.")
    return said
