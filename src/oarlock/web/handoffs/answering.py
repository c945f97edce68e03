"""What people do to hand-offs from a page: one form, one verb, one transaction; then back to the list.

Who may is asked of the hand-off as it stands now, and once more by the verb itself, so that of two who press at once
one is told who was first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.handoffs.state import HandedOver
from oarlock.store.models import Member
from oarlock.store.reads import handoffs
from oarlock.store.writes import handoffs as verbs
from oarlock.store.writes import remarks
from oarlock.store.writes.audit import Acting
from oarlock.web.handoffs import agreed
from oarlock.web.handoffs.agreed import user_of
from oarlock.web.handoffs.standing import Standing
from oarlock.web.rights import acting_member, needs


@dataclass(frozen=True, slots=True)
class Said:
    """One form as it was sent, by whom, about which hand-off."""

    handoff: HandedOver
    form: dict[str, str]
    by: str
    can: Standing
    acting: Acting
    now: datetime

    def field(self, name: str, longest: int = 200) -> str:
        """What was typed there."""
        return self.form.get(name, "").replace("\0", "").strip()[:longest]


@needs("work-handoffs")
@require_POST
def answer(request: HttpRequest, handoff_id: str) -> HttpResponseBase:
    """Accept, reject, take, give back, pass on, or log what was done."""
    said = _said(request, handoff_id)
    verb = next((key for key in ("reject", "log") if key in said.form), said.form.get("verb", ""))
    if verb not in VERBS:
        raise UserProblem("unknown-verb", "A hand-off cannot be answered so.", "", "Load the page and choose again.")
    allowed, does, words = VERBS[verb]
    if not allowed(said.can) and not _again(verb, said):
        raise PermissionDenied("work-handoffs")
    does(said)
    messages.info(request, words)
    return redirect(_next(said, verb))


@needs("appeal")
@require_POST
def appeal(request: HttpRequest, handoff_id: str) -> HttpResponseBase:
    """Marketing appeals against a rejection; sales answers."""
    said = _said(request, handoff_id)
    words = said.field("words", remarks.LONGEST)
    if said.form.get("kind") == "answer":
        if not said.can.settle:
            raise PermissionDenied("work-handoffs")
        remarks.answer_appeal(said.handoff.id, words, by=said.by, acting=said.acting, now=said.now)
        messages.info(request, "Answered: marketing is told.")
    else:
        if not said.can.appeal:
            raise PermissionDenied("appeal")
        verbs.appeal(said.handoff.id, by=said.by, words=words, acting=said.acting, now=said.now)
        messages.info(request, "Appealed: whoever rejected it and their leader are told.")
    return redirect("handoff", said.handoff.id)


def _said(request: HttpRequest, handoff_id: str) -> Said:
    at, member = now(), acting_member(request)
    found, h = agreed.read(at), handoffs.bare(handoff_id)
    if h is None or found is None:
        raise Http404
    reader = _reader(member, found.terms(h.agreement).number, found)
    form = {key: str(value) for key, value in request.POST.items()}
    can = Standing.of(h, reader, member)
    return Said(h, form, reader or member.person or member.id, can, Acting.member(member.id), at)


def _reader(member: Member, number: int, found: agreed.Agreed) -> str:
    """The member's key among those who work leads, in that version."""
    user = user_of(found.terms(number), member.person)
    return user.key if user else ""


def _again(verb: str, said: Said) -> bool:
    """The same answer a second time by whoever gave it: the verb says that it is one, or who was first."""
    mine = said.by in (said.handoff.owner, said.handoff.answered_by)
    return mine and verb in ("accept", "reject", "give-back", "take")


def _next(said: Said, verb: str) -> str:
    """Back to where the form stood; what is over leaves its place to the next one."""
    show = said.form.get("show", "")
    if show == "one":
        return reverse("handoff", args=(said.handoff.id,))
    stays = verb in ("accept", "take", "log")
    query = {"show": show if show in ("mine", "team", "queue") else ""} | ({"at": said.handoff.id} if stays else {})
    return f"{reverse('handoffs')}?{urlencode({key: value for key, value in query.items() if value})}"


def _accept(said: Said) -> None:
    verbs.accept(said.handoff.id, by=said.by, acting=said.acting, now=said.now)


def _reject(said: Said) -> None:
    words = said.field("words", verbs.LONGEST)
    reason = said.field("reject")
    verbs.reject(said.handoff.id, by=said.by, reason=reason, words=words, acting=said.acting, now=said.now)


def _give_back(said: Said) -> None:
    words = said.field("words", verbs.LONGEST)
    reason = said.field("reason")
    verbs.give_back(said.handoff.id, by=said.by, reason=reason, words=words, acting=said.acting, now=said.now)


def _take(said: Said) -> None:
    verbs.take(said.handoff.id, by=said.by, acting=said.acting, now=said.now)


def _pass_on(said: Said) -> None:
    verbs.pass_on(said.handoff.id, to=said.field("to"), by=said.by, acting=said.acting, now=said.now)


def _log(said: Said) -> None:
    verbs.log_activity(
        said.handoff.id, said.field("log"), by=said.by, outcome=said.field("outcome"),
        minutes=_minutes(said.field("minutes")), acting=said.acting, now=said.now,
    )  # fmt: skip


def _minutes(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(int(text))
    except ValueError as error:
        raise UserProblem("bad-minutes", "Minutes are a whole number.", "", "Write them as 12.") from error


VERBS: dict[str, tuple[Callable[[Standing], bool], Callable[[Said], None], str]] = {
    "accept": (lambda can: can.answer, _accept, "Accepted: it is yours to work."),
    "reject": (lambda can: can.answer, _reject, "Rejected: marketing sees the reason."),
    "give-back": (lambda can: can.work, _give_back, "Given back: marketing sees the reason."),
    "take": (lambda can: can.take, _take, "Taken: it is yours to work."),
    "pass-on": (lambda can: can.pass_on, _pass_on, "Passed on: its new owner is told."),
    "log": (lambda can: can.work, _log, "Logged."),
}
"""Verb of the form -> who may, what it does, and what is said when it is done."""
