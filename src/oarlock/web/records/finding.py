"""Find: a page that works by itself, and the same list as a fragment while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock.store.reads.search import find as search
from oarlock.web.records.lists import stages_of, terms_now
from oarlock.web.rights import needs

FEW, MANY = 6, 30


@needs("look")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """People, accounts and opportunities whose words begin as typed."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    fragment = request.headers.get("HX-Request") == "true"
    context = {"text": text, "found": search(text, FEW if fragment else MANY), "stages": stages_of(terms_now())}
    return render(request, "web/records/found.html" if fragment else "web/records/find.html", context)
