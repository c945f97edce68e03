"""Which rows of the quarantine have come in good since: those mended in its files, and those mended at the source.

A row set aside keeps the keys it names (`people.csv` row `p2` names `people|people:p2`), as far as they can be read.
When a file of the same kind later brings that key in good, the row has been mended where it came from.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from oarlock.engines.columns import TargetPlan
from oarlock.engines.sql import ident, text, texts
from oarlock.engines.staging import Staged, select

TAKEN = ("duplicate-id", "conflicts-with-lake")
"""Reasons that are about the key itself: it is in the lake already, so its coming again mends nothing."""


def keys(staged: Staged | None) -> str:
    """SQL over a file's fields: the keys a row names, as a list of texts."""
    named = [k for p in staged.plans if (k := _key_in_fields(staged, p))] if staged else []
    return f"list_filter([{', '.join(named)}]::VARCHAR[], lambda k: k IS NOT NULL)"


def mended_in_file(staged: Staged, still_wanting: Iterable[int]) -> str:
    """SELECT of the quarantine ids that a mended file brings in good."""
    numbers = ", ".join(str(int(n)) for n in still_wanting) or "-1"
    return (
        f"SELECT DISTINCT _row AS id FROM {staged.relation} WHERE NOT _bad AND _row IS NOT NULL"
        f" AND _n NOT IN ({numbers})"
    )


def note_mended_at_source(
    connection: duckdb.DuckDBPyConnection, staged: Iterable[Staged], earlier: list[Path], folder: Path
) -> None:
    """Note the rows of `earlier` quarantines whose keys this import brings in good."""
    if not earlier:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE waiting AS SELECT id, unnest(keys) AS key"
        f" FROM read_parquet({texts(str(p) for p in earlier)}, union_by_name = true)"
    )
    if not connection.execute("SELECT 1 FROM waiting LIMIT 1").fetchall():
        return
    good = [q for s in staged for p in s.plans if (q := _good_keys(s, p))]
    if not good:
        return
    folder.mkdir(parents=True, exist_ok=True)
    found = f"SELECT DISTINCT id FROM waiting SEMI JOIN ({' UNION ALL '.join(good)}) USING (key)"
    connection.execute(f"COPY ({found}) TO {text(str(folder / 'source.mended.parquet'))} (FORMAT parquet)")


def _kind(staged: Staged, p: TargetPlan) -> str:
    return text(f"{staged.examined.spec.key}|{p.shape.name}:")


def _has_key(p: TargetPlan) -> bool:
    fetched = {v.name for v in p.values if v.lookup}
    return set(p.shape.key) <= {v.name for v in p.values} - fetched and not (p.target.derived or p.each or p.dated)


def _key_in_fields(staged: Staged, p: TargetPlan) -> str | None:
    """The key out of the raw fields `c0`, `c1`...; null where a part of it is missing."""
    if not _has_key(p):
        return None
    raw = {v.name: f"nullif({v.raw}, '')" for v in p.values}
    return " || ' ' || ".join([f"{_kind(staged, p)} || {raw[p.shape.key[0]]}", *(raw[k] for k in p.shape.key[1:])])


def _good_keys(staged: Staged, p: TargetPlan) -> str | None:
    if not _has_key(p):
        return None
    key = " || ' ' || ".join(f"CAST({ident(k)} AS VARCHAR)" for k in p.shape.key)
    return f"SELECT {_kind(staged, p)} || {key} AS key FROM ({select(staged, p)})"
