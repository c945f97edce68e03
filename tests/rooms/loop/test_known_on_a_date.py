"""As known on D: the figures of the whole lake on D are those of a lake in which only what was known by D lies."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from oarlock.lifecycle.versions import Versions
from oarlock.tables.entries import entries

from .companies import Tables, company, drift_of, figures, lake_of, rows

KEYS = {"person": ("people", "person_id"), "account": ("accounts", "account_id"),
        "opportunity": ("opportunities", "opportunity_id")}  # fmt: skip
BY = ("owner", "source", "industry", "job_level", "account.robots")
Row = dict[str, Any]
SEEDS = (0, 1, 3) if "OARLOCK_HEAVY" in os.environ else (3,)


def made(seed: int, people: int = 30) -> dict[str, list[Row]]:
    """A random company; people have owners and sources, some of which change, and amounts are in two currencies."""
    found = company.Company(seed, people)
    chance, tables = found.chance, found.rows.tables
    for person in tables["people"]:
        person |= {"owner_id": found.maybe("lena", "jonas"), "source": found.maybe("unknown", "fair")}
        found.change("person", person["person_id"], "owner_id", "lena", "jonas", None)
        found.change("person", person["person_id"], "source", "web", "fair")
    for deal in tables.get("opportunities", ()):
        deal["currency"] = chance.choice(["EUR", "EUR", "USD", None])
    return without_late_status(tables)


def without_late_status(tables: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Statuses have no history here: one that begins after D could not be told from a deal without any."""
    changes = [c for c in tables.get("changes", ()) if (c["entity"], c["field"]) != ("opportunity", "status")]
    return tables | {"changes": changes}


def known_by(tables: Mapping[str, list[Row]], limit: datetime) -> Tables:
    """The lake as it was: facts by then, records begun by then, deals not yet closed, fields as they last were."""
    facts = {
        name: [r for r in found if r["at"] <= limit and r["recorded_at"] <= limit]
        for name, found in tables.items()
        if name in ("touches", "activities", "changes", "handoff_events")
    }
    entities = {
        name: [
            _then(r, entity, key, tables["changes"], facts["changes"]) for r in tables.get(name, ()) if _begun(r, limit)
        ]
        for entity, (name, key) in KEYS.items()
    }
    entities["opportunities"] = [_not_closed_after(r, limit) for r in entities["opportunities"]]
    return {**tables, **facts, **entities}


def _begun(row: Row, limit: datetime) -> bool:
    closed = row.get("closed_at")
    over = closed is not None and closed <= limit and row["status"] != "open"
    return over or row.get("created_at") is None or bool(row["created_at"] <= limit)


def _not_closed_after(row: Row, limit: datetime) -> Row:
    late = row.get("closed_at") is not None and row["closed_at"] > limit
    return row | {"status": "open", "closed_at": None} if late else row


def _then(row: Row, entity: str, key: str, every: list[Row], facts: list[Row]) -> Row:
    row = row | {"properties": dict(row.get("properties") or {})}
    told = {c["field"] for c in every if (c["entity"], c["entity_id"]) == (entity, row[key]) and c not in facts}
    for name in told - {"stage", "nickname"}:
        before = [c for c in facts if (c["entity"], c["entity_id"], c["field"]) == (entity, row[key], name)]
        last = max(before, key=lambda c: (c["at"], c["recorded_at"], c["change_id"]), default={"value": None})["value"]
        if name in ("job_level", "robots"):
            row["properties"] |= {name: last}
        else:
            row[name] = None if last is None else _typed(name, last)
    row["properties"] = {k: v for k, v in row["properties"].items() if v is not None}
    return row


def _typed(name: str, text: str) -> object:
    if name == "amount":
        return company.Decimal(text)
    if name == "employees":
        return float(text) if text != "many" else None
    return text


@pytest.mark.parametrize("seed", SEEDS)
def test_what_came_later_changes_nothing(seed: int) -> None:
    tables, chance = made(seed), random.Random(seed)
    versions = Versions.of(company.agreement(chance, date(2025, 1, 1), 1))
    limit = company.START + timedelta(days=chance.choice([30, 50, 70]))
    whole, then = lake_of(tables), lake_of(known_by(tables, limit))
    (ours, lives), (theirs, lives_then) = figures(whole, versions, limit, BY), figures(then, versions, limit, BY)
    first = sorted(rows(entries(lives, versions)), key=str)
    assert first == sorted(rows(entries(lives_then, versions)), key=str), seed
    assert first and ours.people
    assert replace(ours, by={}) == replace(theirs, by={})
    assert {w: set(map(str, g)) for w, g in ours.by.items()} == {w: set(map(str, g)) for w, g in theirs.by.items()}
    assert drift_of(whole, versions, limit) == drift_of(then, versions, limit)
