"""Proposing a text and editing a proposed one: typed, uploaded, set by forms, or brought here by another page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from oarlock.agreement.starter import starter
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import proposals as reading
from oarlock.store.reads import succession
from oarlock.store.writes import proposals
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.proposals import Revised
from oarlock.web.agreement.bounding import bounded
from oarlock.web.agreement.editor import Asked, applied, asked, editor, found_in
from oarlock.web.problems import status_of
from oarlock.web.rights import acting_member, needs


@bounded
@needs("propose")
def propose(request: HttpRequest) -> HttpResponse:
    """The editor on the latest version. A form that does not say `send` comes back with what it asked for in it."""
    if request.method != "POST":
        return _edit(request, Asked(source=_begin()))
    form = asked(request)
    try:
        if form.do == "apply":
            return _edit(request, _with(form, applied(form)), note="The text below has it now. Nothing is sent yet.")
        if form.do != "send":
            return _edit(request, form)
        member = acting_member(request)
        made = proposals.open_proposal(
            title=form.title, reason=form.reason, source=form.source, author=member.id,
            acting=Acting.member(member.id), now=now(),
        )  # fmt: skip
    except UserProblem as problem:
        return _edit(request, form, problem=problem)
    messages.success(request, "Proposed. Now the teams comment, and the signers sign.")
    return redirect("proposal", made)


@bounded
@needs("propose")
def edit(request: HttpRequest, key: str) -> HttpResponse:
    """The editor on a proposal's latest text."""
    whole = reading.whole(key, edits=False)
    if request.method != "POST":
        form = Asked(whole.listed.title, whole.reason, whole.source, whole.listed.revision)
        return _edit(request, form, whole=whole)
    form = asked(request)
    try:
        if form.do != "send":
            text = applied(form) if form.do == "apply" else form.source
            return _edit(request, _with(form, text), whole=whole)
        member = acting_member(request)
        done = proposals.revise(
            key, source=form.source, upon=form.upon, author=member.id, acting=Acting.member(member.id), now=now()
        )
    except UserProblem as problem:
        return _edit(request, form, whole=whole, problem=problem)
    return _revised(request, key, form, done)


@bounded
@require_POST
@needs("propose")
def update(request: HttpRequest, key: str) -> HttpResponse:
    """Bring a proposal up to date with the version that was signed meanwhile; by hand where the two are at odds."""
    form, member = asked(request), acting_member(request)
    source = form.source if form.do == "send" else None
    done = proposals.bring_up_to_date(key, source=source, author=member.id, acting=Acting.member(member.id), now=now())
    if done.number is not None:
        messages.success(request, "It is based on the latest version now. Signatures under the text before are void.")
        return redirect("proposal", key)
    whole = reading.whole(key, edits=False)
    return _at_odds(request, _with(form, whole.source), done, whole=whole, update=True)


@bounded
@require_POST
@needs("look")
def check(request: HttpRequest) -> HttpResponse:
    """What is found in a text, as a fragment: asked while somebody types."""
    found = found_in(asked(request).source)
    return render(request, "web/agreement/findings.html", {"found": found})


def _begin() -> bytes:
    """What an edit begins with: the latest version, or the starter where there is none."""
    known = succession.succession()
    return succession.terms_listed(known[0]).source if known else starter()


def _with(form: Asked, source: bytes) -> Asked:
    return Asked(form.title, form.reason, source, form.upon, form.do)


def _revised(request: HttpRequest, key: str, form: Asked, done: Revised) -> HttpResponse:
    if done.number is None:
        return _at_odds(request, form, done, whole=reading.whole(key, edits=False))
    if done.merged:
        messages.success(request, "Somebody else had changed it meanwhile; both changes are in it now.")
    else:
        messages.success(request, f"Revision {done.number}. Signatures under the text before are void.")
    return redirect("proposal", key)


def _at_odds(request: HttpRequest, form: Asked, done: Revised, **more: Any) -> HttpResponse:
    """Both texts, side by side; what is sent next is upon theirs. Nothing was written, nothing is lost."""
    both = Asked(form.title, form.reason, form.source, done.upon, form.do)
    problem = UserProblem(
        "conflict", "You and somebody else changed the same lines.", "Nothing was written, and nothing is lost.",
        "Put what you want to keep of theirs into your text, then send it.",
    )  # fmt: skip
    return _edit(request, both, problem=problem, theirs=done.theirs.decode("utf-8", "replace"), **more)


def _edit(request: HttpRequest, form: Asked, **more: Any) -> HttpResponse:
    problem = more.get("problem")
    status = status_of(problem) if problem else 200
    return render(request, "web/agreement/editor.html", {"editor": editor(form), **more}, status=status)
