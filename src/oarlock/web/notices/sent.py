"""What was sent and what failed, for those who keep Oarlock alive; a failed notice can be sent after all."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from oarlock.charts.numerals import plural
from oarlock.ground.clock import now
from oarlock.ground.intervals import instant_of, micros
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import notices as reads
from oarlock.store.reads.lags import lags
from oarlock.store.writes import notices as writes
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.letters import can_post
from oarlock.web.rights import acting_member, needs
from oarlock.web.settings_pages.sections import sections

STATES = {
    "waiting": "Waiting", "taken": "Being sent", "sent": "Sent", "failed": "Failed", "unwanted": "Not wanted",
    "gathered": "In a digest",
}  # fmt: skip
"""State of a notice -> the word for it."""


@needs("keep-alive")
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The newest notices, by state and receiver."""
    state, part = request.GET.get("state", ""), request.GET.get("q", "").strip()[:200].replace("\0", "")
    rows = reads.listed(state=state if state in STATES else "", part=part, before=_before(request))
    context = {
        "sections": sections(request), "rows": rows, "state": state, "q": part, "states": STATES, "lags": lags(now()),
        "mail": can_post(), "older": _older(rows, state, part), "paged": "before" in request.GET,
    }  # fmt: skip
    return render(request, "web/notices/sent.html", context)


@needs("keep-alive")
@require_POST
def retry(request: HttpRequest, notice_id: str = "") -> HttpResponse:
    """Send one that failed after all, or every one."""
    acting = Acting.member(acting_member(request).id)
    try:
        many = writes.retry(notice_id or None, acting=acting, now=now())
    except UserProblem as problem:
        messages.error(request, f"{problem.what} {problem.next_step}")
    else:
        messages.success(request, f"{plural(many, 'notice')} will be sent again.")
    return redirect("notices")


def _before(request: HttpRequest) -> datetime | None:
    text = request.GET.get("before", "")
    return instant_of(int(text)) if text.isascii() and text.isdigit() and len(text) < 17 else None


def _older(rows: list[reads.Sent], state: str, part: str) -> str:
    """The query of the next page; empty where this one is the last."""
    if len(rows) < reads.MOST:
        return ""
    return urlencode({"state": state, "q": part, "before": micros(rows[-1].made_at)})
