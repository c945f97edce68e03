"""Files of pages that were made in the workspace and not shipped: Vega's bundle."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from oarlock.jobs.bundling import bundle_path

WEEK = 7 * 24 * 60 * 60


@login_not_required
@require_safe
def vega(request: HttpRequest) -> FileResponse:
    """The bundle; 404 until a worker has made it."""
    path = bundle_path(settings.OARLOCK.home)
    if not path.exists():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = f"public, max-age={WEEK}"
    return answer
