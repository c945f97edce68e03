"""What a report may be broken down by: the lake's columns, the company's own fields, and words people use for them.

A bare word is looked up nearest first: for people their own columns and fields, then their account's, then their
owner's (`manager`, `team`); for opportunities their own, then their account's, their person's, their owner's.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from oarlock.agreement.terms import Terms
from oarlock.ground.problems import UserProblem
from oarlock.ground.spelling import did_you_mean
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
    if any(field.path == f"{entity}.{name}" for field in terms.fields):
        return Source(entity, name, own=True)
    columns = [name, f"{entity}_id" if name == "id" else f"{name}_id"]
    known = next((c for c in columns if ENTITIES[entity].column(c) and c != "properties"), None)
    return Source(entity, known) if known else None


def words(terms: Terms) -> list[str]:
    """Every word a report can be broken down by."""
    own = [f.path for f in terms.fields]
    columns = [
        c.name.removesuffix("_id") for shape in ENTITIES.values() for c in shape.columns if c.name != "properties"
    ]
    return sorted({*own, *columns, *OWNERS, *(path.partition(".")[2] for path in own)})


def _unknown(word: str, terms: Terms) -> UserProblem:
    guess = did_you_mean(word, words(terms))
    return UserProblem(
        "unknown-field",
        f"Nothing is called `{word}`.",
        "A report is broken down by a column of the lake or by a field the agreement declares under `fields`.",
        f"Did you mean `{guess}`?"
        if guess
        else "Declare it in the agreement, or choose one of: " + ", ".join(words(terms)),
    )


def people_by(lake: Lake, source: Source) -> ir.Table:
    """(person_id, value) for everybody; value is text, null where there is none."""
    people = lake.people
    if source.entity == "person":
        return people.select(person_id="person_id", value=_value(people, source))
    if source.entity == "account":
        accounts = lake.accounts.select(account_id="account_id", value=_value(lake.accounts, source))
        return people.left_join(accounts, "account_id").select("person_id", "value")
    users = lake.users.select(owner_id="user_id", value=_value(lake.users, source))
    return people.left_join(users, "owner_id").select("person_id", "value")


def deals_by(lake: Lake, source: Source) -> ir.Table:
    """(opportunity_id, value) for every opportunity."""
    deals = lake.opportunities
    if source.entity == "opportunity":
        return deals.select(opportunity_id="opportunity_id", value=_value(deals, source))
    table, key, theirs = {
        "account": (lake.accounts, "account_id", "account_id"),
        "person": (lake.people, "person_id", "person_id"),
        "owner": (lake.users, "owner_id", "user_id"),
    }[source.entity]
    values = table.select(**{key: theirs}, value=_value(table, source))
    return deals.left_join(values, key).select("opportunity_id", "value")


def _value(table: ir.Table, source: Source) -> ir.StringValue:
    if source.own:
        return table.properties.get(source.column, None).cast("string")
    return table[source.column].cast("string")
