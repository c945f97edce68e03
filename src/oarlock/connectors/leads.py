"""Leads as our own JSON has them: one object with our names, checked by its shape at the door; here, arrivals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from oarlock.connectors.bounded import happened, text_of
from oarlock.connectors.known import known_by
from oarlock.connectors.said import firm_of, person_of
from oarlock.ground.problems import UserProblem
from oarlock.records.arrivals import Arriving, Firm, Met

ABOUT = (
    "email", "name", "title", "phone", "country", "region", "language", "consent",
)  # fmt: skip
ONCE = ("source", "source_detail", "campaign_id", "landing_page")
"""Where somebody came from is told once: when they are new."""


@dataclass(frozen=True, slots=True)
class From:
    """By which door a lead came, and what it sets where the lead says nothing."""

    source: str
    key: str
    received: datetime
    fingerprint: str = ""


def arriving(lead: Mapping[str, Any], came: From) -> Arriving:
    """A lead. UserProblem `nobody` where it says nothing one could reach or know somebody by."""
    about = {k: v for k in ABOUT if (v := lead.get(k)) is not None}
    person, _, remarks = person_of(about | dict(lead.get("properties") or {}))
    firm, more = _firm(lead)
    if firm is not None and (name := dict(firm.fields).get("name")):
        person = (*person, ("company_name", name))
    fields = dict(person)
    who = known_by(
        external=text_of(lead.get("id")), email=fields.get("email"), phone=fields.get("phone"),
        country=fields.get("country"), anonymous=text_of(lead.get("anonymous_id")),
    )  # fmt: skip
    if not any(kind != "anonymous" for kind, _ in who):
        raise UserProblem(
            "nobody", "This lead is of nobody we could reach.", "It has no id, no e-mail address and no phone number.",
            "Send an `email`, a `phone` with its country's code (+49...), or your own `id` of the person.",
        )  # fmt: skip
    at, remark = happened(lead.get("at"), came.received)
    first = tuple((k, v) for k in ONCE if (v := text_of(lead.get(k))))
    return Arriving(
        key=came.key, source=came.source, fingerprint=came.fingerprint, at=at, recorded_at=came.received,
        known_by=who, person=person, first=first, firm=firm, touch=_met(lead),
        remarks=tuple(r for r in (remark, *remarks, *more) if r),
        body=lead,
    )  # fmt: skip


def fingerprint(lead: Mapping[str, Any]) -> str:
    """The SHA-256 over what was sent, in whatever order its keys came."""
    return sha256(json.dumps(lead, sort_keys=True, default=str).encode("utf-8", "replace")).hexdigest()


def _firm(lead: Mapping[str, Any]) -> tuple[Firm | None, tuple[str, ...]]:
    told = dict(lead.get("account") or {})
    if told or lead.get("company") or lead.get("domain"):  # a firm is where its people are, unless it is said
        told.setdefault("country", lead.get("country"))
    named = {"name": lead.get("company"), "domain": lead.get("domain")}
    told = {k: v for k, v in (named | told).items() if v is not None}
    key = text_of(told.pop("id", None))
    told |= dict(told.pop("properties", None) or {})
    if not told and key is None:
        return None, ()
    return firm_of(told, key)


def _met(lead: Mapping[str, Any]) -> Met | None:
    kind = text_of(lead.get("touch"))
    if kind is None:
        return None
    return Met(
        kind, text_of(lead.get("channel")), text_of(lead.get("campaign_id")), text_of(lead.get("content")),
        text_of(lead.get("url")),
    )  # fmt: skip
