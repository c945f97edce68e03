"""Where everybody stands: the fold over all facts under the signed versions, brought over as state rows.

make_states(way, bench)   person_states, stage_entries and handoffs, made anew; rows that are equal are not touched

Whoever something happened to live that the lake has not heard of yet keeps their rows: they know more.
"""

# ruff: noqa: S608  (names of stages pass through engines.sql)

from __future__ import annotations

from oarlock.engines.sql import ident, text
from oarlock.ground.clock import now as instant_now
from oarlock.ground.intervals import micros
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.crossing import Way, put_rows
from oarlock.jobs.planning import Planner
from oarlock.jobs.standing_handoffs import make_handoffs
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes import loads
from oarlock.store.writes.standing import put_states
from oarlock.tables.detours import spans

ENTRY = ("person_id", "cycle", "stage", "at", "version", "because", "skipped")
STATE = ("person_id", "cycle", "stage", "since", "version", "detour", "back_at", "merged_into")


def make_states(way: Way, bench: Bench) -> None:
    """Let both state tables be what the facts of the lake say under the signed versions. Empty lake: nothing."""
    if bench.seen.last is None:
        return
    versions, until = all_versions().in_force_by(instant_now()), bench.last_known()
    follow(bench, versions)
    make_handoffs(way, bench, versions)
    _put(way, "stage_entries", ("person_id", "cycle", "stage"), ENTRY, "SELECT * FROM entries")
    _put(way, "person_states", ("person_id",), STATE, _states(micros(until), bench.seen.merges))
    for table in ("entries", "lives", "away_lives"):
        bench.connection.execute(f"DROP TABLE {table}")


def _put(way: Way, table: str, key: tuple[str, ...], columns: tuple[str, ...], select: str) -> None:
    """State rows: a table without rows is filled, in one with rows those whom the lake knows best are replaced."""
    if loads.is_empty(table):
        put_rows(way, table, key, columns, select, whole=True)
        return
    with way.laid(f"SELECT {loads.quoted(columns)} FROM ({select})", table, columns, key) as source:
        put_states(table, key, columns, source)


def follow(bench: Bench, versions: Versions) -> None:
    """Compute the tables `lives`, `away_lives` and `entries` on the bench's connection."""
    until = bench.last_known()
    answer(bench, Line(), lambda line: _plan(Planner(line, until, bench.seen.merges), versions))
    parts = [_entries(key, n, versions) for n, key in enumerate(versions.stage_keys)]
    bench.connection.execute(f"CREATE OR REPLACE TEMP TABLE told AS {' UNION ALL '.join(parts)}")
    chosen = ", ".join(ident(c) for c in ENTRY)
    bench.connection.execute(f"CREATE OR REPLACE TEMP TABLE entries AS SELECT {chosen}, n FROM told")
    bench.connection.execute("DROP TABLE told")


def _plan(planner: Planner, versions: Versions) -> None:
    planner.lives(planner.lake(), versions, "lives")


def _entries(key: str, number: int, versions: Versions) -> str:
    """SELECT of everybody's entries into one stage, with the version that judged each."""
    at, because = ident(f"{key}_at"), ident(f"{key}_because")
    return (
        f'SELECT person_id, cycle, {text(key)} AS stage, epoch_us({at}) AS "at", {_version(at, versions)} AS version,'
        f" {because} AS because, {because} = 'implied' AS skipped, {number} AS n FROM lives WHERE {at} IS NOT NULL"
    )


def _version(at: str, versions: Versions) -> str:
    cases = [f"WHEN epoch_us({at}) < {micros(end)} THEN {terms.number}" for terms, _, end in spans(versions)]
    return f"CASE {' '.join(cases)} END"


def _states(until: int, merges: bool) -> str:
    """SELECT of the state of everybody in the lake, as known at `until` (microseconds)."""
    gone = "SELECT person_id, remains FROM merges" if merges else "SELECT '' AS person_id, '' AS remains WHERE false"
    return f"""
        WITH furthest AS (
            SELECT person_id, cycle, arg_max(stage, n) AS stage, arg_max("at", n) AS since,
                arg_max(version, n) AS version FROM entries GROUP BY person_id, cycle),
        past AS (
            SELECT person_id, count(*) AS cycles FROM away_lives WHERE epoch_us(away_until) <= {until}
            GROUP BY person_id),
        away AS (
            SELECT person_id, detour, epoch_us(away_until) AS back_at FROM away_lives
            WHERE epoch_us(away_from) <= {until} AND epoch_us(away_until) > {until})
        SELECT p.person_id, coalesce(past.cycles, 0) + 1 AS cycle, f.stage, f.since, f.version, a.detour,
            a.back_at, g.remains AS merged_into
        FROM people p LEFT JOIN past USING (person_id)
        LEFT JOIN furthest f ON f.person_id = p.person_id AND f.cycle = coalesce(past.cycles, 0) + 1
        LEFT JOIN away a ON a.person_id = p.person_id LEFT JOIN ({gone}) g ON g.person_id = p.person_id"""
