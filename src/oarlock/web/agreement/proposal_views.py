"""One proposal: its page, and what people do to it: comment, sign, withdraw, reject, test, bring up to date."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from oarlock.agreement.dependencies import graph
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import backtesting
from oarlock.store.reads import proposals as reading
from oarlock.store.reads.drafts import terms_of_text
from oarlock.store.writes import comments, proposals, signing
from oarlock.store.writes.audit import Acting
from oarlock.web.agreement.proposal_page import Page, page
from oarlock.web.agreement.proving import proven, recently
from oarlock.web.agreement.views import download
from oarlock.web.rights import acting_member, may, needs

WRONG = "That was not your password, or there were too many wrong ones. Nothing was signed."


@needs("look")
def proposal(request: HttpRequest, key: str) -> HttpResponse:
    """The proposal."""
    return render(request, "web/agreement/proposal.html", _context(request, key))


@needs("look")
def backtest(request: HttpRequest, key: str) -> HttpResponse:
    """The back-test as a fragment, for a page that waits for it; else the proposal's page."""
    if request.headers.get("HX-Request") != "true":
        return redirect("proposal", key)
    return render(request, "web/agreement/backtest.html", _context(request, key))


@require_POST
@needs("propose")
def test(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for the back-test of the latest text."""
    found = reading.whole(key, edits=False)
    backtesting.ask(Path(settings.OARLOCK.home), key, found.listed.revision, acting=_acting(request), now=now())
    return redirect(_at(key, "backtest"))


@needs("look")
def text(request: HttpRequest, key: str, revision: int) -> HttpResponse:
    """The exact bytes of a revision."""
    return download(reading.text_of(key, revision), f"proposal-{revision}.yaml", "application/yaml")


@require_POST
@needs("comment")
def comment(request: HttpRequest, key: str) -> HttpResponse:
    """Say something about a term, or about the whole."""
    term, said = request.POST.get("term", ""), request.POST.get("text", "")
    try:
        comments.comment(
            key, term=term, text=said, author=acting_member(request).id, acting=_acting(request), now=now()
        )
    except UserProblem as problem:
        return _again(request, key, problem, at="comments", said=said, term=term)
    return redirect(_at(key, "comments"))


@require_POST
@needs("comment")
def settle(request: HttpRequest, comment_id: str) -> HttpResponse:
    """What was said is settled."""
    return redirect(_at(comments.settle(comment_id, acting=_acting(request), now=now()), "comments"))


@require_POST
@needs("sign")
def sign(request: HttpRequest, key: str) -> HttpResponse:
    """Sign what was shown, having shown once more who one is."""
    at, shown, revision = now(), request.POST.get("shown", ""), request.POST.get("revision", "")
    method = proven(request, request.POST.get("password", ""), at)
    if method is None:
        return _again(request, key, UserProblem("not-proven", WRONG, "", "Give it once more."), at="sign")
    try:
        done = signing.sign(
            key, revision=int(revision) if revision.isdecimal() and len(revision) < 9 else 0, shown=shown,
            member=acting_member(request).id, method=method, acting=_acting(request), now=at,
        )  # fmt: skip
    except UserProblem as problem:
        return _again(request, key, problem, at="sign")
    if done.adopted is None:
        messages.success(request, "Signed. It comes into force when all have signed and its day has come.")
        return redirect(_at(key, "sign"))
    messages.success(request, f"Signed by all: this is version {done.adopted}.")
    return redirect("version", done.adopted)


@require_POST
@needs("propose")
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Its author takes it back."""
    reason = request.POST.get("reason", "")
    try:
        proposals.withdraw(key, reason=reason, member=acting_member(request).id, acting=_acting(request), now=now())
    except UserProblem as problem:
        return _again(request, key, problem, at="close", reason=reason)
    messages.success(request, "Withdrawn. The version in force stays as it is.")
    return redirect("proposal", key)


@require_POST
@needs("sign")
def reject(request: HttpRequest, key: str) -> HttpResponse:
    """A signer says no, and why."""
    reason = request.POST.get("reason", "")
    try:
        proposals.reject(key, reason=reason, member=acting_member(request).id, acting=_acting(request), now=now())
    except UserProblem as problem:
        return _again(request, key, problem, at="close", reason=reason)
    messages.success(request, "Rejected. The version in force stays as it is.")
    return redirect("proposal", key)


def _acting(request: HttpRequest) -> Acting:
    return Acting.member(acting_member(request).id)


def _at(key: str, anchor: str) -> str:
    from django.urls import reverse

    return f"{reverse('proposal', args=[key])}#{anchor}"


def _again(request: HttpRequest, key: str, problem: UserProblem, **typed: str) -> HttpResponse:
    """The page once more, with what was refused and what was typed."""
    from oarlock.web.problems import status_of

    context = {**_context(request, key), "problem": problem, "typed": typed}
    return render(request, "web/agreement/proposal.html", context, status=status_of(problem))


def _context(request: HttpRequest, key: str) -> dict[str, Any]:
    found = page(key, acting_member(request), now())
    return {
        "page": found, "zone": found.zone, "terms_to_choose": _choosable(found), "fresh": recently(request, now()),
        "may_comment": may(request.user, "comment"), "may_propose": may(request.user, "propose"),
    }  # fmt: skip


def _choosable(found: Page) -> tuple[str, ...]:
    """The terms a comment may be about: those that change first, then all others of the text."""
    changing = [one.change.term for one in found.changes]
    known = _terms(found.whole.source, found.number) if found.terms else ()
    return tuple(dict.fromkeys([*changing, *known]))


@lru_cache(maxsize=16)
def _terms(source: bytes, number: int) -> tuple[str, ...]:
    """Every term of a text without errors."""
    every = sorted(graph(terms_of_text(source, number)))
    return tuple(term for term in every if not term.startswith("metrics.") and ":" not in term)
