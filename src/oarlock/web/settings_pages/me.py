"""One's own account: name, password, second factors, sessions, how pages look."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from oarlock.charts.numerals import plural
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads.members import sessions
from oarlock.store.writes import members
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.forms import Asked
from oarlock.web.rights import ROLE_WORDS, acting_member, needs
from oarlock.web.settings_pages.sections import sections


@needs("own-account")
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Me."""
    return _page(request, Asked(request, ("name",), {"name": acting_member(request).name}))


@needs("own-account")
@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    """Change one's own name."""
    asked, member = Asked(request, ("name",)), acting_member(request)
    try:
        members.rename(member.id, asked["name"], acting=Acting.member(member.id), now=now())
    except UserProblem as problem:
        asked.refuse(problem, {"bad-name": "name"})
        return _page(request, asked)
    messages.success(request, "Your name is changed.")
    return redirect("settings")


@needs("own-account")
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of one's own but this one."""
    member, key = acting_member(request), request.session.session_key or ""
    ended = members.end_sessions(member.id, but=key, acting=Acting.member(member.id), now=now())
    messages.success(request, f"{plural(ended, 'other session')} ended.")
    return redirect("settings")


def _page(request: HttpRequest, asked: Asked) -> HttpResponse:
    member = acting_member(request)
    context = {
        "sections": sections(request),
        "asked": asked,
        "sessions": sessions(member.id, request.session.session_key or "", now()),
        "factors": list(Authenticator.objects.filter(user=member).values_list("type", flat=True)),
        "roles": [(role, ROLE_WORDS[role]) for role in member.roles.split()],
        "has_password": member.has_usable_password(),
    }
    return render(request, "web/settings/me.html", context, status=asked.status)
