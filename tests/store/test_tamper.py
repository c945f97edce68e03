"""Whoever edits, deletes, inserts, swaps or cuts off what is for ever, behind Oarlock's back, is found (TRUST.md, R14).

The tampering is random and reproducible: the seed is part of the message of a failure.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest
from django.db import connection, transaction

from oarlock.engines.rows_across import files_in_force
from oarlock.jobs.loading import load
from oarlock.jobs.verifying import Finding, verify
from oarlock.store.models import AuditLine
from oarlock.store.writes.audit import SYSTEM, note
from oarlock.store.writes.loads import FACT_TABLES, model_of, rows, run

from .conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = int(os.environ.get("OARLOCK_TRIES", "50"))
SEED = int(os.environ.get("OARLOCK_SEED", "14"))
Deed = Callable[[Path, random.Random], str]


def unguarded(table: str) -> None:
    """What somebody with the file in their hands can do."""
    if connection.vendor == "postgresql":
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table]):
        run(f"DROP TRIGGER {name}")


def chosen(luck: random.Random) -> tuple[str, str, str]:
    """A table of facts, its key, and a fact in it."""
    table = luck.choice(FACT_TABLES)
    key = str(model_of(table)._meta.pk.name)
    unguarded(table)
    ids = [row[0] for row in rows(f"SELECT {key} FROM {table} ORDER BY {key}")]
    return table, key, str(luck.choice(ids))


def edit(home: Path, luck: random.Random) -> str:
    table, key, fact = chosen(luck)
    column = luck.choice(["at", "recorded_at"])
    run(f'UPDATE {table} SET "{column}" = "{column}" + {luck.choice([-1, 1, 3_600_000_000])} WHERE {key} = %s', [fact])
    return fact


def reword(home: Path, luck: random.Random) -> str:
    unguarded("activities")
    fact = str(luck.choice(rows("SELECT activity_id FROM activities ORDER BY activity_id"))[0])
    run("UPDATE activities SET kind = kind || ' ' WHERE activity_id = %s", [fact])
    return fact


def delete(home: Path, luck: random.Random) -> str:
    table, key, fact = chosen(luck)
    run(f"DELETE FROM {table} WHERE {key} = %s", [fact])
    return fact


def insert(home: Path, luck: random.Random) -> str:
    table, key, fact = chosen(luck)
    names = ", ".join(f'"{f.name}"' for f in model_of(table)._meta.fields if f.name != key)
    run(f"INSERT INTO {table} ({key}, {names}) SELECT {key} || '-x', {names} FROM {table} WHERE {key} = %s", [fact])
    return fact + "-x"


def swap(home: Path, luck: random.Random) -> str:
    unguarded("touches")
    first, second = sorted(luck.sample([str(row[0]) for row in rows("SELECT touch_id FROM touches ORDER BY 1")], 2))
    run("UPDATE touches SET touch_id = '~' WHERE touch_id = %s", [first])
    run("UPDATE touches SET touch_id = %s WHERE touch_id = %s", [first, second])
    run("UPDATE touches SET touch_id = %s WHERE touch_id = '~'", [second])
    return first


def truncate(home: Path, luck: random.Random) -> str:
    table, key, fact = chosen(luck)
    first = rows(f"SELECT min({key}) FROM {table} WHERE {key} >= %s", [fact])[0][0]
    run(f"DELETE FROM {table} WHERE {key} >= %s", [fact])
    return str(first)


def of_lake(change: Callable[[pa.Table, int, random.Random], pa.Table]) -> Deed:
    """Rewrite one file of the lake's touches."""

    def deed(home: Path, luck: random.Random) -> str:
        path = Path(luck.choice(files_in_force(home)["touches"]))
        table = parquet.read_table(path)
        n = luck.randrange(table.num_rows - 1)
        fact = str(table["touch_id"][n].as_py())
        parquet.write_table(change(table, n, luck), path)
        return fact

    return deed


def _edited(table: pa.Table, n: int, luck: random.Random) -> pa.Table:
    here = pa.array([i == n for i in range(table.num_rows)])
    column = table.schema.get_field_index("kind")
    return table.set_column(column, "kind", pc.if_else(here, "changed.kind", table["kind"]))


def _without(table: pa.Table, n: int, luck: random.Random) -> pa.Table:
    return pa.concat_tables([table.slice(0, n), table.slice(n + 1)])


def cut_off(home: Path, luck: random.Random) -> str:
    path = Path(luck.choice(files_in_force(home)["touches"]))
    whole = path.read_bytes()
    ids = parquet.read_table(path, columns=["touch_id"])["touch_id"].to_pylist()
    path.write_bytes(whole[: luck.randrange(4, len(whole) - 1)])
    return str(min(ids))


STORE: dict[str, Deed] = {
    "edit": edit, "reword": reword, "delete": delete, "insert": insert, "swap": swap, "truncate": truncate,
}  # fmt: skip
LAKE: dict[str, Deed] = {"edit": of_lake(_edited), "delete": of_lake(_without), "truncate": cut_off}


@pytest.fixture
def filled(home: Path) -> Path:
    load(home, acting=SYSTEM, now=NOW)
    return home


def found(home: Path) -> tuple[Finding, ...]:
    return verify(home).findings


def test_an_untouched_workspace_holds(filled: Path) -> None:
    verified = verify(filled)
    assert verified.findings == ()
    assert verified.looked_at["touches"] > 1000 and verified.looked_at["files of the lake"] > 5


def test_every_tampering_with_the_store_is_found_and_the_fact_named(filled: Path) -> None:
    for table in FACT_TABLES:
        run(f"CREATE TABLE saved_{table} AS SELECT * FROM {table}")
    for n in range(TRIES * 3 // 5):
        name = list(STORE)[n % len(STORE)]
        fact = STORE[name](filled, random.Random(f"{SEED}-{n}"))
        findings = [f for f in found(filled) if f.part == "store"]
        assert fact in {f.fact for f in findings}, (SEED, n, name, fact, findings)
        for table in FACT_TABLES:
            unguarded(table)
            run(f"DELETE FROM {table}")
            run(f"INSERT INTO {table} SELECT * FROM saved_{table}")
    for table in FACT_TABLES:
        run(f"DROP TABLE saved_{table}")
    assert found(filled) == ()


def test_every_tampering_with_the_lake_is_found_and_the_fact_named(filled: Path) -> None:
    for n in range(TRIES * 2 // 5):
        name = list(LAKE)[n % len(LAKE)]
        files = {path: path.read_bytes() for path in (filled / "lake").rglob("*.parquet")}
        fact = LAKE[name](filled, random.Random(f"{SEED}-{n}"))
        findings = found(filled)
        assert [f.part for f in findings] == ["lake"], (SEED, n, name, findings)
        assert findings[0].fact == fact, (SEED, n, name, fact, findings)
        for path, data in files.items():
            path.write_bytes(data)
    assert found(filled) == ()


def test_a_file_of_the_lake_that_is_gone_is_named(filled: Path) -> None:
    path = Path(files_in_force(filled)["people"][0])
    path.unlink()
    assert [(f.part, f.place) for f in found(filled)] == [("lake", f"people/{path.name}")]


def test_a_changed_line_of_the_trail_is_named(filled: Path) -> None:
    for n in range(5):
        note("tested", "test", str(n), {}, acting=SYSTEM, now=NOW)
    unguarded("audit_lines")
    run("UPDATE audit_lines SET actor = 'nobody' WHERE number = 3")
    assert "Line 3 of the trail was changed." in {f.words for f in found(filled)}


def test_seals_made_anew_over_a_changed_fact_do_not_help(filled: Path) -> None:
    """Whoever can compute the digest too is found by the hash of the seals in the trail."""
    unguarded("seals")
    run("UPDATE seals SET digest = %s WHERE id = (SELECT min(id) FROM seals)", ["0" * 64])
    assert ("store", "seals") in {(f.part, f.place) for f in found(filled)}


def test_looking_writes_nothing(filled: Path) -> None:
    before = AuditLine.objects.count()
    verify(filled)
    assert AuditLine.objects.count() == before


def test_erasing_a_person_breaks_no_seal(filled: Path) -> None:
    from oarlock.jobs.erasing import erase

    person = rows("SELECT min(entity_id) FROM changes WHERE entity = 'person'")[0][0]
    erase(filled, person, "they asked for it", acting=SYSTEM, now=NOW)
    assert found(filled) == ()


def test_a_word_that_is_under_no_seal_is_held_to_the_lake(filled: Path) -> None:
    with transaction.atomic():
        run("INSERT INTO erasing VALUES ('p')")
        run("UPDATE touches SET url = 'https://elsewhere.example' WHERE touch_id = (SELECT max(touch_id) FROM touches)")
        run("DELETE FROM erasing")
    fact = rows("SELECT max(touch_id) FROM touches")[0][0]
    assert [(f.place, f.fact) for f in found(filled)] == [("touches", fact)]
