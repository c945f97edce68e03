"""Facts on their way into the lake: append-only, each once, however often and in however many files it comes.

A fact has its source's id, else one made of its content and of how many such rows its file had before it: true
doubles both stay, and the same file again adds nothing.
"""

# ruff: noqa: S608  (texts of strangers reach SQL only through engines.sql)

from __future__ import annotations

from pathlib import Path

from oarlock.engines.columns import TargetPlan
from oarlock.engines.settling import NEW, REPEATED, SAME, Bench, Outcome, padded, plans_for
from oarlock.engines.sql import ident, text
from oarlock.engines.staging import Staged, select
from oarlock.records.shapes import Shape

SORTED_BY = {
    "touches": ("person_id", "at"),
    "activities": ("person_id", "at"),
    "changes": ("entity", "entity_id", "field", "at"),
    "handoff_events": ("person_id", "at"),
    "stage_entries": ("person_id", "cycle", "at"),
    "campaign_costs": ("campaign_id", "at"),
}
"""One person's facts lie together: a window over them is twice as quick (measured)."""
SHARED_BY = {name: "entity_id" if name == "changes" else columns[0] for name, columns in SORTED_BY.items()}
SHARE = 2_500_000


def settle_facts(bench: Bench, shape: Shape, staged: list[Staged], made: list[str]) -> Outcome:
    """Append what is new of one fact table. `made` are SELECTs of whole rows that this import itself brought forth."""
    outcome = Outcome()
    parts = [_with_ids(bench, shape, s, p) for s, p in plans_for(staged, shape)]
    parts += [f"SELECT -1 AS _f, 0 AS _n, 0 AS _k, * FROM ({m})" for m in made]
    if not parts:
        return outcome
    bench.execute(f"CREATE OR REPLACE TEMP VIEW arrived AS {' UNION ALL BY NAME '.join(parts)}")
    bench.execute("CREATE OR REPLACE TEMP TABLE gone (_f INTEGER, _n BIGINT, _k INTEGER, why VARCHAR)")
    _find_doubles(bench, shape)
    if bench.holds(shape.name):
        _find_known(bench, shape)
    _append(bench, shape)
    _count(bench, shape, outcome)
    return outcome


def _with_ids(bench: Bench, shape: Shape, staged: Staged, p: TargetPlan) -> str:
    """SELECT of one target's rows with all columns of the shape, ids included."""
    rows, have = select(staged, p), set(p.provided) | ({"at", "field", "value"} if p.dated else set())
    if "recorded_at" in have:
        rows = f'SELECT * REPLACE (coalesce(recorded_at, "at") AS recorded_at) FROM ({rows})'
    given = {"recorded_at": '"at"'}
    if set(shape.key) <= have:
        return f"SELECT _f, _n, _k, {padded(shape, have, **given)} FROM ({rows})"
    content = ", ".join(_content(c.name) for c in shape.columns if c.name in have)
    path = bench.workshop / f"content-{staged.number}-{p.index}.parquet"
    bench.write(f"SELECT *, md5(concat_ws('|', {content})) AS _id FROM ({rows})", path)
    return f"SELECT _f, _n, _k, {padded(shape, have, **given, **{shape.key[0]: '_id'})} FROM ({_numbered(bench, path)})"


def _content(name: str) -> str:
    """One value in a form in which no two rows that differ look alike: its length, then itself; `-` where unknown."""
    value = f"CAST({ident(name)} AS VARCHAR)"
    return f"coalesce(length({value}) || ':' || {value}, '-')"


def _numbered(bench: Bench, path: Path) -> str:
    """The rows of a file, equal ones told apart by their number among their equals."""
    rows = f"read_parquet({text(str(path))})"
    twice = f"SELECT _id FROM {rows} GROUP BY _id HAVING count(*) > 1"
    if not bench.connection.execute(f"SELECT count(*) FROM ({twice})").fetchall()[0][0]:
        return f"SELECT * FROM {rows}"
    place = "row_number() OVER (PARTITION BY _id ORDER BY _n, _k)"
    numbered = f"SELECT *, {place} AS _place FROM {rows} WHERE _id IN ({twice})"
    again = "* EXCLUDE (_place) REPLACE (CASE WHEN _place = 1 THEN _id ELSE md5(_id || '#' || _place) END AS _id)"
    return f"SELECT {again} FROM ({numbered}) UNION ALL SELECT * FROM {rows} WHERE _id NOT IN ({twice})"


def _key(shape: Shape, alias: str = "") -> str:
    return ", ".join(alias + ident(k) for k in shape.key)


def _find_doubles(bench: Bench, shape: Shape) -> None:
    """Rows whose id came before in this import: the same once more, or something else under the same id."""
    hashed = f"hash({_key(shape)})"
    bench.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT {hashed} AS h FROM arrived GROUP BY h HAVING count(*) > 1"
    )
    same = " AND ".join(f"{ident(c.name)} IS NOT DISTINCT FROM first({ident(c.name)}) OVER same" for c in shape.columns)
    bench.execute(
        f"INSERT INTO gone SELECT _f, _n, _k, CASE WHEN same THEN {text(REPEATED)} ELSE 'duplicate-id' END FROM ("
        f"SELECT _f, _n, _k, row_number() OVER same AS place, {same} AS same"
        f" FROM arrived WHERE {hashed} IN (SELECT h FROM twice)"
        f" WINDOW same AS (PARTITION BY {_key(shape)} ORDER BY _f, _n, _k)) WHERE place > 1"
    )


def _find_known(bench: Bench, shape: Shape) -> None:
    """Rows whose id the lake has: nothing new, or something else under an id that is taken."""
    lake = bench.relations[shape.name]
    bench.execute(
        f"CREATE OR REPLACE TEMP TABLE known AS SELECT {_key(shape, 'a.')}, a._f, a._n, a._k FROM arrived a"
        f" SEMI JOIN ({lake}) l USING ({_key(shape)}) ANTI JOIN gone USING (_f, _n, _k)"
    )
    if not bench.connection.execute("SELECT count(*) FROM known").fetchall()[0][0]:
        return
    told = [c.name for c in shape.columns if c.name not in shape.key and c.name != "recorded_at"]
    same = " AND ".join(f"a.{ident(n)} IS NOT DISTINCT FROM l.{ident(n)}" for n in told)
    bench.execute(
        f"INSERT INTO gone SELECT a._f, a._n, a._k, CASE WHEN {same} THEN {text(SAME)} ELSE 'conflicts-with-lake' END"
        f" FROM arrived a JOIN ({lake}) l USING ({_key(shape)}) SEMI JOIN known k USING (_f, _n, _k)"
    )


def _append(bench: Bench, shape: Shape) -> None:
    """Write what is left, sorted, in shares of at most `SHARE` rows: a sort that fits into memory costs a third."""
    rows = bench.execute("SELECT count(*) FROM arrived")
    shares, written = max(1, -(-rows // SHARE)), []
    for share in range(shares):
        file = bench.file_for(shape.name, share)
        number = bench.write(_share(bench, shape, share, shares), file, "zstd")
        if number:
            written.append((file, number))
        else:
            file.unlink(missing_ok=True)
    if written:
        bench.session.add(shape.name, written)


def _share(bench: Bench, shape: Shape, share: int, shares: int) -> str:
    """All rows of so many of the people (or of what else the table is sorted by first)."""
    columns = ", ".join(ident(c.name) for c in shape.columns)
    left = "ANTI JOIN gone USING (_f, _n, _k)" if bench.execute("SELECT count(*) FROM gone") else ""
    first, order = ident(SHARED_BY[shape.name]), ", ".join(ident(n) for n in SORTED_BY[shape.name])
    mine = f"WHERE hash({first}) % {shares} = {share}" if shares > 1 else ""
    return f"SELECT {columns} FROM arrived {left} {mine} ORDER BY {order}"


def _count(bench: Bench, shape: Shape, outcome: Outcome) -> None:
    ask = bench.connection.execute
    for file, rows in ask("SELECT _f, count(*) FROM arrived GROUP BY _f").fetchall():
        outcome.count(file, NEW, rows)
    for file, why, rows in ask("SELECT _f, why, count(*) FROM gone GROUP BY ALL").fetchall():
        outcome.count(file, NEW, -rows)
        if why in (REPEATED, SAME):
            outcome.count(file, why, rows)
    key = f"concat_ws(' ', {_key(shape, 'a.')})"
    outcome.aside += ask(
        f"SELECT a._f, a._n, {text(' '.join(shape.key))}, {key}, why FROM gone g JOIN arrived a USING (_f, _n, _k)"
        f" WHERE why NOT IN ({text(REPEATED)}, {text(SAME)}) AND a._f >= 0"
    ).fetchall()
