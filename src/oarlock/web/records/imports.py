"""Importing in the browser: upload, look, bring in, and mend what was set aside."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import bringing_in, setting_aside
from oarlock.jobs.bringing_in import Mended
from oarlock.store.reads import uploads as reads
from oarlock.store.writes import uploads
from oarlock.store.writes.audit import Acting
from oarlock.web.records.lists import tabs
from oarlock.web.records.receiving import Streamed, refuse_by_size
from oarlock.web.rights import acting_member, may, needs

LONGEST_MAPPING = 1_000_000


def _home() -> Path:
    return Path(settings.OARLOCK.home)


@needs("look")
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """The latest uploads, the form for a new one, and what lies in quarantine."""
    context = {
        "uploads": reads.uploads(), "presets": bringing_in.preset_names(), "aside": setting_aside.files(_home()),
        "tabs": tabs("imports"), "limit": bringing_in.LIMIT // 1_000_000, "may_import": may(request.user, "import"),
    }  # fmt: skip
    return render(request, "web/records/imports.html", context)


@csrf_exempt
@needs("import")
@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take files in. They are written to disk as they come, so the form's token is looked at only behind them."""
    refuse_by_size(request)
    handler = Streamed(_home())
    request.upload_handlers = [handler]
    answer: HttpResponseBase | None = None
    try:
        answer = csrf_protect(_arrived)(request, handler)
        return answer
    finally:
        if answer is None or answer.status_code >= 400:
            handler.forget()


def _arrived(request: HttpRequest, handler: Streamed) -> HttpResponseBase:
    mapping = _mapping(request)
    if not handler.files:
        raise UserProblem("no-files", "No file has arrived.", "The form was sent without one, or it was too large.")
    member = acting_member(request)
    uploads.receive(handler.upload_id, handler.files, mapping, member=member, now=now())
    return redirect("upload", handler.upload_id)


def _mapping(request: HttpRequest) -> str:
    """What was chosen: a mapping's own text goes before a preset. UserProblem where it is none."""
    text = request.POST.get("mapping", "").strip()
    if len(text) > LONGEST_MAPPING:
        raise UserProblem("too-large", "The mapping is too long.", "A mapping has at most 1 MB.")
    chosen = text or f"preset:{request.POST.get('preset', '')}"
    bringing_in.mapping_of(chosen)
    return chosen


@needs("import")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, upload_id: str) -> HttpResponseBase:
    """One upload: how its first rows would come in, how far the import is, what became of it."""
    if request.method == "POST":
        acting = Acting.member(acting_member(request).id)
        if "choose" in request.POST:
            uploads.choose(upload_id, _mapping(request), acting=acting, now=now())
        else:
            uploads.bring_in(upload_id, acting=acting, now=now())
        return redirect("upload", upload_id)
    found = reads.upload(upload_id)
    if found is None:
        raise Http404
    context = {"one": found, "presets": bringing_in.preset_names(), "tabs": tabs("imports")}
    context["open"] = found.state in uploads.OPEN
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "web/records/upload_state.html" if fragment else "web/records/upload.html", context)


@needs("import")
@require_http_methods(["GET", "POST"])
def aside(request: HttpRequest, import_id: str, file: str) -> HttpResponseBase:
    """Rows of one file that could not come in; mended ones are sent back as an upload of their own."""
    after = request.GET.get("after", "")[:300]
    page = setting_aside.page(_home(), import_id, file, after)
    if not page.rows and not after:
        raise Http404
    origin = reads.of_import(import_id)
    if request.method == "GET":
        context = {"page": page, "import_id": import_id, "origin": origin, "presets": bringing_in.preset_names(),
                   "tabs": tabs("imports")}  # fmt: skip
        return render(request, "web/records/aside.html", context)
    rows = _mended(request, page)
    if not rows:
        messages.warning(request, "Nothing was changed, so nothing was sent back. Every row stays where it is.")
        return redirect(request.get_full_path())
    mapping = origin.mapping if origin else _mapping(request)
    upload_id, names = bringing_in.send_back(_home(), file, page.columns, rows, at=now())
    member = acting_member(request)
    uploads.receive(upload_id, names, mapping, member=member, now=now())
    uploads.bring_in(upload_id, acting=Acting.member(member.id), now=now())
    return redirect("upload", upload_id)


def _mended(request: HttpRequest, page: setting_aside.Page) -> list[Mended]:
    """The rows of the form in which a cell was changed, or which are to be tried again as they are."""
    again = set(request.POST.getlist("again"))
    rows = []
    for row in page.rows:
        before = tuple(field or "" for field in row.fields)
        typed = tuple(request.POST.get(f"{row.id}:{n}", old) for n, old in enumerate(before))
        if typed != before or row.id in again:
            rows.append(Mended(row.id, typed))
    return rows
