"""The description of the API: OpenAPI for programs, and one plain page of it for people; no file from another host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from oarlock.web.api.shapes import Wrong
from oarlock.web.rights import needs

ERRORS = {
    400: "What was asked cannot be meant.",
    401: "Nobody vouches for the caller.",
    403: "The caller may not.",
    404: "It is not there.",
    409: "Somebody was quicker.",
    413: "More than may be sent.",
    422: "What was sent is not what this path takes.",
    429: "Too fast; `Retry-After` says how long to wait.",
    503: "The database does not answer; try again.",
}


def with_problems(schema: OpenAPISchema) -> OpenAPISchema:
    """The description with what every operation may answer when it cannot do what was asked."""
    shape = Wrong.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"].setdefault("schemas", {})["Wrong"] = shape
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Wrong"}}}
    for methods in schema["paths"].values():
        for operation in methods.values():
            for status, words in ERRORS.items():
                operation["responses"].setdefault(status, {"description": words, "content": content})
    return schema


def described(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """The view of the description; anybody may read it, it says nothing of anybody."""

    @login_not_required
    @require_safe
    def description(request: HttpRequest) -> HttpResponse:
        return JsonResponse(api.get_openapi_schema(path_prefix="/api/"), json_dumps_params={"ensure_ascii": False})

    return description


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, for the page."""

    method: str
    path: str
    summary: str
    words: str
    parameters: tuple[tuple[str, str], ...]
    body: str


@needs("look")
def page(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    return render(request, "web/api/docs.html", {"operations": _operations()})


@lru_cache(maxsize=1)
def _operations() -> tuple[Operation, ...]:
    from oarlock.web.api.urls import api

    paths: dict[str, dict[str, dict[str, Any]]] = api.get_openapi_schema(path_prefix="/api/")["paths"]
    return tuple(_operation(m, where, said) for where, methods in paths.items() for m, said in methods.items())


def _operation(method: str, where: str, said: dict[str, Any]) -> Operation:
    parameters = tuple((p["name"], p["in"]) for p in said.get("parameters", ()))
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        method.upper(), where, said.get("summary", ""), said.get("description", ""), parameters,
        str(body.get("$ref", "")).rpartition("/")[2],
    )  # fmt: skip
