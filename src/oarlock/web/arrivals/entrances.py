"""Settings, Arrivals: where things come in by, what could not be taken in, and how to try each door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from oarlock.connectors import webhook
from oarlock.connectors.bounded import json_of
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import entrances as reads
from oarlock.store.reads.dead_letters import arrived_since, letters
from oarlock.store.reads.entrances import Way
from oarlock.store.writes import entrances as writes
from oarlock.store.writes.audit import Acting
from oarlock.web.accounts.forms import Asked
from oarlock.web.rights import acting_member, needs
from oarlock.web.settings_pages.sections import sections

KINDS = {
    "events": "Events: a write key for Segment’s clients, or for your own program",
    "form": "A form on a page of yours",
    "webhook": "A webhook: signed JSON of another system",
}
WORDS = {"events": "Events", "form": "Form", "webhook": "Webhook"}
FIELDS = ("name", "kind", "touch", "source", "campaign_id", "consent", "thanks", "origins", "mapping")
FIRST_MAPPING = (
    '{\n  "fields": {"email": "contact.email", "name": "contact.name"},\n  "fixed": {"touch": "form.filled"}\n}'
)
FORM_DEFAULTS = {"touch": "form.demo_request", "consent": "You may contact me about this."}
BESIDE = {"bad-name": "name", "bad-kind": "kind", "bad-address": "thanks", "bad-origin": "origins",
          "bad-mapping": "mapping", "unreadable": "mapping"}  # fmt: skip


@needs("import")
@require_http_methods(["GET", "POST"])
def arrivals(request: HttpRequest) -> HttpResponse:
    """The entrances, the newest letters, and a form for another entrance. A write key is only in the answer."""
    asked = Asked(request, FIELDS, {"kind": "events", "mapping": FIRST_MAPPING} | FORM_DEFAULTS)
    made = _made(request, asked) if request.method == "POST" else None
    at = now()
    context = {
        "sections": sections(request), "asked": asked, "made": made, "kinds": KINDS, "words": WORDS,
        "entrances": reads.entrances(), "letters": letters(), "hour": arrived_since(at, timedelta(hours=1)),
        "day": arrived_since(at, timedelta(days=1)), "here": _here(request),
    }  # fmt: skip
    return render(request, "web/arrivals/arrivals.html", context, status=asked.status)


@needs("import")
@require_http_methods(["GET", "POST"])
def entrance(request: HttpRequest, entrance_id: str) -> HttpResponse:
    """One entrance: how it is set, its secrets, and how to try it."""
    way = reads.entrance(entrance_id)
    if way is None:
        raise Http404
    asked = Asked(request, FIELDS, _typed(way))
    if request.method == "POST" and _changed(request, asked, way):
        messages.success(request, "The entrance is changed.")
        return redirect("entrance", way.id)
    context = {
        "sections": sections(request), "asked": asked, "way": way, "word": WORDS[way.kind], "here": _here(request),
        "secrets": [(n, reads.secret(way.id, n)) for n in way.secrets] if way.closed_at is None else (),
    }  # fmt: skip
    return render(request, "web/arrivals/entrance.html", context, status=asked.status)


@needs("import")
@require_POST
def close(request: HttpRequest, entrance_id: str) -> HttpResponse:
    """Let nothing in by it any more."""
    writes.close(entrance_id, acting=_acting(request), now=now())
    messages.success(request, "The entrance is closed. What still comes there is refused.")
    return redirect("arrivals")


@needs("import")
@require_POST
def add_secret(request: HttpRequest, entrance_id: str) -> HttpResponse:
    """Another secret, beside those that hold."""
    number = writes.add_secret(entrance_id, acting=_acting(request), now=now())
    messages.success(request, f"Secret {number} holds too. Give it to the sender, then take the old one back.")
    return redirect("entrance", entrance_id)


@needs("import")
@require_POST
def drop_secret(request: HttpRequest, entrance_id: str, number: int) -> HttpResponse:
    """A secret holds no more."""
    writes.drop_secret(entrance_id, number, acting=_acting(request), now=now())
    messages.success(request, f"Secret {number} holds no more.")
    return redirect("entrance", entrance_id)


def _made(request: HttpRequest, asked: Asked) -> writes.Made | None:
    """The new entrance; None where it was refused."""
    try:
        options = _options(asked, asked["kind"])
        made = writes.make(asked["name"], asked["kind"], options, acting=_acting(request), now=now())
    except UserProblem as problem:
        asked.refuse(problem, BESIDE)
        return None
    asked.typed = {"kind": "events", "mapping": FIRST_MAPPING} | FORM_DEFAULTS
    return made


def _changed(request: HttpRequest, asked: Asked, way: Way) -> bool:
    try:
        writes.change(way.id, asked["name"], _options(asked, way.kind), acting=_acting(request), now=now())
    except UserProblem as problem:
        asked.refuse(problem, BESIDE)
        return False
    return True


def _options(asked: Asked, kind: str) -> Mapping[str, Any]:
    """What the form says of that kind of entrance. UserProblem where it makes no sense."""
    if kind == "webhook":
        said = json_of(asked["mapping"].encode())
        if not isinstance(said, dict):
            raise UserProblem("bad-mapping", "A mapping is a JSON object.")
        webhook.Mapping.of(said)
        return said
    if kind != "form":
        return {}
    plain = {name: " ".join(asked[name].split())[:500] for name in ("touch", "source", "campaign_id", "consent")}
    return plain | {"thanks": _address(asked["thanks"].strip()), "origins": _origins(asked["origins"])}


def _address(told: str) -> str:
    if told and not (told.startswith(("https://", "http://")) and urlsplit(told).netloc and told.isprintable()):
        raise UserProblem("bad-address", "The address after the form begins with https://.")
    return told[:1_000]


def _origins(told: str) -> list[str]:
    found = [line.strip().rstrip("/").lower() for line in told.replace(",", "\n").splitlines() if line.strip()]
    for origin in found:
        parts = urlsplit(origin)
        if parts.scheme not in ("https", "http") or not parts.netloc or parts.path or parts.query:
            raise UserProblem(
                "bad-origin", f"“{origin[:80]}” is no page's origin.", "", "Write https://www.example.com."
            )
    return found[:50]


def _typed(way: Way) -> dict[str, str]:
    import json

    options = way.options
    plain = {name: str(options.get(name, "")) for name in ("touch", "source", "campaign_id", "consent", "thanks")}
    mapping = json.dumps(dict(options), indent=2, ensure_ascii=False) if way.kind == "webhook" else ""
    return {
        "name": way.name,
        "kind": way.kind,
        "origins": "\n".join(options.get("origins", ())),
        "mapping": mapping,
    } | plain


def _here(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _acting(request: HttpRequest) -> Acting:
    return Acting.member(acting_member(request).id)
