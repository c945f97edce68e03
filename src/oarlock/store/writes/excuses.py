"""Excuses: one team declares that something kept it from its promise for a time, the other confirms it or does not.

Every declaration and answer is kept for ever; what was answered is not answered again.
"""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from oarlock.agreement.owed import Excuse
from oarlock.agreement.terms import Terms
from oarlock.agreement.written import Team
from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean
from oarlock.store.models import Excused, Member
from oarlock.store.writes.audit import Acting, note

MOST = 1_000


def declare(
    key: str, *, begins: datetime, ends: datetime, why: str, terms: Terms, member: Member, acting: Acting,
    now: datetime,
) -> str:  # fmt: skip
    """Declare an excuse of the agreement for a time; its id. UserProblem: an unknown excuse, another team's, a time
    that is none, longer than agreed or already declared, no words."""
    excuse = _agreed(key, terms)
    _refuse_team(member, excuse.declared_by, "declares")
    said = why.strip()
    if not said or len(said) > MOST:
        raise UserProblem("excuse-why", "Say what happened.", f"In at most {MOST:,} characters.", "Write a sentence.")
    if ends <= begins:
        raise UserProblem("excuse-time", "It ends before it begins.", "", "Give the first and the last day.")
    if excuse.longest is not None and ends - begins > excuse.longest:
        raise UserProblem(
            "excuse-long", f"`{key}` may last {excuse.longest.days} days at most.", "The agreement says so.",
            "Declare it for a shorter time, and again when that is over.",
        )  # fmt: skip
    with transaction.atomic():
        same = Excused.objects.select_for_update().filter(excuse=key, begins__lt=ends, ends__gt=begins)
        if same.exclude(confirmed=False).exists():
            raise UserProblem(
                "excuse-twice", f"`{key}` is declared for that time already.", "",
                "Wait for the answer, or choose other days.",
            )  # fmt: skip
        made = Excused.objects.create(
            id=new_id(now, os.urandom(10)), excuse=key, begins=begins, ends=ends, why=said, declared_at=now,
            declared_by=member,
        )  # fmt: skip
        note("declared", "excuse", made.id, {"excuse": key}, acting=acting, now=now)
        return made.id


def answer(id: str, *, confirmed: bool, terms: Terms, member: Member, acting: Acting, now: datetime) -> None:
    """The other team confirms an excuse, or does not. The same answer twice is one answer.

    UserProblem: no such excuse, answered otherwise already, not that team's to answer, one's own.
    """
    with transaction.atomic():
        found = Excused.objects.select_for_update().filter(id=id).first()
        if found is None:
            raise UserProblem("unknown-excuse", "There is no such excuse.", "", "Load the ledger again.")
        _refuse_team(member, _agreed(found.excuse, terms).confirmed_by, "answers")
        if found.declared_by_id == member.id:
            raise UserProblem("own-excuse", "Nobody confirms their own excuse.", "", "Ask somebody of the other team.")
        if found.answered_at is not None:
            if found.confirmed == confirmed:
                return
            raise UserProblem(
                "answered-excuse", "This excuse is answered already.", "An answer stands for ever.",
                "Declare it again if things changed.",
            )  # fmt: skip
        found.answered_at, found.answered_by, found.confirmed = now, member, confirmed
        found.save(update_fields=["answered_at", "answered_by", "confirmed"])
        word = "confirmed" if confirmed else "refused"
        note(word, "excuse", found.id, {"excuse": found.excuse}, acting=acting, now=now)


def _agreed(key: str, terms: Terms) -> Excuse:
    """The excuse of that name. UserProblem `unknown-excuse`."""
    found = next((e for e in terms.excuses if e.key == key), None)
    if found is None:
        hint = did_you_mean(key, [e.key for e in terms.excuses])
        raise UserProblem(
            "unknown-excuse", f"The agreement has no excuse `{key[:60]}`.", hint, "Propose it under `excuses`."
        )
    return found


def _refuse_team(member: Member, team: Team, does: str) -> None:
    """Each team speaks for itself; members of both may speak for either."""
    if team != "joint" and member.team not in (team, "joint"):
        raise UserProblem(
            "other-team", f"{team.title()} {does} this excuse.", "The agreement says whose word it is.",
            f"Ask a leader of {team}.",
        )  # fmt: skip
