"""Settings, Arrivals, Letters: what could not be taken in; mended and sent again, or dropped with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs.replaying import as_text, replay
from oarlock.store.reads import dead_letters as reads
from oarlock.store.writes import dead_letters as writes
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.forms import Asked
from oarlock.web.arrivals.kinds import kinds
from oarlock.web.rights import acting_member, needs
from oarlock.web.settings_pages.sections import sections

STATES = {"open": "Open", "taken-in": "Taken in", "dropped": "Dropped"}


@needs("import")
@require_GET
def letters(request: HttpRequest) -> HttpResponse:
    """The newest letters of one state."""
    state = request.GET.get("state", "open")
    code = request.GET.get("code", "")[:60]
    chosen = state if state in STATES else "open"
    context = {
        "sections": sections(request), "letters": reads.letters(chosen, code), "state": chosen, "states": STATES,
        "code": code, "size": reads.SIZE,
    }  # fmt: skip
    return render(request, "web/arrivals/letters.html", context)


@needs("import")
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, letter_id: str) -> HttpResponse:
    """One letter; posted: mended and sent again."""
    found = reads.letter(letter_id)
    if found is None:
        raise Http404
    asked, body = Asked(request, ()), request.POST.get("body", "") or as_text(found.body)
    if request.method == "POST":
        try:
            person_id = replay(letter_id, body, kinds(), acting=_acting(request), now=now())
        except UserProblem as problem:
            asked.refuse(problem, {})
        else:
            messages.success(request, "It is taken in.")
            return redirect("person", person_id) if person_id and _has_record(person_id) else redirect("letters")
    context = {"sections": sections(request), "letter": found, "asked": asked, "body": body}
    return render(request, "web/arrivals/letter.html", context, status=asked.status)


@needs("import")
@require_POST
def drop(request: HttpRequest, letter_id: str) -> HttpResponse:
    """A letter that is nothing, for a reason."""
    why = request.POST.get("why", "")
    writes.end(letter_id, writes.DROPPED, "", why, acting=_acting(request), now=now())
    messages.success(request, "The letter is dropped; it stays under Dropped.")
    return redirect("letters")


def _has_record(person_id: str) -> bool:
    from oarlock.store.reads.people import person

    return person(person_id) is not None


def _acting(request: HttpRequest) -> Acting:
    return Acting.member(acting_member(request).id)
