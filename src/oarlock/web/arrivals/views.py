"""The doors as Django's views: the same functions, for whatever reaches Django first (behind a proxy, in a test)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from oarlock.web.arrivals.asking import Asked
from oarlock.web.arrivals.door import MOST_BYTES, answered, door, headers_of


@csrf_exempt
@login_not_required
def arrived(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever came to a door."""
    opened = door(request.path)
    assert opened is not None, "an address of this view has a door"
    answer = answered(opened, _asked(request))
    return HttpResponse(answer.body, status=answer.status, headers=headers_of(answer))


def _asked(request: HttpRequest) -> Asked:
    headers = {name.lower(): value for name, value in request.headers.items()}
    length = request.META.get("CONTENT_LENGTH") or "0"
    large = not str(length).isdecimal() or int(length) > MOST_BYTES
    return Asked(
        request.method or "GET", request.path, headers, None if large else request.read(MOST_BYTES + 1),
        request.get_host(), request.scheme or "http",
    )  # fmt: skip
