"""Signed versions as rows, in order, by the key of the open workspace: quicker than the whole story of a proposal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from oarlock.agreement import read_text, seal
from oarlock.store import envelope
from oarlock.store.envelope import Header, Statement
from oarlock.store.keys import signing_seed
from oarlock.store.models import Version


def sign_rows(*sources: bytes) -> list[Version]:
    """Add a version for each text, after those that are there; every name it wants is under it."""
    return [_sign(source) for source in sources]


def _sign(source: bytes) -> Version:
    before = Version.objects.order_by("-number").first()
    number = before.number + 1 if before else 1
    terms, seed = seal(read_text(source), number), signing_seed(Path(settings.OARLOCK.home))
    signers, at = tuple(sorted(terms.leadership.signers)), terms.in_force_from - timedelta(days=7)
    head = Header(terms.company, number, before.envelope_hash if before else "", terms.in_force.isoformat(), signers)
    payload = envelope.payload_of(head, source)
    names = [envelope.sign(seed, payload, Statement(key, f"member-{key}", at, "demo")) for key in signers]
    data = envelope.enclose(payload, names)
    return Version.objects.create(
        number=number, in_force_from=terms.in_force_from, hash=terms.hash, envelope=data, source=source, adopted_at=at,
        envelope_hash=envelope.opened(data, envelope.public_key(seed)).hash,
    )  # fmt: skip
