"""A letter mended and sent again through the door it came by, as if it had just come.

Promises: taken in and ended in one transaction; what is still wrong is said, and the letter stays with its new words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from oarlock.connectors import leads, segment, webhook
from oarlock.connectors.bounded import instant_of, json_of
from oarlock.connectors.leads import From
from oarlock.ground.problems import UserProblem
from oarlock.records.arrivals import Arriving
from oarlock.store.models import DeadLetter
from oarlock.store.reads.entrances import entrance
from oarlock.store.writes import dead_letters
from oarlock.store.writes.arrivals import Parcel, take_in
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.dead_letters import TAKEN_IN


@dataclass(frozen=True, slots=True)
class Door:
    """What reading a letter takes: where it came by, the arrival it would have been, and the kinds of the agreement."""

    source: str
    key: str
    kinds: segment.Kinds
    now: datetime


def replay(letter_id: str, body: str, kinds: segment.Kinds, *, acting: Acting, now: datetime) -> str:
    """Take a letter in with these words; the person's id. UserProblem where it still cannot be."""
    with transaction.atomic():
        found = dead_letters.take(letter_id)
        try:
            arrival = _read(found, body, Door(found.source, found.arrival, kinds, now))
            taken = take_in([Parcel((arrival,), told=True)], now=now)[0][0]
            if taken.state == "conflict":
                raise UserProblem("conflict-key", "Something else came under its key since.", "", "Drop this letter.")
        except UserProblem as problem:
            wrong = problem
        else:
            dead_letters.end(letter_id, TAKEN_IN, arrival.key, "", acting=acting, now=now)
            return str(taken.answer.get("person_id", ""))
    dead_letters.say(letter_id, body, wrong.code, f"{wrong.what} {wrong.why}".strip())
    raise wrong


def _read(found: DeadLetter, body: str, door: Door) -> Arriving:
    said = json_of(body.encode("utf-8", "replace"))
    if not isinstance(said, dict):
        raise UserProblem("unreadable", "It is JSON, and no object.")
    kind = found.source.partition(":")[0]
    if kind == "segment":
        return _event(said, door)
    if kind == "hook":
        return _delivery(said, door)
    return _lead(said, door)


def _event(said: dict[str, Any], door: Door) -> Arriving:
    read = segment.read(said, str(said.get("type", "")), source=door.source, kinds=door.kinds, received=door.now)
    for letter in read.letters:
        raise UserProblem(letter.code, letter.reason)
    return read.arrivals[0]


def _delivery(said: dict[str, Any], door: Door) -> Arriving:
    """One delivery's own words, or one lead of it as the mapping had left it."""
    way = entrance(door.source.rpartition(":")[2])
    told = webhook.leads_of(webhook.Mapping.of(way.options), said) if way else ()
    if len(told) != 1 or not told[0].lead.keys() & {"id", "email", "phone"}:
        return _lead(said, door)
    return leads.arriving(told[0].lead, _came(door, told[0].id))


def _lead(said: dict[str, Any], door: Door) -> Arriving:
    lead = {k: v for k, v in said.items() if v is not None}
    if isinstance(lead.get("at"), str):
        lead["at"] = instant_of(lead["at"])
    for name in ("account", "properties"):
        if not isinstance(lead.get(name, {}), dict):
            raise UserProblem("invalid", f"“{name}” is an object.")
    return leads.arriving(lead, _came(door, None))


def _came(door: Door, own: str | None) -> From:
    key = f"{door.source}:{own}" if own else door.key
    return From(door.source, key or f"{door.source}:letter-{door.now.isoformat()}", door.now)


def as_text(body: str) -> str:
    """A letter's words, laid out where they are JSON."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
