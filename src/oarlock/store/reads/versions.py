"""The signed versions: which is in force, and all of them as the terms that judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from oarlock.agreement import Terms, read_text, seal
from oarlock.ground.clock import now as instant_now
from oarlock.ground.problems import UserProblem
from oarlock.lifecycle.versions import Versions
from oarlock.store.envelope import opened, public_key
from oarlock.store.keys import signing_seed
from oarlock.store.models import Version


@dataclass(frozen=True, slots=True)
class InForce:
    """The version that judges now: its number, since when, what its text hashes to, and whose it is."""

    number: int
    since: datetime
    hash: str
    company: str
    currency: str
    time_zone: str


def in_force(at: datetime | None = None) -> InForce | None:
    """The version in force at that instant (None = now); None where none was signed yet."""
    found = (
        Version.objects.filter(in_force_from__lte=at or instant_now())
        .order_by("-in_force_from").values_list("number", "in_force_from", "hash").first()
    )  # fmt: skip
    if found is None:
        return None
    number, since, text_hash = found
    terms = terms_of(number, text_hash)
    return InForce(number, since, text_hash, terms.company, terms.currency, terms.time_zone)


@lru_cache(maxsize=64)
def terms_of(number: int, text_hash: str) -> Terms:
    """The terms of that signed version. `text_hash` is part of the key, so a cache never outlives a text.

    What judges is what was signed: the envelope is opened first. UserProblem `forged-agreement`.
    """
    found = Version.objects.get(number=number, hash=text_hash)
    terms = seal(read_text(bytes(found.source)), number)
    _require_signed(found, terms)
    return terms


def _require_signed(version: Version, terms: Terms) -> None:
    signed = opened(bytes(version.envelope), public_key(signing_seed(Path(settings.OARLOCK.home))))
    told = (signed.source, signed.header.number, signed.header.company, signed.header.in_force, signed.hash)
    kept = (terms.source, version.number, terms.company, terms.in_force.isoformat(), version.envelope_hash)
    if told != kept or version.hash != terms.hash or version.in_force_from != terms.in_force_from:
        raise UserProblem(
            "forged-agreement", f"Version {version.number} is not the one that was signed.",
            "Its row in the store was changed.", "Restore the store from a backup; `oarlock verify` says what else.",
        )  # fmt: skip


def all_versions() -> Versions:
    """Every signed version, each judging its own time. UserProblem `no-agreement` where there is none."""
    known = Version.objects.order_by("in_force_from").values_list("number", "hash")
    return Versions.of(*(terms_of(number, text_hash) for number, text_hash in known))
