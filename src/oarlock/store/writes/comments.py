"""What the teams say to each other about a term of a proposal, and that it is settled."""

from __future__ import annotations

import os
from datetime import datetime

from django.db import transaction

from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.store.models import Comment, Proposal
from oarlock.store.writes.audit import Acting, note

MOST = 4_000


def comment(proposal_id: str, *, term: str, text: str, author: str, acting: Acting, now: datetime) -> str:
    """Say something about a term (or, with an empty one, about the whole); the comment's id."""
    said = text.strip()
    if not said:
        raise UserProblem("empty-comment", "The comment is empty.", "", "Write what you think of it.")
    if len(said) > MOST:
        raise UserProblem("long-comment", f"The comment has {len(said):,} characters; at most {MOST:,}.", "", "Cut it.")
    if len(term) > 200:
        raise UserProblem("unknown-term", "There is no such term.", "", "Choose one of those listed.")
    with transaction.atomic():
        if not Proposal.objects.filter(id=proposal_id).exists():
            raise UserProblem("unknown-proposal", "There is no such proposal.", "", "The agreement's page lists them.")
        made = Comment.objects.create(
            id=new_id(now, os.urandom(10)), proposal_id=proposal_id, term=term, text=said, author_id=author, at=now
        )
        note("commented", "proposal", proposal_id, {"comment": made.id, "term": term}, acting=acting, now=now)
        return made.id


def settle(comment_id: str, *, acting: Acting, now: datetime) -> str:
    """What was said is done with; the id of its proposal. Settled twice is settled once."""
    with transaction.atomic():
        found = Comment.objects.select_for_update().filter(id=comment_id).first()
        if found is None:
            raise UserProblem("unknown-comment", "There is no such comment.", "", "Load the page again.")
        if found.settled_at is None:
            found.settled_at = now
            found.save(update_fields=["settled_at"])
            note("settled", "proposal", found.proposal_id, {"comment": found.id}, acting=acting, now=now)
        return found.proposal_id
