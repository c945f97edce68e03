"""The whole store from one database to another: SQLite to PostgreSQL, back, and into the file of a backup.

    move(url, ...)            to a new, empty database; every table counted and hashed on both sides
    copy(source, target)      the same between two of Django's connections

Promises: the source is only read, as one snapshot; the target holds all of it or nothing; where one row differs
afterwards the move is refused and the target is left empty.
"""

# ruff: noqa: S608  (names of tables and columns come from the database's own list)

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from oarlock.ground.problems import UserProblem
from oarlock.store.databases import database

Tell = Callable[[str, float | None], None]
Row = tuple[Any, ...]
MADE_BY_MIGRATIONS = ("django_migrations", "erasing")
AT_ONCE = 20_000
WHOLE = 1 << 256


@dataclass(frozen=True, slots=True)
class Table:
    """One table that was copied: its rows, and a hash over them that does not hang on their order."""

    name: str
    rows: int
    digest: str


@contextmanager
def connected(alias: str, home: Path, url: str | None) -> Iterator[BaseDatabaseWrapper]:
    """A second database under that alias: an address, or the SQLite file of a workspace's folder."""
    settings = dict(connections.settings["default"]) | {"OPTIONS": {}, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False}
    connections.settings[alias] = settings | database(home, url)
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def move(home: Path, url: str | None, *, tell: Tell = lambda words, share: None) -> tuple[Table, ...]:
    """Bring the store of this workspace to another database (None: SQLite in the workspace); what was moved.

    UserProblem `not-empty`, `not-equal`, `no-database`.
    """
    with connected("target", home, url) as target:
        _reachable(target)
        call_command("migrate", database="target", verbosity=0, interactive=False)
        return copy(connections["default"], target, tell)


def copy(
    source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, tell: Tell = lambda words, share: None
) -> tuple[Table, ...]:
    """Copy every table and compare; the target is of the same release and has no data of anybody's."""
    _refuse_used(target)
    tables = [name for name in _tables(source) if name not in MADE_BY_MIGRATIONS]
    missing = sorted(set(tables) - set(_tables(target)))
    if missing:
        raise _problem("not-equal", "The other database is of another release.", f"It lacks the table {missing[0]}.")
    with transaction.atomic(using=source.alias), transaction.atomic(using=target.alias):
        _one_snapshot(source)
        for table in reversed(tables):
            _empty(target, table)
        told = []
        for done, table in enumerate(tables):
            tell(f"copying {table}", done / len(tables))
            told.append(_copied(source, target, table))
        for before in told:
            after = _counted(target, before.name)
            if after != before:
                why = f"Of table {before.name} {before.rows:,} rows left and {after.rows:,} came, or they differ."
                raise _problem("not-equal", "What arrived is not what left; nothing was kept.", why)
    _numbers_go_on(target)
    return tuple(told)


def _reachable(target: BaseDatabaseWrapper) -> None:
    from django.db import DatabaseError

    try:
        target.ensure_connection()
    except DatabaseError as error:
        raise _problem("no-database", "The other database cannot be reached.", str(error).split("\n")[0]) from error


def _refuse_used(target: BaseDatabaseWrapper) -> None:
    for table in ("members", "audit_lines", "loads", "people"):
        with target.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if cursor.fetchone():
                why = f"Its table {table} has rows."
                raise _problem("not-empty", "The other database is in use.", why, "Name an empty one.")


def _tables(database: BaseDatabaseWrapper) -> list[str]:
    """Tables by name; those of our own before those that point to them."""
    return sorted(database.introspection.table_names())


def _one_snapshot(source: BaseDatabaseWrapper) -> None:
    """All that is read from here on is of one instant. In SQLite every transaction is."""
    if source.vendor == "postgresql":
        with source.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _empty(target: BaseDatabaseWrapper, table: str) -> None:
    """Away with what migrations put there (the list of permissions); tables that refuse have nothing in them."""
    with target.cursor() as cursor:
        cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
        if cursor.fetchone():
            cursor.execute(f'DELETE FROM "{table}"')


# Rows


def _columns(database: BaseDatabaseWrapper, table: str) -> list[tuple[str, str]]:
    """Columns with the kind of field the database says they are, by name."""
    with database.cursor() as cursor:
        described = database.introspection.get_table_description(cursor, table)
        return sorted((c.name, str(database.introspection.get_field_type(c.type_code, c))) for c in described)


def _rows(database: BaseDatabaseWrapper, table: str, names: Sequence[str]) -> Iterator[Row]:
    """Every row, a few thousand in memory at a time."""
    query = f'SELECT {", ".join(_quoted(names))} FROM "{table}"'
    if database.vendor == "postgresql":
        with database.connection.cursor(name="moving") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(query)
            yield from cursor
        return
    with database.cursor() as cursor:
        cursor.execute(query)
        while block := cursor.fetchmany(AT_ONCE):
            yield from block


def _copied(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper, table: str) -> Table:
    """Copy one table; what left, as it is counted where it arrives."""
    kinds = dict(_columns(target, table))
    names = sorted(kinds)
    counter = _Counter(table)
    leaving = (counter.saw(_plain(row, names, kinds)) for row in _rows(source, table, names))
    if target.vendor == "postgresql":
        with target.cursor() as cursor, cursor.copy(f'COPY "{table}" ({", ".join(_quoted(names))}) FROM STDIN') as out:
            for row in leaving:
                out.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(names))
        statement = f'INSERT INTO "{table}" ({", ".join(_quoted(names))}) VALUES ({marks})'
        with target.cursor() as cursor:
            for block in _blocks(leaving):
                cursor.executemany(statement, block)
    return counter.table()


def _counted(database: BaseDatabaseWrapper, table: str) -> Table:
    kinds = dict(_columns(database, table))
    names = sorted(kinds)
    counter = _Counter(table)
    for row in _rows(database, table, names):
        counter.saw(_plain(row, names, kinds))
    return counter.table()


class _Counter:
    """Counts rows and adds up their hashes."""

    def __init__(self, name: str) -> None:
        self.name, self.rows, self.sum = name, 0, 0

    def saw(self, row: Row) -> Row:
        """One more row; it is given back."""
        self.rows += 1
        self.sum = (self.sum + int.from_bytes(sha256(repr(row).encode("utf-8", "surrogatepass")).digest())) % WHOLE
        return row

    def table(self) -> Table:
        """What was counted."""
        return Table(self.name, self.rows, f"{self.sum:064x}")


def _plain(row: Iterable[Any], names: Sequence[str], kinds: dict[str, str]) -> Row:
    """A row in values both databases take and give back alike."""
    return tuple(_value(value, kinds[name]) for value, name in zip(row, names, strict=True))


def _value(value: Any, kind: str) -> Any:
    if value is None or isinstance(value, str):
        return _of_text(value, kind)
    if kind == "BooleanField":
        return bool(value)
    if kind == "FloatField":
        return float(value)
    if kind == "DecimalField":  # SQLite keeps a whole amount as an integer, others as a floating number
        return str(Decimal(str(value)).quantize(Decimal("0.01")))
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, uuid.UUID):
        return value.hex
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


def _of_text(value: str | None, kind: str) -> Any:
    """SQLite keeps instants as text, with a fraction or without."""
    if value is not None and kind == "DateTimeField":
        return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(" ")
    return value


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) >= AT_ONCE:
            yield block
            block = []
    if block:
        yield block


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _numbers_go_on(target: BaseDatabaseWrapper) -> None:
    """The numbers a database gives by itself go on after the highest one that came."""
    statements = target.ops.sequence_reset_sql(no_style(), list(apps.get_models(include_auto_created=True)))
    with target.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _problem(code: str, what: str, why: str, next_step: str = "") -> UserProblem:
    return UserProblem(code, what, why, next_step)
