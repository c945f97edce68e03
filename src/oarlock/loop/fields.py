"""What a report may be broken down by: the lake's columns, the company's own fields, and words people use for them.

A bare word is looked up nearest first: for people their own columns and fields, then their account's, then their
owner's (`manager`, `team`); for opportunities their own, then their account's, their person's, their owner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from oarlock.agreement.terms import Terms
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean
from oarlock.loop.earlier import known_people, learned_later
from oarlock.records.shapes import ACCOUNTS, OPPORTUNITIES, PEOPLE, Shape
from oarlock.tables.lake import Lake

OWNERS = {"manager": "manager_id", "team": "team"}
"""Fields of the owner, by the word people use."""

ENTITIES: dict[str, Shape] = {"person": PEOPLE, "account": ACCOUNTS, "opportunity": OPPORTUNITIES}

FOR_PEOPLE = ("person", "account", "owner")
FOR_DEALS = ("opportunity", "account", "person", "owner")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field is found: the entity, its column, or (`own`) one of the company's own fields of it."""

    entity: str
    column: str
    own: bool = False


def resolve(word: str, terms: Terms, order: tuple[str, ...]) -> Source | None:
    """Where that word is found for people or for opportunities, or None where they have no such field.

    UserProblem `unknown-field` where nobody has it.
    """
    found = [s for s in (_find(word, entity, terms) for entity in ("person", "account", "opportunity", "owner")) if s]
    if not found:
        raise _unknown(word, terms)
    near = {s.entity: s for s in found}
    return next((near[entity] for entity in order if entity in near), None)


def _find(word: str, entity: str, terms: Terms) -> Source | None:
    said, dot, rest = word.partition(".")
    if dot and said != entity:
        return None
    name = rest if dot else word
    if entity == "owner":
        return Source("owner", OWNERS[name]) if name in OWNERS else None
    columns = [name, f"{entity}_id" if name == "id" else f"{name}_id"]
    known = next((c for c in columns if ENTITIES[entity].column(c) and c != "properties"), None)
    if known:
        return Source(entity, known)
    return Source(entity, name, own=True) if any(field.path == f"{entity}.{name}" for field in terms.fields) else None


def words(terms: Terms) -> list[str]:
    """Every word a report can be broken down by."""
    own = [f.path for f in terms.fields]
    columns = [
        c.name.removesuffix("_id") for shape in ENTITIES.values() for c in shape.columns if c.name != "properties"
    ]
    dotted = [f"{e}.{c.name}" for e, shape in ENTITIES.items() for c in shape.columns if c.name != "properties"]
    return sorted({*own, *columns, *dotted, *OWNERS, *(path.partition(".")[2] for path in own)})


def _unknown(word: str, terms: Terms) -> UserProblem:
    return UserProblem(
        "unknown-field",
        f"Nothing is called `{word}`.",
        "A report is broken down by a column of the lake or by a field the agreement declares under `fields`.",
        did_you_mean(word, words(terms)) or "Declare it in the agreement, or choose one of: " + ", ".join(words(terms)),
    )


def people_by(lake: Lake, source: Source, until: datetime) -> ir.Table:
    """(person_id, value) for everybody as known then; value is text, null where there is none."""
    return _seen_from(lake, "person", source, until)


def deals_by(lake: Lake, source: Source, until: datetime) -> ir.Table:
    """(opportunity_id, value) for every opportunity as known then."""
    return _seen_from(lake, "opportunity", source, until)


def _seen_from(lake: Lake, entity: str, source: Source, until: datetime) -> ir.Table:
    """(key of the entity, value): its own field, or the field of what it points to."""
    if source.entity == entity:
        return _values(lake, source, until)
    link = "owner_id" if source.entity == "owner" else f"{source.entity}_id"
    key = f"{entity}_id"
    links = _values(lake, Source(entity, link), until).rename(link="value")
    theirs = _values(lake, source, until)
    return links.left_join(theirs, links.link == theirs[theirs.columns[0]]).select(key, "value")


def _values(lake: Lake, source: Source, until: datetime) -> ir.Table:
    """(key, value) for every row of the source's entity, people not known yet left out.

    Who leads whom, and in which team, is known as it is now.
    """
    if source.entity == "owner":
        return lake.users.select("user_id", value=_value(lake.users, source))
    tables = {"person": known_people(lake, until), "account": lake.accounts, "opportunity": lake.opportunities}
    table, key = tables[source.entity], f"{source.entity}_id"
    rows = table.select(key, now=_value(table, source))
    was = learned_later(lake, source.entity, (source.column,), until)
    joined = rows.left_join(was, rows[key] == was.entity_id)
    return joined.select(key, value=ibis.ifelse(joined.has_0.fill_null(False), joined.was_0, joined.now))


def _value(table: ir.Table, source: Source) -> ir.StringValue:
    if source.own:
        return table.properties.get(source.column, None).cast("string")
    return table[source.column].cast("string")
