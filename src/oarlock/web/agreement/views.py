"""The agreement as people read it: the version in force, any other, one term, and the exact bytes to take away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from oarlock.agreement import Terms, explain_term
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import examples as near_people
from oarlock.store.reads import proposals as reading
from oarlock.store.reads import succession
from oarlock.store.reads.proposals import Listed as Waiting
from oarlock.store.reads.succession import Listed
from oarlock.store.writes.audit import Acting
from oarlock.web.agreement import document
from oarlock.web.agreement.proposal_page import beside
from oarlock.web.rights import acting_member, may, needs


@needs("look")
def agreement(request: HttpRequest) -> HttpResponse:
    """The version in force; where none is yet, how to begin."""
    versions = succession.succession()
    shown = _in_force(versions)
    if shown is None:
        waiting = reading.proposals("open")
        return render(request, "web/agreement/begin.html", _empty(waiting, versions))
    return render(request, "web/agreement/agreement.html", _page(request, versions, shown))


@needs("look")
def version(request: HttpRequest, number: int) -> HttpResponse:
    """Any version, in force or not."""
    versions = succession.succession()
    found = next((one for one in versions if one.number == number), None)
    if found is None:
        raise UserProblem("unknown-version", f"There is no version {number}.", "", "The agreement's page lists them.")
    return render(request, "web/agreement/agreement.html", _page(request, versions, found))


@needs("look")
def versions(request: HttpRequest) -> HttpResponse:
    """Every version with who signed it, every proposal, and the heads of the trail that left the house."""
    known = succession.succession()
    rows = [(one, succession.terms_listed(one), succession.names_under(one)) for one in known]
    context = {"rows": rows, "proposals": reading.proposals(), "told": succession.checkpoints()}
    return render(request, "web/agreement/versions.html", {**context, "zone": _zone(known)})


@needs("look")
def text(request: HttpRequest, number: int) -> HttpResponse:
    """The exact bytes of a version's text."""
    return download(succession.exact(number)[0], f"agreement-{number}.yaml", "application/yaml")


@needs("look")
def envelope(request: HttpRequest, number: int) -> HttpResponse:
    """The exact bytes of a version's envelope."""
    return download(succession.exact(number)[1], f"{number:03}.envelope.json", "application/json")


@needs("look")
def term(request: HttpRequest, word: str) -> HttpResponse:
    """One term: its rule, where it is used, its history."""
    versions = succession.succession()
    chosen = _chosen(versions, request.GET.get("version", ""))
    terms = succession.terms_listed(chosen)
    found = explain_term(terms, word)
    if found.term != word:
        return redirect(document.address_of(found.term, _other(versions, chosen)))
    context = {
        **_about(versions, chosen), "found": found, "team": document.team_of(terms, found.term),
        "words": document.in_words(terms, found.told), "history": document.history(versions, found.term),
        "used": document.used(terms, found.used_by, _other(versions, chosen)),
        "rests": document.used(terms, found.rests_on, _other(versions, chosen)),
    }  # fmt: skip
    return render(request, "web/agreement/term.html", {**context, **_near(request, terms, found.term, chosen)})


@needs("look")
def examples(request: HttpRequest, key: str) -> HttpResponse:
    """People near the line of a stage's rule as a fragment, for a page that waits for them; else the term's page."""
    if request.headers.get("HX-Request") != "true":
        return redirect("term", f"stages.{key}")
    versions = succession.succession()
    chosen = _chosen(versions, "")
    context = _near(request, succession.terms_listed(chosen), f"stages.{key}", chosen)
    return render(request, "web/agreement/examples.html", {**context, "zone": _zone(versions)})


def _near(request: HttpRequest, terms: Terms, word: str, chosen: Listed) -> dict[str, Any]:
    """Examples of a stage's rule under the version in force; nothing for any other term or version."""
    stage = terms.stage(word.removeprefix("stages.")) if word.startswith("stages.") else None
    at = now()
    if stage is None or stage.rule is None or chosen.since > at or request.GET.get("version"):
        return {"stage_key": ""}
    acting = Acting.member(acting_member(request).id)
    kept, waiting = near_people.ask(terms, stage.key, acting=acting, now=at)
    return {"stage_key": stage.key, "ex_kept": kept, "ex_waiting": waiting}


def _empty(waiting: tuple[Waiting, ...], versions: tuple[Listed, ...]) -> dict[str, Any]:
    return {"proposals": waiting, "versions": versions, "zone": _zone(versions)}


def _page(request: HttpRequest, versions: tuple[Listed, ...], shown: Listed) -> dict[str, Any]:
    terms, other = succession.terms_listed(shown), _other(versions, shown)
    open_ones = reading.proposals("open")
    member = acting_member(request)
    return {
        **_about(versions, shown),
        "names": succession.names_under(shown),
        "left": succession.envelope_of(shown).header.left,
        "people": document.named(terms, "Who leads", other),
        "deciding": document.deciding(terms),
        "chain": document.chain(terms, other),
        "detours": document.named(terms, "Ways off the funnel", other),
        "owed": document.owed(terms, other),
        "parts": document.parts(terms, other),
        "proposals": open_ones,
        "beside": beside(open_ones[0].id, member, versions, now()) if open_ones and other is None else None,
        "may_propose": may(member, "propose"),
    }


def _about(versions: tuple[Listed, ...], shown: Listed) -> dict[str, Any]:
    terms, current = succession.terms_listed(shown), _in_force(versions)
    ahead = [one for one in versions if current and one.number > current.number]
    return {
        "shown": shown, "terms": terms, "zone": terms.time_zone, "versions": versions, "ahead": ahead,
        "current": current, "is_current": current == shown,
        "is_ahead": shown in ahead,
    }  # fmt: skip


def _in_force(versions: tuple[Listed, ...]) -> Listed | None:
    at = now()
    return next((one for one in versions if one.since <= at), None)


def _other(versions: tuple[Listed, ...], shown: Listed) -> int | None:
    """The number that links must name: None for the version in force."""
    return None if shown == _in_force(versions) else shown.number


def _chosen(versions: tuple[Listed, ...], number: str) -> Listed:
    found = next((one for one in versions if str(one.number) == number), None) if number else _in_force(versions)
    if found is None:
        raise UserProblem("unknown-version", "There is no such version.", "", "The agreement's page lists them.")
    return found


def _zone(versions: tuple[Listed, ...]) -> str:
    return succession.terms_listed(versions[0]).time_zone if versions else "UTC"


def download(data: bytes, name: str, kind: str) -> HttpResponse:
    """Exact bytes to take away."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
