"""Signed versions as the exact bytes they are: for the API, downloads, and whoever checks them elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oarlock.store.models import Version

MOST = 500


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed version. `source` and `envelope` are bytes, empty in a list."""

    number: int
    in_force_from: datetime
    hash: str
    envelope_hash: str
    adopted_at: datetime
    source: bytes = b""
    envelope: bytes = b""


def signed_versions() -> tuple[Signed, ...]:
    """Every signed version without its bytes, the latest in force first; at most MOST."""
    found = Version.objects.order_by("-in_force_from").defer("source", "envelope")[:MOST]
    return tuple(Signed(v.number, v.in_force_from, v.hash, v.envelope_hash, v.adopted_at) for v in found)


def signed_version(number: int) -> Signed | None:
    """One version with its bytes; None where there is none of that number."""
    v = Version.objects.filter(number=number).first()
    if v is None:
        return None
    source, envelope = bytes(v.source), bytes(v.envelope)
    return Signed(v.number, v.in_force_from, v.hash, v.envelope_hash, v.adopted_at, source, envelope)
