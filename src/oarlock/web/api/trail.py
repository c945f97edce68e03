"""The audit trail, and who calls."""

from __future__ import annotations

import json

from django.http import HttpRequest
from ninja import Query, Router

from oarlock.store.models import AuditLine
from oarlock.web.api import cursors, shapes
from oarlock.web.api.callers import Holding, caller_of
from oarlock.web.api.problems import only_known

router = Router(tags=["audit"])


@router.get("/audit", response=shapes.Trail, auth=Holding("audit"), summary="Read the audit trail")
def read_trail(request: HttpRequest, asked: Query[shapes.TrailAsked]) -> object:
    """Lines, newest first: hash by hash they can be checked against checkpoints that left the house."""
    only_known(request, asked)
    rows = AuditLine.objects.order_by("-number")
    below = cursors.taken(asked.after, "audit")
    lines = list((rows.filter(number__lt=int(below)) if below else rows)[: asked.limit + 1])
    more = str(lines[asked.limit - 1].number) if len(lines) > asked.limit else None
    return {"rows": [_line(line) for line in lines[: asked.limit]], "next": cursors.given(more, "audit")}


def _line(line: AuditLine) -> dict[str, object]:
    return {
        "number": line.number, "at": line.at, "actor": line.actor, "verb": line.verb, "hash": line.hash,
        "subject_kind": line.subject_kind, "subject": line.subject, "detail": json.loads(line.detail),
    }  # fmt: skip


@router.get("/me", response=shapes.Me, auth=Holding("look"), summary="Who calls")
def who_calls(request: HttpRequest) -> object:
    """The member behind this call."""
    member = caller_of(request).member
    return {
        "name": member.name, "email": member.email, "team": member.team, "roles": member.roles.split(),
        "person": member.person,
    }  # fmt: skip
