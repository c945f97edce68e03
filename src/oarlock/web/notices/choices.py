"""How I want to hear of things: by which channels, at once or in a daily digest, and when I want quiet."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs.outbox import house_now
from oarlock.jobs.ways import DIGEST_AT, MAIL
from oarlock.store.models import Member
from oarlock.store.reads.notices import ALL, Chosen, own_choices
from oarlock.store.writes import choices as writes
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.notices import KINDS
from oarlock.web.accounts.forms import Asked
from oarlock.web.rights import acting_member, needs
from oarlock.web.settings_pages.sections import sections

USUAL, NEVER = "usual", "never"
BESIDE = {"bad-quiet": "quiet"}


@needs("own-account")
@require_http_methods(["GET", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """My choices, and a form to change them."""
    member = acting_member(request)
    kept = own_choices(member.id)
    asked = Asked(request, ("quiet",), {"quiet": str(kept.quiet or "")})
    chosen = _asked(request) if request.method == "POST" else dict(kept.choices)
    if request.method == "POST" and not asked.wrong:
        try:
            writes.choose(member.id, chosen, asked["quiet"], acting=Acting.member(member.id), now=now())
        except UserProblem as problem:
            asked.refuse(problem, BESIDE)
        else:
            messages.success(request, "Your choices are kept.")
            return redirect("my-notices")
    return render(request, "web/notices/mine.html", _context(request, member, asked, chosen), status=asked.status)


def _context(request: HttpRequest, member: Member, asked: Asked, chosen: dict[str, Chosen]) -> dict[str, object]:
    house = house_now(now())
    kinds = {ALL: "Everything that has no answer of its own below", **KINDS}
    rows = [(kind, words, *_shown(chosen.get(kind))) for kind, words in kinds.items()]
    return {
        "sections": sections(request), "asked": asked, "rows": rows, "ways": (MAIL, *sorted(house.channels)),
        "quiet": house.quiet, "usual": " and ".join(house.usual) or MAIL, "digest_at": DIGEST_AT,
        "can_mail": settings.OARLOCK.mail_url is not None, "member": member,
    }  # fmt: skip


def _shown(chosen: Chosen | None) -> tuple[str, tuple[str, ...]]:
    """Which of the four answers a choice is, and its channels."""
    if chosen is None:
        return USUAL, ()
    return (chosen.when if chosen.channels else NEVER), chosen.channels


def _asked(request: HttpRequest) -> dict[str, Chosen]:
    """What the form says, kind by kind; a kind that goes as usual is left out. No way ticked means mail."""
    found = {}
    for kind in (ALL, *KINDS):
        when = request.POST.get(f"when:{kind}", USUAL)
        if when == USUAL:
            continue
        ways = tuple(request.POST.getlist(f"ways:{kind}")[:20]) or (MAIL,)
        found[kind] = Chosen(() if when == NEVER else ways, "digest" if when == "digest" else "at-once")
    return found
