"""A lead in a JSON file, to be routed in advance: its fields, what it did, who had it before.

    {"person": {"country": "DE", "source": "webinar"}, "account.employees": 300,
     "touches": [{"kind": "webinar.attended", "at": "2026-10-01T09:00Z"}], "holders": ["lena"]}

Promise: a name the agreement does not know, and a value of another type than its field, is said and not guessed at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from oarlock.agreement.names import Names
from oarlock.agreement.terms import Terms
from oarlock.agreement.tree import Type
from oarlock.ground.problems import Place, UserProblem
from oarlock.lifecycle.judging import Moment
from oarlock.lifecycle.telling import as_text
from oarlock.routing import Lead

LARGEST = 1_000_000
_TYPES: dict[Type, tuple[type, ...]] = {"text": (str,), "number": (int, float), "flag": (bool,), "time": (str,)}
_HAPPENED = ("touches", "activities")


@dataclass(frozen=True, slots=True)
class Tried:
    """A lead as routing is to see it at an instant."""

    lead: Lead
    moment: Moment


def read_lead(path: Path, terms: Terms, now: datetime) -> Tried:
    """The lead in that file. UserProblem `lead-...` where it cannot be read."""
    data = _json(path)
    values = dict(_values(data, Names.of(terms), path))
    touches, activities = (_happened(data.get(key, []), key, now, path) for key in _HAPPENED)
    holders = data.get("holders", [])
    if not isinstance(holders, list) or not all(isinstance(holder, str) for holder in holders):
        raise _wrong("`holders` is not a list of names.", 'Write `"holders": ["lena"]`, the last holder last.', path)
    lead = Lead(
        values.get("person.id") or "a lead", values.get("account.owner_id"), values.get("person.source"),
        tuple(holders), values.get("person.language"),
    )  # fmt: skip
    return Tried(lead, Moment(now, terms, values, touches, activities))


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise _wrong("The file is larger than a megabyte.", "A lead is a few fields.", path)
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise _wrong(f"The file cannot be read: {error.strerror}.", "Name a JSON file with one lead.", path) from error
    except (ValueError, RecursionError) as error:
        raise _wrong("The file is not JSON.", 'Write an object such as {"person.country": "DE"}.', path) from error
    if not isinstance(data, dict):
        raise _wrong("The file is not one lead.", 'Write an object such as {"person.country": "DE"}.', path)
    return data


def _wrong(what: str, next_step: str, path: Path) -> UserProblem:
    return UserProblem("lead-unreadable", what, "", next_step, Place(str(path)))


def _values(data: Mapping[str, Any], names: Names, path: Path) -> Iterator[tuple[str, str | None]]:
    """Fields by path, `{"person": {"country": ...}}` and `{"person.country": ...}` alike, as the lake's texts."""
    for key, value in data.items():
        if key in (*_HAPPENED, "holders"):
            continue
        for name, single in value.items() if isinstance(value, dict) else ((None, value),):
            field = names.path(f"{key}.{name}" if name is not None else key)
            yield field, _text(field, single, names, path)


def _text(field: str, value: object, names: Names, path: Path) -> str | None:
    kind = names.type_of(field)
    if kind is None or "." not in field:
        what = f"`{field[:80]}` is no field the agreement knows."
        raise UserProblem("lead-unknown-field", what, "", names.suggestion(field), Place(str(path)))
    if value is None:
        return None
    if not isinstance(value, _TYPES[kind]) or (kind != "flag" and isinstance(value, bool)):
        what = f"`{field}` is a {kind}, and {json.dumps(value)[:40]} is none."
        raise UserProblem("lead-wrong-type", what, "", "Write a value of that type, or null.", Place(str(path)))
    return as_text(_instant(value, path) if kind == "time" else value)


def _happened(told: object, key: str, now: datetime, path: Path) -> tuple[tuple[datetime, str], ...]:
    """What the lead did, or was done with it, oldest first; nothing of it lies after now."""
    fit = isinstance(told, list) and all(isinstance(one, dict) and isinstance(one.get("kind"), str) for one in told)
    if not isinstance(told, list) or not fit:
        raise _wrong(
            f"`{key}` is not a list.", f'Write `"{key}": [{{"kind": "...", "at": "2026-10-01T09:00Z"}}]`.', path
        )
    return tuple(sorted((_instant(one.get("at", now.isoformat()), path), one["kind"]) for one in told))


def _instant(told: object, path: Path) -> datetime:
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError as error:
        raise _wrong(f"`{str(told)[:40]}` is not a time.", "Write 2026-10-01T09:00Z.", path) from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
