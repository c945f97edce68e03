"""What happened to a record, newest first: touches, activities, changes, hand-offs, and the stages that were entered.

Promises: one query a page, whatever the kinds; a page continues exactly where the last one ended; each stage entry
says which version judged it, and the version's rule is told in words beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from oarlock.agreement.terms import Stage, Terms
from oarlock.ground.intervals import instant_of, micros
from oarlock.store.reads.walking import Place

KINDS = ("touches", "activities", "stages", "handoffs", "changes", "deals")
"""What a story can be narrowed to."""
SIZE = 40


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `kind` is one of KINDS; the texts mean what `_PARTS` says of that kind."""

    at: datetime
    kind: str
    id: str
    what: str
    a: str | None
    b: str | None
    c: str | None
    d: str | None
    number: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """A page of moments, newest first."""

    moments: tuple[Moment, ...]
    after: Place | None


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose story: the ids of people (one, and those merged into them), accounts and deals it is told of."""

    people: tuple[str, ...] = ()
    deals: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


_PARTS = {
    "touches": (
        # channel, content, campaign, url
        "SELECT at, 'touches' AS kind, touch_id AS id, coalesce(kind, '') AS what, channel AS a, content AS b,"
        " campaign_id AS c, url AS d, cast(NULL AS double precision) AS number"
        " FROM touches WHERE person_id IN ({people})"
    ),
    "activities": (
        # user, outcome, direction, deal; minutes
        "SELECT at, 'activities' AS kind, activity_id AS id, kind AS what, user_id AS a, outcome AS b,"
        " direction AS c, opportunity_id AS d, minutes AS number FROM activities WHERE person_id IN ({people})"
    ),
    "deal-activities": (
        "SELECT at, 'activities' AS kind, activity_id AS id, kind AS what, user_id AS a, outcome AS b,"
        " direction AS c, person_id AS d, minutes AS number FROM activities WHERE opportunity_id IN ({deals})"
    ),
    "handoffs": (
        # by, to, reason, hand-off
        "SELECT at, 'handoffs' AS kind, event_id AS id, kind AS what, by AS a, \"to\" AS b, reason AS c,"
        " handoff_id AS d, cycle AS number FROM handoff_events WHERE person_id IN ({people})"
    ),
    "stages": (
        # because, skipped, cycle, person; version
        "SELECT at, 'stages' AS kind, stage AS id, stage AS what, because AS a,"
        " CASE WHEN skipped THEN 'skipped' END AS b, cast(cycle AS text) AS c, person_id AS d, version AS number"
        " FROM stage_entries WHERE person_id IN ({people})"
    ),
    "changes": (
        # value, by, origin, record
        "SELECT at, 'changes' AS kind, change_id AS id, field AS what, value AS a, by AS b, origin AS c,"
        " entity_id AS d, cast(NULL AS double precision) AS number"
        " FROM changes WHERE entity = 'person' AND entity_id IN ({people})"
    ),
    "deals": (
        "SELECT at, 'deals' AS kind, change_id AS id, field AS what, value AS a, by AS b, origin AS c,"
        " entity_id AS d, cast(NULL AS double precision) AS number"
        " FROM changes WHERE entity = 'opportunity' AND entity_id IN ({deals})"
    ),
    "account-changes": (
        "SELECT at, 'changes' AS kind, change_id AS id, field AS what, value AS a, by AS b, origin AS c,"
        " entity_id AS d, cast(NULL AS double precision) AS number"
        " FROM changes WHERE entity = 'account' AND entity_id IN ({accounts})"
    ),
}
"""One stretch of one index a kind; `text` columns only, so that the kinds stack."""
_OF_PEOPLE = ("touches", "activities", "handoffs", "stages", "changes")


def story(whose: Whose, kind: str = "", after: Place | None = None, size: int = SIZE) -> Story:
    """A page of what happened, from the newest or from a place on; `kind` narrows it to one of KINDS."""
    parts = [*(_OF_PEOPLE if whose.people else ()), *(("deals",) if whose.deals else ())]
    if not whose.people:
        parts += ["deal-activities"] if whose.deals else []
        parts += ["account-changes"] if whose.accounts else []
    wanted = [part for part in parts if not kind or _kind_of(part) == kind]
    if not wanted:
        return Story((), None)
    rows = _rows(wanted, whose, after, size + 1)
    shown = tuple(_moment(row) for row in rows[:size])
    return Story(shown, _place(shown[-1]) if len(rows) > size else None)


def _kind_of(part: str) -> str:
    return {"deal-activities": "activities", "account-changes": "changes"}.get(part, part)


def _rows(parts: Sequence[str], whose: Whose, after: Place | None, size: int) -> list[Any]:
    """Each kind's next rows, stacked, and the newest of all of them."""
    said: list[str | int] = []
    stacked = []
    for part in parts:
        text, ids = _stretch(part, whose)
        said += ids
        if after is not None:
            text = f"SELECT * FROM ({text} AND at <= %s) AS until_then WHERE at < %s OR kind || ' ' || id < %s"  # noqa: S608  # names of ours
            said += [int(after.value or 0)] * 2 + [after.key]
        name = part.replace("-", "_")
        stacked.append(f"SELECT * FROM ({text} ORDER BY at DESC, id DESC LIMIT {size}) AS {name}")  # noqa: S608  # names of ours
    whole = f"SELECT * FROM ({' UNION ALL '.join(stacked)}) AS story"  # noqa: S608  (texts of _PARTS only)
    with connection.cursor() as cursor:
        cursor.execute(f"{whole} ORDER BY at DESC, kind || ' ' || id DESC LIMIT {size}", said)
        return list(cursor.fetchall())


def _stretch(part: str, whose: Whose) -> tuple[str, list[str]]:
    """The text of a part with as many places as there are ids, and the ids."""
    text = _PARTS[part]
    ids = {"people": whose.people, "deals": whose.deals, "accounts": whose.accounts}
    name = next(name for name in ids if f"{{{name}}}" in text)
    return text.format(**{name: ", ".join(["%s"] * len(ids[name]))}), [*ids[name]]


def _moment(row: Sequence[Any]) -> Moment:
    at, kind, key, what, a, b, c, d, number = row
    return Moment(instant_of(at), kind, key, what, a, b, c, d, float(number) if number is not None else None)


def _place(last: Moment) -> Place:
    return Place(micros(last.at), f"{last.kind} {last.id}")


@dataclass(frozen=True, slots=True)
class Judged:
    """The words behind a stage entry: the stage's name and owner, and its rule, in the version that judged."""

    name: str
    owner: str
    rule: str


def judged(terms: Terms, stage_key: str) -> Judged:
    """How that version puts it."""
    stage: Stage | None = terms.stage(stage_key)
    if stage is None:
        return Judged(stage_key, "joint", "")
    from oarlock.agreement.sentences import ruled

    return Judged(stage.name, stage.owner, ruled(terms, stage.rule) if stage.rule else "")
