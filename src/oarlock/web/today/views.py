"""The views of this area. They read and show; they compute nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from oarlock.web.rights import needs


@needs("look")
def today(request: HttpRequest) -> HttpResponse:
    """Today."""
    return render(request, "web/today/today.html")
