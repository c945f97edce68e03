"""The agreement: what is in force, every signed version as the exact bytes that were signed, checking, proposing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status

from oarlock.agreement.findings import Finding
from oarlock.ground.clock import now
from oarlock.ground.problems import UserProblem
from oarlock.store.reads import drafts
from oarlock.store.reads import proposals as proposed
from oarlock.store.reads.signed import Signed, signed_version, signed_versions
from oarlock.store.writes.proposals import open_proposal
from oarlock.web.api import shapes
from oarlock.web.api.callers import Holding, caller_of

router = Router(tags=["agreement"], auth=Holding("look"))


@router.get("/agreement", response=shapes.Force, summary="Get the version in force")
def get_in_force(request: HttpRequest) -> object:
    """The version that judges now."""
    at = now()
    found = next((version for version in signed_versions() if version.in_force_from <= at), None)
    if found is None:
        raise UserProblem("no-agreement", "No agreement is in force.", "None was signed yet.", "Propose one.")
    return found


@router.get("/agreement/versions", response=shapes.Versions, summary="List signed versions")
def list_versions(request: HttpRequest) -> object:
    """Every signed version, newest first."""
    at, rows = now(), signed_versions()
    return {"rows": rows, "in_force": next((v.number for v in rows if v.in_force_from <= at), None)}


@router.get("/agreement/versions/{number}", response=shapes.Force, summary="Get a signed version")
def get_version(request: HttpRequest, number: Path[shapes.Version]) -> object:
    """One signed version."""
    return _version(number)


@router.get("/agreement/versions/{number}/text", summary="Get the exact text of a version", openapi_extra={
    "responses": {200: {"description": "The agreement's own bytes.", "content": {"application/yaml": {}}}},
})  # fmt: skip
def get_text(request: HttpRequest, number: Path[shapes.Version]) -> HttpResponse:
    """The agreement's exact bytes, as they were signed."""
    return HttpResponse(_version(number).source, content_type="application/yaml")


@router.get("/agreement/versions/{number}/envelope", summary="Get what was signed", openapi_extra={
    "responses": {200: {"description": "The signed envelope, byte for byte.", "content": {"application/json": {}}}},
})  # fmt: skip
def get_envelope(request: HttpRequest, number: Path[shapes.Version]) -> HttpResponse:
    """The signed envelope, byte for byte: `verify.py` checks it without Oarlock."""
    return HttpResponse(_version(number).envelope, content_type="application/json")


@router.post("/agreement/check", response=shapes.Checked, summary="Check a text")
def check_text(request: HttpRequest, sent: shapes.ToCheck) -> object:
    """Everything that is wrong with a text, at once. Nothing is kept."""
    try:
        found = drafts.findings_of(sent.text.encode())
    except UserProblem as problem:  # refused before it is read: too long, too deep, hidden letters
        found = (Finding("error", problem.code, problem.what, problem.where, problem.next_step),)
    told = [_finding(one) for one in found]
    errors = sum(one.level == "error" for one in found)
    return {"errors": errors, "warnings": len(found) - errors, "findings": told}


@router.get("/agreement/proposals", response=shapes.Proposals, summary="List proposals")
def list_proposals(request: HttpRequest) -> object:
    """The newest proposals."""
    return {"rows": proposed.proposals()}


@router.post(
    "/agreement/proposals", response={201: shapes.Proposed}, auth=Holding("propose"), summary="Propose a next version"
)
def propose(request: HttpRequest, sent: shapes.ToPropose) -> object:
    """Open a proposal with this text. Both teams discuss it on its page; nobody can sign through the API."""
    caller = caller_of(request)
    made = open_proposal(
        title=sent.title, reason=sent.reason, source=sent.text.encode(), author=caller.member.id,
        acting=caller.acting, now=now(),
    )  # fmt: skip
    return Status(201, {"id": made, "page": f"/agreement/proposals/{made}/"})


def _version(number: int) -> Signed:
    found = signed_version(number)
    if found is None:
        raise UserProblem("unknown-version", f"There is no version {number}.", "", "The list has those there are.")
    return found


def _finding(one: Finding) -> dict[str, object]:
    place = one.place
    return {
        "level": one.level, "code": one.code, "message": one.message, "suggestion": one.suggestion,
        "file": place.file, "line": place.line, "column": place.column,
    }  # fmt: skip
