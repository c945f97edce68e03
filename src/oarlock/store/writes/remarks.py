"""Words somebody adds to a hand-off beside its facts: the answer to an appeal. They can be erased; facts cannot."""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Handoff, Remark
from oarlock.store.writes.audit import Acting, note
from oarlock.store.writes.notices import wish

LONGEST = 4_000


def answer_appeal(handoff_id: str, words: str, *, by: str, acting: Acting, now: datetime) -> str:
    """Answer whoever appealed last, and tell them; the remark's id. UserProblem `no-appeal`, `needs-words`."""
    said = words.replace("\0", "").strip()[:LONGEST]
    if not said:
        raise UserProblem("needs-words", "An answer needs words.", "Marketing asked why.", "Say what you saw.")
    with transaction.atomic():
        appeal = Remark.objects.filter(handoff_id=handoff_id, kind="appeal").order_by("-at", "-id").first()
        if appeal is None or not Handoff.objects.filter(pk=handoff_id).exists():
            raise UserProblem(
                "no-appeal",
                "There is no appeal to answer.",
                "Nobody appealed, or it was erased.",
                "Load the page again.",
            )
        made = Remark.objects.create(
            id=new_id(now, os.urandom(10)), handoff_id=handoff_id, person_id=appeal.person_id, kind="answer", at=now,
            by=by, words=said,
        )  # fmt: skip
        wish(
            "appeal-answered", appeal.by, f"handoff:{handoff_id}", "Your appeal was answered",
            {"words": "Sales answered your appeal.", "handoff": handoff_id}, now, step=appeal.id,
        )  # fmt: skip
        note("answered-appeal", "handoff", handoff_id, {"by": by}, acting=acting, now=now)
        return made.id
