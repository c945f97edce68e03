"""What happened and what was signed can be added to and not altered: the database itself refuses, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, models, transaction

from oarlock.store.models import AuditLine, Closing, Touch, Version
from oarlock.store.writes.audit import SYSTEM, note

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def touch() -> models.Model:
    return Touch.objects.create(touch_id="t1", person_id="p1", at=NOW, recorded_at=NOW, load=1)


def line() -> models.Model:
    return note("tested", "test", "t", {}, acting=SYSTEM, now=NOW)


def version() -> models.Model:
    return Version.objects.create(
        number=1, in_force_from=NOW, hash="h", envelope=b"e", envelope_hash="e", source=b"s", adopted_at=NOW
    )


APPENDED: dict[str, Callable[[], models.Model]] = {"touch": touch, "audit line": line, "signed version": version}


@pytest.mark.django_db
@pytest.mark.parametrize("what", APPENDED)
def test_a_row_that_is_for_ever_cannot_be_changed(what: str) -> None:
    row = APPENDED[what]()
    table, key = row._meta.db_table, row._meta.pk.name
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {key} = {key}")


@pytest.mark.django_db
@pytest.mark.parametrize("what", APPENDED)
def test_a_row_that_is_for_ever_cannot_be_removed(what: str) -> None:
    row = APPENDED[what]()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table}")
    assert type(row)._default_manager.count() == 1


@pytest.mark.django_db
def test_facts_may_be_emptied_of_identity_while_somebody_is_erased_and_only_then() -> None:
    touch()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO erasing VALUES ('p1')")
        cursor.execute("UPDATE touches SET url = NULL WHERE person_id = 'p1'")
        cursor.execute("DELETE FROM erasing")
    with pytest.raises(DatabaseError), transaction.atomic():
        Touch.objects.update(url="again")


@pytest.mark.django_db
def test_even_while_somebody_is_erased_no_fact_is_removed() -> None:
    touch()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO erasing VALUES ('p1')")
        cursor.execute("DELETE FROM touches")
    assert Touch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_to_truncate_them_too() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    touch()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE touches")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["once", "and once more, after the tests emptied the tables"])
def test_the_guards_stand_in_every_test(time: str) -> None:
    assert not AuditLine.objects.exists() and not Closing.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        touch().delete()
