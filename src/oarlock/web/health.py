"""For monitors: whether the process lives, whether it is ready for people, and its figures."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from oarlock.ground.clock import now
from oarlock.jobs.metrics import TYPE, exposition
from oarlock.store.opening import waiting
from oarlock.store.reads.workers import workers
from oarlock.web.accounts.bearer import bearer
from oarlock.web.metering import counted
from oarlock.web.rights import may

LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1"})
_up_to_date: list[bool] = []
"""Filled once no migration waits: none comes to a running process."""


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where this process lives; it asks nothing of the database."""
    return JsonResponse({"alive": True})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, its tables are those of this release, and a worker was seen; else 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    tables = bool(_up_to_date) or not waiting()
    if tables and not _up_to_date:
        _up_to_date.append(True)
    told = {"database": True, "tables": tables, "worker": tables and workers(now()).alive > 0}
    return JsonResponse({"ready": all(told.values()), **told}, status=200 if all(told.values()) else 503)


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for this machine itself or a token of somebody who keeps Oarlock alive; to others there are none."""
    if not (_is_near(request) or _may(request)):
        return HttpResponse("A token of somebody who keeps Oarlock alive is needed.\n", TYPE, status=401)
    return HttpResponse(exposition(counted(), settings.OARLOCK.home, now()), TYPE)


def _is_near(request: HttpRequest) -> bool:
    """Whether this machine asks itself. What a proxy hands on comes from it, whoever asked: no such request is near."""
    handed_on = settings.OARLOCK.behind_proxy or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not handed_on


def _may(request: HttpRequest) -> bool:
    found = bearer(request)
    return found is not None and found.may("look") and may(found.member, "keep-alive")
