"""Which part of somebody's JSON is which field of a lead: dotted paths, `contact.emails.0.value`.

Promises: a path looks into objects and lists and nowhere else; an entry that is not there is nothing, and a lead whose
paths all miss says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Options
from dataclasses import dataclass
from typing import Any

from oarlock.connectors.bounded import instant_of, text_of
from oarlock.connectors.said import CLOSED
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean

PATH = re.compile(r"[^.\s]{1,100}(\.[^.\s]{1,100}){0,9}")
PERSON = (
    "id", "anonymous_id", "email", "name", "title", "phone", "country", "region", "language", "consent", "company",
    "domain", "source", "source_detail", "campaign_id", "landing_page", "touch", "channel", "content", "url", "at",
)  # fmt: skip
FIRM = ("id", "name", "domain", "industry", "employees", "annual_revenue", "country")
KEYS = ("fields", "fixed", "account", "properties", "list", "id")
MOST = 500
"""Leads in one delivery."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Field -> path (`fields`, `account`, `properties`), field -> text that always holds (`fixed`); `list` is the path
    to the leads where there are several, `id` that of the sender's own id of each."""

    fields: tuple[tuple[str, str], ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    account: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    list: str = ""
    id: str = ""

    @classmethod
    def of(cls, options: Options[str, Any]) -> Mapping:
        """As its entrance keeps it. UserProblem `bad-mapping` in words where it makes no sense."""
        strange = sorted(set(options) - set(KEYS))
        if strange:
            raise _bad(f"“{strange[0][:60]}” is no part of a mapping.", did_you_mean(strange[0], KEYS))
        parts = {name: _pairs(options.get(name, {}), name) for name in ("fields", "fixed", "account", "properties")}
        _require_known(parts["fields"], PERSON)
        _require_known(parts["fixed"], PERSON)
        _require_known(parts["account"], FIRM)
        closed = next((field for field, _ in parts["properties"] if field in CLOSED), None)
        if closed:
            raise _bad(f"“{closed}” cannot be set from outside.")
        paths = [p for name in ("fields", "account", "properties") for _, p in parts[name]]
        for path in (*paths, *(str(options[k]) for k in ("list", "id") if options.get(k))):
            if not PATH.fullmatch(path):
                raise _bad(f"“{path[:60]}” is no path.", "A path is names with dots: contact.email")
        return cls(list=str(options.get("list", "")), id=str(options.get("id", "")), **parts)


@dataclass(frozen=True, slots=True)
class Told:
    """One lead of a delivery, in the words of `connectors.leads`, and the sender's own id of it (or nothing)."""

    lead: dict[str, Any]
    id: str | None


def leads_of(mapping: Mapping, said: object) -> tuple[Told, ...]:
    """The leads of one delivery. UserProblem `no-list`, `too-many`."""
    if not mapping.list:
        return (_lead(mapping, said),)
    found = looked(said, mapping.list)
    if not isinstance(found, list):
        raise UserProblem("no-list", f"There is no list at “{mapping.list}”.", "", "Set another path, or none.")
    if len(found) > MOST:
        raise UserProblem("too-many", f"This holds {len(found):,} leads.", f"At most {MOST} are taken at once.")
    return tuple(_lead(mapping, one) for one in found)


def _lead(mapping: Mapping, said: object) -> Told:
    lead: dict[str, Any] = dict(mapping.fixed)
    lead |= {f: v for f, path in mapping.fields if (v := text_of(looked(said, path))) is not None}
    if isinstance(lead.get("at"), str):
        lead["at"] = instant_of(lead["at"])
    account = {f: v for f, path in mapping.account if (v := text_of(looked(said, path))) is not None}
    properties = {f: v for f, path in mapping.properties if (v := text_of(looked(said, path))) is not None}
    if account:
        lead["account"] = account
    if properties:
        lead["properties"] = properties
    return Told(lead, text_of(looked(said, mapping.id)) if mapping.id else None)


def looked(said: object, path: str) -> object:
    """What lies at that path; None where nothing does."""
    here = said
    for name in path.split("."):
        if isinstance(here, dict):
            here = here.get(name)
        elif isinstance(here, list) and name.isdecimal() and len(name) < 6 and int(name) < len(here):
            here = here[int(name)]
        else:
            return None
    return here


def _pairs(told: object, name: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(told, dict) or not all(isinstance(v, str) for v in told.values()):
        raise _bad(f"“{name}” is an object of names and texts.")
    return tuple(told.items())


def _require_known(pairs: tuple[tuple[str, str], ...], known: tuple[str, ...]) -> None:
    for field, _ in pairs:
        if field not in known:
            raise _bad(f"“{field[:60]}” is no field of a lead.", did_you_mean(field, known))


def _bad(what: str, next_step: str = "") -> UserProblem:
    return UserProblem("bad-mapping", what, "", next_step)
