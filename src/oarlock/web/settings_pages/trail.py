"""The audit trail: every write with who did it, filtered, paged backwards, exported; what is shown is recomputed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock.ground.cells import calm
from oarlock.store.reads import audit
from oarlock.web.rights import needs
from oarlock.web.settings_pages.sections import sections
from oarlock.web.settings_pages.told import VERBS, detail, told

COLUMNS = ("number", "at", "actor", "actor_name", "verb", "kind", "subject", "detail", "hash")
TEXTS = ("actor", "verb", "kind", "subject")


@needs("audit")
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """One page of the trail."""
    wanted = _wanted(request)
    page = audit.page(wanted)
    asked = {name: value for name, value in request.GET.items() if name != "before" and value}
    context = {
        "sections": sections(request), "page": page, "head": audit.head(),
        "lines": [told(line, request.user) for line in page.lines],
        "actors": audit.actors(), "verbs": VERBS, "asked": asked, "query": urlencode(asked),
        "older": urlencode({**asked, "before": page.more}) if page.more else "", "paged": wanted.before is not None,
    }  # fmt: skip
    return render(request, "web/settings/trail.html", context)


@needs("audit")
@require_GET
def trail_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same lines as CSV, streamed."""
    answer = StreamingHttpResponse(_csv(_wanted(request)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-trail.csv"'
    return answer


class _Echo:
    """A file for `csv.writer` that keeps nothing: each row is what `write` gives back."""

    def write(self, row: str) -> str:
        """The row itself."""
        return row


def _csv(wanted: audit.Wanted) -> Iterator[str]:
    rows = csv.writer(_Echo())
    yield rows.writerow(COLUMNS)
    for line in audit.every(wanted):
        cells = (
            str(line.number), line.at.isoformat(), line.actor, line.actor_name, line.verb, line.kind, line.subject,
            detail(line), line.hash,
        )  # fmt: skip
        yield rows.writerow([calm(cell) for cell in cells])


def _wanted(request: HttpRequest) -> audit.Wanted:
    """What the address asks for. A date or number that is none asks nothing."""
    texts = {name: request.GET.get(name, "").strip()[:200].replace("\0", "") for name in TEXTS}
    before = request.GET.get("before", "")
    return audit.Wanted(
        **texts, since=_day(request, "since", 0), until=_day(request, "until", 1),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
    )  # fmt: skip


def _day(request: HttpRequest, name: str, days_later: int) -> datetime | None:
    try:
        day = date.fromisoformat(request.GET.get(name, "")) + timedelta(days=days_later)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), UTC) if day.year > 1970 else None
