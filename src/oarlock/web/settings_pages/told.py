"""A line of the audit trail in words: who did what to what; where no phrase is written, from its own words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.urls import NoReverseMatch, reverse

from oarlock.store.reads.audit import Line
from oarlock.web.rights import may

PHRASES = {
    "signed-in": "signed in",
    "changed-password": "changed the password",
    "set-password": "set a password",
    "password-voided": "voided the password",
    "added-app": "added an authenticator app",
    "removed-app": "removed the authenticator app",
    "made-recovery-codes": "made new recovery codes",
    "added-passkey": "added a passkey",
    "removed-passkey": "removed a passkey",
    "removed-factors": "removed the second factors",
    "ended-sessions": "ended sessions",
    "made-link": "made a one-time link",
    "renamed": "changed the name",
    "chose": "chose how to hear of things",
}
"""Verb -> its phrase; other verbs say themselves (`invited`, `signed`, `adopted`)."""
OWN = frozenset(PHRASES) - {"password-voided", "removed-factors", "made-link"}
"""Verbs that people mostly do to their own account: then the subject is left out."""
VERBS = sorted({*PHRASES, "invited", "changed", "deactivated", "reactivated", "joined", "made", "revoked", "proposed",
                "revised", "commented", "settled", "signed", "voided", "adopted", "loaded", "kept"})  # fmt: skip
"""What the filter offers; any other verb may be typed."""

PAGES = frozenset({"member", "person", "account", "opportunity", "proposal", "version", "upload"})
"""Kinds of subject whose page has the kind's own name."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line as the page shows it. `address` is where its subject can be looked at, empty where nowhere."""

    number: int
    at: datetime
    who: str
    did: str
    what: str
    address: str
    detail: str
    hash: str


def told(line: Line, asker: object) -> Told:
    """The line in words, for this asker."""
    own = line.kind == "member" and line.subject == line.actor and line.verb in OWN
    who = line.actor_name or f"{line.actor} (no longer known)"
    did = PHRASES.get(line.verb, line.verb.replace("-", " "))
    what = "" if own else f"{line.kind.replace('-', ' ')} {line.subject_name or line.subject}"
    address = "" if own else _address(line, asker)
    return Told(line.number, line.at, who, did, what, address, detail(line), line.hash)


def detail(line: Line) -> str:
    """What else the line says, as `name: value`."""
    parts = (f"{name.replace('_', ' ')}: {_value(value)}" for name, value in line.detail.items() if value != "")
    return "; ".join(parts)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _address(line: Line, asker: object) -> str:
    """Where the subject has a page this asker may open; else empty."""
    if line.kind not in PAGES or (line.kind == "member" and not may(asker, "members")):
        return ""
    try:
        return reverse(line.kind, args=(line.subject,))
    except NoReverseMatch:
        return ""
