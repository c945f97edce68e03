"""The door for forms of somebody's pages: posted as browsers post them, answered by a page, a redirect or JSON.

A form leads afterwards to the address that was set for it and to no other. The same fields sent again within ten
minutes are one lead: whoever presses twice meant once. A machine's post is kept as a letter and thanked like any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from django.template.loader import render_to_string

from oarlock.connectors import leads
from oarlock.connectors.forms import TRAP, Form, lead_of, trapped
from oarlock.connectors.leads import From
from oarlock.ground.clock import now
from oarlock.ground.intervals import micros
from oarlock.ground.problems import OutsideProblem, Problem, UserProblem
from oarlock.jobs.arriving import line
from oarlock.records.arrivals import Letter
from oarlock.store.reads.entrances import by_id
from oarlock.store.writes.arrivals import Parcel
from oarlock.web.arrivals.asking import JSON, Answer, Asked, plain, problem
from oarlock.web.policy import CONTENT
from oarlock.web.problems import AGAIN_SECONDS, status_of

MOST_BYTES = 64_000
TWICE_SECONDS = 600
POSTED = "application/x-www-form-urlencoded"
PAGE = "text/html; charset=utf-8"


def form(asked: Asked) -> Answer:
    """One form, posted."""
    way = by_id(asked.path.removeprefix("/in/form/").strip("/"), "form")
    if way is None:
        return _told(asked, UserProblem("unknown-form", "There is no such form.", "It may have been closed."))
    here = Form.of(way.options)
    if asked.method == "OPTIONS":
        return Answer(204, headers=_open_to(asked, here) | {"Access-Control-Allow-Methods": "POST"})
    if asked.method in ("GET", "HEAD"):
        shown = {"way": way, "form": here, "trap": TRAP, "address": f"/in/form/{way.id}"}
        return Answer(200, render_to_string("web/arrivals/form.html", shown).encode(), PAGE, _leading_to(here))
    if asked.method != "POST":
        return Answer(405, b"", PAGE, {"Allow": "GET, POST, OPTIONS"})
    try:
        answer = _posted(asked, here, f"form:{way.id}")
    except (UserProblem, OutsideProblem) as error:
        answer = _told(asked, error)
    return Answer(answer.status, answer.body, answer.type, _open_to(asked, here) | dict(answer.headers))


def _posted(asked: Asked, here: Form, source: str) -> Answer:
    _require_origin(asked, here)
    posted, received = _fields(asked), now()
    page = asked.headers.get("referer", "")[:2_000]
    if trapped(posted):
        body = json.dumps(posted, ensure_ascii=False)
        line.take(
            Parcel(letters=(Letter(source, body, "trap", "A field nobody sees was filled in: a machine's post."),))
        )
        return _thanks(asked, here)
    lead = lead_of(here, posted, page, received)
    line.take(Parcel((leads.arriving(lead, From(source, _key(source, posted, received), received)),)))
    return _thanks(asked, here)


def _require_origin(asked: Asked, here: Form) -> None:
    origin = asked.headers.get("origin") or _origin(asked.headers.get("referer", ""))
    if not here.may_come_from(origin):
        raise UserProblem("not-allowed", "This form may not be posted from here.", f"It came from “{origin[:100]}”.",
                          "Whoever runs the form can allow the page under Settings, Arrivals.")  # fmt: skip


def _origin(page: str) -> str:
    try:
        parts = urlsplit(page)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _fields(asked: Asked) -> dict[str, str]:
    kind = asked.headers.get("content-type", POSTED).partition(";")[0].strip().lower()
    if kind != POSTED:
        raise UserProblem("wrong-type", "This form is sent in a way that is not understood.", f"As {kind[:60]}.",
                          "Leave `enctype` out of the form.")  # fmt: skip
    text = asked.require_body(MOST_BYTES).decode("utf-8", "replace").replace("\0", "")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        raise UserProblem("too-many-fields", "This form has too many fields.") from error
    return {name[:100]: value.replace("\0", "") for name, value in pairs}


def _key(source: str, posted: Mapping[str, str], received: datetime) -> str:
    slot = micros(received) // 1_000_000 // TWICE_SECONDS
    told = json.dumps([sorted(posted.items()), slot]).encode("utf-8", "replace")
    return f"{source}:{sha256(told).hexdigest()}"


def _thanks(asked: Asked, here: Form) -> Answer:
    if _wants_json(asked):
        return plain(200, {"taken": True})
    if here.thanks:
        return Answer(303, b"", PAGE, {"Location": here.thanks})
    return Answer(200, render_to_string("web/arrivals/thanks.html", {}).encode(), PAGE)


def _told(asked: Asked, error: Problem) -> Answer:
    status = 422 if error.code in ("no-email", "no-consent", "nobody") else status_of(error)
    status = {"too-large": 413, "not-allowed": 403, "wrong-type": 415}.get(error.code, status)
    if _wants_json(asked):
        return problem(error, status)
    page = render_to_string("web/arrivals/not_taken.html", {"problem": error})
    return Answer(status, page.encode(), PAGE, {"Retry-After": AGAIN_SECONDS} if status == 503 else {})


def _wants_json(asked: Asked) -> bool:
    return JSON in asked.headers.get("accept", "")


def _open_to(asked: Asked, here: Form) -> dict[str, str]:
    """A page's own script may read the answer where its origin was allowed by name."""
    origin = asked.headers.get("origin", "")
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin and here.origins and here.may_come_from(
        origin) else {}  # fmt: skip


def _leading_to(here: Form) -> dict[str, str]:
    """A browser follows a posted form only to where the page's policy lets it lead."""
    if not here.thanks:
        return {}
    own = "form-action 'self'"
    return {"Content-Security-Policy": CONTENT.replace(own, f"{own} {_origin(here.thanks)}")}
