"""Has anybody changed what is for ever? The trail, the signed versions, closed months, sealed facts, the lake's files.

    verify(home) -> Verified     its findings name the first fact, line or file that does not hold

Promises: nothing is mended and nothing is written; the trail, whose head leaves the house, is what the rest is held to.
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from oarlock.engines.lake import current_relations
from oarlock.engines.rows_across import files_in_force, stored_columns
from oarlock.engines.sql import ident, text
from oarlock.ground.problems import Problem
from oarlock.jobs.crossing import Way, workbench
from oarlock.jobs.sealing import MONEY, NUMBER, loose_text, row_text, sha_of
from oarlock.records.shapes import SHAPES, Shape
from oarlock.store.envelope import public_key
from oarlock.store.keys import signing_seed
from oarlock.store.models import AuditLine, Checkpoint, Seal
from oarlock.store.reads import closings, evidence
from oarlock.store.verify import check
from oarlock.store.writes.loads import FACT_TABLES, LIVE, hash_of_seals, rows, seals_of_batch

Tell = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: `part` is trail, store or lake, `place` a table or file, `fact` the first bad id if known."""

    part: str
    place: str
    fact: str
    words: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, by name with a count, and what does not hold."""

    looked_at: Mapping[str, int]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Look:
    """One verification at work. `loaded`: what the trail says of every load, by number."""

    home: Path
    way: Way
    loaded: dict[int, dict[str, object]]
    counts: dict[str, int] = field(default_factory=dict)


def verify(home: Path, *, tell: Tell = lambda words, share: None) -> Verified:
    """Look at everything. UserProblem only where the workspace cannot be opened at all."""
    with workbench(home, "verifying") as way:
        look = _Look(home, way, _loaded())
        tell("walking the trail", 0.05)
        found = [*_trail(look), *_closings(look)]
        for done, table in enumerate(FACT_TABLES):
            tell(f"holding {SHAPES[table].name} to their seals", 0.1 + done / 7)
            found += _facts(look, SHAPES[table])
        tell("reading the lake's files", 0.85)
        found += _lake(look)
    return Verified(look.counts, tuple(found))


def _loaded() -> dict[int, dict[str, object]]:
    lines = AuditLine.objects.filter(verb="loaded").order_by("number").values_list("subject", "detail")
    return {int(subject): json.loads(detail) for subject, detail in lines if subject.isdigit()}


# The trail, the signed versions, the seals' own hash


def _trail(look: _Look) -> Iterator[Finding]:
    look.counts["lines of the trail"] = AuditLine.objects.count()
    checkpoints = dict(Checkpoint.objects.values_list("number", "hash"))
    with tempfile.TemporaryDirectory() as folder:
        try:
            evidence.export(Path(folder))
            list(check(Path(folder), public_key(signing_seed(look.home)), checkpoints))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            yield Finding("trail", "audit_lines", "", str(error))
    for number, said in look.loaded.items():
        batch = said.get("batch")
        kept = hash_of_seals(Seal.objects.filter(load_id=number)) == said.get("seals")
        kept = kept and (batch is None or hash_of_seals(seals_of_batch(str(batch))) == said.get("batch_seals"))
        if not kept:
            yield Finding("store", "seals", str(number), f"The seals of load {number} are not those the trail says.")


def _closings(look: _Look) -> Iterator[Finding]:
    """Every closed month has the bytes the trail says it was frozen with."""
    told = AuditLine.objects.filter(verb="closed", subject_kind="month").order_by("number")
    closed = {month: json.loads(detail)["hash"] for month, detail in told.values_list("subject", "detail")}
    kept = {month.month: month.hash for month in closings.closed_months()}
    look.counts["closed months"] = len(kept)
    for month in sorted({*closed, *kept}):
        if closed.get(month) != kept.get(month):
            yield Finding("store", "closings", month, f"{month} is not closed as the trail says it was.")
    changed = closings.first_changed()
    if changed is not None:
        yield Finding("store", "closings", changed, f"The frozen figures of {changed} were changed.")


# The store


def _facts(look: _Look, shape: Shape) -> Iterator[Finding]:
    duck, key = look.way.duck, shape.key[0]
    with look.way.read(_told(shape), _kinds(shape) | {"load": "BIGINT"}) as source:
        duck.execute(f"CREATE OR REPLACE TEMP TABLE there AS SELECT *, {row_text(shape)} AS told FROM {source}")
    seals = f'SELECT id, load_id AS "load", first, last, rows, digest FROM seals WHERE "table" = {text(shape.name)}'
    kinds = {"id": "BIGINT", "load": "BIGINT", "first": "VARCHAR", "last": "VARCHAR", "rows": "BIGINT"}
    with look.way.read(seals, kinds | {"digest": "VARCHAR"}) as source:
        duck.execute(f"CREATE OR REPLACE TEMP TABLE seal AS SELECT * FROM {source}")
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT t.{ident(key)} AS fact, t.told, t.load,"
        f" CASE WHEN t.{ident(key)} <= s.last THEN s.id END AS id"
        f' FROM there t ASOF LEFT JOIN seal s ON t."load" = s."load" AND t.{ident(key)} >= s.first'
    )
    look.counts[shape.name] = int(duck.execute("SELECT count(*) FROM there").fetchall()[0][0])
    yield from _unsealed(look, shape)
    yield from _broken(look, shape)
    yield from _reworded(look, shape)


def _told(shape: Shape) -> str:
    """SELECT of the store's rows, all as text but for numbers, whatever somebody has put into a column."""
    real = "REAL" if connection.vendor == "sqlite" else "double precision"
    columns = [f"CAST({ident(c.name)} AS {real if c.kind in (MONEY, NUMBER) else 'TEXT'}) AS {ident(c.name)}"
               for c in shape.columns]  # fmt: skip
    return f'SELECT {", ".join(columns)}, "load" FROM {shape.name}'


def _kinds(shape: Shape) -> dict[str, str]:
    return {c.name: "DOUBLE" if c.kind in (MONEY, NUMBER) else "VARCHAR" for c in shape.columns}


def _unsealed(look: _Look, shape: Shape) -> Iterator[Finding]:
    """Facts under no seal: those of a live load wait for theirs, but no more of them than it brought."""
    live = {int(n): json.loads(told) for n, told in rows(f"SELECT number, rows FROM loads WHERE kind = '{LIVE}'")}
    loose = 'SELECT "load", min(fact), count(*) FROM held WHERE id IS NULL GROUP BY 1 ORDER BY 2'
    for load, first, count in look.way.duck.execute(loose).fetchall():
        brought = live.get(load, {}).get(shape.name) if load in live else 0
        if brought is not None and count > brought:
            yield Finding("store", shape.name, first, f"Fact {first} of {shape.name} was put in: no load brought it.")


def _broken(look: _Look, shape: Shape) -> Iterator[Finding]:
    """The first seal whose rows are not what they were, and the first fact in it that differs from the lake's."""
    sums = (
        "SELECT id, count(*) AS n, sha256(string_agg(told, '' ORDER BY fact)) AS now FROM held"
        " WHERE id IS NOT NULL GROUP BY id"
    )
    bad = (
        f'SELECT s."load", s.first, s.last, s.rows, coalesce(h.n, 0) FROM seal s LEFT JOIN ({sums}) h USING (id)'
        " WHERE h.now IS DISTINCT FROM s.digest OR coalesce(h.n, 0) <> s.rows ORDER BY s.first"
    )
    for load, first, last, was, count in look.way.duck.execute(bad).fetchall():
        fact = _first_bad(look, shape, int(load), first, last)
        told = f"Fact {fact} of {shape.name}" if fact else f"One of the facts {first} to {last} of {shape.name}"
        changed = "was changed" if was == count else "was taken away" if count < was else "was put in"
        yield Finding("store", shape.name, fact, f"{told} {changed} after load {load} had brought it.")


def _reworded(look: _Look, shape: Shape) -> Iterator[Finding]:
    """What may be erased is under no seal: it is held to the lake, where erasing empties it too."""
    loose, key = loose_text(shape), ident(shape.key[0])
    if not loose:
        return
    try:
        relation = current_relations(look.home)[shape.name]
        columns = stored_columns(shape, look.way.vendor)
        lake = f"SELECT {key}, {loose} AS loose FROM (SELECT {columns} FROM ({relation}))"
        here = f"SELECT {key}, {loose} AS loose FROM there"
        query = f"SELECT min({key}) FROM ({here}) t JOIN ({lake}) l USING ({key}) WHERE t.loose <> l.loose"
        fact = look.way.duck.execute(query).fetchall()[0][0]
    except (Problem, OSError, look.way.error):  # the lake's own findings say why
        return
    if fact is not None:
        yield Finding("store", shape.name, fact, f"Fact {fact} of {shape.name} says something else than in the lake.")


def _first_bad(look: _Look, shape: Shape, load: int, first: str, last: str) -> str:
    """The first id between two at which store and lake differ; empty where the lake cannot tell."""
    key = ident(shape.key[0])
    since = look.loaded.get(load, {}).get("since", 0)
    try:
        relation = current_relations(look.home)[shape.name]
        between = f"BETWEEN {text(first)} AND {text(last)}"
        recent = f'SELECT * FROM ({relation}) WHERE {key} {between} AND epoch_us("at") >= {since}'
        lake = _rows_told(look, shape, f"({recent})")
        elsewhere = f'SELECT fact FROM held WHERE "load" <> {load}'
        mine = f'SELECT fact, told FROM held WHERE "load" = {load} AND fact {between}'
        found = look.way.duck.execute(
            f"SELECT min(coalesce(m.fact, l.fact)) FROM ({mine}) m FULL JOIN"
            f" (SELECT * FROM ({lake}) WHERE fact NOT IN ({elsewhere})) l USING (fact)"
            " WHERE m.told IS DISTINCT FROM l.told"
        ).fetchall()[0][0]
    except (Problem, OSError, look.way.error):
        return ""
    return str(found or "")


# The lake


def _lake(look: _Look) -> Iterator[Finding]:
    """Every file that came in is there, byte for byte; where one is not, the first fact in it that differs."""
    expected: dict[str, str] = {}
    for said in look.loaded.values():
        gone, came = said.get("gone", []), said.get("lake", {})
        assert isinstance(gone, list) and isinstance(came, dict)
        for name in gone:
            expected.pop(name, None)
        expected |= came
    try:
        there = {f"{t}/{Path(f).name}": Path(f) for t, files in files_in_force(look.home).items() for f in files}
    except Problem as problem:
        yield Finding("lake", str(problem.where), "", f"{problem.what} {problem.why}")
        return
    look.counts["files of the lake"] = len(there)
    for name, sha in sorted(expected.items()):
        path = there.get(name)
        if path is None or not path.is_file():
            yield Finding("lake", name, _lost(look, name, None), f"The lake's file {name} was taken away.")
        elif sha_of(path) != sha:
            yield Finding("lake", name, _lost(look, name, path), f"The lake's file {name} was changed.")


def _lost(look: _Look, name: str, path: Path | None) -> str:
    """The first fact that differs between a bad file and the store; empty where that cannot be said."""
    shape = SHAPES[name.partition("/")[0]]
    if not shape.fact:
        return ""
    key = ident(shape.key[0])
    with look.way.read(_told(shape), _kinds(shape) | {"load": "BIGINT"}) as source:
        kept = f"SELECT {key} AS fact, {row_text(shape)} AS told FROM {source}"
        look.way.duck.execute(f"CREATE OR REPLACE TEMP TABLE kept AS {kept}")
    others = [f for f in files_in_force(look.home).get(shape.name, []) if Path(f).is_file() and f != str(path)]
    try:
        return _difference(look, shape, path, others)
    except look.way.error:  # it is no Parquet any more: all its facts are lost, the first one is named
        return _difference(look, shape, None, others) if path is not None else ""


def _difference(look: _Look, shape: Shape, path: Path | None, others: list[str]) -> str:
    parts = [_rows_told(look, shape, f"read_parquet({text(f)})") for f in others]
    inside = "SELECT '' AS fact, '' AS told WHERE false"
    if path is not None:
        inside = _rows_told(look, shape, f"read_parquet({text(str(path))})")
    elsewhere = " UNION ALL ".join(f"SELECT fact FROM ({p})" for p in parts) or "SELECT '' WHERE false"
    found = look.way.duck.execute(
        f"SELECT min(coalesce(k.fact, f.fact)) FROM (SELECT * FROM kept WHERE fact NOT IN ({elsewhere})) k"
        f" FULL JOIN ({inside}) f USING (fact) WHERE k.told IS DISTINCT FROM f.told"
    ).fetchall()[0][0]
    return str(found or "")


def _rows_told(look: _Look, shape: Shape, relation: str) -> str:
    """SELECT of (fact, told) of rows in the lake's columns: their ids, and their texts as under a seal."""
    columns = stored_columns(shape, look.way.vendor)
    return f"SELECT {ident(shape.key[0])} AS fact, {row_text(shape)} AS told FROM (SELECT {columns} FROM {relation})"
