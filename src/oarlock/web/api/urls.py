"""The addresses of the API, its description, and the page that shows the description to people."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.renderers import BaseRenderer

from oarlock.web.api import agreement, docs, leads, numbers, problems, records, trail


class Exact(BaseRenderer):
    """JSON in which nothing is rounded: instants with microseconds, money as text."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> str:
        """The text."""
        return json.dumps(data, ensure_ascii=False, default=_exact, allow_nan=False)


def _exact(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class Api(NinjaAPI):
    """Oarlock's, with every error described as the problem+json it is."""

    def get_openapi_schema(self, **asked: Any) -> OpenAPISchema:
        """The description."""
        return docs.with_problems(super().get_openapi_schema(**asked))


api = Api(
    title="Oarlock", version="1", docs_url=None, openapi_url=None, renderer=Exact(), urls_namespace="api",
    description="The same records, agreement, numbers and trail as the pages show.",
)  # fmt: skip
for router in (records.router, leads.router, agreement.router, numbers.router, trail.router):
    api.add_router("", router)
problems.tell_problems(api)

View = Callable[..., HttpResponseBase]


def _open(view: View) -> View:
    """Let the API itself ask who calls, and tell a wrong method as it tells everything."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if answer.status_code == 405:
            return problems.wrong_method(request, answer.headers.get("Allow", "another method"))
        return answer

    return login_not_required(answered)


def _paths() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for pattern in api.urls[0]:
        assert isinstance(pattern, URLPattern)
        if pattern.name != "api-root":
            found.append(path(str(pattern.pattern), _open(pattern.callback), name=pattern.name))
    return found


app_name = "api"
urlpatterns = [
    path("", docs.page, name="docs"),
    path("openapi.json", docs.described(api), name="description"),
    *_paths(),
    path("<path:rest>", login_not_required(lambda request, rest: problems.unknown(request)), name="nothing"),
]
