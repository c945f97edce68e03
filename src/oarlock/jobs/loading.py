"""Lake to store, in bulk: facts of the working window, records as they stand, everybody's state, and search words.

    load(home, acting=, now=) -> Loaded

Promises: the same lake twice changes nothing; only what the store lacks comes in; killed anywhere and run again it ends
the same. No row is ever saved one at a time.
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from oarlock.engines import manifest as manifests
from oarlock.engines.lake import look, make_views
from oarlock.engines.rows_across import files_in_force, relation, stored_columns
from oarlock.engines.sql import ident
from oarlock.ground.clock import now as instant_now
from oarlock.jobs.crossing import BATCH, Way, indexes_away, put_rows, workbench
from oarlock.jobs.sealing import seals_of, sha_of
from oarlock.jobs.searching import KEY, WORDS
from oarlock.jobs.standing import make_states
from oarlock.jobs.steps import Bench, silent
from oarlock.records.shapes import SHAPES, Shape
from oarlock.store.models import Load, Version
from oarlock.store.writes import loads
from oarlock.store.writes.audit import Acting
from oarlock.store.writes.judging import judge
from oarlock.store.writes.loads import EXPORT, FACT_TABLES, LAKE, Sealed
from oarlock.store.writes.orders import Order
from oarlock.store.writes.records import again, find_by
from oarlock.store.writes.standing import spared

__all__ = ["Loaded", "Tell", "do_load", "earlier", "lake_told", "load", "mark_of", "sha_of"]
Tell = Callable[[str, float | None], None]
RECORDS = ("accounts", "campaigns", "users", "people", "opportunities", "opportunity_contacts")
WINDOW_MONTHS = 24


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought: its number (None: the store had all of it), and rows by table."""

    number: int | None
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Work:
    """One load at work. `seen`: what earlier loads told of the lake's files and versions."""

    home: Path
    way: Way
    number: int
    since: int
    seen: Mapping[str, str]
    versions: Mapping[str, int]
    tell: Tell
    rows: dict[str, int] = field(default_factory=dict)


def load(home: Path, *, acting: Acting, now: datetime, tell: Tell = lambda words, share: None) -> Loaded:
    """Bring what the lake has and the store lacks into the store. UserProblem `busy`, `lake-damaged`."""
    with workbench(home, "loading") as way:
        mark = mark_of(home)
        seen, versions, last = earlier()
        if last == mark:
            return Loaded(None)
        make_views(home, way.duck)
        bench = Bench(way.duck, look(way.duck), silent)
        number = loads.begin(LAKE, mark, now=now)
        loads.mend_indexes([*FACT_TABLES, *RECORDS, "person_states", "stage_entries", "handoffs", "search_words"])
        work = _Work(home, way, number, _since(bench), seen, versions, tell)
        _bring(work, bench)
        again()
        _look_after(spared(), now)
        told = {"rows": work.rows, "since": work.since} | lake_told(home, seen)
        loads.finish(number, told, acting=acting, now=now)
        return Loaded(number, work.rows)


def _look_after(person_ids: Collection[str], now: datetime) -> None:
    """Those of whom the lake has not heard all: judged by the store's own facts, and found by their words again."""
    judge(person_ids, now=now)
    for person_id in person_ids:
        find_by("person", person_id)


def do_load(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `load`."""
    loaded = load(settings.OARLOCK.home, acting=Acting(order.by), now=instant_now(), tell=tell)
    return {"load": loaded.number, "rows": dict(loaded.rows)}


def _bring(work: _Work, bench: Bench) -> None:
    for done, table in enumerate(RECORDS):
        work.tell(f"bringing in {SHAPES[table].name}", done / 20)
        _records(work, SHAPES[table])
    if Version.objects.exists():
        work.tell("following everybody through the stages", 0.3)
        make_states(work.way, bench)
    work.tell("making everybody findable", 0.5)
    _put(work, "search_words", KEY, KEY, WORDS, whole=True)
    for done, table in enumerate(FACT_TABLES):
        work.tell(f"bringing in {SHAPES[table].name}", 0.6 + done / 15)
        _facts(work, SHAPES[table])


def mark_of(home: Path) -> str:
    """What decides the outcome of a load: the lake's versions and those of the agreement."""
    tables = {name: v.version for name, v in manifests.read(home).tables.items()}
    signed = list(Version.objects.order_by("number").values_list("number", "hash"))
    return sha256(json.dumps([tables, signed], sort_keys=True).encode()).hexdigest()


def earlier() -> tuple[dict[str, str], dict[str, int], str]:
    """What finished loads told: SHA-256 by lake file, the last versions by table, and the last mark."""
    files: dict[str, str] = {}
    versions: dict[str, int] = {}
    mark = ""
    over = Load.objects.filter(kind__in=(LAKE, EXPORT), finished_at__isnull=False).order_by("number")
    for load_mark, told in over.values_list("lake_mark", "rows"):
        said = json.loads(told)
        if "lake" not in said:  # cut short: what it brought is in the store, but nobody said it was all
            continue
        for name in said["gone"]:
            files.pop(name, None)
        files |= said["lake"]
        versions, mark = said["versions"], load_mark
    return files, versions, mark


def lake_told(home: Path, seen: Mapping[str, str]) -> dict[str, Any]:
    """The lake's files that are new since earlier loads with their SHA-256, those that went, and the versions."""
    there = {f"{table}/{Path(f).name}": Path(f) for table, files in files_in_force(home).items() for f in files}
    new = {name: sha_of(path) for name, path in sorted(there.items()) if name not in seen}
    gone = [name for name in sorted(seen) if name not in there and name.partition("/")[0] not in FACT_TABLES]
    versions = {name: v.version for name, v in manifests.read(home).tables.items()}
    return {"lake": new, "gone": gone, "versions": versions}


def _since(bench: Bench) -> int:
    """The beginning of the working window in microseconds: so many months before the last fact."""
    lasts = " UNION ALL ".join(f'SELECT max("at") FROM {table}' for table in FACT_TABLES)
    window = f"SELECT epoch_us(max(last) - INTERVAL {WINDOW_MONTHS} MONTH) FROM ({lasts}) AS ends(last)"
    found = bench.connection.execute(window).fetchall()[0][0]
    return int(found or 0)


# Facts


def _facts(work: _Work, shape: Shape) -> None:
    """A table's facts out of files nobody has loaded yet, in the order of their ids, batch by batch."""
    files = [
        f for f in files_in_force(work.home).get(shape.name, []) if f"{shape.name}/{Path(f).name}" not in work.seen
    ]
    if not files:
        return
    duck, columns = work.way.duck, [c.name for c in shape.columns]
    key = ident(shape.key[0])
    lacking = _lacking(work, shape, relation(work.home, shape.name, files))
    stored = stored_columns(shape, work.way.vendor)
    duck.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS SELECT {stored} FROM ({lacking}) ORDER BY {key}")
    total = int(duck.execute("SELECT count(*) FROM fresh").fetchall()[0][0])
    with indexes_away(shape.name, total):
        for low in range(0, total, BATCH):
            work.tell(f"bringing in {shape.name}: {low:,} of {total:,}", None)
            batch = f"(SELECT rowid - {low} AS n, * FROM fresh WHERE rowid >= {low} AND rowid < {low + BATCH})"
            seals = [Sealed(shape.name, *row) for row in duck.execute(seals_of(shape, batch, "n")).fetchall()]
            named = loads.quoted(columns)
            with work.way.laid(f"SELECT {named} FROM {batch} ORDER BY n", shape.name, columns) as source:
                loads.append(shape.name, columns, source, work.number, seals)
    duck.execute("DROP TABLE fresh")
    if total:
        work.rows[shape.name] = total


def _lacking(work: _Work, shape: Shape, candidates: str) -> str:
    """The candidates of the working window that the store has not yet."""
    recent = f'SELECT * FROM ({candidates}) WHERE epoch_us("at") >= {work.since}'
    if loads.is_empty(shape.name):
        return recent
    key = shape.key[0]
    with work.way.read(f"SELECT {ident(key)} FROM {shape.name}", {key: "VARCHAR"}) as ids:
        work.way.duck.execute(f"CREATE OR REPLACE TEMP TABLE known_ids AS SELECT * FROM {ids}")
    return f"SELECT * FROM ({recent}) ANTI JOIN known_ids USING ({ident(key)})"


# Records


def _records(work: _Work, shape: Shape) -> None:
    """A table of records as the lake has it, unless this version of it came in before. The erased stay erased."""
    version = manifests.read(work.home).tables.get(shape.name)
    if version is None or work.versions.get(shape.name) == version.version:
        return
    select = f"SELECT {stored_columns(shape, work.way.vendor)} FROM {shape.name}"
    erased = [row[0] for row in loads.rows("SELECT person_id FROM erasures")] if shape.name == "people" else []
    if erased:
        work.way.duck.execute("CREATE OR REPLACE TEMP TABLE erased AS SELECT unnest($1) AS person_id", [erased])
        select += " ANTI JOIN erased USING (person_id)"
    _put(work, shape.name, shape.key, tuple(c.name for c in shape.columns), select, whole=False)


def _put(work: _Work, table: str, key: tuple[str, ...], columns: tuple[str, ...], select: str, *, whole: bool) -> None:
    work.rows[table] = put_rows(work.way, table, key, columns, select, whole=whole)
