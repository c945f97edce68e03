"""How Oarlock itself is, for those who keep it alive."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock.ground.clock import now
from oarlock.store.reads import audit
from oarlock.store.reads.status import status as read_status
from oarlock.web.accounts.letters import can_post
from oarlock.web.rights import needs
from oarlock.web.settings_pages.sections import sections


@needs("keep-alive")
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Status."""
    environment = settings.OARLOCK
    context = {
        "sections": sections(request), "status": read_status(environment.home, now()), "head": audit.head(),
        "mail": can_post(), "mail_from": environment.mail_from, "address": environment.address,
        "sign_on": environment.sign_on.name if environment.sign_on else "",
    }  # fmt: skip
    return render(request, "web/settings/status.html", context)
