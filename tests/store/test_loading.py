"""From the lake into the store in bulk: all of it, once, whatever happens in between."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from oarlock.agreement import read_text, seal
from oarlock.demo import AGREEMENTS
from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.ground.intervals import instant_of, micros
from oarlock.jobs import loading
from oarlock.jobs.loading import load
from oarlock.lifecycle.versions import Versions
from oarlock.store.models import (
    AuditLine,
    Load,
    Opportunity,
    Person,
    PersonState,
    Seal,
    SearchWord,
    StageEntry,
    Touch,
)
from oarlock.store.reads.search import words_of
from oarlock.store.writes import loads
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW, PEOPLE, lake_says

pytestmark = pytest.mark.django_db(transaction=True)
COUNTED = ("people", "accounts", "opportunities", "users", "campaigns", "opportunity_contacts")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table a load fills, without the numbers the database gives them itself."""
    tables = {}
    for table in (*COUNTED, *loads.FACT_TABLES, "person_states", "stage_entries", "search_words"):
        model = loads.model_of(table)
        names = [f.name for f in model._meta.fields if f.name not in ("id", "load")]
        tables[table] = sorted(model._default_manager.values_list(*names), key=repr)
    return tables


def test_the_store_holds_as_many_rows_as_the_lake(home: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    for table in (*COUNTED, *loads.FACT_TABLES):
        assert loads.model_of(table)._default_manager.count() == lake_says(home, f"SELECT count(*) FROM {table}")[0][0]
    assert Person.objects.count() == PEOPLE


def test_what_a_row_says_is_what_the_lake_says(home: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    asked = 'SELECT touch_id, person_id, epoch_us("at"), epoch_us(recorded_at), kind, campaign_id, cost FROM touches'
    told = {row[0]: row for row in lake_says(home, asked)}
    names = ("touch_id", "person_id", "at", "recorded_at", "kind", "campaign_id", "cost")
    for row in Touch.objects.values_list(*names):
        assert (row[0], row[1], micros(row[2]), micros(row[3]), *row[4:]) == told[row[0]]
    deals = dict(lake_says(home, "SELECT opportunity_id, amount FROM opportunities"))
    assert {d.opportunity_id: d.amount for d in Opportunity.objects.all()} == deals
    assert any(isinstance(amount, Decimal) for amount in deals.values())


def test_a_companys_own_fields_come_as_json(home: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    told = dict(lake_says(home, "SELECT person_id, to_json(properties)::VARCHAR FROM people"))
    for person in Person.objects.all():
        assert json.loads(person.properties) == json.loads(told[person.person_id] or "{}")


def test_the_same_lake_again_changes_nothing(home: Path, signed: None) -> None:
    first = load(home, acting=SYSTEM, now=NOW)
    before, lines = everything(), AuditLine.objects.count()
    again = load(home, acting=SYSTEM, now=NOW)
    assert first.number is not None and again.number is None
    assert (everything(), AuditLine.objects.count()) == (before, lines)


@pytest.mark.parametrize("words", ["people", "touches", "touches: 1,000", "campaign_costs: 0"])
def test_a_load_that_dies_anywhere_ends_the_same_when_it_is_run_again(
    words: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Death(BaseException):
        pass

    def dying(told: str, share: float | None) -> None:
        if told.startswith(f"bringing in {words}"):
            raise Death

    monkeypatch.setattr(loading, "BATCH", 1000)
    with pytest.raises(Death):
        load(home, acting=SYSTEM, now=NOW, tell=dying)
    load(home, acting=SYSTEM, now=NOW)
    assert not loads.mend_indexes([*loads.FACT_TABLES, "people", "search_words"])
    for table in (*COUNTED, *loads.FACT_TABLES):
        key = loads.model_of(table)._meta.pk.name if table != "opportunity_contacts" else "person_id"
        there = sorted(loads.model_of(table)._default_manager.values_list(key, flat=True))
        assert there == sorted(row[0] for row in lake_says(home, f"SELECT {key} FROM {table}"))


def test_a_load_cut_short_between_batches_keeps_its_rows_under_their_seals(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Death(BaseException):
        pass

    def dying(words: str, share: float | None) -> None:
        if words.startswith("bringing in touches: 1,000"):
            raise Death

    monkeypatch.setattr(loading, "BATCH", 1000)
    with pytest.raises(Death):
        load(home, acting=SYSTEM, now=NOW, tell=dying)
    assert Touch.objects.count() == 1000 == sum(Seal.objects.values_list("rows", flat=True))
    load(home, acting=SYSTEM, now=NOW)
    assert Touch.objects.count() == sum(Seal.objects.filter(table="touches").values_list("rows", flat=True))
    assert Load.objects.filter(finished_at=None).count() == 0


def test_only_what_is_new_in_the_lake_comes_in_later(home: Path, tmp_path: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    person = Person.objects.order_by("person_id").values_list("person_id", flat=True)[0]
    extra = tmp_path / "touches.csv"
    extra.write_text(
        f"touch_id,person_id,at,recorded_at,kind\nnew-1,{person},2026-11-20T10:00Z,2026-11-20T10:00Z,a.b\n"
    )
    bring_in([extra], preset("oarlock"), home, zone="UTC", now=NOW)
    second = load(home, acting=SYSTEM, now=NOW)
    assert second.rows["touches"] == 1 and "people" not in second.rows
    assert Touch.objects.get(pk="new-1").load == second.number


def test_a_record_that_changed_in_the_lake_changes_and_the_others_stay(home: Path, tmp_path: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    person = Person.objects.order_by("person_id")[0]
    extra = tmp_path / "people.csv"
    extra.write_text(f"person_id,name,created_at\n{person.person_id},Zoë Neu,2026-01-05T10:00Z\n")
    bring_in([extra], preset("oarlock"), home, zone="UTC", now=NOW)
    load(home, acting=SYSTEM, now=NOW)
    assert Person.objects.get(pk=person.person_id).name == "Zoë Neu"
    assert Person.objects.count() == PEOPLE
    assert set(SearchWord.objects.filter(record_id=person.person_id, kind="person").values_list("word", flat=True)) >= {
        "zoe", "neu",
    }  # fmt: skip


def test_a_seal_is_the_hash_of_what_its_rows_say(home: Path) -> None:
    """Worked by hand from the description in docs/why/store.md."""
    load(home, acting=SYSTEM, now=NOW)
    sealed = Seal.objects.filter(table="handoff_events").order_by("first")[0]
    told = lake_says(home, "SELECT columns(*)::VARCHAR FROM (SELECT * REPLACE (epoch_us(\"at\") AS \"at\", "
        "epoch_us(recorded_at) AS recorded_at, epoch_us(due_at) AS due_at) FROM handoff_events)")  # fmt: skip
    rows = sorted(row for row in told if sealed.first <= row[0] <= sealed.last)
    whole = "".join("~" if cell is None else f"{len(cell.encode())}:{cell}" for row in rows for cell in row)
    assert (sealed.rows, sealed.digest) == (len(rows), sha256(whole.encode()).hexdigest())


def test_everybody_stands_where_the_fold_over_their_facts_puts_them(home: Path, signed: None) -> None:
    from oarlock.store.reads.versions import all_versions

    load(home, acting=SYSTEM, now=NOW)
    versions = all_versions()
    assert versions == Versions.of(*(seal(read_text(p.read_bytes()), n) for n, p in enumerate(AGREEMENTS, 1)))
    entries: dict[str, list[StageEntry]] = {}
    for entry in StageEntry.objects.all():
        entries.setdefault(entry.person_id, []).append(entry)
    states = {s.person_id: s for s in PersonState.objects.all()}
    assert set(states) == set(Person.objects.values_list("person_id", flat=True))
    for key, state in states.items():
        mine = [e for e in entries.get(key, []) if e.cycle == state.cycle]
        order = {stage: n for n, stage in enumerate(versions.stage_keys)}
        furthest = max(mine, key=lambda e: order[e.stage], default=None)
        assert (state.stage, state.since, state.version) == (
            (furthest.stage, furthest.at, furthest.version) if furthest else (None, None, None)
        )
        if furthest is not None:
            assert furthest.version == versions.at(furthest.at).number


def test_every_word_of_a_name_finds_its_person(home: Path) -> None:
    load(home, acting=SYSTEM, now=NOW)
    for person in Person.objects.order_by("person_id")[:50]:
        keys = [("person", person.pk), ("account", person.account_id)]
        words = {w for kind, key in keys for w in SearchWord.objects.filter(kind=kind, record_id=key)
                 .values_list("word", flat=True)}  # fmt: skip
        assert words >= set(words_of(f"{person.name or ''} {person.company_name or ''}"))


def test_the_window_is_two_years_before_the_last_fact(home: Path, tmp_path: Path) -> None:
    old = tmp_path / "touches.csv"
    person = lake_says(home, "SELECT min(person_id) FROM people")[0][0]
    last = lake_says(home, 'SELECT max(epoch_us("at")) FROM touches')[0][0]
    edge = instant_of(last).replace(year=instant_of(last).year - 3)
    old.write_text(
        f"touch_id,person_id,at,recorded_at,kind\nold-1,{person},{edge.isoformat()},{edge.isoformat()},a.b\n"
    )
    bring_in([old], preset("oarlock"), home, zone="UTC", now=NOW)
    load(home, acting=SYSTEM, now=NOW)
    assert not Touch.objects.filter(pk="old-1").exists() and Touch.objects.exists()
