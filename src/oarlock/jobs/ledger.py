"""The ledger of promises by order or at once: what both teams owed in each period, what was kept, and the cases behind.

measure_ledger(home, versions, ...)   the ledger, for the command line
make_ledger(home, asked, ...)         the worker's side: the same, kept as a measurement with its rows
asked_ledger()                        what a page asks for: with every excuse that both teams agreed on
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import ibis

from oarlock.ground.clock import monotonic, now
from oarlock.ground.periods import Period
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import keep_rows, opened_with_cache, sweep
from oarlock.jobs.figures import Asked
from oarlock.jobs.ledger_cases import HANDED, cases_ready, handed_schema
from oarlock.jobs.period_planning import LIVES, lives_schema
from oarlock.jobs.plain import plain
from oarlock.jobs.planning import Planner, shown
from oarlock.jobs.steps import Bench, Progress, Rows, silent
from oarlock.lifecycle.versions import Versions
from oarlock.loop import promises
from oarlock.loop.promises import Declared
from oarlock.loop.promises import Line as Promised
from oarlock.loop.promises_kept import Ledger, Seen, ledger_line
from oarlock.loop.reporting import agreement_used
from oarlock.store.writes import measurements
from oarlock.store.writes.audit import Acting

Tell = Callable[[str, float | None], None]
CASES = "cases"
TODAY = "today"
"""The pair of `Asked.where` that says which day it is: what was running yesterday may be over."""
EXCUSE = "excuse:"
"""What begins a pair of `Asked.where` that is a confirmed excuse: its name, and from when until when."""


def asked_ledger(declared: Sequence[Declared], today: date, version: str = "", as_known: str = "") -> Asked:
    """The question for these confirmed excuses on that day: another excuse, or another day, is another question."""
    where = tuple((EXCUSE + d.excuse, f"{d.begins.isoformat()}/{d.ends.isoformat()}") for d in declared)
    return Asked("ledger", version, as_known, ((TODAY, today.isoformat()), *where))


def declared_of(asked: Asked) -> tuple[Declared, ...]:
    """The excuses a question names."""
    named = ((name.removeprefix(EXCUSE), text) for name, text in asked.where if name.startswith(EXCUSE))
    spans = ((name, text.split("/")) for name, text in named)
    return tuple(Declared(e, datetime.fromisoformat(a), datetime.fromisoformat(b)) for e, (a, b) in spans)


def make_ledger(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Compute and keep it; its key."""
    from oarlock.jobs.computing import keep, names_of

    begun, judging = monotonic(), figures.judges(asked.version)
    key = figures.key_of(home, asked, judging)
    with opened_with_cache(home, lambda what, share, rows: tell(what, share)) as bench:
        until = figures.as_known_of(asked.as_known, judging) or bench.last_known()
        found, files = _measured(home, bench, judging, until, declared_of(asked))
        files["cases"] = f"owed-{key[:24]}.parquet"
        keep_rows(bench.connection, home, _in_order(bench), files["cases"])
    body = {"figures": plain(found), "files": files}
    keep(key, asked, judging, until, body, monotonic() - begun, acting=acting)
    sweep(home, measurements.sweep(versions=names_of(judging), acting=acting, now=now()))
    return key


def measure_ledger(
    home: Path, versions: Versions, *, as_known: datetime | None = None, declared: Sequence[Declared] = (),
    within: Period | None = None, progress: Progress = silent,
) -> Ledger:  # fmt: skip
    """The ledger of a workspace, lately or within a period. UserProblem: an empty lake."""
    with opened_with_cache(home, progress) as bench:
        return _measured(home, bench, versions, as_known or bench.last_known(), tuple(declared), within)[0]


def _measured(
    home: Path, bench: Bench, judging: Versions, until: datetime, declared: tuple[Declared, ...],
    within: Period | None = None,
) -> tuple[Ledger, dict[str, str]]:  # fmt: skip
    """The ledger, and the names of the rows it was made of."""
    from oarlock.jobs.computing import lives_ready

    files = {"lives": lives_ready(home, bench, judging, until)}
    files["handed"] = cases_ready(home, bench, judging, until)
    lines = promises.lines_of(judging, until, within)
    queries, rows = answer(
        bench, Line(), lambda line: _plan(Planner(line, until, bench.seen.merges), judging, lines, declared)
    )
    return _ledger(judging, Seen.by(until, now(), declared), lines, rows, queries), files


def _plan(
    plan: Planner, judging: Versions, lines: Sequence[Promised], declared: Sequence[Declared]
) -> dict[str, str]:  # fmt: skip
    lives = ibis.table(lives_schema(judging.stage_keys), name=LIVES)
    handed = ibis.table(handed_schema(judging), name=HANDED)
    found = promises.cases(lines, handed, lives, plan.until, declared)
    if found is None:
        return {}
    kept = plan.keep(CASES, found, "laying cases beside promises")
    plan.bring({"totals": promises.totals(kept)})
    return shown({"totals": promises.totals(kept), "cases": found})


def _in_order(bench: Bench) -> str:
    """SELECT of the cases as pages list them, the newest first; of none where nothing owed is measured."""
    known = bench.connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'cases'").fetchone()
    if not known or not known[0]:
        return "SELECT '' AS line WHERE false"
    return 'SELECT * FROM cases ORDER BY line, "at" DESC'


def _ledger(
    judging: Versions, seen: Seen, lines: Sequence[Promised], rows: Rows, queries: dict[str, str]
) -> Ledger:  # fmt: skip
    lives = ibis.table(lives_schema(judging.stage_keys), name=LIVES)
    found: dict[str, dict[str, dict[str, object]]] = {}
    for row in rows.get("totals", []):
        found.setdefault(str(row["line"]), {})[str(row["period"])] = row
    made = []
    for line in lines:
        means, can = promises.words_of(line, judging.latest), promises.measured(line, lives)
        made.append(ledger_line(line, found.get(line.key, {}), means, seen, can))
    return Ledger(agreement_used(judging), seen.until, tuple(made), seen.declared, queries)
