"""State rows the whole history gives, put beside what was decided live: the live ones stay where they know more.

    put_states(table, key, columns, source)   stage entries and states of people
    put_handoffs(source)                      hand-offs; one of which any fact came live is left to `desk`
    refold(now)                               those, folded from their facts and decisions

Promise: nothing that came in while the history was followed is undone; whose rows were spared is judged anew.
"""

# ruff: noqa: S608  (names of tables and columns are the program's own)

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from oarlock.store.models import Handoff
from oarlock.store.reads.folds import folded
from oarlock.store.reads.lives import AT_ONCE, in_parts
from oarlock.store.reads.versions import all_versions
from oarlock.store.writes.desk import HANDOFF as FOLDED
from oarlock.store.writes.desk import handoff_row as folded_row
from oarlock.store.writes.loads import LIVE, quoted, rows, run
from oarlock.store.writes.rows import upsert

HANDOFF = tuple(f.attname for f in Handoff._meta.fields)
WAITING = f"SELECT number FROM loads WHERE kind = '{LIVE}' AND lake_mark = ''"
"""Live loads that the lake has not heard of."""
SPARED = " UNION ".join(
    [f'SELECT person_id FROM {t} WHERE "load" IN ({WAITING}) AND person_id IS NOT NULL'
     for t in ("touches", "activities", "handoff_events")]
    + [f"SELECT entity_id FROM changes WHERE \"load\" IN ({WAITING}) AND entity = 'person'"]
)  # fmt: skip
CAME_LIVE = f"""EXISTS (SELECT 1 FROM handoff_events e JOIN loads l ON l.number = e."load"
    WHERE l.kind = '{LIVE}' AND e.person_id = t.person_id AND e.handoff_id = t.handoff_id)"""


def spared() -> tuple[str, ...]:
    """The people of whom the store knows something that the lake does not."""
    return tuple(sorted(row[0] for row in rows(SPARED)))


def unjudged() -> tuple[str, ...]:
    """Everybody who has a record and no state: they came in after what the lake was told of."""
    lacking = "NOT EXISTS (SELECT 1 FROM person_states s WHERE s.person_id = p.person_id)"
    return tuple(row[0] for row in rows(f"SELECT person_id FROM people p WHERE {lacking} ORDER BY person_id"))


def put_states(table: str, key: Sequence[str], columns: Sequence[str], source: str) -> None:
    """Let the rows of `source` stand for everybody but the spared. Who is in no lake keeps what they have."""
    keyed, equal = _alike(key, columns)
    known = f"(EXISTS (SELECT 1 FROM {source} s WHERE s.person_id = t.person_id) OR {_unknown('t')})"
    with transaction.atomic():
        run(
            f"DELETE FROM {table} AS t WHERE {known} AND t.person_id NOT IN ({SPARED})"
            f" AND NOT EXISTS (SELECT 1 FROM {source} s WHERE {equal})"
        )
        run(
            f"INSERT INTO {table} ({quoted(columns)}) SELECT {quoted(columns)} FROM {source} s"
            f" WHERE s.person_id NOT IN ({SPARED}) AND NOT EXISTS (SELECT 1 FROM {table} t WHERE {keyed})"
        )


def _unknown(name: str) -> str:
    return f"NOT EXISTS (SELECT 1 FROM people p WHERE p.person_id = {name}.person_id)"


def put_handoffs(source: str) -> None:
    """Let the rows of `source` stand for every hand-off of which no fact came live."""
    keyed, equal = _alike(("handoff_id",), HANDOFF)
    with transaction.atomic():
        run(
            f"DELETE FROM handoffs AS t WHERE NOT ({CAME_LIVE}) AND NOT EXISTS (SELECT 1 FROM {source} s WHERE {equal})"
        )
        run(
            f"INSERT INTO handoffs ({quoted(HANDOFF)}) SELECT {quoted(HANDOFF)} FROM {source} s"
            f" WHERE NOT EXISTS (SELECT 1 FROM handoffs t WHERE {keyed}) AND ({_free('s')} OR s.ended_at IS NOT NULL)"
        )


def refold(now: datetime) -> int:
    """Let every hand-off of which a fact came live be what its facts and decisions say; how many there are."""
    versions, done = all_versions().in_force_by(now), 0
    of_live = f"SELECT number FROM loads WHERE kind = '{LIVE}'"
    people = rows(f'SELECT DISTINCT person_id FROM handoff_events WHERE "load" IN ({of_live}) ORDER BY 1')
    for some in in_parts((row[0] for row in people), AT_ONCE):
        came = rows(
            f'SELECT DISTINCT handoff_id FROM handoff_events WHERE "load" IN ({of_live})'
            f" AND person_id IN ({', '.join(['%s'] * len(some))})", list(some),
        )  # fmt: skip
        live = {row[0] for row in came}
        states = [state for id, state in folded(some, versions, now).items() if id in live]
        with transaction.atomic():
            upsert("handoffs", FOLDED, [folded_row(state) for state in states], key=("handoff_id",))
        done += len(states)
    return done


def _free(name: str) -> str:
    """No other hand-off of that person and cycle is open."""
    same = " AND ".join(f"o.{c} = {name}.{c}" for c in ("person_id", "key", "cycle"))
    return f"NOT EXISTS (SELECT 1 FROM handoffs o WHERE {same} AND o.ended_at IS NULL)"


def _alike(key: Sequence[str], columns: Sequence[str]) -> tuple[str, str]:
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    keyed = " AND ".join(f's."{k}" = t."{k}"' for k in key)
    return keyed, " AND ".join([keyed, *(f's."{c}" {same} t."{c}"' for c in columns if c not in key)])
