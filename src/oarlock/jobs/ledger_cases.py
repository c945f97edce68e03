"""Hand-offs with their clocks, as the ledger, the marketing view and the proposed edits read them: one row a hand-off.

    cases_ready(home, bench, judging, until)   the name of the kept rows; they are there as the table HANDED

What happened is found by the engine (`loop.owed`); limits are working time, so they are set here, row by row, under the
version each hand-off was offered under. A limit that a fact recorded counts as recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import ibis

from oarlock.agreement.terms import Handoff, Terms
from oarlock.engines.sql import ident
from oarlock.ground.calendars import Calendar
from oarlock.ground.working_time import elapsed
from oarlock.handoffs.clocks import end_from
from oarlock.handoffs.excuses import Offered, offered_late, over_capacity
from oarlock.handoffs.hours import calendar_for
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import has_rows, keep_rows, use_rows
from oarlock.jobs.period_planning import LIVES, lives_schema
from oarlock.jobs.planning import Planner
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions
from oarlock.loop import owed
from oarlock.loop.deals import known_deals
from oarlock.tables.texts import TIME_TYPE

HANDED = "handed"
"""The name of the rows, as a table and in the queries people read."""
MINUTE = timedelta(minutes=1)
Found = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clocked:
    """What the agreement of its day says of one hand-off. None: the agreement sets no such limit, or it never ran."""

    handoff_id: str
    key: str | None
    pool: str | None
    accept_due_at: datetime | None
    touch_due_at: datetime | None
    work_due_at: datetime | None
    work_done_at: datetime | None
    speed_minutes: float | None
    over_capacity: bool
    offered_late: bool


CLOCKED_TYPES = {
    "handoff_id": "string", "key": "string", "pool": "string", "accept_due_at": TIME_TYPE, "touch_due_at": TIME_TYPE,
    "work_due_at": TIME_TYPE, "work_done_at": TIME_TYPE, "speed_minutes": "float64", "over_capacity": "boolean",
    "offered_late": "boolean",
}  # fmt: skip


def cases_ready(home: Path, bench: Bench, judging: Versions, until: datetime) -> str:
    """The name of the kept rows, made where none were kept. The lives must be there as LIVES (`lives_ready`)."""
    whole = [[t.number, t.hash] for t in judging.all], until.isoformat(), figures.lake_mark(home), figures.program()
    name = f"handed-{sha256(json.dumps(whole).encode()).hexdigest()[:24]}.parquet"
    if not has_rows(home, name):
        _make(bench, judging, until)
        select = f"SELECT * FROM found JOIN clocked USING (handoff_id) ORDER BY {ident('offered_at')} DESC"  # noqa: S608
        keep_rows(bench.connection, home, select, name)
    use_rows(bench.connection, home, name, HANDED)
    return name


def handed_schema(judging: Versions) -> ibis.Schema:
    """The columns of the kept rows."""
    times = ["due_at", "offered_at", "offer_recorded_at", "answered_at", *(f"{k}_at" for k in owed.LATER), "next_at",
             "first_touch_at", "won_at"]  # fmt: skip
    texts = ("handoff_id", "person_id", "owner", "version", "answer", "reason")
    columns = dict.fromkeys(texts, "string") | dict.fromkeys(times, TIME_TYPE)
    columns |= {"cycle": "int64", "tried": "int64", "revenue": "decimal(38, 2)"}
    return ibis.schema(columns | CLOCKED_TYPES)


def _make(bench: Bench, judging: Versions, until: datetime) -> None:
    """Find every hand-off of the lake and set its limits: the tables `found` and `clocked`."""
    attempts, stages = _attempts(judging), _stages(judging)

    def plan(line: Line) -> None:
        planner = Planner(line, until, bench.seen.merges)
        lake, lives = planner.lake(), ibis.table(lives_schema(judging.stage_keys), name=LIVES)
        offered = planner.keep("offered", owed.offers(lake, until), "what became of every hand-off")
        deals = known_deals(lake, until, judging.latest.currency)
        parts = (
            owed.touched(lake, offered, attempts, until),
            owed.lived(offered, lives, stages),
            owed.won(lake, deals, offered),
        )
        found = planner.keep("found", owed.whole(offered, *parts))
        planner.bring({"found": found.select(*clock_columns(attempts, stages))})

    rows = answer(bench, Line(), plan)[1]["found"]
    _put(bench, [*clocks(rows, judging)])


def clock_columns(attempts: Sequence[int], stages: Sequence[str]) -> list[str]:
    """What of a hand-off its clocks are made of."""
    return [
        "handoff_id", "owner", "version", "offered_at", "due_at", "accepted_at", "converted_at", "returned_at",
        "worked_at", "first_touch_at", *(f"n_{k}_at" for k in attempts), *(f"{s}_at" for s in stages),
    ]  # fmt: skip


def _attempts(judging: Versions) -> tuple[int, ...]:
    return tuple(sorted({h.attempts for t in judging.all for h in t.handoffs if h.attempts}))


def _stages(judging: Versions) -> tuple[str, ...]:
    """The stages at which somebody is handed over, of those that are shown."""
    known = judging.stage_keys
    return tuple(dict.fromkeys(h.at for t in judging.all for h in t.handoffs if h.at in known))


def _put(bench: Bench, rows: Sequence[Clocked]) -> None:
    """Have the clocks as a table beside what was found."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        TIME_TYPE: pa.timestamp("us", "UTC"),
        "float64": pa.float64(),
        "boolean": pa.bool_(),
    }
    columns = list(zip(*map(astuple, rows), strict=True)) or [()] * len(fields(Clocked))
    types = CLOCKED_TYPES.items()
    table = pa.table({n: pa.array(c, kinds[t]) for (n, t), c in zip(types, columns, strict=True)})
    bench.connection.register("clocked_rows", table)
    bench.connection.execute("CREATE OR REPLACE TEMP TABLE clocked AS SELECT * FROM clocked_rows")
    bench.connection.unregister("clocked_rows")


def clocks(rows: Iterable[Found], judging: Versions) -> Iterator[Clocked]:
    """The clocks of these hand-offs."""
    placed = [_place(row, judging) for row in rows]
    over = _over_capacity(placed)

    @cache
    def hours(terms: int, handoff: str, owner: str | None, pool: str | None) -> Calendar:
        said = next(t for t in judging.all if t.number == terms)
        term = said.handoff(handoff)
        assert term is not None, "named by these terms"
        return calendar_for(term, owner, pool, said)

    for place in placed:
        yield _clocked(place, place.row["handoff_id"] in over, hours)


Hours = Callable[[int, str, str | None, str | None], Calendar]


@dataclass(frozen=True, slots=True)
class Placed:
    """A hand-off with the version it was offered under, which of its hand-offs it is, its owner's key and pool."""

    row: Found
    terms: Terms
    handoff: Handoff | None
    owner: str | None
    pool: str | None


def _place(row: Found, judging: Versions) -> Placed:
    number = row["version"]
    terms = next((t for t in judging.all if str(t.number) == number), None) or judging.at(row["offered_at"])
    owner = next((u.key for u in terms.users if row["owner"] in (u.key, *u.recorded_as)), row["owner"])
    pool = next((p.key for p in terms.pools if owner in dict(p.members)), None)
    return Placed(row, terms, _handoff(row, terms), owner, pool)


def _handoff(row: Found, terms: Terms) -> Handoff | None:
    """Which hand-off it is: the one its id begins with, the only one there is, or that of the stage entered last."""
    said = next((h for h in terms.handoffs if str(row["handoff_id"]).startswith(f"{h.key}.")), None)
    return said or (terms.handoffs[0] if len(terms.handoffs) == 1 else _by_stage(row, terms))


def _by_stage(row: Found, terms: Terms) -> Handoff | None:
    """Of several hand-offs the one whose stage was entered last before the offer: facts do not name it."""
    entered = [
        (at, n, h)
        for n, h in enumerate(terms.handoffs)
        if (at := row.get(f"{h.at}_at")) is not None and at <= row["offered_at"]
    ]
    return max(entered, key=lambda e: e[:2])[2] if entered else None


def _over_capacity(placed: Sequence[Placed]) -> set[str]:
    """Those that came when their pool had been given all that the caps of their version allow on that day."""
    found: set[str] = set()
    for terms in {place.terms.number: place.terms for place in placed}.values():
        mine = (p for p in placed if p.terms.number == terms.number)
        found |= over_capacity((Offered(p.row["handoff_id"], p.pool, p.row["offered_at"]) for p in mine), terms)
    return found


def _clocked(place: Placed, over: bool, hours_of: Hours) -> Clocked:
    row, handoff, pool = place.row, place.handoff, place.pool
    if handoff is None:
        return Clocked(row["handoff_id"], None, pool, row["due_at"], None, None, None, None, over, False)
    hours = hours_of(place.terms.number, handoff.key, place.owner, pool)
    offered, first = row["offered_at"], row["first_touch_at"]
    begun = row["accepted_at"] if handoff.accept_within else offered
    return Clocked(
        row["handoff_id"], handoff.key, pool,
        row["due_at"] or end_from(handoff, "accept", offered, hours),
        end_from(handoff, "first_touch", begun, hours) if begun else None,
        end_from(handoff, "work", begun, hours) if begun else None,
        _done(row, handoff),
        elapsed(hours, offered, first) / MINUTE if first else None,
        over, offered_late(handoff, place.terms, row.get(f"{handoff.at}_at"), offered, hours),
    )  # fmt: skip


def _done(row: Found, handoff: Handoff) -> datetime | None:
    """When the work was done: the agreed attempts were made, or it led to what it was for, or it was given back by
    somebody who had touched it. Where no activity is recorded at all, a recorded `worked` stands for the attempts."""
    touched = row["first_touch_at"]
    tried = touched if not handoff.attempts else row[f"n_{handoff.attempts}_at"]
    ways = [tried, row["converted_at"], row["returned_at"] if touched else None, None if touched else row["worked_at"]]
    return min((at for at in ways if at is not None), default=None)
