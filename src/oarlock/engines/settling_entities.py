"""Entities on their way into the lake: one row a key, and a fact for every field whose value moved.

Several files may speak of one entity; each column is taken from the first that knows it, in the mapping's order.
What an import does not speak of stays as it is. Where a value changes, `changes` gets the new value at the time of
the import (or the source's own) and, once, the value before it, so that the past reads as it did.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

from dataclasses import dataclass

from oarlock.engines.columns import TargetPlan
from oarlock.engines.lake import TYPES
from oarlock.engines.settling import CHANGED, NEW, REPEATED, SAME, Bench, Outcome, plans_for
from oarlock.engines.sql import ident, text, texts
from oarlock.engines.staging import Staged, select
from oarlock.records.shapes import Column, Shape

ENTITY = {
    "people": "person",
    "accounts": "account",
    "opportunities": "opportunity",
    "users": "user",
    "campaigns": "campaign",
}
"""What `changes` calls a row of each table; a table without a word here has no history of its own."""
BEGAN = {"people": "created_at", "opportunities": "created_at", "campaigns": "started_at"}
EVER = "TIMESTAMPTZ '1970-01-01 00:00:00+00'"
"""Since when a value held that nobody ever saw begin."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One target of one file as a source of entities. `bit` marks its kind: which columns it speaks of."""

    query: str
    provided: frozenset[str]
    properties: tuple[str, ...]
    any_property: bool
    derived: bool
    dated: bool
    bit: int


def settle_entities(bench: Bench, shape: Shape, staged: list[Staged]) -> tuple[Outcome, list[str]]:
    """Bring one entity table up to date. Also gives SELECTs of the rows of `changes` that follow from it."""
    outcome = Outcome()
    plans = plans_for(staged, shape)
    if not plans:
        return outcome, []
    providers = _providers(bench, shape, plans, outcome)
    old = bench.relations[shape.name] if bench.holds(shape.name) else ""
    met = bench.workshop / f"met-{shape.name}.parquet"
    bench.write(_met(shape, providers, old), met)
    rows = f"read_parquet({text(str(met))})"
    counted = bench.connection.execute(f"SELECT _f, _state, count(*) FROM {rows} GROUP BY ALL").fetchall()
    for file, state, number in counted:
        if file is not None:
            outcome.count(file, state, number)
    if any(state in (NEW, CHANGED) for _, state, _ in counted):
        _put(bench, shape, rows)
    moved = any(state == CHANGED for _, state, _ in counted)
    return outcome, _changes(bench, shape, rows, staged) if moved and shape.name in ENTITY else []


def _put(bench: Bench, shape: Shape, rows: str) -> None:
    file = bench.file_for(shape.name)
    columns = ", ".join(ident(c.name) for c in shape.columns)
    # Sorting could bring together long rows that stand far from one another in their file.
    order = "" if bench.long_rows else f"ORDER BY {', '.join(ident(k) for k in shape.key)}"
    number = bench.write(f"SELECT {columns} FROM {rows} {order}", file, "zstd")
    bench.session.put(shape.name, file, number)


def _providers(bench: Bench, shape: Shape, plans: list[tuple[Staged, TargetPlan]], outcome: Outcome) -> list[Provider]:
    """The sources in order of precedence, each without a key twice."""
    ranked = sorted(plans, key=lambda sp: _rank(bench, *sp))
    kinds: dict[tuple[frozenset[str], tuple[str, ...]], int] = {}
    providers = []
    for n, (s, p) in enumerate(ranked):
        provided, properties = frozenset(p.provided), tuple(v.name for v in p.properties)
        bit = kinds.setdefault((provided, properties), 1 << len(kinds))
        query = _once_each(bench, shape, n, s, p, outcome)
        any_property = any(v.kind == "texts" for v in p.values)
        providers.append(
            Provider(query, provided, properties, any_property, p.target.derived, p.changed_at is not None, bit)
        )
    return providers


def _rank(bench: Bench, staged: Staged, p: TargetPlan) -> tuple[bool, int, int, int]:
    """What is derived comes last; then the mapping's order; of two files of one kind the later one goes before."""
    return p.target.derived, bench.order.index(staged.examined.spec.key), p.index, -staged.number


def _once_each(bench: Bench, shape: Shape, number: int, staged: Staged, p: TargetPlan, outcome: Outcome) -> str:
    """A target's rows without doubles: equal ones fall together, of others the first stays and the rest are told."""
    rows = select(staged, p)
    if p.target.derived:
        return rows
    keys = ", ".join(ident(k) for k in shape.key)
    view, gone = f"rows_{number}", f"gone_{number}"
    bench.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {rows}")
    bench.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT hash({keys}) AS h FROM {view} GROUP BY h HAVING count(*) > 1"
    )
    same = " AND ".join(f"{ident(n)} IS NOT DISTINCT FROM first({ident(n)}) OVER same" for n in p.provided)
    bench.execute(
        f"CREATE OR REPLACE TEMP TABLE {gone} AS SELECT * FROM ("
        f"SELECT _n, _k, concat_ws(' ', {keys}) AS key, row_number() OVER same AS place, {same} AS same"
        f" FROM {view} WHERE hash({keys}) IN (SELECT h FROM twice)"
        f" WINDOW same AS (PARTITION BY {keys} ORDER BY _n, _k)) WHERE place > 1"
    )
    found = bench.connection.execute(f"SELECT _n, key, same FROM {gone}").fetchall()
    if not found:
        return f"SELECT * FROM {view}"
    outcome.count(staged.number, REPEATED, sum(1 for *_, same in found if same))
    outcome.aside += [
        (staged.number, n, " ".join(shape.key), key, "duplicate-id") for n, key, same in found if not same
    ]
    return f"SELECT * FROM {view} ANTI JOIN {gone} USING (_n, _k)"


def _met(shape: Shape, providers: list[Provider], old: str) -> str:
    """SELECT of the table as it will be, with what became of every row and, where one changed, which fields."""
    keys = ", ".join(ident(k) for k in shape.key)
    new = _gathered(shape, providers, old)
    if not old:
        columns = ", ".join(ident(c.name) for c in shape.columns)
        state = f"{text(NEW)} AS _state, {_NO_MOVES} AS _moved, NULL::TIMESTAMPTZ AS _changed_at"
        return f"SELECT {columns}, _f, {state} FROM ({new})"
    key = ident(shape.key[0])
    columns = ", ".join(_chosen(c, shape, providers) for c in shape.columns)
    moved = (
        f"CASE WHEN n.{key} IS NOT NULL AND o.{key} IS NOT NULL THEN {_moved(shape, providers)} ELSE {_NO_MOVES} END"
    )
    state = (
        f"CASE WHEN n_key IS NULL THEN 'kept' WHEN o_key IS NULL THEN {text(NEW)}"
        f" WHEN len(_moved) > 0 THEN {text(CHANGED)} ELSE {text(SAME)} END AS _state"
    )
    return (
        f"SELECT *, {state} FROM (SELECT {columns}, n._f, n._changed_at, {_began(shape)} AS _began, {moved} AS _moved,"
        f" n.{key} AS n_key, o.{key} AS o_key FROM ({new}) n FULL JOIN ({old}) o USING ({keys}))"
    )


_NO_MOVES = "CAST([] AS STRUCT(f VARCHAR, o VARCHAR, n VARCHAR)[])"


def _gathered(shape: Shape, providers: list[Provider], old: str) -> str:
    """SELECT of one row a key from all providers; `_m` holds the bits of those that spoke of it."""
    keys = ", ".join(ident(k) for k in shape.key)
    parts = []
    for rank, provider in enumerate(providers):
        # What is derived only fills gaps: an entity the lake has is left alone.
        known = f" ANTI JOIN ({old}) USING ({keys})" if provider.derived and old else ""
        columns = ", ".join(_provided(c, provider) for c in shape.columns)
        changed = "_changed_at" if provider.dated else "NULL::TIMESTAMPTZ AS _changed_at"
        parts.append(
            f"SELECT {rank} AS _rank, _f, {provider.bit} AS _m, {columns}, {changed} FROM ({provider.query}){known}"
        )
    if len(parts) == 1:
        return parts[0]
    columns = ", ".join(_first_known(c, shape) for c in shape.columns)
    return (
        f"SELECT {columns}, arg_min(_f, _rank) AS _f, bit_or(_m) AS _m, max(_changed_at) AS _changed_at"
        f" FROM ({' UNION ALL '.join(parts)}) GROUP BY {keys}"
    )


def _provided(column: Column, provider: Provider) -> str:
    name = ident(column.name)
    return name if column.name in provider.provided else f"CAST(NULL AS {TYPES[column.kind]}) AS {name}"


def _first_known(column: Column, shape: Shape) -> str:
    name = ident(column.name)
    if column.name in shape.key:
        return name
    if column.kind == "texts":
        maps = f"list({name} ORDER BY _rank DESC) FILTER ({name} IS NOT NULL)"
        return f"list_reduce({maps}, lambda a, b: map_concat(a, b)) AS {name}"
    return f"first({name} ORDER BY _rank) FILTER ({name} IS NOT NULL) AS {name}"


def _spoken(name: str, providers: list[Provider]) -> str:
    """SQL: whether somebody who speaks of this column spoke of this row."""
    mask = 0
    for provider in providers:
        mask |= provider.bit if name in provider.provided else 0
    return f"(n._m & {mask}) <> 0" if mask else "false"


def _chosen(column: Column, shape: Shape, providers: list[Provider]) -> str:
    """The column as it will be: new where it was spoken of, else as it was."""
    name, key = ident(column.name), ident(shape.key[0])
    if column.name in shape.key:
        return f"coalesce(n.{name}, o.{name}) AS {name}"
    new = _merged_properties(providers) if column.kind == "texts" else f"n.{name}"
    spoken = _spoken(column.name, providers)
    return f"CASE WHEN n.{key} IS NOT NULL AND (o.{key} IS NULL OR {spoken}) THEN {new} ELSE o.{name} END AS {name}"


def _spoken_properties(providers: list[Provider]) -> str:
    """SQL: the properties that were spoken of, filled or not."""
    lists = [
        f"CASE WHEN (n._m & {p.bit}) <> 0 THEN {texts(p.properties)} ELSE [] END" for p in providers if p.properties
    ]
    if any(p.any_property for p in providers):
        lists.append("coalesce(map_keys(n.properties), [])")
    return f"list_distinct(flatten([{', '.join(lists) or '[]'}]))"


def _merged_properties(providers: list[Provider]) -> str:
    """The properties as they will be: those spoken of are replaced (or emptied), the others stay."""
    spoken = _spoken_properties(providers)
    kept = f"list_filter(map_entries(o.properties), lambda e: NOT list_contains({spoken}, e.key))"
    return f"map_concat(map_from_entries(coalesce({kept}, [])), coalesce(n.properties, MAP {{}}))"


def _moved(shape: Shape, providers: list[Provider]) -> str:
    """SQL: the fields whose value is not what it was, as a list of field, old and new text."""
    plain = []
    for column in shape.columns:
        if column.name in shape.key or column.kind == "texts":
            continue
        name, spoken = ident(column.name), _spoken(column.name, providers)
        if spoken != "false":
            differs = f"{spoken} AND o.{name} IS DISTINCT FROM n.{name}"
            plain.append(
                f"CASE WHEN {differs} THEN {{'f': {text(column.name)}, 'o': {_as_text(column, 'o')},"
                f" 'n': {_as_text(column, 'n')}}} END"
            )
    moved = f"list_filter([{', '.join(plain)}], lambda m: m IS NOT NULL)" if plain else _NO_MOVES
    if shape.column("properties") is None or not any("properties" in p.provided for p in providers):
        return moved
    each = "{'f': k, 'o': o.properties[k], 'n': n.properties[k]}"
    pairs = f"list_transform({_spoken_properties(providers)}, lambda k: {each})"
    return f"list_concat({moved}, list_filter({pairs}, lambda m: m.o IS DISTINCT FROM m.n))"


def _as_text(column: Column, alias: str) -> str:
    value = f"{alias}.{ident(column.name)}"
    if column.kind == "time":
        return f"strftime(timezone('UTC', {value}), '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f"CAST({value} AS VARCHAR)"


def _changes(bench: Bench, shape: Shape, rows: str, staged: list[Staged]) -> list[str]:
    """The rows of `changes` that follow, unless the history the lake has, or that comes now, says so already."""
    entity, key = ENTITY[shape.name], ident(shape.key[0])
    origins = ", ".join(f"{{'f': {s.number}, 'name': {text('import ' + s.examined.arrival.name)}}}" for s in staged)
    bench.execute(
        f"CREATE OR REPLACE TEMP TABLE moved_{shape.name} AS SELECT {key} AS id, m.f AS field, m.o AS old, m.n AS new,"
        f" {_moved_at(bench, shape)} AS moved_at, coalesce(_changed_at, {_instant(bench)}) AS learned, _began AS began,"
        f" list_filter([{origins}], lambda s: s.f = _f)[1].name AS origin"
        f" FROM (SELECT *, unnest(_moved) AS m FROM {rows} WHERE len(_moved) > 0)"
    )
    history = _history(bench, entity, shape, staged)
    last = f"SELECT id, field, arg_max({{'v': value}}, moment).v AS value FROM ({history}) GROUP BY ALL"
    known = f"moved_{shape.name} m LEFT JOIN (SELECT *, true AS has FROM ({last})) h USING (id, field)"
    said_already = "has AND h.value IS NOT DISTINCT FROM new"
    changed = _change_row(entity, "moved_at", "new", "greatest(moved_at, learned)")
    after = f"{changed} FROM {known} WHERE ({said_already}) IS NOT TRUE"
    before = f"{_change_row(entity, 'began', 'old', 'began')} FROM {known} WHERE has IS NULL"
    return [after, before]


def _history(bench: Bench, entity: str, shape: Shape, staged: list[Staged]) -> str:
    """What is known, and what comes with this import, of the fields that moved."""
    parts = [f'SELECT entity, entity_id, field, value, "at" FROM ({bench.relations["changes"]})']
    for s in staged:
        for p in s.plans:
            if p.shape.name == "changes":
                parts.append(f'SELECT entity, entity_id, field, "value", "at" FROM ({select(s, p)})')
    union = " UNION ALL ".join(parts)
    return (
        f'SELECT entity_id AS id, field, value, "at" AS moment FROM ({union}) c WHERE entity = {text(entity)}'
        f" AND (entity_id, field) IN (SELECT (id, field) FROM moved_{shape.name})"
    )


def _moved_at(bench: Bench, shape: Shape) -> str:
    """When a field moved: as the file says, else now; but a deal was won or lost when it was closed, not when an
    export that says so was brought in."""
    known = f"coalesce(_changed_at, {_instant(bench)})"
    if shape.name != "opportunities":
        return known
    closing = "m.f IN ('status', 'closed_at', 'lost_reason') AND status <> 'open' AND _changed_at IS NULL"
    return f"CASE WHEN {closing} AND closed_at <= {known} THEN closed_at ELSE {known} END"


def _change_row(entity: str, at: str, value: str, recorded_at: str) -> str:
    """SELECT list of one row of `changes`, its id made of what it says."""
    parts = f"{text(entity)}, id, field, coalesce({value}, chr(0)), CAST({at} AS VARCHAR), origin"
    return (
        f'SELECT md5(concat_ws(chr(31), {parts})) AS change_id, {at} AS "at", {recorded_at} AS recorded_at,'
        f' {text(entity)} AS entity, id AS entity_id, field, {value} AS value, CAST(NULL AS VARCHAR) AS "by", origin'
    )


def _instant(bench: Bench) -> str:
    return f"TIMESTAMPTZ {text(bench.now.isoformat())}"


def _began(shape: Shape) -> str:
    """Since when the old value is taken to have held: the entity's own beginning, else as long as anybody knows."""
    began = BEGAN.get(shape.name)
    return f"coalesce(o.{ident(began)}, {EVER})" if began else EVER
