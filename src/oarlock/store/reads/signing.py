"""Who has to sign a proposal, who has, and what exactly they sign.

Decisions (why: docs/why/signing.md): all signers named by the text in force and all named by the proposed text sign. A
signer who left is stood in for by whoever they report to in the text in force; the envelope says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal as OneOf

from oarlock.agreement import Terms
from oarlock.ground.problems import UserProblem
from oarlock.store.envelope import Header, payload_of
from oarlock.store.models import Member, Proposal, Revision, Signature, Version
from oarlock.store.reads.drafts import terms_of_text


@dataclass(frozen=True, slots=True)
class Signers:
    """Who has to sign, and each signer who left with who signs instead (nobody: "")."""

    names: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Latest:
    """The version a next one would follow."""

    number: int
    envelope_hash: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class ToSign:
    """What is signed: the bytes, as what, and under which terms they would judge. `people` are the members who are
    named in it, whether they may still sign in or not."""

    header: Header
    payload: bytes
    terms: Terms
    people: tuple[Member, ...]

    @property
    def shown(self) -> str:
        """SHA-256 (hex) of the payload: what a signer was shown is what they sign."""
        return sha256(self.payload).hexdigest()


@dataclass(frozen=True, slots=True)
class Seat:
    """One who has to sign. `open` may sign now; `uninvited` is no member yet; `left` was a member and is none now."""

    signer: str
    name: str
    team: str
    state: OneOf["signed", "open", "uninvited", "left"]
    member: str | None
    instead_of: str | None = None
    at: datetime | None = None
    method: str = ""


def who_signs(before: Terms | None, proposed: Terms, standing: Mapping[str, bool]) -> Signers:
    """Whose signatures a text needs; `standing` says of each person who was ever a member whether they still are."""
    names, left = set(proposed.leadership.signers), []
    for key in before.leadership.signers if before else ():
        if standing.get(key, True) or key in proposed.leadership.signers:
            names.add(key)
            continue
        assert before is not None
        person = before.leadership.person(key)
        above = person.reports_to if person and person.reports_to else ""
        instead = above if standing.get(above, False) else ""
        left.append((key, instead))
        names |= {instead} - {""}
    return Signers(tuple(sorted(names)), tuple(sorted(left)))


def to_sign(proposal: Proposal, now: datetime) -> ToSign:
    """The latest text of a proposal as it would be signed now. UserProblem says why it cannot be signed as it is."""
    found = Version.objects.order_by("-number").first()
    latest = Latest(found.number, found.envelope_hash, _terms(found)) if found else None
    source = Revision.objects.only("source").get(proposal=proposal, number=proposal.revision).source
    return signable(proposal.base, bytes(source), latest, now)


def _terms(version: Version) -> Terms:
    return terms_of_text(bytes(version.source), version.number)


def signable(base: int | None, source: bytes, latest: Latest | None, now: datetime) -> ToSign:
    """This text as it would be signed upon the latest version. UserProblem `stale-base`, `agreement-has-errors`,
    `dated-in-the-past`, `dated-before`, `unsigned-agreement`."""
    if base != (latest.number if latest else None):
        raise UserProblem(
            "stale-base", "Another version was signed since this was proposed.",
            "A signature binds a text to the version before it.", "Bring the proposal up to date, then sign.",
        )  # fmt: skip
    number = latest.number + 1 if latest else 1
    terms, before = terms_of_text(source, number), latest.terms if latest else None
    _dated(terms, before, now)
    people = tuple(Member.objects.filter(person__in=_named(before, terms)).order_by("is_active", "id"))
    wanted = who_signs(before, terms, standing_of(people))
    if not wanted.names:
        raise UserProblem(
            "unsigned-agreement", "This text names nobody who signs.", "An agreement holds because both teams signed.",
            "Name one of each team under `leadership`, `signers`.",
        )  # fmt: skip
    header = Header(
        terms.company, number, latest.envelope_hash if latest else "", terms.in_force.isoformat(), wanted.names,
        wanted.left,
    )  # fmt: skip
    return ToSign(header, payload_of(header, source), terms, people)


def _dated(terms: Terms, before: Terms | None, now: datetime) -> None:
    """The first version may be dated back, for history must be judged by something; no later one may."""
    if before is None:
        return
    if terms.in_force_from <= now:
        raise UserProblem(
            "dated-in-the-past", f"This text would be in force from {terms.in_force}, and that day has begun.",
            "What has been judged is not judged again by a text nobody knew.",
            "Set `in_force` to a later day; tomorrow is the earliest.",
        )  # fmt: skip
    if terms.in_force_from <= before.in_force_from:
        raise UserProblem(
            "dated-before", f"Version {before.number} is in force from {before.in_force}.",
            "Versions come into force in the order in which they were signed.",
            f"Set `in_force` to a day after {before.in_force}.",
        )  # fmt: skip


def _named(*texts: Terms | None) -> set[str]:
    """Everybody who might have to sign: signers, and whom they report to."""
    people = [text.leadership.person(key) for text in texts if text for key in text.leadership.signers]
    return {key for person in people if person for key in (person.key, person.reports_to or "")} - {""}


def standing_of(people: Sequence[Member]) -> dict[str, bool]:
    """Of each person who was ever a member, whether they may still sign in."""
    found: dict[str, bool] = {}
    for member in people:
        found[member.person] = found.get(member.person, False) or member.is_active
    return found


def seats(wanted: ToSign, signatures: Sequence[Signature]) -> tuple[Seat, ...]:
    """Everybody who has to sign these bytes, and whether they have."""
    signed = {one.signer: one for one in signatures if one.voided_at is None and one.envelope_hash == wanted.shown}
    members = {one.person: one for one in wanted.people}
    instead = {stands: gone for gone, stands in wanted.header.left}
    return tuple(_seat(key, wanted.terms, signed, members, instead) for key in wanted.header.signers)


def good_signatures(wanted: ToSign, proposal: str) -> list[Signature]:
    """The signatures under exactly these bytes that nothing has voided."""
    return list(Signature.objects.filter(proposal_id=proposal, voided_at=None, envelope_hash=wanted.shown))


def _seat(
    key: str, terms: Terms, signed: Mapping[str, Signature], members: Mapping[str, Member], instead: Mapping[str, str]
) -> Seat:
    member, person, signature = members.get(key), terms.leadership.person(key), signed.get(key)
    name = person.name if person else member.name if member else key
    state: OneOf["signed", "open", "uninvited", "left"] = (
        "signed" if signature else "uninvited" if member is None else "open" if member.is_active else "left"
    )
    return Seat(
        key, name, member.team if member else "joint", state, member.id if member else None, instead.get(key),
        signature.at if signature else None, signature.method if signature else "",
    )  # fmt: skip
