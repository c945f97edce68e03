"""The pages of an account that are ours: setting a password by a link, and the first administrator."""

from __future__ import annotations

import logging

from allauth.socialaccount.providers.openid_connect.views import login as go_to_provider
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods
from requests import RequestException

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.writes import invitations
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts import letters
from oarlock.web.accounts.forms import Asked

log = logging.getLogger("oarlock.web.accounts")


@login_not_required
@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    """Nobody signs up by themselves."""
    return render(request, "account/signup_closed.html", status=403)


@login_not_required
@require_GET
def cancelled(request: HttpRequest) -> HttpResponse:
    """Somebody turned back at the single sign-on."""
    return render(request, "socialaccount/login_cancelled.html")


@login_not_required
@require_GET
def sign_on(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the single sign-on; where it does not answer, a page that says so."""
    try:
        answer: HttpResponseBase = go_to_provider(request, provider_id)
        return answer
    except RequestException as away:
        log.warning("the single sign-on does not answer: %s", type(away).__name__)
        return render(request, "socialaccount/authentication_error.html", status=503)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, member_id: str, token: str) -> HttpResponse:
    """Set a password by a link that works once: an invitation, or a password forgotten."""
    member = invitations.invitee(member_id, token)
    if member is None:
        return render(request, "account/used_link.html", status=404)
    asked = Asked(request, ("password", "again"))
    if request.method == "POST" and asked.same("password", "again"):
        try:
            invitations.begin(member_id, token, asked["password"], now=now())
        except UserProblem as problem:
            asked.refuse(problem, {"weak-password": "password"})
        else:
            acting = Acting.member(member.id)
            letters.post("event", member.id, {"verb": "set-password"}, acting=acting, now=now())
            messages.success(request, "Your password is set. Sign in with it.")
            return redirect("account_login")
    return render(request, "account/begin.html", {"invitee": member, "asked": asked}, status=asked.status)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first administrator, by the link told at the start."""
    home = settings.OARLOCK.home
    if not invitations.is_first(home, token):
        raise Http404
    asked = Asked(request, ("email", "name", "password", "again"))
    if request.method == "POST" and asked.same("password", "again"):
        try:
            told = {name: asked[name] for name in ("email", "name", "password")}
            invitations.make_first(home, token, **told, now=now())
        except UserProblem as problem:
            asked.refuse(problem, {"weak-password": "password", "bad-email": "email", "bad-name": "name"})
        else:
            messages.success(request, "You are the first administrator. Sign in.")
            return redirect("account_login")
    return render(request, "account/first.html", {"asked": asked}, status=asked.status)
