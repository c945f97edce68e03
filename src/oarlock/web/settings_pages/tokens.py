"""API tokens: one's own, made, shown once, revoked; administrators see and revoke everybody's."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import tokens as reads
from oarlock.store.writes import tokens as writes
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.forms import Asked
from oarlock.web.rights import SCOPE_WORDS, acting_member, may, needs
from oarlock.web.settings_pages.sections import sections

DAYS = {"30": "30 days", "90": "90 days", "365": "a year"}
BESIDE = {"bad-name": "name", "bad-scopes": "scopes", "bad-end": "days"}


@needs("tokens")
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The list, and a form for a new one. What is made is in the answer and nowhere else."""
    asked = Asked(request, ("name", "days"), {"days": "90"})
    secret = _made(request, asked) if request.method == "POST" else ""
    manages, member = may(request.user, "members"), acting_member(request)
    context = {
        "sections": sections(request), "asked": asked, "secret": secret, "scopes": SCOPE_WORDS.items(), "days": DAYS,
        "wanted": asked.many.get("scopes", () if asked.wrong else ("read",)), "manages": manages,
        "tokens": reads.tokens(now(), of=None if manages else member.id),
    }  # fmt: skip
    return render(request, "web/settings/tokens.html", context, status=asked.status)


@needs("tokens")
@require_POST
def revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    """End a token: one's own, or anybody's for an administrator."""
    member = acting_member(request)
    reach = None if may(member, "members") else member.id
    writes.revoke(token_id, of=reach, acting=Acting.member(member.id), now=now())
    messages.success(request, "The token is revoked. Programs that use it are refused from now on.")
    return redirect("tokens")


def _made(request: HttpRequest, asked: Asked) -> str:
    """The new token's secret; empty where it was refused."""
    member = acting_member(request)
    lasts = timedelta(days=int(asked["days"]) if asked["days"] in DAYS else 0)
    try:
        made = writes.make(
            member.id, asked["name"], asked.many.get("scopes", ()), lasts=lasts, acting=Acting.member(member.id),
            now=now(),
        )  # fmt: skip
    except UserProblem as problem:
        asked.refuse(problem, BESIDE)
        return ""
    asked.typed = {"days": "90"}
    return made.secret
