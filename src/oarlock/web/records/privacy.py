"""What is held about one person: shown, handed over as a file, or erased on request."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from oarlock.ground.clock import now
from oarlock.jobs import erasing
from oarlock.jobs.handing_over import exports_folder
from oarlock.store.reads import people
from oarlock.store.reads.orders import Ordered, ordered
from oarlock.store.writes import orders
from oarlock.store.writes.audit import Acting
from oarlock.web.records.lists import tabs
from oarlock.web.rights import acting_member, needs

HAND_OVER, ERASE = "hand-over", "erase"


@needs("export")
@require_http_methods(["GET", "POST"])
def held(request: HttpRequest, person_id: str) -> HttpResponseBase:
    """How much is held about one person, and the file with all of it."""
    head = people.person(person_id)
    if head is None:
        raise Http404
    if request.method == "POST":
        acting = Acting.member(acting_member(request).id)
        made = orders.order(HAND_OVER, person_id, {"person": person_id}, acting=acting, now=now())
        return redirect(f"{request.path}?order={made}")
    work = _work(request, HAND_OVER, person_id)
    context = {"head": head, "plan": erasing.plan(person_id), "work": work, "tabs": tabs("people")}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "web/records/held_work.html" if fragment else "web/records/held.html", context)


@needs("export")
@require_GET
def held_file(request: HttpRequest, person_id: str, order_id: str) -> HttpResponseBase:
    """The file itself. Who asked for it may fetch it, nobody else."""
    work = ordered(order_id)
    if work is None or (work.kind, work.key) != (HAND_OVER, person_id) or work.by != acting_member(request).id:
        raise Http404
    path = exports_folder(Path(settings.OARLOCK.home)) / f"{work.id}.zip"
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename="held.zip", content_type="application/zip")


@needs("erase")
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, person_id: str) -> HttpResponseBase:
    """What erasing will do; their id has to be typed, and a reason given."""
    head = people.person(person_id)
    if head is None:
        raise Http404
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _wrong(request, person_id)
        if not errors:
            asked = {"person": person_id, "reason": request.POST["reason"].strip()[:500]}
            acting = Acting.member(acting_member(request).id)
            made = orders.order(ERASE, person_id, asked, acting=acting, now=now())
            return redirect(f"{request.path}?order={made}")
    context = {
        "head": head, "plan": erasing.plan(person_id), "work": _work(request, ERASE, person_id), "errors": errors,
        "typed": request.POST, "tabs": tabs("people"),
    }  # fmt: skip
    if request.headers.get("HX-Request") == "true":
        return render(request, "web/records/erase_work.html", context)
    return render(request, "web/records/erase.html", context, status=400 if errors else 200)


def _wrong(request: HttpRequest, person_id: str) -> dict[str, str]:
    wrong = {}
    if request.POST.get("id", "").strip() != person_id:
        wrong["id"] = "This is not their id. Type it as it stands above."
    if not request.POST.get("reason", "").strip():
        wrong["reason"] = "Say who asked for it and when, without a name."
    return wrong


def _work(request: HttpRequest, kind: str, person_id: str) -> Ordered | None:
    """The order the address names, if it is of this kind and about this person."""
    work = ordered(request.GET.get("order", ""))
    return work if work is not None and (work.kind, work.key) == (kind, person_id) else None
