"""Every error of the API as problem+json: one form for a wrong key, a missing right, an unknown path and a bug."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from oarlock.ground.problems import Problem, UserProblem
from oarlock.web.api.callers import Forged, NotAllowed
from oarlock.web.api.pace import TooFast
from oarlock.web.problems import status_of, told

TYPE = "application/problem+json"
MOST = 50


def tell_problems(api: NinjaAPI) -> None:
    """Let this API tell its errors so."""
    api.add_exception_handler(ValidationError, _invalid)  # type: ignore[arg-type]  # narrower than Exception, as meant
    api.add_exception_handler(AuthenticationError, _stranger)  # type: ignore[arg-type]  # the same
    api.add_exception_handler(HttpError, _refused)  # type: ignore[arg-type]  # the same
    api.add_exception_handler(Http404, lambda request, _: unknown(request))
    api.add_exception_handler(Problem, _problem)  # type: ignore[arg-type]  # the same


def _problem(request: HttpRequest, problem: Problem) -> HttpResponse:
    if isinstance(problem, TooFast):
        answer = told(request, problem, 429)
        answer["Retry-After"] = str(int(problem.wait) + 1)
        return answer
    if isinstance(problem, NotAllowed | Forged):
        return told(request, problem, 403)
    return told(request, problem, 404 if problem.code == "bad-place" else status_of(problem))


def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    problem = UserProblem(
        "not-signed-in", "Say who you are.", "No token was sent, or one that does not count.",
        "Send `Authorization: Bearer oar_...`; tokens are made under Settings.",
    )  # fmt: skip
    answer = told(request, problem, 401)
    answer["WWW-Authenticate"] = 'Bearer realm="Oarlock"'
    return answer


def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What django-ninja refuses by itself: a body that is no JSON."""
    problem = UserProblem("unreadable", "What was sent cannot be read.", str(error), "Send JSON in UTF-8.")
    return told(request, problem, error.status_code)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problem = UserProblem(
        "invalid", "What was sent is not what this path takes.", "", "`errors` lists each place; see /api/openapi.json."
    )
    body = {"type": f"/docs/problems/{problem.code}", "title": problem.what, "status": 422, **problem.as_dict()}
    return JsonResponse({**body, "errors": _places(error.errors)}, status=422, content_type=TYPE)


def _places(errors: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Where and what, without the value that was sent: it may be somebody's."""
    return [{"where": ".".join(str(part) for part in e["loc"]), "what": str(e["msg"])[:300]} for e in errors[:MOST]]


def only_known(request: HttpRequest, asked: Schema) -> None:
    """ValidationError where the address asks something this path knows nothing of: a filter misspelt is no filter."""
    known = {field.alias or name for name, field in type(asked).model_fields.items()}
    strange = sorted(set(request.GET) - known)
    if strange:
        raise ValidationError(
            [{"loc": ("query", word[:80]), "msg": "This path knows no such word."} for word in strange]
        )


def unknown(request: HttpRequest) -> HttpResponse:
    """Nothing is there."""
    return told(request, UserProblem("unknown", "There is nothing here.", "", "/api/openapi.json lists what is."), 404)


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """The path is there and takes another method."""
    problem = UserProblem("wrong-method", f"This path takes {allowed}.", "", "/api/openapi.json lists what is.")
    answer = told(request, problem, 405)
    answer["Allow"] = allowed
    return answer
