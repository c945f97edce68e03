"""The views of this area. They read and show; they compute nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from oarlock.web.rights import needs


@needs("look")
def funnel(request: HttpRequest) -> HttpResponse:
    """Funnel."""
    return render(request, "web/funnel/funnel.html")


@needs("look")
def drift(request: HttpRequest) -> HttpResponse:
    """Drift."""
    return render(request, "web/funnel/drift.html")
