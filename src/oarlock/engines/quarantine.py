"""Rows that could not come in: kept whole, with place and reason, in a file that can be mended and imported again.

Each import that set rows aside leaves `<home>/quarantine/<import>/<file>.csv`: the source's own columns, and ours
(`oarlock_...`) that import leaves aside. A row that came in good later is counted no more.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from oarlock.engines.aside import folder_of as folder_of
from oarlock.engines.aside import quarantined as quarantined
from oarlock.engines.aside import rows_files as rows_files
from oarlock.engines.examining import Examined
from oarlock.engines.headers import COLUMN, LINE, REASON, REST, ROW, VALUE
from oarlock.engines.mending import TAKEN, keys, mended_in_file
from oarlock.engines.rows import LONGEST
from oarlock.engines.sql import ident, options, text
from oarlock.engines.staging import Staged, source

Aside = tuple[int, str, str, str]
"""A row found wanting after it was staged: its number in the file, column, value and reason."""
_IMPORT = re.compile(r"\d{8}T\d{6}-[0-9a-f]{8}")


def set_aside(
    connection: duckdb.DuckDBPyConnection,
    examined: Examined,
    number: int,
    staged: Staged | None,
    later: Iterable[Aside],
    folder: Path,
) -> Counter[str]:
    """Write what one file must leave behind, and which rows of an earlier quarantine it brings in good.

    Gives the rows set aside by reason.
    """  # fmt: skip
    wanting = list(later)
    parts = []
    if staged and (wanting or _some(connection, f"{staged.relation} WHERE _bad")):
        _note_bad(connection, examined, staged, wanting)
        parts.append(_found_again(examined, staged))
    if examined.aside:
        parts.append(_never_read(examined, staged))
    if staged and examined.header.mended:
        folder.mkdir(parents=True, exist_ok=True)
        mended = mended_in_file(staged, [n for n, *_ in wanting])
        connection.execute(f"COPY ({mended}) TO {text(str(folder / f'{number}.mended.parquet'))} (FORMAT parquet)")
    if not parts:
        return Counter()
    folder.mkdir(parents=True, exist_ok=True)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE aside AS {_identified(examined, ' UNION ALL '.join(parts))}")
    _write(connection, examined, number, folder)
    return Counter(dict(connection.execute("SELECT reason, count(*) FROM aside GROUP BY 1").fetchall()))


def sweep(home: Path, known: set[str]) -> None:
    """Remove what an import that died has left in the quarantine."""
    for path in folder_of(home).glob("*"):
        if _IMPORT.fullmatch(path.name) and path.name not in known:
            shutil.rmtree(path)


def _some(connection: duckdb.DuckDBPyConnection, relation: str) -> bool:
    return bool(connection.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall())


def _note_bad(connection: duckdb.DuckDBPyConnection, examined: Examined, staged: Staged, later: list[Aside]) -> None:
    """Table `bad`: row number, physical line, column, value, reason, former id."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT _n, _column, _value, _reason FROM {staged.relation} WHERE _bad"
    )
    if later:
        columns = dict(zip(("n", "c", "v", "r"), map(list, zip(*later, strict=True)), strict=True))
        connection.register("later", pa.table(columns))
        connection.execute("INSERT INTO found SELECT * FROM later")
        connection.unregister("later")
    numbers = np.sort(connection.execute("SELECT DISTINCT _n FROM found").fetchnumpy()["_n"].astype(np.int64))
    lines = numbers + 1 if examined.arrival.parquet else examined.lines.of(numbers)
    connection.register("places", pa.table({"_n": numbers, "line": lines}))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE bad AS SELECT DISTINCT ON (_n) _n, line, _column, _value, _reason"
        " FROM found JOIN places USING (_n) ORDER BY _n"
    )
    connection.unregister("places")


def _found_again(examined: Examined, staged: Staged) -> str:
    """SELECT of the rows that were read and found wanting: fetched from the file once more, whole."""
    names = examined.header.names
    own = ", ".join(f"c{n}" for n, name in enumerate(names) if name in examined.header.own)
    row = f"c{names.index(ROW)}" if examined.header.mended else "CAST(NULL AS VARCHAR)"
    return (
        f'SELECT {row} AS former, line, _column AS "column", _value AS value, _reason AS reason,'
        f" '' AS rest, [{own}] AS fields, CASE WHEN _reason NOT IN {options(TAKEN)} THEN {keys(staged)} END AS keys"
        f" FROM ({source(examined)}) JOIN bad USING (_n)"
    )


def _never_read(examined: Examined, staged: Staged | None) -> str:
    """SELECT of the rows whose very shape was wrong."""
    names = examined.header.names
    columns = ", ".join(f"'{n}': 'VARCHAR'" for n in ("line", "reason", "rest", *(f"c{i}" for i in range(len(names)))))
    own = ", ".join(f"c{n}" for n, name in enumerate(names) if name in examined.header.own)
    row = f"c{names.index(ROW)}" if examined.header.mended else "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT nullif({row}, '') AS former, CAST(line AS BIGINT) AS line, CAST(NULL AS VARCHAR) AS \"column\","
        f" CAST(NULL AS VARCHAR) AS value, reason, coalesce(rest, '') AS rest, [{own}] AS fields,"
        f" {keys(staged)} AS keys FROM read_csv({text(str(examined.aside))}, auto_detect = false, header = false,"
        f" columns = {{{columns}}},"
        f" delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', strict_mode = false,"
        f" max_line_size = {4 * LONGEST}, parallel = false)"
    )


def _identified(examined: Examined, rows: str) -> str:
    """The rows with an id that stays the same when the same row comes again."""
    name = text(examined.arrival.name)
    place = "row_number() OVER (PARTITION BY fields, rest ORDER BY line)"
    told = f"md5(concat_ws('|', {name}, to_json(fields), rest, {place}))"
    return f"SELECT coalesce(former, {told}) AS id, {name} AS file, * EXCLUDE (former) FROM ({rows})"


def _write(connection: duckdb.DuckDBPyConnection, examined: Examined, number: int, folder: Path) -> None:
    """One file to mend, one to read back."""
    columns = [f"{_calm(f'fields[{n}]')} AS {ident(name)}" for n, name in enumerate(examined.header.own, 1)]
    ours = {ROW: "id", LINE: "line", COLUMN: '"column"', VALUE: _calm("value"), REASON: "reason", REST: _calm("rest")}
    columns += [f"{sql} AS {ident(name)}" for name, sql in ours.items()]
    target = _free_place(folder, Path(examined.arrival.name).stem + ".csv", number)
    connection.execute(
        f"COPY (SELECT {', '.join(columns)} FROM aside ORDER BY line) TO {text(str(target))}"
        " (FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"')"
    )
    connection.execute(
        'COPY (SELECT id, file, line, "column", value, reason, CAST(to_json(fields) AS VARCHAR) AS fields, keys'
        f" FROM aside)"
        f" TO {text(str(folder / f'{number}.rows.parquet'))} (FORMAT parquet)"
    )


def _free_place(folder: Path, name: str, number: int) -> Path:
    """Of two files of one name in one import, the second gets a folder of its own: names say what a file is."""
    if not (folder / name).exists():
        return folder / name
    (folder / str(number)).mkdir()
    return folder / str(number) / name


def _calm(field: str) -> str:
    """A text a spreadsheet would take for a formula gets a mark before it, which import takes off again."""
    risky = f"regexp_matches({field}, '^''*[=+@\\t\\r-]') AND TRY_CAST({field} AS DOUBLE) IS NULL"
    return f"CASE WHEN {risky} THEN '''' || {field} ELSE {field} END"
