"""What arrives from outside once it was read and bounded, before anybody knows whose it is.

A connector makes these of somebody's bytes, the store takes them in; neither needs to know the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal as OneOf

IdentityKind = OneOf["external", "email", "phone", "anonymous"]
IDENTITIES: tuple[IdentityKind, ...] = ("external", "email", "phone", "anonymous")
"""What somebody is known by, the surest first."""
Identity = tuple[IdentityKind, str]
Fields = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Met:
    """A meeting with our marketing that was told: a touch without its person."""

    kind: str
    channel: str | None = None
    campaign_id: str | None = None
    content: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that was told: the sender's own id of it, and its fields. Both may be empty."""

    key: str | None = None
    fields: Fields = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """One thing that was told. `key` is `<source>:<the sender's own id>`: the same key is the same thing.

    `fingerprint` is the SHA-256 of what was sent, empty where the sender's id alone decides. `known_by` is of whom it
    was told, `was` what else they were known by. `person` and `firm` are fields; `first` are those that count only for
    somebody who is new. `remarks` say what was understood otherwise than it was written; `body` is what was written.
    """

    key: str
    source: str
    at: datetime
    recorded_at: datetime
    known_by: tuple[Identity, ...]
    fingerprint: str = ""
    was: tuple[Identity, ...] = ()
    person: Fields = ()
    first: Fields = ()
    firm: Firm | None = None
    touch: Met | None = None
    remarks: tuple[str, ...] = ()
    body: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def anonymous(self) -> bool:
        """Whether it says nothing of who it was."""
        return all(kind == "anonymous" for kind, _ in self.known_by) and not self.person


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that could not be taken in, as it came, and why. `key` is the arrival it would have been, if any."""

    source: str
    body: str
    code: str
    reason: str
    key: str = ""
