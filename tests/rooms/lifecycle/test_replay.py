"""Live = history: random lives told to the fold, fact by fact, and computed for everybody at once, must agree."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from oarlock.lifecycle import Versions, follow, tell
from oarlock.lifecycle.entries import Entry
from oarlock.lifecycle.telling import Rows as Told
from oarlock.records.facts import Acted, Changed, Fact, HandedOff, Touched
from oarlock.tables.entries import entries
from oarlock.tables.history import lives
from oarlock.tables.needs import needs

from .company import START, Company, agreement
from .lakes import lake_of

SEEDS = int(os.environ.get("OARLOCK_SEEDS", "8"))
PEOPLE = 40


def told(company: Company, person: dict[str, object]) -> Told:
    """One person's rows as facts and rows, gathered the plain way."""
    tables, key = company.rows.tables, person["person_id"]
    accounts = {a["account_id"]: a for a in tables["accounts"]}
    contacts = {c["opportunity_id"] for c in tables.get("opportunity_contacts", ()) if c["person_id"] == key}
    every = tables.get("opportunities", ())
    deals = [o for o in every if o["person_id"] == key or (o["person_id"] is None and o["opportunity_id"] in contacts)]
    about = {("person", key), ("account", person["account_id"])} | {("opportunity", o["opportunity_id"]) for o in deals}
    changes = [c for c in tables.get("changes", ()) if (c["entity"], c["entity_id"]) in about]
    return Told(
        person=person,
        account=accounts.get(person["account_id"]),
        opportunities=[{"closed_at": None, **o} for o in deals],
        changes=[Changed(**{("id" if k == "change_id" else k): v for k, v in c.items()}) for c in changes],  # type: ignore[arg-type]
        others=[f for f in others(company) if getattr(f, "person_id", None) == key],
    )


KINDS: tuple[tuple[str, type[Fact], str], ...] = (
    ("touches", Touched, "touch_id"),
    ("activities", Acted, "activity_id"),
    ("handoff_events", HandedOff, "event_id"),
)


def others(company: Company) -> list[Fact]:
    """Touches, activities and hand-off events as facts."""
    made: list[Fact] = []
    for table, kind, key in KINDS:
        for row in company.rows.tables.get(table, ()):
            made.append(kind(**{("id" if k == key else k): v for k, v in row.items()}))  # type: ignore[arg-type]
    return made


def live(company: Company, versions: Versions, until: datetime) -> list[Entry]:
    """Everybody's entries by the fold."""
    paths = [p for p, _ in needs(versions).paths]
    found: list[Entry] = []
    for person in company.rows.tables["people"]:
        found += follow(tell(told(company, person), paths), versions, until, person_id=str(person["person_id"]))
    return sorted(found, key=lambda e: (e.person_id, e.cycle, e.at, versions.stage_keys.index(e.stage)))


def history(company: Company, versions: Versions, until: datetime) -> list[Entry]:
    """Everybody's entries by the tables."""
    table = entries(lives(lake_of(company.rows.tables), versions, until), versions)
    rows = table.to_pyarrow().to_pylist()
    made = [Entry(**{k: v for k, v in r.items() if k != "agreement"}, agreement=int(r["agreement"])) for r in rows]
    return sorted(made, key=lambda e: (e.person_id, e.cycle, e.at, versions.stage_keys.index(e.stage)))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_lives_agree_live_and_in_history(seed: int) -> None:
    company, chance = Company(seed, PEOPLE), random.Random(seed)
    terms = [agreement(chance, date(2025, 1, 1), 1)]
    if seed % 2:
        terms.append(agreement(chance, date(2026, 2, 10), 2))
    versions = Versions.of(*terms)
    until = START + timedelta(days=chance.choice([60, 90, 200]))
    alive, computed = live(company, versions, until), history(company, versions, until)
    rules = {s.key: s.rule.text for t in terms for s in t.stages if s.rule}
    if not needs(versions).everything:
        # the tables leave out facts that no rule reads; one of them at the very instant of an entry may have been
        # recorded later than the fact that decided
        alive, computed = ([replace(e, recorded_at=e.at) for e in found] for found in (alive, computed))
    assert computed == alive, f"seed {seed}, until {until}, {rules}"
    assert len(alive) > PEOPLE, "a replay of nobody shows nothing"
