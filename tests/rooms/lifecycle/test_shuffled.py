"""The order in which rows lie in the lake tells nothing: shuffled, the same facts give the same entries to the last."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from oarlock.lifecycle import Versions
from oarlock.tables.detours import absences
from oarlock.tables.history import lives

from .company import START, Company, agreement
from .lakes import lake_of

UNTIL = START + timedelta(days=120)


def doubled(company: Company) -> dict[str, list[dict[str, object]]]:
    """Every touch comes once more at its instant, of a kind no rule reads, and was recorded a day later."""
    tables = {name: [dict(row) for row in rows] for name, rows in company.rows.tables.items()}
    day = timedelta(days=1)
    tables["touches"] += [
        {**t, "touch_id": f"{t['touch_id']}-again", "kind": "nothing", "recorded_at": t["recorded_at"] + day}  # type: ignore[operator]
        for t in tables["touches"]
    ]
    return tables


@pytest.mark.parametrize("seed", [3])
def test_shuffled_facts_give_the_same_entries_recorded_at_the_same_time(seed: int) -> None:
    company, chance = Company(seed, 40), random.Random(seed)
    versions = Versions.of(agreement(chance, date(2025, 1, 1), 1), agreement(chance, date(2026, 2, 10), 2))
    tables = doubled(company)
    found = []
    for _ in range(2):
        for rows in tables.values():
            chance.shuffle(rows)
        lake = lake_of(tables)
        told = [t.to_pyarrow().to_pylist() for t in (lives(lake, versions, UNTIL), absences(lake, versions, UNTIL))]
        found.append([sorted(rows, key=repr) for rows in told])
    assert found[0] == found[1], f"seed {seed}"
    assert len(found[0][0]) > 40


def test_of_two_ways_back_that_are_equally_late_the_first_one_decides() -> None:
    """Somebody for whom two detours are for good is away on the one that came first, however the rows lie."""
    company = Company(1, 40)
    terms = agreement(random.Random(1), date(2025, 1, 1), 1)
    final = next(d for d in terms.detours if d.final)
    person = str(company.rows.tables["people"][0]["person_id"])
    changes = [
        {
            "change_id": f"z{n}", "at": UNTIL - timedelta(days=9 - n), "recorded_at": UNTIL - timedelta(days=9 - n),
            "entity": "person", "entity_id": person, "field": "stage", "value": key,
        }
        for n, key in enumerate((final.key, "gone"))
    ]  # fmt: skip
    from dataclasses import replace

    both = replace(terms, detours=(*terms.detours, replace(final, key="gone", name="Gone")))
    for order in (changes, changes[::-1]):
        tables = {"people": company.rows.tables["people"], "changes": order}
        rows = absences(lake_of(tables), Versions.of(both), UNTIL).to_pyarrow().to_pylist()
        assert [(r["person_id"], r["detour"]) for r in rows] == [(person, final.key)]
