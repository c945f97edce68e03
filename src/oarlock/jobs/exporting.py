"""Store to lake: facts that came in live, appended to the lake's tables, sealed and told of in the trail; and the
people and accounts that came in with them.

    export(home, acting=, now=) -> Exported

Promises: a fact comes into the lake once, however often and wherever an export dies; nothing is in force there before
all of it is; from then on the fact is under a seal.
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from oarlock.engines.lake import make_views
from oarlock.engines.manifest import Import
from oarlock.engines.rows_across import as_lake
from oarlock.engines.sql import ident, text
from oarlock.engines.summary import Summary
from oarlock.engines.writing import Session, writer
from oarlock.ground.clock import now as instant_now
from oarlock.ground.ids import new_id
from oarlock.jobs.crossing import Way, workbench
from oarlock.jobs.loading import earlier, lake_told, mark_of
from oarlock.jobs.sealing import seals_by_load
from oarlock.records.shapes import SHAPES, Kind, Shape
from oarlock.store.writes import loads
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.loads import EXPORT, FACT_TABLES, LIVE, Sealed
from oarlock.store.writes.orders import Order
from oarlock.store.writes.standing import SPARED

Tell = Callable[[str, float | None], None]
WAIT = 30.0
WAITING = f"SELECT number FROM loads WHERE kind = '{LIVE}' AND lake_mark = '' AND finished_at IS NOT NULL"
KINDS: dict[Kind, str] = {"time": "BIGINT", "integer": "BIGINT", "number": "DOUBLE", "money": "DOUBLE"}
"""The DuckDB type of a column as the store keeps it; everything else is text."""

LATELY = 2 * 86_400_000_000
"""Microseconds before the oldest waiting load since when a person without any fact may have come in."""
PEOPLE_ARRIVED = (
    f"person_id IN ({SPARED}) OR created_at >= (SELECT min(begun_at) - {LATELY} FROM loads WHERE number IN ({WAITING}))"
)
RECORDS = {
    "people": PEOPLE_ARRIVED,
    "accounts": f"account_id IN (SELECT account_id FROM people WHERE {PEOPLE_ARRIVED}) OR account_id IN"
    f" (SELECT entity_id FROM changes WHERE entity = 'account' AND \"load\" IN ({WAITING}))",
}
"""Which records may have come in live since the last export: a condition on the store's rows, by table."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export brought: the number of its load (None: nothing waited), and facts by table."""

    number: int | None
    rows: Mapping[str, int] = field(default_factory=dict)


def export(home: Path, *, acting: Acting, now: datetime, tell: Tell = lambda words, share: None) -> Exported:
    """Append what waits to the lake. UserProblem `busy`, `lake-damaged`."""
    last = int(loads.rows(f"SELECT coalesce(max(number), 0) FROM loads WHERE number IN ({WAITING})")[0][0])
    if not last:
        return Exported(None)
    with workbench(home, "exporting") as way, writer(home, wait=WAIT, told=lambda words: tell(words, None)) as session:
        seen, versions, mark = earlier()
        known = mark == mark_of(home)
        number = loads.begin(EXPORT, "", now=now)
        batch = f"live-{new_id(now, os.urandom(10))}"
        make_views(home, way.duck)
        rows = {}
        seals: list[tuple[int, Sealed]] = []
        for table in FACT_TABLES:
            tell(f"bringing out {SHAPES[table].name}", None)
            rows[table] = _out(way, session, SHAPES[table], last, batch)
            seals += _seals(way, SHAPES[table])
        for table in RECORDS:
            rows[table] = _records_out(way, session, SHAPES[table], batch)
        rows = {table: count for table, count in rows.items() if count}
        if rows:
            session.finish(Import(batch, now, (), Summary(batch, now, ()).as_dict()))
        told = {"rows": rows, "batch": batch} | lake_told(home, seen)
        told["versions"] = versions | {t: v for t, v in told["versions"].items() if t in FACT_TABLES}
        after = mark_of(home) if known else mark
        loads.finish_export(number, last, batch, seals, told, after, acting=acting, now=now)
    return Exported(number, rows)


def waits() -> bool:
    """Whether any live fact waits for the lake."""
    return bool(loads.rows(f"{WAITING} LIMIT 1"))


def do_export(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `export`."""
    done = export(settings.OARLOCK.home, acting=Acting(order.by), now=instant_now(), tell=tell)
    return {"load": done.number, "rows": dict(done.rows)}


def _out(way: Way, session: Session, shape: Shape, last: int, batch: str) -> int:
    """Write a table's waiting facts beside those in the lake; how many. They stay as `leaving` for their seals."""
    key = ident(shape.key[0])
    names = [c.name for c in shape.columns]
    waiting = f'SELECT {loads.quoted(names)}, "load" FROM {shape.name} WHERE "load" IN ({WAITING} AND number <= {last})'
    kinds = {c.name: KINDS.get(c.kind, "VARCHAR") for c in shape.columns} | {"load": "BIGINT"}
    with way.read(waiting, kinds) as source:
        way.duck.execute(f'CREATE OR REPLACE TEMP TABLE leaving AS SELECT * FROM {source} ORDER BY "load", {key}')
    lacking = f"SELECT {', '.join(as_lake(c) for c in shape.columns)} FROM leaving ANTI JOIN {shape.name} USING ({key})"
    if not _count(way, "SELECT count(*) FROM leaving") or not _count(way, f"SELECT count(*) FROM ({lacking})"):
        return 0
    path = session.folder(shape.name) / f"{batch}.parquet"
    written = way.duck.execute(f"COPY ({lacking} ORDER BY {key}) TO {text(str(path))} (FORMAT parquet)").fetchall()
    session.add(shape.name, [(path, int(written[0][0]))])
    return int(written[0][0])


def _records_out(way: Way, session: Session, shape: Shape, batch: str) -> int:
    """Write the people and accounts that came in live and that the lake has no row of; how many. Later changes of
    theirs are facts, and go as those do."""
    key, names = ident(shape.key[0]), loads.quoted(c.name for c in shape.columns)
    kinds = {c.name: KINDS.get(c.kind, "VARCHAR") for c in shape.columns}
    with way.read(f"SELECT {names} FROM {shape.name} WHERE {RECORDS[shape.name]}", kinds) as source:
        way.duck.execute(f"CREATE OR REPLACE TEMP TABLE arrived AS SELECT * FROM {source}")
    lacking = f"SELECT {', '.join(as_lake(c) for c in shape.columns)} FROM arrived ANTI JOIN {shape.name} USING ({key})"
    count = _count(way, f"SELECT count(*) FROM ({lacking})")
    if count:
        path = session.folder(shape.name) / f"{batch}.parquet"
        way.duck.execute(f"COPY ({lacking} ORDER BY {key}) TO {text(str(path))} (FORMAT parquet)")
        session.add(shape.name, [(path, count)])
    return count


def _seals(way: Way, shape: Shape) -> list[tuple[int, Sealed]]:
    """Seals over what leaves, each with the live load its rows came by."""
    made = way.duck.execute(seals_by_load(shape, "leaving")).fetchall()
    return [(int(row[0]), Sealed(shape.name, *row[1:])) for row in made]


def _count(way: Way, query: str) -> int:
    return int(way.duck.execute(query).fetchall()[0][0])
