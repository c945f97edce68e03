"""Filters kept under a name."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.writes import filters
from oarlock.store.writes.audit import Acting
from oarlock.web.rights import acting_member, may, needs

PAGES = ("people", "accounts", "opportunities")


@needs("look")
@require_POST
def save(request: HttpRequest) -> HttpResponseBase:
    """Keep the filter of the list one looks at."""
    member, page, query = acting_member(request), request.POST.get("page", ""), request.POST.get("query", "")
    if page not in PAGES:
        raise UserProblem("unknown-list", "There is no such list.")
    if "shared" in request.POST and not may(member, "comment"):  # others would see what a viewer wrote
        raise PermissionDenied("comment")
    filters.save(
        member, page, request.POST.get("name", ""), query, shared="shared" in request.POST,
        acting=Acting.member(member.id), now=now(),
    )  # fmt: skip
    messages.info(request, "Saved: it stands above the list.")
    return redirect(f"{reverse(page)}?{query[:2000]}")


@needs("look")
@require_POST
def remove(request: HttpRequest, filter_id: str) -> HttpResponseBase:
    """Take away one of one's own."""
    member = acting_member(request)
    page = filters.remove(member, filter_id, acting=Acting.member(member.id), now=now())
    return redirect(page if page in PAGES else "people")
