"""The whole store from one database to another and back: every table equal, by count and by hash."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from oarlock.ground.problems import UserProblem
from oarlock.jobs.loading import load
from oarlock.jobs.moving import Table, connected, copy, move
from oarlock.store.models import AuditLine, Member, Opportunity, Touch
from oarlock.store.writes.audit import SYSTEM, note

from .conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _other_databases_may_be_opened(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's tests forbid databases that the settings do not name; these tests are about them."""

    def ensure(self: BaseDatabaseWrapper) -> None:
        if self.connection is None:
            with self.wrap_database_errors:
                self.connect()

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure)


@pytest.fixture
def filled(home: Path) -> Path:
    """A store with something in tables of every kind: bulk, Django's own, bytes, instants, money, flags."""
    load(home, acting=SYSTEM, now=NOW)
    Member.objects.create(id="m1", email="mara@brightwater.example", name="Mära", roles="leader", joined_at=NOW)
    session = SessionStore()
    session["theme"] = "dark"
    session.create()
    note("tested", "test", "t", {"ü": 1}, acting=SYSTEM, now=NOW)
    return home


def other_url(name: str) -> str | None:
    """A fresh database of the test's own server; SQLite where the tests are on SQLite."""
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    return os.environ["OARLOCK_DATABASE_URL"].replace("/postgres?", f"/{name}?")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "new").mkdir()
    yield tmp_path / "new"


def by_name(tables: tuple[Table, ...]) -> dict[str, Table]:
    return {t.name: t for t in tables}


def test_a_store_goes_to_a_file_of_sqlite_whole(filled: Path, place: Path) -> None:
    told = by_name(move(place, None))
    assert told["touches"].rows == Touch.objects.count() and told["django_session"].rows == 1
    with connected("moved", place, None) as moved:
        assert Touch.objects.using("moved").count() == Touch.objects.count()
        assert sorted(Opportunity.objects.using("moved").values_list("pk", "amount")) == sorted(
            Opportunity.objects.values_list("pk", "amount")
        )
        assert Member.objects.using("moved").get().name == "Mära"
        assert list(AuditLine.objects.using("moved").order_by("number").values_list("hash", "at")) == list(
            AuditLine.objects.order_by("number").values_list("hash", "at")
        )
        assert moved.vendor == "sqlite"


def test_there_and_back_again_is_where_it_began(filled: Path, place: Path) -> None:
    there = by_name(move(place, None))
    url = other_url("back_again")
    second = place / "second"
    second.mkdir()
    with connected("there", place, None) as source, connected("back", second, url) as target:
        from django.core.management import call_command

        call_command("migrate", database="back", verbosity=0, interactive=False)
        assert by_name(copy(source, target)) == there
        assert target.vendor == connection.vendor
        fresh = Opportunity.objects.using("back").create(opportunity_id="new", status="open", amount=Decimal("1.10"))
        assert fresh.pk == "new"
        later = AuditLine.objects.using("back").order_by("-number")[0]
        assert later.at == AuditLine.objects.order_by("-number")[0].at


def test_a_number_the_database_gives_goes_on_after_those_that_came(filled: Path, place: Path) -> None:
    from oarlock.store.models import Load

    move(place, other_url("goes_on"))
    with connected("on", place, other_address("goes_on")):
        made = Load.objects.using("on").create(kind="live", begun_at=NOW)
        assert made.number == Load.objects.order_by("-number")[0].number + 1


def other_address(name: str) -> str | None:
    if connection.vendor == "sqlite":
        return None
    return os.environ["OARLOCK_DATABASE_URL"].replace("/postgres?", f"/{name}?")


def test_a_database_in_use_is_not_written_over(filled: Path, place: Path) -> None:
    move(place, None)
    with pytest.raises(UserProblem) as refused:
        move(place, None)
    assert refused.value.code == "not-empty"


def test_a_move_whose_rows_do_not_arrive_keeps_nothing(
    filled: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from oarlock.jobs import moving

    counted = moving._counted

    def short(database: Any, table: str) -> Table:
        told = counted(database, table)
        return replace(told, rows=told.rows - 1) if table == "people" else told

    monkeypatch.setattr(moving, "_counted", short)
    with pytest.raises(UserProblem, match="nothing was kept"):
        move(place, None)
    with connected("moved", place, None):
        assert Touch.objects.using("moved").count() == 0


def test_an_address_nobody_answers_at_is_told_plainly(place: Path) -> None:
    with pytest.raises(UserProblem) as refused:
        move(place, "postgres://nobody@127.0.0.1:1/none")
    assert refused.value.code == "no-database"
    assert "target" not in connections.settings
