"""Proposals as pages show them: which there are, one with all that belongs to it, who may do what to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oarlock.agreement import Terms
from oarlock.ground.problems import Problem, UserProblem
from oarlock.store.models import Comment, Member, Proposal, Revision, Signature, Version
from oarlock.store.reads.drafts import terms_of_text


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal in a list."""

    id: str
    title: str
    state: str
    author: str
    team: str
    opened_at: datetime
    closed_at: datetime | None
    revision: int
    base: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """A revision without its text."""

    number: int
    upon: int
    author: str
    team: str
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class Said:
    """A comment."""

    id: str
    term: str
    text: str
    author: str
    team: str
    initials: str
    at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Whole:
    """One proposal: its latest text, what was said, and every signature it ever had; `edits` where they were wanted."""

    listed: Listed
    reason: str
    closed_because: str
    author_id: str
    source: bytes
    edits: tuple[Edit, ...]
    said: tuple[Said, ...]
    signatures: tuple[Signature, ...]
    row: Proposal

    @property
    def gone(self) -> tuple[Signature, ...]:
        """The signatures that were voided."""
        return tuple(one for one in self.signatures if one.voided_at is not None)


MOST_LISTED, MOST_SAID = 50, 200


def proposals(state: str | None = None) -> tuple[Listed, ...]:
    """The newest proposals first, at most MOST_LISTED."""
    found = Proposal.objects.select_related("author").order_by("-opened_at", "-id")
    wanted = found.filter(state=state) if state else found
    return tuple(_listed(row) for row in wanted[:MOST_LISTED])


def _listed(row: Proposal) -> Listed:
    author = row.author
    return Listed(
        row.id, row.title, row.state, author.name, author.team, row.opened_at, row.closed_at, row.revision, row.base
    )


def whole(proposal_id: str, *, edits: bool = True) -> Whole:
    """One proposal, in five queries. UserProblem `unknown-proposal`."""
    row = Proposal.objects.select_related("author").filter(id=proposal_id).first()
    if row is None:
        raise UserProblem("unknown-proposal", "There is no such proposal.", "", "The agreement's page lists them.")
    source = Revision.objects.only("source").get(proposal=row, number=row.revision).source
    comments = Comment.objects.filter(proposal=row).select_related("author").order_by("at", "id")[:MOST_SAID]
    signatures = Signature.objects.filter(proposal=row).order_by("-at", "id")[:MOST_LISTED]
    return Whole(
        _listed(row), row.reason, row.closed_because, row.author_id, bytes(source), _edits(row) if edits else (),
        tuple(_said(one) for one in comments), tuple(signatures), row,
    )  # fmt: skip


def _edits(row: Proposal) -> tuple[Edit, ...]:
    found = Revision.objects.filter(proposal=row).select_related("author").defer("source").order_by("-number")
    kept = found[:MOST_LISTED]
    return tuple(Edit(e.number, e.upon, e.author.name, e.author.team, e.at, e.hash) for e in reversed(kept))


def text_before(base: int | None) -> bytes:
    """The text of the version a proposal was made upon; empty for the first."""
    found = Version.objects.only("source").filter(number=base or 0).first()
    return bytes(found.source) if found else b""


def _said(one: Comment) -> Said:
    author = one.author
    return Said(one.id, one.term, one.text, author.name, author.team, author.initials, one.at, one.settled_at)


def text_of(proposal_id: str, revision: int) -> bytes:
    """The text of one revision. UserProblem `unknown-revision`."""
    found = Revision.objects.only("source").filter(proposal_id=proposal_id, number=revision).first()
    if found is None:
        raise UserProblem("unknown-revision", "There is no such revision.", "", "Load the page again.")
    return bytes(found.source)


def signing_members(proposal: Proposal) -> frozenset[str]:
    """The members behind everybody the version in force or the proposed text names as a signer."""
    latest = Version.objects.only("number", "source").order_by("-number").first()
    texts = [text_of(proposal.id, proposal.revision), *([bytes(latest.source)] if latest else [])]
    named = {key for text in texts for key in _signers(text)}
    return frozenset(Member.objects.filter(person__in=named, is_active=True).values_list("id", flat=True))


def _signers(text: bytes) -> tuple[str, ...]:
    terms = readable(text)
    return terms.leadership.signers if terms else ()


def readable(text: bytes, number: int = 1) -> Terms | None:
    """The terms of a text; None where it has errors, which a draft may."""
    try:
        return terms_of_text(text, number)
    except Problem:
        return None
