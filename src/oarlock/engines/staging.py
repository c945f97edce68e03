"""One file, read once by DuckDB: every value its targets need, typed, beside the reason to set a row aside, if any.

The staged file is Parquet in the workshop. Rows are numbered as they stand in the file, so that what is set aside
can be found there again.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from oarlock.engines.columns import Fault, TargetPlan, Value, Zones, faults, plan, plan_key, without_lookup
from oarlock.engines.examining import Examined
from oarlock.engines.headers import ROW
from oarlock.engines.parquet_files import as_texts
from oarlock.engines.rows import LONGEST
from oarlock.engines.sql import ident, options, text
from oarlock.engines.typing_text import in_range

Others = Mapping[str, Iterable[Examined]]
"""The other files of the import, by the key their mapping gives them: what values are fetched from."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged file. `number` tells it from the others of its import."""

    number: int
    examined: Examined
    path: Path
    plans: tuple[TargetPlan, ...]

    @property
    def relation(self) -> str:
        """The staged rows; `_n` is their number in the sound file, counted from 0."""
        return f"(SELECT *, file_row_number AS _n FROM read_parquet({text(str(self.path))}, file_row_number = true))"

    @property
    def left_out(self) -> str:
        """SQL that counts the good rows no target takes part in."""
        taken = " OR ".join(plan_key(p) for p in self.plans)
        return f"SELECT count(*) FROM {self.relation} WHERE NOT _bad AND NOT ({taken})"


def stage(
    connection: duckdb.DuckDBPyConnection, number: int, examined: Examined, others: Others, workshop: Path, zone: Zones
) -> Staged | None:
    """Read, type and check every row of a sound file in one pass. None where it feeds no table (others look in it)."""
    plans = tuple(_with_lookups(p, others) for p in plan(examined.spec, examined.header, zone))
    if not plans:
        return None
    path = workshop / "staged.parquet"
    query = _staging(examined, plans, others)
    group = row_group(examined.row_bytes)
    connection.execute(f"COPY ({query}) TO {text(str(path))} (FORMAT parquet, COMPRESSION lz4_raw, {group})")
    return Staged(number, examined, path, plans)


def row_group(row_bytes: int) -> str:
    """Rows are written in groups that are held in memory: of long rows fewer at a time (2,048 is DuckDB's least)."""
    return f"ROW_GROUP_SIZE {min(122_880, max(2048, 8 * 1024 * 1024 // max(row_bytes, 1) // 2048 * 2048))}"


def source(examined: Examined, *, numbered: bool = True) -> str:
    """SELECT of a sound file's fields as text: `_n` counts rows from 0, `c0`, `c1`... are the fields.

    Numbering rows costs DuckDB its second thread. What is written in the order of the file, as staging does it
    (`preserve_insertion_order`), is numbered for nothing when it is read back.
    """
    if examined.arrival.parquet:
        return as_texts(examined.path)
    count = len(examined.header.names)
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(count))
    quote = '"' if examined.format.quoted else ""
    reader = (
        f"read_csv({text(str(examined.path))}, auto_detect = false, header = false, skip = 1, columns = {{{columns}}},"
        f" delim = {text(examined.header.delimiter)}, quote = {text(quote)}, escape = {text(quote)},"
        f" new_line = {text(chr(92) + 'r' + chr(92) + 'n' if examined.crlf else chr(92) + 'n')},"
        f" strict_mode = false, max_line_size = {2 * LONGEST}, parallel = {str(not examined.many_lines).lower()})"
    )
    number = "row_number() OVER () - 1" if numbered else "0"
    return f"SELECT {number} AS _n, * FROM {reader}"


def _with_lookups(p: TargetPlan, others: Others) -> TargetPlan:
    """Values that are fetched from a file that did not come stay empty."""

    def settle(value: Value) -> Value:
        return value if value.lookup is None or value.lookup.file in others else without_lookup(value)

    return replace(p, values=tuple(map(settle, p.values)), properties=tuple(map(settle, p.properties)))


def _staging(examined: Examined, plans: tuple[TargetPlan, ...], others: Others) -> str:
    values = [v for p in plans for v in p.every_value()]
    raws = [f"{v.raw} AS {v.key}_raw" for v in values] + [f"{p.applies} AS {plan_key(p)}" for p in plans]
    row = examined.header.index(ROW) if examined.header.mended else None
    raws.append(f"c{row} AS _row" if row is not None else "CAST(NULL AS VARCHAR) AS _row")
    typed = [f"{v.typed} AS {v.key}_typed" for v in values]
    told = [f"{in_range(v.kind, f'{v.key}_typed')} AS {v.key}" for v in values]  # apart, so that it is typed only once
    found = [f for p in plans for f in faults(p)]
    joins = _joins(values, others)  # a join may change the order of rows, so that it must be mended afterwards
    kept = [v.key for v in values] + [plan_key(p) for p in plans]
    return f"""
        WITH fields AS ({_fields(examined, numbered=bool(joins))}),
        raws AS (SELECT _n, {", ".join(raws)} FROM fields {joins}),
        typed AS (SELECT *, {", ".join(typed)} FROM raws),
        told AS (SELECT *, {", ".join(told)} FROM typed),
        judged AS (SELECT *, {_case(found)} AS _fault FROM told)
        SELECT _row, _fault IS NOT NULL AS _bad, {_told(found, "column")} AS _column,
            {_told(found, "value")} AS _value, {_told(found, "reason")} AS _reason, {", ".join(kept)}
        FROM judged {"ORDER BY _n" if joins else ""}"""


def _fields(examined: Examined, *, numbered: bool) -> str:
    """The fields with null words made null. In a mended file the mark that keeps a spreadsheet calm is taken off."""
    nulls = options(examined.format.nulls) if examined.format.nulls else "('')"
    fields = []
    for n in range(len(examined.header.names)):
        field = f"c{n}"
        if examined.header.mended:
            field = f"regexp_replace({field}, '^''(''*[=+@\\t\\r-])', '\\1')"
        fields.append(f"CASE WHEN {field} IN {nulls} THEN NULL ELSE {field} END AS c{n}")
    return f"SELECT _n, {', '.join(fields)} FROM ({source(examined, numbered=numbered)})"


def _joins(values: list[Value], others: Others) -> str:
    joins = []
    for value in values:
        if value.lookup is None:
            continue
        rows = [r for o in others.get(value.lookup.file, ()) if (r := _looked_up(o, value))]
        if rows:
            taken = f"SELECT k, arg_min(v, _n) AS taken FROM ({' UNION ALL '.join(rows)}) GROUP BY k"
            joins.append(f"LEFT JOIN ({taken}) AS {value.key}_lookup ON {value.key}_lookup.k = {value.on}")
        else:
            joins.append(
                f"LEFT JOIN (SELECT NULL::VARCHAR AS k, NULL::VARCHAR AS taken) AS {value.key}_lookup ON false"
            )
    return " ".join(joins)


def _looked_up(other: Examined, value: Value) -> str | None:
    assert value.lookup is not None
    key, taken = other.header.index(value.lookup.match), [other.header.index(t) for t in value.lookup.take]
    if key is None or None in taken:
        return None
    put_together = f"nullif(concat_ws('/', {', '.join(f'c{n}' for n in taken)}), '')"
    known = f"{put_together} IS NOT NULL AND c{key} IS NOT NULL"
    return f"SELECT _n, c{key} AS k, {put_together} AS v FROM ({_fields(other, numbered=True)}) WHERE {known}"


def _case(found: list[Fault]) -> str:
    if not found:
        return "CAST(NULL AS INTEGER)"
    return "CASE " + " ".join(f"WHEN {f.when} THEN {n}" for n, f in enumerate(found)) + " END"


def _told(found: list[Fault], what: str) -> str:
    said = {"column": [text(f.column) for f in found], "value": [f.value for f in found],
            "reason": [f.reason for f in found]}[what]  # fmt: skip
    if not said:
        return "CAST(NULL AS VARCHAR)"
    cases = " ".join(f"WHEN {n} THEN {s}" for n, s in enumerate(said))
    return f"CAST(CASE _fault {cases} END AS VARCHAR)"


def select(staged: Staged, p: TargetPlan) -> str:
    """SELECT of the good rows one target takes: `_f`, `_n`, `_k` tell a row apart, then the columns it provides."""
    if p.dated:
        return " UNION ALL ".join(_dated_select(staged, p, n) for n in range(len(p.dated)))
    columns = [f"{v.key} AS {ident(v.name)}" for v in p.values if v.kind != "texts"]
    columns += _properties(p)
    columns += [f"{p.changed_at.key} AS _changed_at"] if p.changed_at else []
    where = f"NOT _bad AND {plan_key(p)}"
    if p.each and p.target.each:
        return _each_select(staged, p, columns, where)
    if p.target.derived:
        return _derived(staged, p, columns, where)
    return f"SELECT {staged.number} AS _f, _n, 0 AS _k, {', '.join(columns)} FROM {staged.relation} WHERE {where}"


def _properties(p: TargetPlan) -> list[str]:
    whole = [v.key for v in p.values if v.kind == "texts"]
    entries = ", ".join(f"{{'k': {text(v.name)}, 'v': {v.key}}}" for v in p.properties)
    if p.properties:
        whole.append(f"map_from_entries(list_filter([{entries}], lambda e: e.v IS NOT NULL))")
    if not whole:
        return []
    return [f"{whole[0]} AS properties" if len(whole) == 1 else f"map_concat({whole[0]}, {whole[1]}) AS properties"]


def _each_select(staged: Staged, p: TargetPlan, columns: list[str], where: str) -> str:
    """One row a piece, the pieces numbered by `_k`; a field without pieces makes no row."""
    assert p.each is not None and p.target.each is not None
    pieces = f"list_transform(string_split({p.each.key}, {text(p.target.each.split)}), lambda x: trim(x))"
    filled = f"SELECT *, list_filter({pieces}, lambda x: x <> '') AS _pieces FROM {staged.relation} WHERE {where}"
    own = f"unnest(range(len(_pieces))) AS _k, unnest(_pieces) AS {ident(p.each.name)}"
    return f"SELECT {staged.number} AS _f, _n, {', '.join([own, *columns])} FROM ({filled})"


def _derived(staged: Staged, p: TargetPlan, columns: list[str], where: str) -> str:
    """One row a key: the earliest, or where the table has no such time the first in the file."""
    keys = {v.name: v.key for v in p.values}
    known = " AND ".join(f"{keys[c.name]} IS NOT NULL" for c in p.shape.columns if c.required)
    parted = ", ".join(keys[k] for k in p.shape.key)
    earliest = f"{keys['created_at']}, " if "created_at" in keys else ""
    return (
        f"SELECT {staged.number} AS _f, _n, 0 AS _k, {', '.join(columns)} FROM {staged.relation}"
        f" WHERE {where} AND {known} QUALIFY row_number() OVER (PARTITION BY {parted} ORDER BY {earliest}_n) = 1"
    )


def _dated_select(staged: Staged, p: TargetPlan, n: int) -> str:
    dated = p.dated[n]
    columns = [f"{v.key} AS {ident(v.name)}" for v in p.values]
    columns += [f'{dated.at.key} AS "at"', f"{text(dated.field)} AS field", f'{dated.value.key} AS "value"']
    return (
        f"SELECT {staged.number} AS _f, _n, {n} AS _k, {', '.join(columns)} FROM {staged.relation}"
        f" WHERE NOT _bad AND {plan_key(p)} AND {dated.at.key} IS NOT NULL AND {dated.value.key} IS NOT NULL"
    )
