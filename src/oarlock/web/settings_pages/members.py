"""Members: everybody sees who they are and what each role may do; administrators invite, change and send away."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.models.members import TEAMS
from oarlock.store.reads import members as reads
from oarlock.store.writes import factors, invitations
from oarlock.store.writes import members as writes
from oarlock.store.writes.audit import Acting, note
from oarlock.web.accounts import letters
from oarlock.web.accounts.forms import Asked
from oarlock.web.rights import ROLE_WORDS, acting_member, may, needs
from oarlock.web.settings_pages.sections import sections

FIELDS = ("email", "name", "team", "person")
BESIDE = {
    "bad-email": "email", "taken-email": "email", "bad-name": "name", "bad-roles": "roles",
    "last-administrator": "roles", "bad-team": "team", "taken-person": "person",
}  # fmt: skip


class _Verb(Protocol):
    """A write to one member."""

    def __call__(self, member_id: str, /, *, acting: Acting, now: datetime) -> object:
        """Do it."""


@needs("look")
@require_GET
def members(request: HttpRequest) -> HttpResponse:
    """The list."""
    part = request.GET.get("q", "")[:100]
    context = {
        "sections": sections(request), "members": reads.members(part), "q": part, "most": reads.MOST,
        "roles": ROLE_WORDS.items(), "may_manage": may(request.user, "members"),
    }  # fmt: skip
    return render(request, "web/settings/members.html", context)


@needs("members")
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Make a member; then a letter with a link, or the link itself, leads them in."""
    asked = Asked(request, FIELDS, {"team": "joint"})
    if request.method == "POST":
        try:
            told = {name: asked[name] for name in FIELDS}
            made = writes.add(**told, roles=_roles(asked), acting=_acting(request), now=now())
        except UserProblem as problem:
            asked.refuse(problem, BESIDE)
        else:
            _invite_by_letter(request, made)
            return redirect("member", made)
    return render(request, "web/settings/member_new.html", _form(request, asked, _roles(asked)), status=asked.status)


@needs("members")
@require_http_methods(["GET", "POST"])
def member(request: HttpRequest, member_id: str) -> HttpResponse:
    """One member: what they may do, and what an administrator may change."""
    row = reads.member(member_id)
    asked = Asked(request, FIELDS, {"name": row.name, "team": row.team, "person": row.person})
    roles = _roles(asked) if request.method == "POST" else row.roles
    if request.method == "POST":
        try:
            told = {name: asked[name] for name in FIELDS if name != "email"}
            writes.change(member_id, **told, roles=roles, acting=_acting(request), now=now())
        except UserProblem as problem:
            asked.refuse(problem, BESIDE)
        else:
            messages.success(request, f"{row.name} is changed.")
            return redirect("member", member_id)
    context = _form(request, asked, roles) | {"row": row, "signs": row.person in _signers()}
    return render(request, "web/settings/member.html", context, status=asked.status)


@needs("members")
@require_POST
def link(request: HttpRequest, member_id: str) -> HttpResponse:
    """A one-time link to set a password, shown once: handing it over is the administrator's."""
    row = reads.member(member_id)
    address = request.build_absolute_uri(invitations.begin_path(member_id))
    note("made-link", "member", member_id, {}, acting=_acting(request), now=now())
    context = {"sections": sections(request), "row": row, "link": address}
    return render(request, "web/settings/member_link.html", context)


@needs("members")
@require_POST
def deactivate(request: HttpRequest, member_id: str) -> HttpResponse:
    """Send a member away."""
    return _done(request, member_id, writes.deactivate, "They are out: sessions ended, tokens revoked.")


@needs("members")
@require_POST
def reactivate(request: HttpRequest, member_id: str) -> HttpResponse:
    """Let a member in again."""
    return _done(request, member_id, writes.reactivate, "They may sign in again.")


@needs("members")
@require_POST
def end_sessions(request: HttpRequest, member_id: str) -> HttpResponse:
    """Sign a member out everywhere."""
    reads.member(member_id)
    return _done(request, member_id, writes.end_sessions, "They are signed out everywhere.")


@needs("members")
@require_POST
def remove_factors(request: HttpRequest, member_id: str) -> HttpResponse:
    """Take lost second factors from a member."""
    reads.member(member_id)
    return _done(request, member_id, factors.remove_all, "Their second factors are removed; the password lets them in.")


def _done(request: HttpRequest, member_id: str, verb: _Verb, words: str) -> HttpResponse:
    try:
        verb(member_id, acting=_acting(request), now=now())
    except UserProblem as problem:
        messages.error(request, " ".join(part for part in (problem.what, problem.why, problem.next_step) if part))
    else:
        messages.success(request, words)
    return redirect("member", member_id)


def _invite_by_letter(request: HttpRequest, member_id: str) -> None:
    if letters.can_post():
        home = request.build_absolute_uri("/").rstrip("/")
        letters.post("invitation", member_id, {"address": home}, acting=_acting(request), now=now())
        messages.success(request, "A letter with a link is on its way.")
    else:
        messages.success(request, "They are a member. No mail is set up: make a link and hand it to them.")


def _form(request: HttpRequest, asked: Asked, roles: tuple[str, ...]) -> dict[str, object]:
    return {
        "sections": sections(request), "asked": asked, "held": roles, "roles": ROLE_WORDS.items(), "teams": TEAMS,
        "people": reads.people_of_agreement(), "list": reverse("members"),
    }  # fmt: skip


def _roles(asked: Asked) -> tuple[str, ...]:
    return asked.many.get("roles", ())


def _signers() -> set[str]:
    return {named.key for named in reads.people_of_agreement() if named.signs}


def _acting(request: HttpRequest) -> Acting:
    return Acting.member(acting_member(request).id)
