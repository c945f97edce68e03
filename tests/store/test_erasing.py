"""Erased is erased: a person made to be recognised is in no byte of any file afterwards, and counts stay."""

from __future__ import annotations

import csv
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from django.db import connection

from oarlock.engines.intake import bring_in
from oarlock.engines.presets import preset
from oarlock.ground.problems import UserProblem
from oarlock.jobs.erasing import erase, plan
from oarlock.jobs.handing_over import hand_over
from oarlock.jobs.loading import load
from oarlock.store.models import (
    Arrival,
    AuditLine,
    Change,
    DeadLetter,
    Erasure,
    Handoff,
    Identity,
    Likeness,
    Notice,
    Person,
    PersonState,
    Remark,
    StageEntry,
    Touch,
)
from oarlock.store.reads.search import find_ids
from oarlock.store.writes import records
from oarlock.store.writes.audit import SYSTEM

from .conftest import NOW, lake_says

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "qzxcanary"
PERSON = "p-canary"
FILES = {
    "people.csv": (
        "person_id,email,name,title,phone,company_name,country,source,source_detail,landing_page,created_at,hobby\n"
        f"{PERSON},{CANARY}@{CANARY}.example,{CANARY} {CANARY}son,{CANARY} chief,+49{CANARY}1,{CANARY} GmbH,DE,search,"
        f"{CANARY} detail,/{CANARY},2026-01-05T10:00:00Z,{CANARY} sailing\n"
        "p-other,other@elsewhere.example,Otto Other,Buyer,,Else,DE,search,brand,/x,2026-01-05T10:00:00Z,chess\n"
    ),
    "touches.csv": (
        "touch_id,person_id,at,recorded_at,channel,kind,content,url\n"
        f"t-c1,{PERSON},2026-02-01T10:00:00Z,2026-02-01T10:00:00Z,website,form.download,guide,https://x.example/{CANARY}\n"
        f"t-c2,{PERSON},2026-02-02T10:00:00Z,2026-02-02T10:00:00Z,website,chat.started,I am {CANARY},\n"
    ),
    "activities.csv": (
        "activity_id,person_id,at,recorded_at,kind,outcome\n"
        f"v-c1,{PERSON},2026-02-03T10:00:00Z,2026-02-03T10:00:00Z,call.made,said {CANARY}\n"
    ),
    "changes.csv": (
        "change_id,at,recorded_at,entity,entity_id,field,value\n"
        f"x-c1,2026-02-04T10:00:00Z,2026-02-04T10:00:00Z,person,{PERSON},email,old-{CANARY}@old.example\n"
        f"x-c2,2026-02-05T10:00:00Z,2026-02-05T10:00:00Z,person,{PERSON},recorded_stage,Lead\n"
    ),
}


@pytest.fixture
def workspace(home: Path, signed: None) -> Path:
    """Brightwater with a person made to be recognised: in the lake, the store, the quarantine and an uploaded file."""
    files = home / "files"
    files.mkdir()
    for name, text in FILES.items():
        (files / name).write_text(text)
    (files / "broken").mkdir()
    (files / "broken" / "people.csv").write_text(
        f"person_id,email,name,created_at\n{PERSON},{CANARY}@{CANARY}.example,{CANARY},no date\n"
        "p9,p9@x.example,Nine,no date\n"
    )
    bring_in([files], preset("oarlock"), home, zone="Europe/Berlin", now=NOW)
    bring_in([files / "broken" / "people.csv"], preset("oarlock"), home, zone="Europe/Berlin", now=NOW)
    load(home, acting=SYSTEM, now=NOW)
    records.edit("person", PERSON, {"title": f"{CANARY} queen"}, acting=SYSTEM, by="olive", now=NOW)
    said_from_outside()
    return home


def said_from_outside() -> None:
    """What arrived about them, and what others were told."""
    mail = f"{CANARY}@{CANARY}.example"
    Identity.objects.create(kind="email", value=mail, person_id=PERSON, at=NOW)
    Remark.objects.create(
        id="r1", handoff_id="h1", person_id=PERSON, kind="note", at=NOW, by="lena", words=f"{CANARY} hung up"
    )
    Likeness.objects.create(
        id="l1", kind="person", one=PERSON, other="p-other", score=0.8, because=f"both {CANARY}", at=NOW
    )
    body = json.dumps({"traits": {"email": mail.upper(), "name": CANARY}})
    DeadLetter.objects.create(id="d1", source="events", at=NOW, body=body, code="bad", reason=f"{CANARY} is no number")
    DeadLetter.objects.create(id="d2", source="events", at=NOW, body="{}", code="bad", reason="of somebody else")
    answer = json.dumps({"person_id": PERSON, "name": CANARY})
    Arrival.objects.create(key="leads:1", fingerprint="0", at=NOW, answer=answer)
    Handoff.objects.create(
        handoff_id="h1", key="mql-to-sdr", person_id=PERSON, cycle=1, agreement=1, state="offered", offered_at=NOW
    )
    told: dict[str, Any] = {"kind": "offered", "user": "lena", "channel": "mail", "made_at": NOW, "due_at": NOW}
    Notice.objects.create(id="n1", about="handoff:h1", subject=f"{CANARY} is yours", body=f'"{CANARY}"', **told)
    Notice.objects.create(id="n2", about="handoff:h2", subject="Otto is yours", body='"Otto"', **told)


def places(home: Path) -> Iterator[tuple[Path, str]]:
    """Every place the canary is in: bytes of files, and values of Parquet files, which pack them."""
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        if CANARY.encode() in path.read_bytes().lower():
            yield path, "bytes"
        if path.suffix == ".parquet" and CANARY in str(parquet.read_table(path).to_pylist()).lower():
            yield path, "values"


def store_says() -> list[str]:
    """Every row of every table of the store that names the canary."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table}: {row}" for row in cursor.fetchall() if CANARY in repr(row).lower()]
    return found


def done(home: Path) -> dict[str, Any]:
    return erase(home, PERSON, "asked for by letter of 21 November", acting=SYSTEM, now=NOW)


def test_a_person_erased_is_in_no_byte_of_any_file_of_the_workspace(workspace: Path) -> None:
    assert list(places(workspace)) and store_says()
    told = done(workspace)
    assert list(places(workspace)) == []
    assert store_says() == []
    assert (told["left_in"], told["log_cut"]) == ([], True)
    assert (Notice.objects.get(pk="n2").subject, DeadLetter.objects.get(pk="d2").body) == ("Otto is yours", "{}")


@pytest.mark.skipif("sqlite" not in connection.vendor, reason="PostgreSQL has no file of its own to read")
def test_the_databases_own_file_holds_no_copy_either(workspace: Path, tmp_path: Path) -> None:
    """The same rows in a database on disk, erased by the same statements, with `secure_delete` and a cut log."""
    from oarlock.store.databases import PRAGMAS

    file = tmp_path / "on-disk.sqlite3"
    disk = sqlite3.connect(file, isolation_level=None)
    disk.executescript(PRAGMAS)
    connection.connection.backup(disk)
    assert any(CANARY.encode() in p.read_bytes() for p in tmp_path.glob("on-disk*"))
    disk.execute("INSERT INTO erasing VALUES ('x')")
    people = ("email", "name", "title", "phone", "company_name", "source_detail", "landing_page", "properties")
    places = {"people": people, "touches": ("content", "url"), "activities": ("outcome",), "changes": ("value",)}
    places |= {"dead_letters": ("body", "reason"), "arrivals": ("answer",), "notices": ("subject", "body")}
    for table, columns in places.items():
        for column in columns:
            disk.execute(f"UPDATE {table} SET {column} = 'erased' WHERE {column} LIKE '%{CANARY}%'")
    gone = {"search_words": "word", "identities": "value", "remarks": "words", "likenesses": "because"}
    for table, column in gone.items():
        disk.execute(f"DELETE FROM {table} WHERE {column} LIKE '%{CANARY}%'")
    disk.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    disk.close()
    assert [p.name for p in tmp_path.glob("on-disk*") if CANARY.encode() in p.read_bytes()] == []


def test_ids_and_counts_stay(workspace: Path) -> None:
    def counted() -> list[Any]:
        tables = ("people", "touches", "activities", "changes")
        lake = [lake_says(workspace, f"SELECT count(*) FROM {t}") for t in tables]
        stages = sorted(StageEntry.objects.values_list("person_id", "cycle", "stage", "at"))
        touches = Touch.objects.filter(person_id=PERSON).values_list("pk", "at", "kind", "channel")
        return [lake, stages, sorted(touches), Person.objects.count(), Change.objects.count()]

    before = counted()
    done(workspace)
    assert counted() == before
    person = Person.objects.get(pk=PERSON)
    assert (person.name, person.email, person.country, person.source) == ("erased", "erased", "DE", "search")
    assert Change.objects.get(pk="x-c2").value == "Lead"


def test_what_others_share_stays_and_what_only_they_said_goes(workspace: Path) -> None:
    others = [f"p-s{n},s{n}@x.example,S {n},DE,2026-01-06T10:00:00Z,guide fan" for n in range(6)]
    people = "person_id,email,name,country,created_at,hobby\n" + "\n".join([*others, f"{PERSON},,,DE,,guide fan"])
    touches = "touch_id,person_id,at,recorded_at,kind,content\n" + "\n".join(
        f"t-s{n},p-s{n},2026-02-01T10:00:00Z,2026-02-01T10:00:00Z,form.download,guide" for n in range(6)
    )
    for name, text in (("people.csv", people), ("touches.csv", touches)):
        (workspace / "files" / name).write_text(text + "\n")
    bring_in([workspace / "files"], preset("oarlock"), workspace, zone="Europe/Berlin", now=NOW)
    load(workspace, acting=SYSTEM, now=NOW)
    done(workspace)
    assert lake_says(workspace, f"SELECT content FROM touches WHERE person_id = '{PERSON}' ORDER BY touch_id") == [
        ("guide",), (None,),
    ]  # fmt: skip
    assert lake_says(workspace, f"SELECT properties['hobby'] FROM people WHERE person_id = '{PERSON}'") == [
        ("guide fan",)
    ]


def test_a_later_import_brings_nothing_back_by_id_or_by_address(workspace: Path) -> None:
    done(workspace)
    again = workspace / "again"
    again.mkdir()
    anew = f"\np-anew,{CANARY}@{CANARY}.example,Anew,,,,,,,,2026-01-05T10:00:00Z,\n{PERSON},"
    for name, text in FILES.items():
        (again / name).write_text(text.replace(f"\n{PERSON},", anew) if name == "people.csv" else text)
    bring_in([again], preset("oarlock"), workspace, zone="Europe/Berlin", now=NOW)
    load(workspace, acting=SYSTEM, now=NOW)
    for path in (*again.iterdir(), again):
        path.unlink() if path.is_file() else path.rmdir()
    assert store_says() == []
    found = lake_says(workspace, "SELECT person_id, email, name FROM people WHERE person_id IN ('p-canary', 'p-anew')")
    assert sorted(found) == [("p-anew", "erased", "erased"), (PERSON, "erased", "erased")]
    left = [(p.name, how) for p, how in places(workspace) if "quarantine" not in str(p)]
    assert left == []


def test_rows_of_others_in_the_same_files_stay(workspace: Path) -> None:
    done(workspace)
    with (workspace / "files" / "broken" / "people.csv").open() as file:
        assert [row["person_id"] for row in csv.DictReader(file)] == ["p9"]
    assert lake_says(workspace, "SELECT name FROM people WHERE person_id = 'p-other'") == [("Otto Other",)]


def test_nobody_finds_or_edits_the_erased_and_the_trail_names_no_one(workspace: Path) -> None:
    done(workspace)
    assert PERSON not in find_ids("person", CANARY, 10)
    with pytest.raises(UserProblem) as refused:
        records.edit("person", PERSON, {"name": "Again"}, acting=SYSTEM, by="olive", now=NOW)
    assert refused.value.code == "erased"
    line = AuditLine.objects.filter(verb="erased").get()
    assert json.loads(line.detail)["ids"] == [PERSON]
    assert Erasure.objects.get(pk=PERSON).reason == "asked for by letter of 21 November"
    assert PersonState.objects.filter(pk=PERSON).exists()


def test_erasing_twice_is_erasing_once(workspace: Path) -> None:
    done(workspace)
    done(workspace)
    assert Erasure.objects.filter(pk=PERSON).count() == 1 and store_says() == []


def test_an_erasure_needs_somebody_and_a_reason(workspace: Path) -> None:
    for person, reason, code in (("nobody", "x", "unknown-person"), (PERSON, " ", "needs-a-reason")):
        with pytest.raises(UserProblem) as refused:
            erase(workspace, person, reason, acting=SYSTEM, now=NOW)
        assert refused.value.code == code
    assert store_says()


def test_what_would_be_done_is_said_before(workspace: Path) -> None:
    told = plan(PERSON)
    assert (told.ids, told.erased_before) == ((PERSON,), False)
    assert {name: n for name, n in told.rows if n} | {"stage entries": 0} == {
        "records": 1, "touches": 2, "activities": 1, "changes": 4, "stage entries": 0,
    }  # fmt: skip


def test_all_that_is_held_is_handed_over_once_each(workspace: Path, tmp_path: Path) -> None:
    hand_over(workspace, PERSON, tmp_path / "held.zip", acting=SYSTEM, now=NOW)
    with zipfile.ZipFile(tmp_path / "held.zip") as held:
        tables = json.loads(held.read("person.json"))["tables"]
        assert CANARY in held.read("people.csv").decode()
        assert sorted(held.namelist()) == sorted(["person.json", *(f"{name}.csv" for name in tables)])
    assert [len(tables[name]) for name in ("people", "touches", "activities", "changes")] == [1, 2, 1, 4]
    assert "Otto Other" not in json.dumps(tables)
