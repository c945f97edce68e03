"""Events as Segment's clients send them, one or a batch, as arrivals of ours.

Time: `at = received - (sentAt - timestamp)`, so that a client's wrong clock does not matter; without `sentAt` the
timestamp itself counts. What lies ahead or before 2000 counts as received now, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from oarlock.connectors.bounded import happened, instant_of, json_of, text_of, too_large, unpacked, unreadable
from oarlock.connectors.known import known_by
from oarlock.connectors.said import firm_of, person_of
from oarlock.connectors.segment.names import Kinds
from oarlock.ground.ids import fact_id
from oarlock.ground.problems import UserProblem
from oarlock.records.arrivals import Arriving, Fields, Firm, Identity, Letter, Met

MOST_BYTES = 500_000
EVENT_BYTES = 32_000
TYPES = ("track", "page", "screen", "identify", "group", "alias")
_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Read:
    """What one request told."""

    arrivals: tuple[Arriving, ...]
    letters: tuple[Letter, ...] = ()


def opened(data: bytes, packed: bool) -> Mapping[str, Any]:
    """What was sent, unpacked. UserProblem `too-large`, `unreadable`."""
    plain = unpacked(data, MOST_BYTES) if packed else data
    if len(plain) > MOST_BYTES:
        raise too_large(MOST_BYTES)
    said = json_of(plain)
    if not isinstance(said, dict):
        raise unreadable("It is JSON, and no object.")
    return said


def key_in(said: Mapping[str, Any]) -> str:
    """The write key a browser sends in the body; a batch may have it in its events."""
    batch = said.get("batch")
    inner = batch[0] if isinstance(batch, list) and batch and isinstance(batch[0], dict) else _EMPTY
    found = said.get("writeKey") or inner.get("writeKey")
    return found if isinstance(found, str) else ""


def read(said: Mapping[str, Any], how: str, *, source: str, kinds: Kinds, received: datetime) -> Read:
    """The events of one request; `how` is `batch` or the type of a single one."""
    if how != "batch":
        return _one(said, how, _When(received, instant_of(said.get("sentAt"))), source, kinds)
    batch = said.get("batch")
    if not isinstance(batch, list):
        return Read((), (_letter(said, source, "no-batch", "A batch has a list `batch` of events."),))
    when = _When(received, instant_of(said.get("sentAt")))
    shared = said.get("context")
    found = [_of_batch(event, shared, when, source, kinds) for event in batch]
    return Read(tuple(a for r in found for a in r.arrivals), tuple(one for r in found for one in r.letters))


@dataclass(frozen=True, slots=True)
class _When:
    received: datetime
    sent: datetime | None


def _of_batch(event: object, shared: object, when: _When, source: str, kinds: Kinds) -> Read:
    if not isinstance(event, dict):
        return Read((), (_letter(event, source, "no-event", "An event is an object."),))
    if isinstance(shared, dict):
        event = {**event, "context": {**shared, **_inside(event, "context")}}
    sent = instant_of(event.get("sentAt")) or when.sent
    return _one(event, str(event.get("type", "")), _When(when.received, sent), source, kinds)


def _one(event: Mapping[str, Any], kind: str, when: _When, source: str, kinds: Kinds) -> Read:
    """One event; what is wrong with it is a letter."""
    key = ""
    try:
        _require(event, kind)
        key = _key(event, source, when.received)
        return Read((_arriving(event, kind, key, when, source, kinds),))
    except UserProblem as problem:
        why = " ".join(part for part in (problem.what, problem.why, problem.next_step) if part)
        return Read((), (_letter({**event, "type": kind}, source, problem.code, why, key),))


def _require(event: Mapping[str, Any], kind: str) -> None:
    if kind not in TYPES:
        raise UserProblem("unknown-type", f"There is no event of type “{kind[:40]}”.", f"Known: {', '.join(TYPES)}.")
    if _too_long(event):
        raise UserProblem("event-too-large", "This event is too large.", f"At most {EVENT_BYTES // 1000} KB.")


def _too_long(event: Mapping[str, Any]) -> bool:
    """Most events are a handful of short texts, which need not be written out to be measured."""
    return len(event) > 64 or len(repr(event)) > EVENT_BYTES


def _key(event: Mapping[str, Any], source: str, received: datetime) -> str:
    """The sender's own id. Without one the same words at the same time are the same event; without a time of its own
    an event is a new one whenever it comes."""
    told = event.get("messageId")
    if not isinstance(told, str) or not told.strip():
        plain = {k: v for k, v in event.items() if k not in ("sentAt", "writeKey")}
        own = any(event.get(name) for name in ("timestamp", "originalTimestamp"))
        whole = json.dumps(plain, sort_keys=True, default=str) + ("" if own else received.isoformat())
        return f"{source}:-{sha256(whole.encode('utf-8', 'replace')).hexdigest()}"
    clean = text_of(told) or ""
    return f"{source}:{clean if 0 < len(clean) <= 200 else fact_id(told)}"


def _arriving(event: Mapping[str, Any], kind: str, key: str, when: _When, source: str, kinds: Kinds) -> Arriving:
    at, remark = _at(event, when)
    context = _inside(event, "context")
    traits = _inside(event, "traits") if kind in ("identify", "group") else _inside(context, "traits")
    person, firm, remarks = person_of(traits) if traits and kind != "group" else person_of(_inside(context, "traits"))
    if kind == "group":
        firm, more = _group(event)
        remarks = (*remarks, *more)
    who = _who(event, person)
    if not who:
        raise UserProblem("nobody", "This event is of nobody.", "It has neither userId, anonymousId, e-mail nor phone.")
    return Arriving(
        key=key, source=source, at=at, recorded_at=when.received, known_by=who,
        was=_was(event) if kind == "alias" else (),
        person=person if kind != "alias" else (), first=_first(context, person), firm=firm,
        touch=_met(event, kind, context, kinds), remarks=tuple(r for r in (remark, *remarks) if r),
        body=event,
    )  # fmt: skip


def _at(event: Mapping[str, Any], when: _When) -> tuple[datetime, str]:
    told = instant_of(event.get("originalTimestamp")) or instant_of(event.get("timestamp"))
    if told is not None and when.sent is not None:
        told = when.received - (when.sent - told)
    return happened(told, when.received)


def _who(event: Mapping[str, Any], person: Fields) -> tuple[Identity, ...]:
    fields = dict(person)
    return known_by(
        external=text_of(event.get("userId")), email=fields.get("email"), phone=fields.get("phone"),
        country=fields.get("country"), anonymous=text_of(event.get("anonymousId")),
    )  # fmt: skip


def _was(event: Mapping[str, Any]) -> tuple[Identity, ...]:
    """Whoever an alias was before: a visitor, or somebody under another id of theirs."""
    before = text_of(event.get("previousId"))
    if before is None:
        raise UserProblem("no-previous-id", "This alias says nobody's former id.", "", "Send a previousId.")
    return (("anonymous", before[:320]), ("external", before[:320]))


def _group(event: Mapping[str, Any]) -> tuple[Firm, tuple[str, ...]]:
    key = text_of(event.get("groupId"))
    firm, remarks = firm_of(_inside(event, "traits"), key[:200] if key else None)
    if key is None and not firm.fields:
        raise UserProblem("no-group", "This group has neither a groupId nor traits.")
    return firm, remarks


def _first(context: Mapping[str, Any], person: Fields) -> Fields:
    """Where somebody new came from."""
    campaign, page, known = _inside(context, "campaign"), _inside(context, "page"), dict(person)
    said = {
        "source": text_of(campaign.get("source")), "campaign_id": _campaign(campaign),
        "landing_page": text_of(page.get("path")), "language": _language(context),
    }  # fmt: skip
    return tuple((name, value) for name, value in said.items() if value and name not in known)


def _language(context: Mapping[str, Any]) -> str | None:
    locale = text_of(context.get("locale"))
    return locale.replace("_", "-").partition("-")[0].lower()[:8] if locale else None


def _campaign(campaign: Mapping[str, Any]) -> str | None:
    found = text_of(campaign.get("id")) or text_of(campaign.get("name"))
    return found[:200] if found else None


def _met(event: Mapping[str, Any], kind: str, context: Mapping[str, Any], kinds: Kinds) -> Met | None:
    if kind not in ("track", "page", "screen"):
        return None
    properties, campaign, page = _inside(event, "properties"), _inside(context, "campaign"), _inside(context, "page")
    url = text_of(properties.get("url")) or text_of(page.get("url"))
    if kind == "track":
        name = text_of(event.get("event"))
        word = kinds.of_event(name) if name else ""
        if not word:
            raise UserProblem("no-event-name", "This event has no name.", "", "Send `event`, such as `Demo Requested`.")
    else:
        word = kinds.of_page(text_of(event.get("name")) or text_of(properties.get("name")), url, kind)
    channel = text_of(campaign.get("medium")) or ("web" if page or context.get("userAgent") else None)
    content = text_of(properties.get("title")) or text_of(campaign.get("content"))
    return Met(word, channel, _campaign(campaign), content, url)


def _inside(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else _EMPTY


def _letter(said: object, source: str, code: str, reason: str, key: str = "") -> Letter:
    return Letter(source, json.dumps(said, ensure_ascii=False, default=str), code, reason, key)
