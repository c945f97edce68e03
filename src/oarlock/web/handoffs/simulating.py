"""Routing tried out: one lead with edited fields, its path through the steps, under the version in force or a proposal.

It reads and writes nothing: the turns of the pools stay where they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from oarlock import routing
from oarlock.agreement.terms import Terms
from oarlock.charts import names
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import proposals, rehearsals
from oarlock.store.reads.proposals import Listed
from oarlock.store.reads.rehearsals import Field
from oarlock.web.handoffs import agreed
from oarlock.web.handoffs.agreed import Agreed
from oarlock.web.handoffs.tabs import tabs
from oarlock.web.rights import needs

PROPOSAL = "proposal:"
LONGEST = 200


@needs("look")
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The form, and the path where a lead was asked for."""
    found = agreed.read(now())
    if found is None:
        return render(request, "web/handoffs/nothing.html", {"tabs": tabs("routing")})
    said = {key: str(value).replace("\0", "")[:LONGEST] for key, value in request.GET.items()}
    open_ = proposals.proposals("open")
    terms = _terms(said.get("under", ""), found, open_)
    fields, person = rehearsals.fields(terms), said.get("person", "").strip()
    known = rehearsals.values(person) if person else {}
    problem = _nobody(person) if known is None else None
    lead = (known or {}) | _typed(fields, said)
    context = {
        "terms": terms, "under": said.get("under", ""), "proposals": open_, "versions": found.versions.all,
        "fields": [(f, lead.get(f.path) or "") for f in fields], "person": person, "problem": problem,
        "had": said.get("had", ""), "users": terms.users, "agreed": found, "zone": found.zone, "tabs": tabs("routing"),
    }  # fmt: skip
    if not problem and (person or any(f.path in said for f in fields)):
        context |= _path(lead, said.get("had", ""), terms, found)
    return render(request, "web/handoffs/routing.html", context, status=404 if problem else 200)


def _terms(under: str, found: Agreed, open_: Sequence[Listed]) -> Terms:
    """The terms asked for: a version's number, an open proposal's, else those in force."""
    proposed = next((p for p in open_ if PROPOSAL + p.id == under), None)
    if proposed is not None:
        text = proposals.text_of(proposed.id, proposed.revision)
        return proposals.readable(text, found.versions.latest.number + 1) or found.latest
    return next((t for t in found.versions.all if str(t.number) == under), found.latest)


def _typed(fields: tuple[Field, ...], said: Mapping[str, str]) -> dict[str, str | None]:
    """The fields that were typed in; an emptied one is unknown."""
    return {f.path: said[f.path].strip() or None for f in fields if f.path in said}


def _nobody(person: str) -> UserProblem:
    return UserProblem(
        "unknown-person", f"Nobody has the id “{names.shown(person, 60)}”.", "",
        "Take the id from the person’s page, or leave it empty and fill in the fields.",
    )  # fmt: skip


def _path(lead: Mapping[str, str | None], had: str, terms: Terms, found: Agreed) -> dict[str, Any]:
    decision = rehearsals.rehearse(lead, (had,) if had else (), terms, found.now)
    lines = routing.told(decision, found.names, ZoneInfo(found.zone))
    return {"decision": decision, "steps": list(zip(decision.steps, lines, strict=False)), "sentence": lines[-1]}
