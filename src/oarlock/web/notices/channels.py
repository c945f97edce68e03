"""The channels an administrator sets up; whoever may choose by which to hear of things chooses among these."""

from __future__ import annotations

import os

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from oarlock.ground.clock import now
from oarlock.ground.ids import new_id
from oarlock.ground.problems import UserProblem
from oarlock.jobs.channels import SERVICES, look_at
from oarlock.store.reads import channels as reads
from oarlock.store.writes import channels as writes
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.notices import wish
from oarlock.web.accounts.forms import Asked
from oarlock.web.rights import acting_member, needs
from oarlock.web.settings_pages.sections import sections

BESIDE = {"bad-channel-name": "name", "taken-channel-name": "name", "bad-channel": "address"}


@needs("channels")
@require_http_methods(["GET", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """The list, and a form for a new one. What was typed as an address is never shown again."""
    asked = Asked(request, ("name", "address"))
    if request.method == "POST" and not asked.wrong:
        try:
            looked = look_at(asked["address"])
            writes.add(
                asked["name"], asked["address"], kind=looked.service, shown=looked.shown, home=settings.OARLOCK.home,
                acting=_acting(request), now=now(),
            )  # fmt: skip
        except UserProblem as problem:
            asked.refuse(problem, BESIDE)
        else:
            messages.success(request, "The channel is set up. Send a test to see whether it reaches its end.")
            return redirect("channels")
    context = {
        "sections": sections(request), "asked": asked, "channels": reads.channels(),
        "services": sorted(set(SERVICES.values())), "inside": settings.OARLOCK.inside_hosts,
    }  # fmt: skip
    return render(request, "web/notices/channels.html", context, status=asked.status)


@needs("channels")
@require_POST
def test(request: HttpRequest, name: str) -> HttpResponse:
    """Send a notice by that channel to whoever asks, now."""
    member, at = acting_member(request), now()
    if name not in reads.names():
        messages.error(request, "There is no such channel.")
        return redirect("channels")
    words = f"This is a test of the channel {name}, sent by {member.name}. It works."
    step = new_id(at, os.urandom(10))
    wish("test", member.person or member.id, f"channel:{name}", "A test", {"words": words}, at, step=step, channel=name)
    messages.success(request, "The test is on its way. Below Notices stands what becomes of it.")
    return redirect("channels")


@needs("channels")
@require_POST
def close(request: HttpRequest, name: str) -> HttpResponse:
    """Close a channel and forget its address."""
    try:
        writes.close(name, acting=_acting(request), now=now())
    except UserProblem as problem:
        messages.error(request, f"{problem.what} {problem.next_step}")
    else:
        messages.success(request, f"The channel {name} is closed, and its address forgotten.")
    return redirect("channels")


def _acting(request: HttpRequest) -> Acting:
    return Acting.member(acting_member(request).id)
