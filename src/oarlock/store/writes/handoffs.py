"""What people do with hand-offs: one verb, one transaction, one line in the trail.

    accept / reject / give_back / take / pass_on / recycle / lapse / appeal / log_activity

Promises: an answer twice is one answer and one line; who comes second is told who came first and when; words are kept
beside the facts and can be erased.
"""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from oarlock.desk import Answered, Arrived, Decided, Happening
from oarlock.desk.happenings import Verb
from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.records.facts import Acted
from oarlock.store.models import Erasure, Handoff, PersonState, Remark
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.desk import Details, happen, to_the_desk

LONGEST = 4_000
"""Letters of a remark."""
DONE: dict[Verb, str] = {
    "accept": "accepted", "reject": "rejected", "give_back": "returned", "take": "taken", "pass_on": "passed-on",
    "recycle": "recycled", "lapse": "let-lapse", "appeal": "appealed",
}  # fmt: skip
"""How the trail calls each verb."""
KINDS = ("call", "email.sent", "meeting.booked", "meeting.held", "meeting.missed", "message", "visit")
"""What sellers may say they did."""


def accept(handoff_id: str, *, by: str, acting: Acting, now: datetime) -> Decided:
    """Yes. `by` is the key of the agreement's user who says it. UserProblem `already-answered`, `handoff-ended`,
    `nobody-has-it`, `unknown-handoff`."""
    return _say(Answered(handoff_id, "accept", by), "", acting, now)


def reject(handoff_id: str, *, by: str, reason: str, words: str = "", acting: Acting, now: datetime) -> Decided:
    """No, for a reason of the agreement. UserProblem `already-answered`, `handoff-ended`, `unknown-reason`."""
    return _say(Answered(handoff_id, "reject", by, reason), words, acting, now)


def give_back(handoff_id: str, *, by: str, reason: str, words: str = "", acting: Acting, now: datetime) -> Decided:
    """Back after having said yes. UserProblem `not-accepted-yet`, `handoff-ended`, `unknown-reason`."""
    return _say(Answered(handoff_id, "give_back", by, reason), words, acting, now)


def take(handoff_id: str, *, by: str, acting: Acting, now: datetime) -> Decided:
    """Take it from the queue, which says yes to it. UserProblem `already-taken`, `handoff-ended`."""
    return _say(Answered(handoff_id, "take", by), "", acting, now)


def pass_on(handoff_id: str, *, to: str, by: str, acting: Acting, now: datetime) -> Decided:
    """Give it to somebody else of the agreement. UserProblem `unknown-user`, `handoff-ended`."""
    return _say(Answered(handoff_id, "pass_on", by, None, to), "", acting, now)


def recycle(
    handoff_id: str, *, by: str, reason: str | None = None, words: str = "", acting: Acting, now: datetime
) -> Decided:
    """Back to marketing, to be won again later. UserProblem `handoff-ended`, `unknown-reason`, `final-reason`."""
    return _say(Answered(handoff_id, "recycle", by, reason), words, acting, now)


def lapse(handoff_id: str, *, by: str, acting: Acting, now: datetime) -> Decided:
    """Nobody answered, and nobody will. UserProblem `already-answered`, `handoff-ended`."""
    return _say(Answered(handoff_id, "lapse", by), "", acting, now)


def appeal(handoff_id: str, *, by: str, words: str, acting: Acting, now: datetime) -> Decided:
    """The team that handed over does not agree with how it ended, and says why. UserProblem `nothing-to-appeal`,
    `needs-words`."""
    if not words.strip():
        raise UserProblem("needs-words", "An appeal needs words.", "Somebody has to answer it.", "Say what was missed.")
    return _say(Answered(handoff_id, "appeal", by), words, acting, now)


def log_activity(
    handoff_id: str, kind: str, *, by: str, outcome: str = "", minutes: float | None = None, acting: Acting,
    now: datetime,
) -> Decided:  # fmt: skip
    """A seller did something with the person: a fact, which counts as an attempt. UserProblem `unknown-activity`."""
    if kind not in KINDS:
        raise UserProblem("unknown-activity", f"`{kind[:60]}` is no activity.", "", f"One of {', '.join(KINDS)}.")
    if minutes is not None and not 0 <= minutes <= 24 * 60:
        raise UserProblem("bad-minutes", "An activity lasts between no time and a day.", "", "Say its minutes.")
    with transaction.atomic():
        to_the_desk()
        person_id = _person_of(handoff_id)
        fact = Acted(
            id=new_id(now, os.urandom(10)), at=now, recorded_at=now, person_id=person_id, kind=kind, user_id=by
        )
        told = {"direction": "outbound", "outcome": _words(outcome) or None, "minutes": minutes}
        decided = _happen(person_id, Arrived((fact,)), now, {fact.id: told})
        note("logged", "handoff", handoff_id, {"kind": kind, "activity": fact.id}, acting=acting, now=now)
        return decided


def _say(said: Answered, words: str, acting: Acting, now: datetime) -> Decided:
    with transaction.atomic():
        to_the_desk()
        person_id = _person_of(said.handoff_id)
        decided = _happen(person_id, said, now)
        if decided.facts:
            told = (
                {"by": said.by}
                | ({"reason": said.reason} if said.reason else {})
                | ({"to": said.to} if said.to else {})
            )
            note(DONE[said.verb], "handoff", said.handoff_id, told, acting=acting, now=now)
            if _words(words):
                _remark(said, person_id, _words(words), now)
        return decided


def _happen(person_id: str, happening: Happening, now: datetime, details: Details | None = None) -> Decided:
    decided = happen({person_id: happening}, now=now, details=details).get(person_id)
    if decided is None:
        raise _unknown()
    return decided


def _person_of(handoff_id: str) -> str:
    """Who is handed over; for somebody who was merged, who took them over."""
    person_id = Handoff.objects.filter(pk=handoff_id).values_list("person_id", flat=True).first()
    if person_id is None or Erasure.objects.filter(pk=person_id).exists():
        raise _unknown()
    return PersonState.objects.filter(pk=person_id).values_list("merged_into", flat=True).first() or person_id


def _unknown() -> UserProblem:
    return UserProblem(
        "unknown-handoff", "There is no such hand-off.", "Its person may have been erased on request.",
        "Go back to the list.",
    )  # fmt: skip


def _words(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]


def _remark(said: Answered, person_id: str, words: str, now: datetime) -> None:
    kind = "appeal" if said.verb == "appeal" else "note"
    Remark.objects.create(
        id=new_id(now, os.urandom(10)), handoff_id=said.handoff_id, person_id=person_id, kind=kind, at=now, by=said.by,
        words=words,
    )  # fmt: skip
