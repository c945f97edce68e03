"""Bulk loads: rows a job has laid beside the store are taken in, many at a time, each batch in one transaction.

    begin / append / finish   facts, each with its load, and the seals of its batch in the same transaction
    put                       records and state: what differs is replaced, what is equal is not touched

Promises: a load killed anywhere leaves whole batches with their seals, and the next one goes on from there.
"""

# ruff: noqa: S608  (names of tables and columns come from the models and the shapes, never from outside)

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import QuerySet

from oarlock.store.models import Load, Seal
from oarlock.store.writes.audit import Acting, note

LAKE, LIVE, EXPORT = "lake", "live", "export"
"""What brings facts: the lake, a hand or an arrival; and what takes the latter out to the lake."""
FACT_TABLES = ("touches", "activities", "changes", "handoff_events", "campaign_costs")


@dataclass(frozen=True, slots=True)
class Sealed:
    """So many rows of one table, from the id `first` to `last`, and the SHA-256 (hex) over them."""

    table: str
    first: str
    last: str
    rows: int
    digest: str


def begin(kind: str, mark: str, *, now: datetime) -> int:
    """A load begins; its number. One of that kind that a death cut short is closed with what it brought."""
    with transaction.atomic():
        for dead in Load.objects.filter(kind=kind, finished_at=None):
            _close(dead, {"cut short": True}, Acting("system"), now)
        return Load.objects.create(kind=kind, begun_at=now, lake_mark=mark).number


def append(table: str, columns: Sequence[str], source: str, load: int, seals: Iterable[Sealed]) -> None:
    """Take in a batch of facts from `source`, a FROM clause with those columns, under its seals."""
    named = quoted(columns)
    with transaction.atomic():
        run(f'INSERT INTO {table} ({named}, "load") SELECT {named}, {int(load)} FROM {source}')
        Seal.objects.bulk_create(
            Seal(load_id=load, table=table, first=s.first, last=s.last, rows=s.rows, digest=s.digest) for s in seals
        )


def finish(load: int, told: Mapping[str, object], *, acting: Acting, now: datetime) -> str:
    """The load is over; the hash of its seals, which its audit line holds with what is `told`."""
    with transaction.atomic():
        return _close(Load.objects.get(number=load), told, acting, now)


def _close(load: Load, told: Mapping[str, object], acting: Acting, now: datetime) -> str:
    seals = hash_of_seals(Seal.objects.filter(load_id=load.number))
    load.rows, load.finished_at = json.dumps(told), now
    load.save(update_fields=["rows", "finished_at"])
    detail = {"kind": load.kind, "seals": seals} | {
        k: told[k] for k in ("rows", "since", "lake", "gone", "batch", "batch_seals") if k in told
    }
    note("loaded", "load", str(load.number), detail, acting=acting, now=now)
    return seals


def finish_export(
    load: int, last: int, batch: str, seals: Sequence[tuple[int, Sealed]], told: Mapping[str, object], mark: str, *,
    acting: Acting, now: datetime,
) -> None:  # fmt: skip
    """An export is over: every live load up to `last` lies in the lake as `batch`, under seals of its own."""
    with transaction.atomic():
        Load.objects.filter(kind=LIVE, lake_mark="", finished_at__isnull=False, number__lte=last).update(
            lake_mark=batch
        )
        Seal.objects.bulk_create(
            (
                Seal(load_id=live, table=s.table, first=s.first, last=s.last, rows=s.rows, digest=s.digest)
                for live, s in seals
            ),
            batch_size=1000,
        )
        own = Load.objects.get(number=load)
        own.lake_mark = mark
        own.save(update_fields=["lake_mark"])
        _close(own, {**told, "batch_seals": hash_of_seals(seals_of_batch(batch))}, acting, now)


def seals_of_batch(batch: str) -> QuerySet[Seal]:
    """The seals of all live loads that one export took out."""
    return Seal.objects.filter(load__lake_mark=batch, load__kind=LIVE)


def hash_of_seals(seals: QuerySet[Seal]) -> str:
    """The SHA-256 (hex) over digests, in the order of table, first id and the rest."""
    digests = seals.values_list("load_id", "table", "first", "rows", "digest")
    return sha256(json.dumps(sorted(digests), ensure_ascii=False).encode()).hexdigest()


def put(table: str, key: Sequence[str], columns: Sequence[str], source: str, *, whole: bool) -> None:
    """Let the rows of `source` stand in the table; with `whole` nothing else stays. Equal rows are not touched."""
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    keyed = " AND ".join(f's."{k}" = t."{k}"' for k in key)
    equal = " AND ".join([keyed, *(f's."{c}" {same} t."{c}"' for c in columns if c not in key)])
    with transaction.atomic():
        there = "" if whole else f"EXISTS (SELECT 1 FROM {source} s WHERE {keyed}) AND "
        run(f"DELETE FROM {table} AS t WHERE {there}NOT EXISTS (SELECT 1 FROM {source} s WHERE {equal})")
        new = f"SELECT {quoted(columns)} FROM {source} s WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE {keyed})"
        run(f"INSERT INTO {table} ({quoted(columns)}) {new}")


def fill(table: str, columns: Sequence[str], source: str) -> None:
    """Take all rows of `source` into a table that has none of them."""
    with transaction.atomic():
        run(f"INSERT INTO {table} ({quoted(columns)}) SELECT {quoted(columns)} FROM {source}")


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Drop the secondary indexes of tables while they are filled, and make them again: sorted at once, not row by row.

    A death in between leaves them away; `mend_indexes`, at the beginning of every load, makes them again.
    """
    for table in tables:
        present = _present(table)
        for index in _indexes(table):
            if index.name in present:
                with connection.schema_editor() as editor:
                    editor.remove_index(model_of(table), index)
    try:
        yield
    finally:
        mend_indexes(tables)


def mend_indexes(tables: Sequence[str]) -> list[str]:
    """Make the indexes that are missing; their names."""
    made = []
    for table in tables:
        present = _present(table)
        for index in _indexes(table):
            if index.name not in present:
                with connection.schema_editor() as editor:
                    editor.add_index(model_of(table), index)
                made.append(index.name)
    return made


def _indexes(table: str) -> list[models.Index]:
    return list(model_of(table)._meta.indexes)


def _present(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


def model_of(table: str) -> type[models.Model]:
    """The model of a table of ours."""
    return next(m for m in apps.get_app_config("store").get_models() if m._meta.db_table == table)


def is_empty(table: str) -> bool:
    """Whether a table has no row."""
    return not rows(f"SELECT 1 FROM {table} LIMIT 1")


def quoted(columns: Iterable[str]) -> str:
    """Columns by name, in a list."""
    return ", ".join(f'"{c}"' for c in columns)


def run(statement: str, values: Sequence[str | int] = ()) -> None:
    """One statement on the store's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)


def rows(statement: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
    """The rows of one query on the store's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return list(cursor.fetchall())
