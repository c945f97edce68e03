"""Proposed rule edits on the page: what history found, measured, and one click to a proposal with it in place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from oarlock.agreement.editing import changed
from oarlock.agreement.narrowing import narrowed
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.ground.zones import zone_of
from oarlock.lifecycle.versions import Versions
from oarlock.loop.edits import EditFigures, ProposedEdit
from oarlock.store.reads import promises, versions
from oarlock.store.writes import proposals
from oarlock.store.writes.audit import Acting
from oarlock.web.loops.choosing import Choice, asked, chosen, waiting
from oarlock.web.loops.sent_showing import edits_shown, reason_words
from oarlock.web.rights import acting_member, may, needs


def edits_section(request: HttpRequest, choice: Choice, every: Versions) -> dict[str, Any]:
    """The section of the page: edits, or how far the search is."""
    mine = Choice("edits", version=choice.version, as_known=choice.as_known)
    try:
        answer = asked(request, mine, every)
    except UserProblem as problem:
        return {"problem": problem}
    if answer.kept is None:
        return {"waiting": waiting(mine, answer)}
    found = promises.edits(answer.kept)
    shown = edits_shown(found)
    return {
        "found": found, "held": [e for e in shown if e.holds], "fell": [e for e in shown if not e.holds],
        "few_words": ", ".join(f"{reason_words(r.reason).lower()} ({r.number})" for r in found.reasons if not r.enough),
        "may_propose": may(request.user, "propose"), "query": mine.query(),
    }  # fmt: skip


@needs("propose")
@require_POST
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Open a proposal with that edit in its text. UserProblem where the edit is not there (any more)."""
    choice = chosen(request, "edits")
    kept = asked(request, choice).kept
    found = promises.edits(kept) if kept else None
    wanted = request.POST.get("condition", "")
    edit = next((e for n, e in enumerate(found.edits) if n == number and e.text == wanted), None) if found else None
    if found is None or edit is None:
        raise UserProblem(
            "unknown-edit", "This edit is not proposed any more.", "The figures were made anew.", "Load the page again."
        )
    member = acting_member(request)
    made = proposals.open_proposal(
        title=f"{found.stage}: {edit.text}"[:100], reason=_reason(found, edit), source=_text(found, edit),
        author=member.id, acting=Acting.member(member.id), now=now(),
    )  # fmt: skip
    messages.success(request, "Proposed. Test it on history, then the teams comment and the signers sign.")
    return redirect("proposal", made)


def _text(found: EditFigures, edit: ProposedEdit) -> bytes:
    """The latest text with the condition on its stage, in force from the first of next month."""
    latest = versions.all_versions().latest
    source = narrowed(latest.source, found.stage, edit.text)
    today = now().astimezone(zone_of(latest.time_zone)).date()
    first = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    return changed(source, {"in_force": first.isoformat()})


def _reason(found: EditFigures, edit: ProposedEdit) -> str:
    """Why, with its numbers and how they were found."""
    shown = next(e for e in edits_shown(found) if (e.condition, e.number) == (edit.text, found.edits.index(edit)))
    parts = "; ".join(f"{word.lower()}: {share} ({counts})" for word, share, counts in shown.later)
    return (
        f"{shown.lead} Found on the hand-offs before {found.split:%Y-%m-%d}, measured on those after it: {parts}. "
        f"{edit.tried} conditions on this field were tried."
    )
