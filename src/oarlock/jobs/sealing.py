"""Seals: the SHA-256 over every thousand rows of a load, in the order of their ids, always computed by DuckDB.

A row's text under the hash is every column's length in bytes, a colon and its text, or `~` where there is nothing;
so no two rows share a text. Left out is what erasing a person may empty; it is held to the lake (docs/why/store.md).
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from oarlock.engines.sql import ident, options
from oarlock.records.shapes import COUNTED_BY, FREE_TEXT, Column, Shape

ROWS = 1000
"""Rows under one seal."""
MONEY, NUMBER = "money", "number"
CHANGED = ("changes", "value")
_ERASABLE = f"entity = 'person' AND field NOT IN {options(COUNTED_BY)}"
"""Changes whose values erasing may empty: they are under no seal, and held to the lake."""


def row_text(shape: Shape) -> str:
    """SQL: a fact's text under its seal, of columns as the store keeps them."""
    left_out = FREE_TEXT.get(shape.name, ())
    sealed = [_value(c, "'*'") if (shape.name, c.name) == CHANGED else _part(c)
              for c in shape.columns if c.name not in left_out]  # fmt: skip
    return " || ".join(sealed)


def loose_text(shape: Shape) -> str:
    """SQL: what of a fact is under no seal, for it may be erased; empty where all of it is sealed."""
    parts = [_part(c) for c in shape.columns if c.name in FREE_TEXT.get(shape.name, ())]
    if shape.name == CHANGED[0]:
        parts.append(f"CASE WHEN {_ERASABLE} THEN {_part(Column(CHANGED[1]))} ELSE '' END")
    return " || ".join(parts)


def _value(column: Column, instead: str) -> str:
    return f"CASE WHEN {_ERASABLE} THEN {instead} ELSE {_part(column)} END"


def _part(column: Column) -> str:
    told = f"CAST({ident(column.name)} AS VARCHAR)"
    if column.kind in (MONEY, NUMBER):
        told = f"CAST(CAST({ident(column.name)} AS DOUBLE) AS VARCHAR)"
    return f"coalesce(strlen({told}) || ':' || {told}, '~')"


def seals_of(shape: Shape, relation: str, number: str) -> str:
    """SELECT of (first, last, rows, digest): one row a thousand, `number` counting the relation's rows from 0."""
    key = ident(shape.key[0])
    return (
        f"SELECT min({key}), max({key}), count(*), sha256(string_agg({row_text(shape)}, '' ORDER BY {key}))"
        f" FROM {relation} GROUP BY {number} // {ROWS} ORDER BY 1"
    )


def seals_by_load(shape: Shape, table: str) -> str:
    """SELECT of (load, first, last, rows, digest) over a table of DuckDB that lies in the order of load and id."""
    key = ident(shape.key[0])
    digest = f"sha256(string_agg({row_text(shape)}, '' ORDER BY {key}))"
    grouped = f'GROUP BY "load", rowid // {ROWS} ORDER BY 1, 2'
    return f'SELECT "load", min({key}), max({key}), count(*), {digest} FROM {table} {grouped}'


def sha_of(path: Path) -> str:
    """The SHA-256 (hex) of a file."""
    with path.open("rb") as source:
        return file_digest(source, "sha256").hexdigest()
