"""People whose identity was erased on request: their rows in the lake say no more who they were, and never will again.

    remember(home, ids, mails)     salted hashes, by which later imports know them
    forget(session, ids)           rewrite the lake's tables without their identity
    keep_forgotten(session)        the same for whoever an import has brought back

Promises: ids, times and countable fields stay, so that counts do; a free text stays only where at least `SHARED` other
people have the same; what was known stays known (it says `erased`), so that a rule that asks whether it is known holds.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql or as parameters)

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import duckdb

from oarlock.engines import manifest as manifests
from oarlock.engines.duck import connect
from oarlock.engines.lake import make_views
from oarlock.engines.sql import ident, options, text, texts
from oarlock.engines.writing import Session
from oarlock.records.shapes import COUNTED_BY, ERASED, FREE_TEXT, IDENTITY, SHAPES

SHARED = 5
"""A free text that so many other people have too says nothing of one of them."""
FILE = "erased.json"
SEPARATOR = chr(31)
"""Between a field and its value."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Free texts of the forgotten that stay, for others share them: by table and column, and fields with a value."""

    texts: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    fields: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Remembered:
    """The salt of this workspace and the hashes of whom it must not know again."""

    salt: str
    hashes: tuple[str, ...] = ()


def remember(home: Path, ids: Iterable[str], mails: Iterable[str]) -> None:
    """Write down, hashed under a salt of this workspace, whom imports must not bring back."""
    said = _remembered(home)
    words = [f"id:{i}" for i in ids] + [f"mail:{m.strip().lower()}" for m in mails if "@" in m]
    known = {*said.hashes, *(sha256((said.salt + word).encode()).hexdigest() for word in words)}
    path = manifests.lake_folder(home) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = path.with_suffix(".new")
    with waiting.open("w", encoding="utf-8") as out:
        json.dump({"salt": said.salt, "hashes": sorted(known)}, out)
        out.flush()
        os.fsync(out.fileno())
    waiting.replace(path)
    manifests.sync(path.parent)


def _remembered(home: Path) -> Remembered:
    path = manifests.lake_folder(home) / FILE
    if not path.exists():
        return Remembered(os.urandom(32).hex())
    said = json.loads(path.read_text(encoding="utf-8"))
    return Remembered(said["salt"], tuple(said["hashes"]))


def keep_forgotten(session: Session) -> int:
    """Forget again whom an import has brought back, by id or by e-mail address; how many."""
    said = _remembered(session.home)
    if not said.hashes or "people" not in manifests.read(session.home).tables:
        return 0
    with _opened(session) as connection:
        connection.execute("CREATE TEMP TABLE known AS SELECT unnest($1) AS hash", [list(said.hashes)])
        found = connection.execute(_BACK, [said.salt] * 3).fetchall()
    ids = sorted({i for (i,) in found})
    if ids:
        forget(session, ids)
    return len(ids)


_BACK = f"""
    SELECT person_id FROM people WHERE ({{told}}) AND (sha256(? || 'id:' || person_id) IN (SELECT hash FROM known)
        OR sha256(? || 'mail:' || lower(trim(email))) IN (SELECT hash FROM known))
    UNION SELECT DISTINCT entity_id FROM changes WHERE entity = 'person' AND field IN {options(IDENTITY)}
        AND value <> {text(ERASED)} AND sha256(? || 'id:' || entity_id) IN (SELECT hash FROM known)
""".format(told=" OR ".join(f"{ident(c)} <> {text(ERASED)}" for c in IDENTITY))
"""People who are remembered as erased and of whom the lake says more again."""


def _opened(session: Session) -> duckdb.DuckDBPyConnection:
    connection = connect([manifests.lake_folder(session.home)], memory="1500MB")
    make_views(session.home, connection)
    return connection


def forget(session: Session, ids: Collection[str]) -> Kept:
    """Rewrite every table of the lake that says who these people are; what of their free texts stays."""
    with _opened(session) as connection:
        connection.execute("CREATE TEMP TABLE gone AS SELECT unnest($1) AS person_id", [sorted(ids)])
        kept = _kept(connection)
        rewritten = False
        for table, select in _selects(connection, kept).items():
            rewritten = _rewrite(session, connection, table, select) or rewritten
    if rewritten:
        session.swap()
    return kept


def _rewrite(session: Session, connection: duckdb.DuckDBPyConnection, table: str, select: str) -> bool:
    """Let `select` be the table, if it differs from what the table says of these people."""
    key = "entity_id" if table == "changes" else "person_id"
    mine = f"{ident(key)} IN (SELECT person_id FROM gone)"
    told = ", ".join(
        f"CAST({ident(c.name)} AS VARCHAR)" if c.kind == "texts" else ident(c.name) for c in SHAPES[table].columns
    )
    differ = f"SELECT {told} FROM ({select}) WHERE {mine} EXCEPT SELECT {told} FROM {table} WHERE {mine}"
    if not connection.execute(f"SELECT 1 FROM ({differ}) LIMIT 1").fetchall():
        return False
    file = session.folder(table) / f"erased-{os.urandom(6).hex()}.parquet"
    connection.execute(f"COPY ({select}) TO {text(str(file))} (FORMAT parquet, COMPRESSION zstd)")
    rows = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    session.put(table, file, int(rows))
    return True


def _kept(connection: duckdb.DuckDBPyConnection) -> Kept:
    places = [(t, c) for t, columns in FREE_TEXT.items() for c in columns] + [("people", "source_detail")]
    texts = {(table, column): _shared(connection, table, column) for table, column in places}
    pairs = (
        "SELECT person_id, e.key AS field, e.value AS value FROM"
        " (SELECT person_id, unnest(map_entries(properties)) AS e FROM people)"
        " UNION ALL SELECT entity_id, field, value FROM changes WHERE entity = 'person'"
    )
    found = connection.execute(
        f"WITH pairs AS ({pairs}), mine AS (SELECT DISTINCT field, value FROM pairs WHERE person_id IN"
        " (SELECT person_id FROM gone) AND value IS NOT NULL)"
        " SELECT field, value FROM pairs SEMI JOIN mine USING (field, value)"
        " WHERE person_id NOT IN (SELECT person_id FROM gone) GROUP BY ALL"
        f" HAVING count(DISTINCT person_id) >= {SHARED}"
    ).fetchall()
    return Kept(texts, frozenset((f, v) for f, v in found if f not in IDENTITY))


def _shared(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> frozenset[str]:
    named, key = ident(column), "person_id"
    found = connection.execute(
        f"WITH mine AS (SELECT DISTINCT {named} FROM {table} WHERE {key} IN (SELECT person_id FROM gone)"
        f" AND {named} IS NOT NULL) SELECT {named} FROM {table} SEMI JOIN mine USING ({named})"
        f" WHERE {key} NOT IN (SELECT person_id FROM gone) GROUP BY 1 HAVING count(DISTINCT {key}) >= {SHARED}"
    ).fetchall()
    return frozenset(v for (v,) in found)


def _selects(connection: duckdb.DuckDBPyConnection, kept: Kept) -> dict[str, str]:
    """Every table with identity as it is to be. Kept texts come as tables, never as SQL."""
    connection.execute("CREATE TEMP TABLE kept_texts(place VARCHAR, value VARCHAR)")
    connection.execute("CREATE TEMP TABLE kept_fields(field VARCHAR, value VARCHAR)")
    for (table, column), values in kept.texts.items():
        for value in values:
            connection.execute("INSERT INTO kept_texts VALUES (?, ?)", [f"{table}.{column}", value])
    for pair in kept.fields:
        connection.execute("INSERT INTO kept_fields VALUES (?, ?)", list(pair))
    facts = {table: _select(table, dict.fromkeys(columns, "free"), kept) for table, columns in FREE_TEXT.items()}
    people = dict.fromkeys(IDENTITY, "identity") | {"source_detail": "free", "properties": "properties"}
    return {"people": _select("people", people, kept), "changes": _changes(), **facts}


def _select(table: str, how: Mapping[str, str], kept: Kept) -> str:
    mine = "person_id IN (SELECT person_id FROM gone)"
    columns = (_column(table, c.name, how.get(c.name, ""), mine, kept) for c in SHAPES[table].columns)
    return f"SELECT {', '.join(columns)} FROM {table}"


def _column(table: str, name: str, how: str, mine: str, kept: Kept) -> str:
    named = ident(name)
    if how == "identity":
        return f"CASE WHEN {mine} AND {named} IS NOT NULL THEN {text(ERASED)} ELSE {named} END AS {named}"
    if how == "free":
        stays = f"SELECT value FROM kept_texts WHERE place = {text(f'{table}.{name}')}"
        return f"CASE WHEN {mine} AND {named} NOT IN ({stays}) THEN NULL ELSE {named} END AS {named}"
    if how == "properties":
        pairs = f"{texts(SEPARATOR.join(pair) for pair in sorted(kept.fields))}::VARCHAR[]"
        left = f"list_filter(map_entries({named}), lambda e: list_contains({pairs}, e.key || chr(31) || e.value))"
        return f"CASE WHEN {mine} AND {named} IS NOT NULL THEN map_from_entries({left}) ELSE {named} END AS {named}"
    return named


def _changes() -> str:
    mine = "entity = 'person' AND entity_id IN (SELECT person_id FROM gone)"
    told = f"field NOT IN {options(COUNTED_BY)} AND value IS NOT NULL"
    stays = "EXISTS (SELECT 1 FROM kept_fields k WHERE k.field = changes.field AND k.value = changes.value)"
    value = f"CASE WHEN {mine} AND {told} AND NOT {stays} THEN {text(ERASED)} ELSE value END AS value"
    columns = (value if c.name == "value" else ident(c.name) for c in SHAPES["changes"].columns)
    return f"SELECT {', '.join(columns)} FROM changes"
