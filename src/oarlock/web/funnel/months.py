"""Closed months: which are closed, which may be, what each was frozen at, and what would be different today and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from oarlock.charts.period_explanations import period_words
from oarlock.ground.clock import now
from oarlock.ground.periods import month_of
from oarlock.jobs import figures, freezing
from oarlock.store.reads import closings, naming
from oarlock.store.reads.closings import Adjusted, ClosedMonth
from oarlock.store.writes.audit import Acting
from oarlock.web.funnel.choosing import Choice
from oarlock.web.funnel.funnel import home
from oarlock.web.funnel.showing import Page
from oarlock.web.rights import acting_member, may, needs

MOST = 12
"""So many months that may be closed are offered, the latest."""


@dataclass(frozen=True, slots=True)
class Line:
    """An adjustment as it is read."""

    figure: str
    frozen: str
    today: str
    why: tuple[str, ...]
    people: tuple[tuple[str, str], ...]
    noticed_at: Any


@needs("look")
@require_safe
def months(request: HttpRequest) -> HttpResponse:
    """Every month: closed, open to be closed, or running."""
    zone = figures.judges("").latest.time_zone
    closed = closings.closed_months()
    if closed:
        freezing.ask_adjustments(home(), acting=Acting.member(acting_member(request).id), now=now())
    by = naming.members({c.by for c in closed})
    context = {
        "closed": [(c, by[c.by], period_words(c.month)) for c in closed], "zone": zone,
        "open": [(m, period_words(m)) for m in _closable(closed, zone)], "may_close": may(request.user, "close"),
        "orders": freezing.under_way(),
    }  # fmt: skip
    return render(request, "web/funnel/months.html", context)


def _closable(closed: tuple[ClosedMonth, ...], zone: str) -> list[str]:
    """The latest months that are over and not closed."""
    found, month = [], month_of(now(), zone).previous()
    taken = {c.month for c in closed}
    for _ in range(MOST):
        if month.text not in taken:
            found.append(month.text)
        month = month.previous()
    return found


@needs("close")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Order a month to be closed; refused at once where it cannot be."""
    month = request.POST.get("month", "").strip()[:20]
    acting = Acting.member(acting_member(request).id)
    freezing.ask_close(month, figures.judges("").latest.time_zone, acting=acting, now=now())
    messages.info(request, f"{period_words(month)} is being closed. Its figures are measured once more and frozen.")
    return redirect("months")


@needs("look")
@require_safe
def month(request: HttpRequest, month: str) -> HttpResponse:
    """What a month was frozen at, and its adjustments with their causes."""
    about = closings.closed_month(month)
    if about is None:
        raise Http404
    frozen = closings.frozen(about)
    found = frozen.funnel
    page = Page(found, Choice(period=month, basis="cohort"))
    adjusted = closings.adjustments(month)
    people = naming.people({p for a in adjusted for p in a.cause.get("people", [])[:5]})
    context = {
        "about": about, "by": naming.members({about.by})[about.by], "word": period_words(month), "found": found,
        "stages": list(page.stages()), "flows": list(page.flows()), "deals": page.deals(),
        "lines": [_line(a, people) for a in adjusted], "zone": found.agreement.time_zone,
    }  # fmt: skip
    return render(request, "web/funnel/month.html", context)


def _line(a: Adjusted, people: dict[str, str]) -> Line:
    named = tuple((p, people.get(p, p)) for p in a.cause.get("people", [])[:5])
    return Line(a.figure, a.frozen, a.today, tuple(freezing.why(a.cause)), named, a.noticed_at)


@needs("look")
@require_safe
def exact(request: HttpRequest, month: str) -> HttpResponse:
    """The exact bytes a month was frozen as."""
    if closings.closed_month(month) is None:
        raise Http404
    name = f'attachment; filename="closed-{month}.json"'
    return HttpResponse(closings.exact(month), content_type="application/json", headers={"Content-Disposition": name})
