"""Signing a proposal, and the moment all have: the text becomes a version, in the same transaction as the last name.

Promises: who signs, signs exactly the bytes they were shown; a signature counts for one text, number, date and version
before; nothing becomes a version without every signature it needs over its exact bytes; signing twice is signing once.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store import envelope
from oarlock.store.envelope import METHODS, Signed, Statement
from oarlock.store.keys import signing_seed
from oarlock.store.models import Member, Proposal, Signature, Version
from oarlock.store.reads.signing import ToSign, good_signatures, to_sign
from oarlock.store.writes import agreements_folder
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.checkpoints import wish
from oarlock.store.writes.proposals import open_to_change, void


@dataclass(frozen=True, slots=True)
class Signing:
    """What became of a signature: its id, and the number of the version it completed (None: others must sign yet)."""

    id: str
    adopted: int | None


def sign(
    proposal_id: str, *, revision: int, shown: str, member: str, method: str, acting: Acting, now: datetime
) -> Signing:
    """Sign as the person this member is. `revision` and `shown` say what they saw (`ToSign.shown`); `method` how they
    showed once more that it is them. UserProblem where it has changed since, or is not theirs to sign."""
    assert method in METHODS, method
    with transaction.atomic():
        proposal = open_to_change(proposal_id)
        wanted = _wanted(proposal, revision, shown, now)
        signer = _signer(member, wanted)
        kept = _kept(proposal, wanted, signer, acting, now)
        signature = kept or _write(proposal, wanted, Statement(signer, member, now, method), acting, now)
        adopted = _adopted(proposal, wanted, acting, now)
        if method != "demo" and kept is None:
            wish(wanted.header.signers, acting=acting, now=now)
    if adopted is not None:
        agreements_folder.lay_out(home())
    return Signing(signature.id, adopted)


def adopt(proposal_id: str, *, acting: Acting, now: datetime) -> int:
    """Make a version of a proposal that all have signed; its number. UserProblem `unsigned` says who has not.

    The last signature does this by itself; this is for a workspace in which it was cut off.
    """
    with transaction.atomic():
        proposal = open_to_change(proposal_id)
        wanted = to_sign(proposal, now)
        adopted = _adopted(proposal, wanted, acting, now)
        if adopted is None:
            names = {one.signer for one in good_signatures(wanted, proposal.id)}
            missing = ", ".join(key for key in wanted.header.signers if key not in names)
            raise UserProblem("unsigned", "Not all have signed.", f"Missing: {missing}.", "Ask them to.")
    agreements_folder.lay_out(home())
    return adopted


def home() -> Path:
    """The workspace."""
    return Path(settings.OARLOCK.home)


def _wanted(proposal: Proposal, revision: int, shown: str, now: datetime) -> ToSign:
    if proposal.revision == revision:
        wanted = to_sign(proposal, now)
        if wanted.shown == shown:
            return wanted
    raise UserProblem(
        "stale-text", "What you were shown is not what stands there now.",
        "Somebody changed it, or who has to sign it.",
        "Read it as it is now, then sign.",
    )  # fmt: skip


def _signer(member_id: str, wanted: ToSign) -> str:
    member = Member.objects.filter(id=member_id, is_active=True).first()
    if member is None or member.person not in wanted.header.signers:
        raise UserProblem(
            "not-a-signer", "Your signature is not one of those it needs.",
            f"It needs those of {', '.join(wanted.header.signers)}.", "Write a comment instead.",
        )  # fmt: skip
    return member.person


def _kept(proposal: Proposal, wanted: ToSign, signer: str, acting: Acting, now: datetime) -> Signature | None:
    """This signer's signature, if it is there; signatures under other bytes (who has to sign has changed) are void."""
    standing = Signature.objects.filter(proposal=proposal, voided_at=None)
    if standing.exclude(envelope_hash=wanted.shown).exists():
        void(proposal, "what is signed changed", acting, now)
    return standing.filter(signer=signer).first()


def _write(proposal: Proposal, wanted: ToSign, said: Statement, acting: Acting, now: datetime) -> Signature:
    signed = envelope.sign(signing_seed(home()), wanted.payload, said)
    signature = Signature.objects.create(
        id=new_id(now, os.urandom(10)), proposal=proposal, revision=proposal.revision, signer=said.signer,
        member_id=said.member, at=now, method=said.method, envelope_hash=wanted.shown, signature=_as_text(signed),
    )  # fmt: skip
    detail = {"revision": proposal.revision, "signer": said.signer, "method": said.method, "payload": wanted.shown}
    note("signed", "proposal", proposal.id, detail, acting=acting, now=now)
    return signature


def _adopted(proposal: Proposal, wanted: ToSign, acting: Acting, now: datetime) -> int | None:
    """The version, once nobody is missing. What is opened here is what will judge: every signature is checked."""
    signatures = good_signatures(wanted, proposal.id)
    if {one.signer for one in signatures} != set(wanted.header.signers):
        return None
    data = envelope.enclose(wanted.payload, [_from_text(one.signature) for one in signatures])
    found = envelope.opened(data, envelope.public_key(signing_seed(home())))
    version = Version.objects.create(
        number=found.header.number, in_force_from=wanted.terms.in_force_from, hash=wanted.terms.hash, envelope=data,
        envelope_hash=found.hash, source=found.source, adopted_at=now, proposal=proposal.id,
    )  # fmt: skip
    proposal.state, proposal.closed_at = "adopted", now
    proposal.save(update_fields=["state", "closed_at"])
    detail = {"envelope": found.hash, "hash": version.hash, "proposal": proposal.id, "in_force": found.header.in_force}
    note("adopted", "version", str(version.number), detail, acting=acting, now=now)
    for other in Proposal.objects.select_for_update().filter(state="open").order_by("id"):
        void(other, f"version {version.number} was signed", acting, now)
    return version.number


def _as_text(signed: Signed) -> str:
    told = {"keyid": signed.keyid, "statement": b64encode(signed.statement).decode()}
    return json.dumps({**told, "sig": b64encode(signed.sig).decode()}, sort_keys=True)


def _from_text(text: str) -> Signed:
    told = json.loads(text)
    return Signed(told["keyid"], b64decode(told["statement"]), b64decode(told["sig"]))
