"""Letters that could not be taken in: kept as they came with the reason, mended and taken in, or dropped with a reason.

Promises: the same letter twice is kept once while it is open; nothing ends one but somebody's word, in the trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from oarlock.ground.ids import fact_id
from oarlock.ground.intervals import micros
from oarlock.ground.problems import UserProblem
from oarlock.records.arrivals import Letter
from oarlock.store.models import DeadLetter
from oarlock.store.writes.arrival_rows import found
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.rows import upsert

LONGEST = 600_000
"""Letters kept of a body: more than any door takes."""
COLUMNS = ("id", "source", "at", "body", "code", "reason", "state", "by", "arrival")
OPEN, TAKEN_IN, DROPPED = "open", "taken-in", "dropped"


def keep(letters: Sequence[Letter], *, now: datetime) -> list[str]:
    """Keep letters, inside the transaction that is open; their ids."""
    if not letters:
        return []
    plain = {_id(one): one for one in letters}
    ended = {key for key, state in found("dead_letters", ("id", "state"), "id", plain) if state != OPEN}
    rows = {_id(one, now) if key in ended else key: one for key, one in plain.items()}
    kept = [
        (key, one.source, micros(now), one.body[:LONGEST], one.code[:60], one.reason, OPEN, "", one.key[:300])
        for key, one in rows.items()
    ]
    upsert("dead_letters", COLUMNS, kept, key=("id",), keep=True)
    return list(rows)


def _id(letter: Letter, again: datetime | None = None) -> str:
    return fact_id("letter", letter.source, letter.body, letter.key, again)


def take(letter_id: str) -> DeadLetter:
    """An open letter, held until the transaction ends. UserProblem `unknown-letter`, `stale-letter`."""
    found_there = DeadLetter.objects.select_for_update().filter(pk=letter_id).first()
    if found_there is None:
        raise UserProblem("unknown-letter", "There is no such letter.")
    if found_there.state != OPEN:
        raise UserProblem(
            "stale-letter", "Somebody was quicker: this letter is not open any more.", "", "Load the page."
        )
    return found_there


def end(letter_id: str, state: str, arrival: str, why: str, *, acting: Acting, now: datetime) -> None:
    """An open letter was taken in, or dropped because of `why`. UserProblem `needs-a-reason`."""
    reason = " ".join(why.split())[:300]
    if state == DROPPED and not reason:
        raise UserProblem("needs-a-reason", "Say why it is dropped.", "", "One line is enough.")
    with transaction.atomic():
        letter = take(letter_id)
        told = {"source": letter.source, "code": letter.code} | ({"why": reason} if reason else {})
        DeadLetter.objects.filter(pk=letter_id).update(
            state=state, answered_at=now, by=acting.actor, arrival=arrival[:300] or letter.arrival
        )
        note("dropped" if state == DROPPED else "taken-in", "letter", letter_id, told, acting=acting, now=now)


def say(letter_id: str, body: str, code: str, reason: str) -> None:
    """What an attempt to mend an open letter came to: it stays, with its new words and reason."""
    with transaction.atomic():
        take(letter_id)
        DeadLetter.objects.filter(pk=letter_id).update(body=body[:LONGEST], code=code[:60], reason=reason)
