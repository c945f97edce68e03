"""Leads in: the door of `web.arrivals.leads`, described here with the rest of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from oarlock.web.arrivals.lead_shapes import LeadSent, LeadTaken
from oarlock.web.arrivals.views import arrived

router = Router(tags=["arrivals"])


def _whole(schema: Any, parts: Mapping[str, Any]) -> Any:
    """A schema with its parts in their places, for it stands where no part of its own can be named."""
    if isinstance(schema, dict):
        part = str(schema.get("$ref", "")).rpartition("/")[2]
        return _whole(parts[part], parts) if part else {k: _whole(v, parts) for k, v in schema.items() if k != "$defs"}
    return [_whole(one, parts) for one in schema] if isinstance(schema, list) else schema


_SCHEMA = LeadSent.model_json_schema()
SENT = _whole(_SCHEMA, _SCHEMA.get("$defs", {}))
TOLD = {
    "parameters": [{
        "name": "Idempotency-Key", "in": "header", "required": False,
        "description": "Your own key of this lead: sent again with it, it is the same lead and the same answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }],
    "requestBody": {"required": True, "content": {"application/json": {"schema": SENT}}},
    "security": [{"Holding": []}],
}  # fmt: skip


@router.post("/leads", response={201: LeadTaken}, auth=None, summary="Send a lead", openapi_extra=TOLD)
def send_lead(request: HttpRequest) -> HttpResponse:
    """Take one lead in: kept, judged, routed and offered before it is answered. With a token of scope `write`, or an
    entrance's write key as the token."""
    return arrived(request)
