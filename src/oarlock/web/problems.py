"""The one place that turns what went wrong into a page, a fragment or problem+json; with the right status.

A `UserProblem` is 400 (404 where its code says that something is not there, 409 where somebody was quicker), an
`OutsideProblem` 503. The database gone is 503 with a page that tries again. A bug is 500, says so, and shows nothing.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

from oarlock.ground.problems import OutsideProblem, Problem, UserProblem

MISSING = ("unknown-", "no-")
CONFLICTS = ("conflict", "busy", "stale")
ASKED_AGAIN = (ReauthenticationRequired, ImmediateHttpResponse)
AGAIN_SECONDS = "5"
log = logging.getLogger("oarlock.web")


def status_of(problem: Problem) -> int:
    """The HTTP status that says what kind of problem it is."""
    if isinstance(problem, OutsideProblem):
        return 503
    if problem.code.startswith(CONFLICTS):
        return 409
    return 404 if problem.code.startswith(MISSING) else 400


class Problems:
    """The middleware that tells."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing to do unless something is raised."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What was raised by a view, as its asker can read it; what allauth raises to be asked again is its own."""
        return None if isinstance(error, ASKED_AGAIN) else answered(request, error)


def answered(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """What went wrong, as its asker can read it."""
    if isinstance(error, Problem):
        return told(request, error, status_of(error))
    if isinstance(error, PermissionDenied):
        return told(request, _refused(error), 403)
    if isinstance(error, Http404):
        return told(request, UserProblem("unknown-page", "There is nothing here.", "", "Go back, or use Find."), 404)
    if isinstance(error, RequestDataTooBig):
        return told(request, _too_large(), 413)
    if isinstance(error, SuspiciousOperation | MultiPartParserError | BadRequest):
        return told(request, UserProblem("bad-request", "This request makes no sense.", type(error).__name__), 400)
    if isinstance(error, OperationalError | InterfaceError):
        log.error("the database does not answer: %s", type(error).__name__)
        return told(request, _away(), 503)
    if isinstance(error, DataError):  # a value no column takes: a NUL in a text, a number beyond all numbers
        log.error("a value the database refuses, at %s", request.path)
        return told(request, UserProblem("bad-request", "This request makes no sense.", type(error).__name__), 400)
    log.error("a bug: %s at %s", type(error).__name__, request.path, exc_info=error)
    return told(request, _bug(error), 500)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handlers for what is raised before a view is reached: 400, 403, 404."""
    return answered(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler for everything else that is raised before a view: the database away, or a bug."""
    return answered(request, sys.exception())


def told(request: HttpRequest, problem: Problem, status: int) -> HttpResponse:
    """The problem as what was asked for: JSON for the API, a fragment for htmx, else a page; one that may pass by
    itself is asked again by the browser, unless something was sent with it."""
    answer = _told(request, problem, status)
    if isinstance(problem, OutsideProblem) and not problem.permanent:
        answer["Retry-After"] = AGAIN_SECONDS
        if request.method == "GET":
            answer["Refresh"] = AGAIN_SECONDS
    return answer


def _told(request: HttpRequest, problem: Problem, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": f"/docs/problems/{problem.code}", "title": problem.what, "status": status, **problem.as_dict()}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    fragment = request.headers.get("HX-Request") == "true"
    template = "web/problem_fragment.html" if fragment else "web/problem.html"
    plain = None if isinstance(problem, OutsideProblem) or status == 500 else request
    context = {"problem": problem, "status": status}
    try:
        return HttpResponse(render_to_string(template, context, plain), status=status)
    except DatabaseError:  # the shell around the page asks the database, and the database is what is away
        return HttpResponse(render_to_string(template, context), status=status)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The answer to a form that does not come from our own page."""
    problem = UserProblem(
        "forged", "This form did not come from a page of yours.", "Its token is missing or out of date.",
        "Load the page again and send it once more. Nothing was changed.",
    )  # fmt: skip
    return told(request, problem, 403)


def _refused(error: PermissionDenied) -> UserProblem:
    return UserProblem(
        "not-allowed", "You may not do this.", f"It takes the right “{error}”, which none of your roles has.",
        "Ask an administrator (Settings, Members).",
    )  # fmt: skip


def _away() -> OutsideProblem:
    return OutsideProblem(
        "database-away", "The database does not answer.", "What was not acknowledged was not written.",
        "This page tries again by itself. If it stays so, run `oarlock doctor`.", permanent=False,
    )  # fmt: skip


def _too_large() -> UserProblem:
    return UserProblem(
        "too-large", "This is larger than a page takes.", "Forms hold up to 2.5 MB.",
        "Bring files in by Records, Import, or with `oarlock import` on the server.",
    )  # fmt: skip


def _bug(error: BaseException | None) -> Problem:
    return Problem(
        "bug", "This is a bug in Oarlock, not in what you did.", f"{type(error).__name__}.",
        "The server's log has the details; please report it.",
    )  # fmt: skip
