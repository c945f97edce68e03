"""What the workers do, what lags and what failed, for those who keep Oarlock alive; a failed order can be done anew."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs.recurring import EVERY, Every
from oarlock.store.reads import jobs_page as reads
from oarlock.store.reads.lags import lags
from oarlock.store.writes import orders
from oarlock.store.writes.audit import Acting
from oarlock.web.rights import acting_member, needs
from oarlock.web.settings_pages.sections import sections

WORDS = {
    "adjust": "Adjustments of closed months", "backtest": "Back-test", "bundle": "Charts for pages",
    "checkpoint": "Checkpoint of the audit trail", "close": "Closing a month", "erase": "Erasing somebody",
    "examples": "Examples of a rule", "export": "Facts to the lake", "feeds": "Absences from calendars",
    "figures": "Figures", "hand-over": "Handing records over", "import": "Import", "letter": "Letter",
    "load": "Loading the store", "look": "Looking at an upload", "rebuild": "Making states anew",
    "refresh": "The usual figures", "sweep": "Letting go what is over",
}  # fmt: skip
"""Kind of order -> its words; another kind says itself."""


@needs("keep-alive")
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """Workers, lags, what runs, waits, recurs and failed."""
    at = now()
    every: dict[str, list[str]] = {}
    for each in EVERY:
        every.setdefault(each.kind, []).append(_often(each.every))
    context = {
        "sections": sections(request), "now": at, "workers": reads.workers(at), "lags": lags(at),
        "running": reads.running(), "waiting": reads.waiting(at), "failed": reads.failed(),
        "recurring": [(run, " and ".join(every[run.kind])) for run in reads.last_runs(list(every))],
    }  # fmt: skip
    return render(request, "web/notices/jobs.html", context)


@needs("keep-alive")
@require_POST
def retry(request: HttpRequest, order_id: str) -> HttpResponse:
    """Do an order that failed after all."""
    try:
        orders.retry(order_id, acting=Acting.member(acting_member(request).id), now=now())
    except UserProblem as problem:
        messages.error(request, f"{problem.what} {problem.next_step}")
    else:
        messages.success(request, "The order waits for a worker again.")
    return redirect("jobs")


def _often(every: Every) -> str:
    if isinstance(every, timedelta):
        return f"every {every.total_seconds() / 60:g} minutes"
    return "each night" if every == "night" else "when a version comes into force"
