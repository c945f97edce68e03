"""What one form is set to, and the lead in what was posted.

Promises: without consent, where the form asks for it, nothing of the visitor is kept; an answer leads only to the
address that was set, never to one that was posted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from oarlock.connectors.bounded import text_of
from oarlock.connectors.said import person_of
from oarlock.ground.problems import UserProblem
from oarlock.matching.reaching import email_of

TRAP = "fax_number"
"""A field no person sees. Whoever fills it in is a machine."""
OURS = frozenset({TRAP, "consent", "anonymous_id", "csrfmiddlewaretoken"})
MOST_FIELDS = 60
FILLED = "form.filled"


@dataclass(frozen=True, slots=True)
class Form:
    """One form. `origins` are the pages it may be posted from (none: any); `thanks` is where it leads afterwards."""

    touch: str = FILLED
    source: str = ""
    campaign_id: str = ""
    consent: str = ""
    thanks: str = ""
    origins: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Form:
        """As its entrance keeps it."""
        plain = {k: str(options.get(k, "")) for k in ("source", "campaign_id", "consent", "thanks")}
        return cls(str(options.get("touch") or FILLED), origins=tuple(options.get("origins", ())), **plain)

    def may_come_from(self, origin: str) -> bool:
        """Whether a page of that origin may post it."""
        return not self.origins or origin.rstrip("/").lower() in self.origins


def trapped(posted: Mapping[str, str]) -> bool:
    """Whether the field nobody sees was filled in."""
    return bool(posted.get(TRAP, "").strip())


def lead_of(form: Form, posted: Mapping[str, str], page: str, received: datetime) -> dict[str, Any]:
    """The lead, in the words of `connectors.leads`. UserProblem `no-email`, `no-consent`, `too-many-fields`."""
    if len(posted) > MOST_FIELDS:
        raise UserProblem("too-many-fields", "This form has too many fields.", f"At most {MOST_FIELDS}.")
    told = {k: v for k, v in posted.items() if k not in OURS}
    plain, firm, _ = person_of(told)
    fields = {k: v for k, v in plain if v}
    address = email_of(fields.get("email"))
    if address is None:
        raise UserProblem("no-email", "Please give an e-mail address.", "", "For example name@company.com.")
    if form.consent and not posted.get("consent", "").strip():
        raise UserProblem("no-consent", "Please agree to be contacted.", "Without it nothing you typed is kept.")
    lead: dict[str, Any] = {k: fields.pop(k) for k in ("name", "title", "phone", "country", "region", "language")
                            if k in fields}  # fmt: skip
    lead |= {"email": address, "touch": form.touch, "channel": "web", "at": received}
    lead |= {"source": form.source or None, "campaign_id": form.campaign_id or fields.get("campaign_id")}
    lead |= {"consent": _consent(form, received), "anonymous_id": text_of(posted.get("anonymous_id"))}
    lead |= {"landing_page": urlsplit(page.replace("[", "").replace("]", "")).path or None, "url": page or None}
    taken = ("email", "company_name", "source", "campaign_id", "landing_page", "source_detail", "consent")
    lead["properties"] = {k: v for k, v in fields.items() if k not in taken}
    if firm is not None:
        lead["account"] = dict(firm.fields)
    return {k: v for k, v in lead.items() if v is not None}


def _consent(form: Form, received: datetime) -> str | None:
    """What was agreed to and when, in words one can show later."""
    return f"{form.consent} ({received:%Y-%m-%d %H:%M} UTC, form)" if form.consent else None
