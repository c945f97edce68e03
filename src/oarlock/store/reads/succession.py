"""The signed versions as pages show them: which there are, who signed each and how, checked against the key each time a
text is first read in a process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from oarlock.agreement import Terms
from oarlock.ground.problems import UserProblem
from oarlock.store.envelope import Envelope, opened, public_key
from oarlock.store.keys import signing_seed
from oarlock.store.models import Checkpoint, Version
from oarlock.store.reads.versions import terms_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in a list."""

    number: int
    since: datetime
    adopted_at: datetime
    hash: str
    envelope_hash: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name under a version."""

    signer: str
    name: str
    role: str
    team: str
    at: datetime
    method: str


@dataclass(frozen=True, slots=True)
class Told:
    """A checkpoint: which head of the trail was told to whom, when."""

    number: int
    hash: str
    at: datetime
    told: str


TEAM_OF = {"marketing-leader": "marketing", "sales-leader": "sales"}


def succession() -> tuple[Listed, ...]:
    """Every version, the newest first."""
    columns = ("number", "in_force_from", "adopted_at", "hash", "envelope_hash", "proposal")
    return tuple(Listed(*row) for row in Version.objects.order_by("-number").values_list(*columns))


def terms_listed(one: Listed) -> Terms:
    """The terms of a version."""
    return terms_of(one.number, one.hash)


def envelope_of(one: Listed) -> Envelope:
    """What was signed. UserProblem `forged-agreement` where it is not what this workspace's key signed."""
    return _opened(Path(settings.OARLOCK.home), one.number, one.envelope_hash)


@lru_cache(maxsize=64)
def _opened(home: Path, number: int, envelope_hash: str) -> Envelope:
    data = bytes(Version.objects.only("envelope").get(number=number, envelope_hash=envelope_hash).envelope)
    return opened(data, public_key(signing_seed(home)))


def names_under(one: Listed) -> tuple[Name, ...]:
    """Who signed it, in order of time."""
    terms = terms_listed(one)
    found = []
    for said in sorted(envelope_of(one).statements, key=lambda s: s.at):
        person = terms.leadership.person(said.signer)
        role = person.role if person else ""
        name = person.name if person else said.signer
        found.append(Name(said.signer, name, role, TEAM_OF.get(role, "joint"), said.at, said.method))
    return tuple(found)


def exact(number: int) -> tuple[bytes, bytes]:
    """The exact bytes of a version: its text, and its envelope. UserProblem `unknown-version`."""
    found = Version.objects.only("source", "envelope").filter(number=number).first()
    if found is None:
        raise UserProblem("unknown-version", f"There is no version {number}.", "", "The agreement's page lists them.")
    return bytes(found.source), bytes(found.envelope)


def checkpoints() -> tuple[Told, ...]:
    """The latest heads of the trail that left the house, at most fifty."""
    return tuple(Told(c.number, c.hash, c.at, c.told) for c in Checkpoint.objects.order_by("-number")[:50])
