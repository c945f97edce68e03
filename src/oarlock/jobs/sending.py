"""What became of the leads that were sent, by order: figures by one field, and every hand-off behind them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ibis
import ibis.expr.types as ir

from oarlock.ground.clock import monotonic, now
from oarlock.ground.periods import Period
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import keep_rows, opened_with_cache, sweep
from oarlock.jobs.figures import Asked
from oarlock.jobs.ledger_cases import HANDED, cases_ready, handed_schema
from oarlock.jobs.plain import plain
from oarlock.jobs.planning import Planner, shown
from oarlock.lifecycle.versions import Versions
from oarlock.loop import reasons
from oarlock.loop.fields import FOR_PEOPLE, people_by, resolve
from oarlock.loop.reporting import agreement_used
from oarlock.store.writes import measurements
from oarlock.store.writes.audit import Acting
from oarlock.tables.lake import Lake

Tell = Callable[[str, float | None], None]


def make_sent(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Compute and keep it; its key."""
    from oarlock.jobs.computing import keep, lives_ready, names_of

    begun, judging = monotonic(), figures.judges(asked.version)
    key = figures.key_of(home, asked, judging)
    with opened_with_cache(home, lambda what, share, rows: tell(what, share)) as bench:
        until = figures.as_known_of(asked.as_known, judging) or bench.last_known()
        files = {"lives": lives_ready(home, bench, judging, until)}
        files |= {"handed": cases_ready(home, bench, judging, until), "sent": f"sent-{key[:24]}.parquet"}
        (months, queries), rows = answer(
            bench, Line(), lambda line: plan_sent(Planner(line, until, bench.seen.merges), judging, asked.by)
        )
        keep_rows(bench.connection, home, 'SELECT * FROM valued ORDER BY "offered_at" DESC', files["sent"])
    found = reasons.SentFigures(
        agreement_used(judging), until, asked.by, tuple(m.text for m in months),
        reasons.sent_rows(rows["sent"], rows["reasons"]), queries,
    )  # fmt: skip
    body = {"figures": plain(found), "files": files}
    keep(key, asked, judging, until, body, monotonic() - begun, acting=acting)
    sweep(home, measurements.sweep(versions=names_of(judging), acting=acting, now=now()))
    return key


def plan_sent(plan: Planner, judging: Versions, by: str) -> tuple[tuple[Period, ...], dict[str, str]]:
    """The steps of the view by one field; the hand-offs must be there as HANDED (`cases_ready`)."""
    handed = ibis.table(handed_schema(judging), name=HANDED)
    months = plan.months(handed.select(began_at=handed.offered_at), judging.latest.time_zone)
    valued = reasons.valued(handed, by, _people(plan, plan.lake(), judging, by), months)
    kept = plan.keep("valued", valued, "laying hand-offs beside where they came from")
    queries = {"sent": reasons.sent(kept), "reasons": reasons.reasons(kept)}
    plan.bring(queries)
    return months, shown(queries)


def _people(plan: Planner, lake: Lake, judging: Versions, by: str) -> ir.Table | None:
    """Everybody's value of a field of theirs or of their account; None where it is the hand-off's own."""
    if by in ("owner", "month"):
        return None
    source = resolve(by, judging.latest, FOR_PEOPLE)
    if source is None:
        raise UserProblem(
            "unknown-field", f"`{by[:60]}` is a field of opportunities, not of people.", "",
            "Choose a field of people or of their account.",
        )  # fmt: skip
    return people_by(lake, source, plan.until)
