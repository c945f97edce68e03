"""The queue: what waits because nobody could be given it, why, its clock running; to be taken or given to somebody."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock.ground.clock import now
from oarlock.store.reads import decisions, inbox, queues
from oarlock.store.reads.handoffs import Line
from oarlock.store.reads.walking import Place, place
from oarlock.store.writes import audit
from oarlock.store.writes.audit import Acting
from oarlock.web.handoffs import agreed, showing
from oarlock.web.handoffs.agreed import user_of
from oarlock.web.handoffs.clocks import Clocks
from oarlock.web.handoffs.standing import Standing
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.records.exporting import csv_file
from oarlock.web.rights import acting_member, needs

COLUMNS = ("handoff", "queue", "person", "offered_at", "answer_by", "before")
SIZE = 50


@needs("look")
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What waits, by queue."""
    found = agreed.read(now())
    if found is None:
        return render(request, "web/handoffs/nothing.html", {"tabs": tabs("handoff_queue")})
    known, member = queues.queues(), acting_member(request)
    names = [q.name for q in known]
    chosen = request.GET.get("queue", "")
    shown = inbox.queued([chosen] if chosen in names else names, place(request.GET.get("after", "")), SIZE)
    clocks, user = Clocks(found), user_of(found.latest, member.person)
    reader = user.key if user else ""
    why = decisions.in_bulk([line.handoff.decision_id for line in shown.lines])
    rows = [
        (line, showing.shown(line, clocks, reader), showing.why(why.get(line.handoff.decision_id or ""), found),
         Standing.of(line.handoff, reader, member))
        for line in shown.lines
    ]  # fmt: skip
    context = {
        "queues": known, "counted": queues.COUNTED, "chosen": chosen if chosen in names else "", "rows": rows,
        "following": shown.after.text() if shown.after else "", "zone": found.zone, "tabs": tabs("handoff_queue"),
        "users": [(u.key, u.name) for u in found.latest.users],
    }  # fmt: skip
    return render(request, "web/handoffs/queue.html", context)


@needs("export")
@require_GET
def exported(request: HttpRequest) -> HttpResponseBase:
    """Everything that waits, as a file."""
    acting = Acting.member(acting_member(request).id)
    audit.note("exported", "queue", "", {}, acting=acting, now=now())
    rows = (
        (h.id, h.queue, h.person_id, h.offered_at, h.accept_due_at, " ".join(h.holders))
        for h in (line.handoff for line in _every())
    )
    return csv_file("queue", COLUMNS, rows)


def _every() -> Iterator[Line]:
    """Every line of every queue, a thousand at a time."""
    names, after = [q.name for q in queues.queues()], None
    while True:
        page = inbox.queued(names, after, 1000)
        yield from page.lines
        after = page.after
        if not isinstance(after, Place):
            return
