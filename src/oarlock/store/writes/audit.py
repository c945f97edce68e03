"""The audit trail's one door: a line is written in the transaction of what it tells of, chained to the line before.

Promises: numbers without gaps, in the order of commits; a line's hash covers all lines before it; two writers at once
wait for each other. `detail` holds ids and counts, never a name, an address or a secret.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import connection, transaction

from oarlock.ground.intervals import micros
from oarlock.store.models import AuditLine

BEGINNING = "0" * 64
"""The hash before the first line."""
LOCK = 0x0A21
"""The advisory lock that puts writers of the trail in a row on PostgreSQL; SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts: a member's id, `token:<id>`, or `system` (a job, a migration, the demo)."""

    actor: str

    @classmethod
    def member(cls, member_id: str) -> Acting:
        """A member who is signed in."""
        return cls(member_id)


SYSTEM = Acting("system")


def note(
    verb: str, kind: str, subject: str, detail: Mapping[str, object], *, acting: Acting, now: datetime
) -> AuditLine:
    """Write the next line, inside the transaction that is open (or one of its own).

    `verb` is a word of the trade in the past tense (`signed`), `kind` and `subject` name what it was done to.
    """
    with transaction.atomic():
        last = _last()
        line = AuditLine(
            number=(last.number if last else 0) + 1, at=now, actor=acting.actor, verb=verb, subject_kind=kind,
            subject=subject, detail=json.dumps(dict(detail), sort_keys=True, ensure_ascii=False, separators=(",", ":")),
        )  # fmt: skip
        line.hash = chained(last.hash if last else BEGINNING, line)
        line.save(force_insert=True)
        return line


def _last() -> AuditLine | None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return AuditLine.objects.order_by("-number").first()


def chained(before: str, line: AuditLine) -> str:
    """The hash of a line after the one with hash `before`: SHA-256 (hex) of both, a line break between."""
    return sha256(before.encode() + b"\n" + canonical(line)).hexdigest()


def canonical(line: AuditLine) -> bytes:
    """The line's bytes under its hash: a JSON list of number, microseconds, actor, verb, kind, subject, detail."""
    whole = [line.number, micros(line.at), line.actor, line.verb, line.subject_kind, line.subject, line.detail]
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
