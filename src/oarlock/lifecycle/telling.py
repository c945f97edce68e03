"""From a person's rows in the lake or store to the facts of their life: what happened, told in order.

A field with a history is told by its changes; a field without one is taken as it stands now, known since the person
was first seen. An opportunity is told by its creation, its changes and its closing, each with its whole state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from oarlock.records.facts import Appeared, Changed, DealMoved, Fact

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rows:
    """One person's rows. `changes` holds those of the person, of their account and of their opportunities."""

    person: Row
    account: Row | None = None
    opportunities: Sequence[Row] = ()
    changes: Sequence[Changed] = ()
    others: Sequence[Fact] = ()


def tell(rows: Rows, paths: Iterable[str]) -> tuple[Fact, ...]:
    """All facts of one life, in order; `paths` are the fields wanted (`person.email`, `opportunity.amount`)."""
    wanted = frozenset(paths)
    facts = [*_appeared(rows, wanted), *_changes(rows), *_deals(rows, wanted), *rows.others]
    return tuple(sorted(facts, key=lambda f: f.order))


def _appeared(rows: Rows, wanted: frozenset[str]) -> Iterator[Appeared]:
    created = rows.person["created_at"]
    if not isinstance(created, datetime):
        return
    told = {f"{c.entity}.{c.field}" for c in rows.changes}
    values = tuple((p, _now(rows, p)) for p in sorted(wanted - told) if p.startswith(("person.", "account.")))
    yield Appeared(id="", at=created, recorded_at=created, person_id=str(rows.person["person_id"]), values=values)


def _now(rows: Rows, path: str) -> str | None:
    """The current value of a person's or account's field as text."""
    entity, _, name = path.partition(".")
    row = rows.person if entity == "person" else rows.account
    return None if row is None else as_text(_cell(row, f"{entity}_id" if name == "id" else name))


def _cell(row: Row, name: str) -> object:
    properties = row.get("properties")
    if name in row or not isinstance(properties, Mapping):
        return row.get(name)
    return properties.get(name)


def instant_text(at: datetime) -> str:
    """An instant as text that sorts as instants do: ISO 8601 in UTC to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def as_text(value: object) -> str | None:
    """A value as the lake's texts write it: times in ISO 8601 with offset, numbers shortest, flags in small letters."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _changes(rows: Rows) -> Iterator[Changed]:
    """Changes of the person, and of the account (those from before the person was known count from then on)."""
    created = rows.person["created_at"]
    for change in rows.changes:
        if change.entity == "account" and isinstance(created, datetime) and change.at < created:
            yield replace(change, at=created, id=f"{instant_text(change.at)}:{change.id}")
        elif change.entity in ("person", "account"):
            yield change


def _deals(rows: Rows, wanted: frozenset[str]) -> Iterator[DealMoved]:
    names = sorted({p.partition(".")[2] for p in wanted if p.startswith("opportunity.")} - {"id", "status"})
    for row in rows.opportunities:
        own = [c for c in rows.changes if (c.entity, c.entity_id) == ("opportunity", row["opportunity_id"])]
        yield from _moves(str(rows.person["person_id"]), row, own, names)


def _moves(person_id: str, row: Row, changes: Sequence[Changed], names: Sequence[str]) -> Iterator[DealMoved]:
    """One opportunity's states: a list of (fact, fields it set), folded in order."""
    steps = sorted([*_created(row, changes, names), *_closed(row, changes), *_moved(row, changes)], key=lambda s: s[:3])
    state: dict[str, str | None] = {}
    was: str | None = None
    for at, recorded_at, key, values in steps:
        state |= values
        rest = tuple((name, state.get(name)) for name in names)
        status = state.get("status") or "open"
        if status == was != "open":
            continue  # an edit of a closed deal is no news, and must not bring it into a later cycle
        yield DealMoved(
            id=key, at=at, recorded_at=recorded_at, person_id=person_id, opportunity_id=str(row["opportunity_id"]),
            status=status, was=was, values=rest,
        )  # fmt: skip
        was = status


Step = tuple[datetime, datetime, str, dict[str, str | None]]

AT_CLOSING = ("status", "closed_at", "lost_reason")
"""Fields nobody can know before an opportunity is closed."""


def _created(row: Row, changes: Sequence[Changed], names: Sequence[str]) -> Iterator[Step]:
    at, closed = row["created_at"], row["closed_at"]
    if not isinstance(at, datetime):
        return
    told = {c.field for c in changes}
    values = {n: as_text(_cell(row, n)) for n in names if n not in told and n not in AT_CLOSING}
    if "status" not in told and not (isinstance(closed, datetime) and closed < at):
        values["status"] = "open"
    yield at, at, f"{row['opportunity_id']}:0", values


def _closed(row: Row, changes: Sequence[Changed]) -> Iterator[Step]:
    at, told = row["closed_at"], {c.field for c in changes}
    if isinstance(at, datetime) and row["status"] != "open":
        values = {n: as_text(row.get(n)) for n in AT_CLOSING if n not in told}
        yield at, at, f"{row['opportunity_id']}:1", values


def _moved(row: Row, changes: Sequence[Changed]) -> Iterator[Step]:
    for c in changes:
        yield c.at, c.recorded_at, f"{row['opportunity_id']}:2:{c.id}", {c.field: c.value}
