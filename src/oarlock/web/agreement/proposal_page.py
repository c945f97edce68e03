"""Everything one proposal's page shows: what changes, what it touches, the back-test, comments, who signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from oarlock.agreement import Finding, Terms
from oarlock.agreement.comparing import Change
from oarlock.ground.problems import Problem, UserProblem
from oarlock.jobs import backtesting
from oarlock.jobs.backtesting import Tested
from oarlock.lifecycle.versions import Versions
from oarlock.store.lines import Line, differing
from oarlock.store.models import Member
from oarlock.store.reads import proposals as reading
from oarlock.store.reads.drafts import comparison_of, findings_of
from oarlock.store.reads.proposals import Said, Whole
from oarlock.store.reads.signing import Latest, Seat, ToSign, seats, signable
from oarlock.store.reads.succession import Listed, succession, terms_listed
from oarlock.web.agreement import document
from oarlock.web.agreement.backtest import Shown, shown_of
from oarlock.web.agreement.document import Used
from oarlock.web.rights import may


@dataclass(frozen=True, slots=True)
class Changed:
    """One term that changes, with what rests on it and what was said about it."""

    change: Change
    team: str
    address: str
    touches: tuple[Used, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs these bytes; `problem` is why nobody can as things are, `why_not` why this member cannot."""

    wanted: ToSign | None
    seats: tuple[Seat, ...]
    mine: Seat | None
    problem: UserProblem | None
    why_not: str

    @property
    def blocked(self) -> tuple[Seat, ...]:
        """Those who cannot sign: they left, or are no members yet."""
        return tuple(seat for seat in self.seats if seat.state in ("left", "uninvited"))


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page."""

    whole: Whole
    number: int
    terms: Terms | None
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    changes: tuple[Changed, ...]
    diff: tuple[Line, ...]
    signing: Signing
    tested: Tested | None
    test_problem: Problem | None
    shown: Shown | None
    said: tuple[Said, ...]
    zone: str
    is_author: bool
    may_reject: bool
    stale: bool


def beside(proposal: str, member: Member, versions: tuple[Listed, ...], now: datetime) -> Page:
    """The page of a proposal as it stands beside the agreement: without its edits."""
    return _page(reading.whole(proposal, edits=False), member, versions, now)


def page(proposal: str, member: Member, now: datetime) -> Page:
    """The page of a proposal."""
    return _page(reading.whole(proposal), member, succession(), now)


def _page(whole: Whole, member: Member, versions: tuple[Listed, ...], now: datetime) -> Page:
    latest = versions[0] if versions else None
    number = (whole.listed.base or 0) + 1 if whole.listed.state == "adopted" else latest.number + 1 if latest else 1
    before = _before(whole, latest)
    found, is_open = findings_of(whole.source), whole.listed.state == "open"
    tested, test_problem = _tested(whole, versions)
    return Page(
        whole=whole, number=number, terms=reading.readable(whole.source, number),
        errors=tuple(one for one in found if one.level == "error"),
        warnings=tuple(one for one in found if one.level == "warning"),
        changes=_changes(whole, before, number), diff=differing(before, whole.source) if before else (),
        signing=_signing(whole, latest, member, now), tested=tested, test_problem=test_problem,
        shown=shown_of(tested.kept) if tested and tested.kept else None,
        said=tuple(one for one in whole.said if not one.term), zone=_zone(latest),
        is_author=is_open and whole.author_id == member.id,
        may_reject=is_open and _named(whole, latest, member),
        stale=is_open and whole.listed.base != (latest.number if latest else None),
    )  # fmt: skip


def _before(whole: Whole, latest: Listed | None) -> bytes:
    """The text it was made upon."""
    if latest is not None and latest.number == whole.listed.base:
        return terms_listed(latest).source
    return reading.text_before(whole.listed.base)


def _zone(latest: Listed | None) -> str:
    return terms_listed(latest).time_zone if latest else "UTC"


def _named(whole: Whole, latest: Listed | None, member: Member) -> bool:
    """Whether this member is a signer of the version in force or of the proposed text."""
    texts = [reading.readable(whole.source), terms_listed(latest) if latest else None]
    return bool(member.person) and any(member.person in terms.leadership.signers for terms in texts if terms)


def _changes(whole: Whole, before: bytes, number: int) -> tuple[Changed, ...]:
    if not before:
        return ()
    try:
        comparison = comparison_of(before, whole.source)
    except UserProblem:
        return ()
    return tuple(_changed(change, comparison.new, whole) for change in comparison.changes)


def _changed(change: Change, terms: Terms, whole: Whole) -> Changed:
    said = tuple(one for one in whole.said if one.term == change.term)
    return Changed(
        change, document.team_of(terms, change.term), document.address_of(change.term),
        document.used(terms, change.touches, None), said,
    )  # fmt: skip


def _tested(whole: Whole, versions: tuple[Listed, ...]) -> tuple[Tested | None, Problem | None]:
    """The back-test as far as it is, or why there can be none."""
    if not versions:
        return None, None
    current = Versions.of(*(terms_listed(one) for one in versions))
    try:
        return backtesting.look(Path(settings.OARLOCK.home), current, whole.source), None
    except Problem as problem:
        return None, problem


def _signing(whole: Whole, latest: Listed | None, member: Member, now: datetime) -> Signing:
    upon = Latest(latest.number, latest.envelope_hash, terms_listed(latest)) if latest else None
    if whole.listed.state != "open":
        return Signing(None, (), None, None, "")
    try:
        wanted = signable(whole.listed.base, whole.source, upon, now)
    except UserProblem as problem:
        return Signing(None, (), None, problem, "")
    sitting = seats(wanted, whole.signatures)
    mine = next((seat for seat in sitting if seat.signer == member.person), None)
    return Signing(wanted, sitting, mine, None, _why_not(mine, sitting, member))


def _why_not(mine: Seat | None, sitting: tuple[Seat, ...], member: Member) -> str:
    if mine is None:
        names = ", ".join(seat.name for seat in sitting)
        return f"Your signature is not one of those it needs: it needs {names}."
    return (
        "" if may(member, "sign") else "Signing takes the role “leader”. An administrator gives it (Settings, Members)."
    )
