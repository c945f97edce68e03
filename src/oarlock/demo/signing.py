"""How Brightwater's two versions came to be signed: by Mara and Sam, through the same verbs as everybody's.

Every signature says that it was made for the demo (method `demo`), on the days of the story, each before its version
came into force. Doing it again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oarlock.demo.making import AGREEMENTS
from oarlock.store.models import Member, Proposal, Version
from oarlock.store.reads.signing import to_sign
from oarlock.store.writes import comments, proposals, signing
from oarlock.store.writes.agreements_folder import lay_out
from oarlock.store.writes.audit import Acting


@dataclass(frozen=True, slots=True)
class Chapter:
    """One version: who proposed it when and why, and what the other one said."""

    path: Path
    author: str
    title: str
    reason: str
    at: datetime
    answer: tuple[str, str]


CHAPTERS = (
    Chapter(
        AGREEMENTS[0], "mara", "Our first agreement",
        "One funnel, one set of words, promises in both directions. What it says has been our practice since autumn.",
        datetime(2024, 12, 9, 9, 30, tzinfo=UTC),
        ("handoffs.mql-to-sdr", "An hour is short on a Friday, but the calendar ends at three, so it is fair."),
    ),
    Chapter(
        AGREEMENTS[1], "sam", "A higher bar for MQL",
        "A third of the leads we rejected had downloaded two papers and nothing else. Downloads should count for less,"
        " and the bar should be 40.",
        datetime(2026, 1, 12, 8, 45, tzinfo=UTC),
        ("stages.mql", "We will hand over fewer. The promise of 120 a month stays as it is."),
    ),
)  # fmt: skip
SIGNERS = ("mara", "sam")


def sign_up(home: Path) -> list[int]:
    """Propose and sign both versions, as far as they are not; the numbers of those that were. The cast has joined.

    `home` is the open workspace: the files of all signed versions lie there afterwards.
    """
    cast = {member.person: member for member in Member.objects.filter(person__in=SIGNERS, is_active=True)}
    known = set(Version.objects.values_list("number", flat=True))
    waiting = [chapter for number, chapter in enumerate(CHAPTERS, 1) if number not in known]
    signed = [_sign(chapter, cast) for chapter in waiting]
    lay_out(home)
    return signed


def _sign(chapter: Chapter, cast: dict[str, Member]) -> int:
    author = cast[chapter.author]
    found = proposals.open_proposal(
        title=chapter.title, reason=chapter.reason, source=chapter.path.read_bytes(), author=author.id,
        acting=Acting.member(author.id), now=chapter.at,
    )  # fmt: skip
    other = next(member for member in cast.values() if member is not author)
    term, text = chapter.answer
    later = chapter.at + timedelta(hours=5)
    comments.comment(found, term=term, text=text, author=other.id, acting=Acting.member(other.id), now=later)
    adopted: int | None = None
    for day, signer in enumerate(SIGNERS, 1):
        member, now = cast[signer], chapter.at + timedelta(days=day, hours=2)
        proposal = Proposal.objects.get(id=found)
        shown = to_sign(proposal, now).shown
        adopted = signing.sign(
            found, revision=proposal.revision, shown=shown, member=member.id, method="demo",
            acting=Acting.member(member.id), now=now,
        ).adopted  # fmt: skip
    assert adopted is not None, "both have signed"
    return adopted
