"""Close a month: measure it once more, freeze the figures as exact bytes, keep whom they counted; and later find what
would be different today, and why.

Promises: a month that is not over, or closed, is refused; what is frozen is never computed again, and whatever changes
stands beside it with the facts that changed it.
"""

from __future__ import annotations

# ruff: noqa: S608  (names of stages come from the signed agreement and pass engines.sql)
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from oarlock.engines import manifest
from oarlock.engines.sql import ident, options, text
from oarlock.ground.clock import now as clock_now
from oarlock.ground.intervals import micros
from oarlock.ground.problems import UserProblem
from oarlock.jobs import computing, figures
from oarlock.jobs.cache import cache_folder, opened_with_cache
from oarlock.jobs.figures import Asked
from oarlock.jobs.freezing import closable
from oarlock.jobs.period_planning import FIELDS, LIVES
from oarlock.jobs.plain import exact_bytes, plain
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions
from oarlock.loop.month_slices import differences, loop_slice, month_slice, told
from oarlock.loop.period_figures import FunnelFigures, LoopFigures
from oarlock.store.reads import closings as reads
from oarlock.store.reads import measurements
from oarlock.store.reads.closings import ClosedMonth, Frozen
from oarlock.store.writes import closings
from oarlock.store.writes.audit import SYSTEM, Acting
from oarlock.store.writes.closings import Difference
from oarlock.store.writes.orders import Order

Tell = Callable[[str, float | None], None]
FORMAT = 1
PEOPLE = 100
"""So many people are named under an adjustment; all are counted."""
FACTS = ("touches", "activities", "changes", "handoff_events")


def close_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `close`, for the worker."""
    from django.conf import settings

    closed = close_month(
        settings.OARLOCK.home, str(order.asked["month"]), tell, acting=Acting(order.by), now=clock_now()
    )
    return {"month": closed.month, "hash": closed.hash}


def close_month(home: Path, month: str, tell: Tell, *, acting: Acting, now: datetime) -> ClosedMonth:
    """Measure and freeze a month."""
    judging = figures.judges("")
    period = closable(month, judging.latest.time_zone, now)
    funnel, loops, _ = measured(home, judging, tell)
    if funnel.as_known < period.start:
        raise UserProblem(
            "no-facts", f"Nothing is known of {month}.", "No file with facts of that month was imported.",
            "Import it first; a month is closed once.",
        )  # fmt: skip
    tell("the whole report", None)
    body = exact_bytes(_frozen_body(home, month, judging, funnel, loops))
    _keep_people(home, judging, month)
    closings.close(month, body, version=judging.latest.number, as_known=funnel.as_known, acting=acting, now=now)
    found = reads.closed_month(month)
    assert found is not None
    return found


def measured(home: Path, judging: Versions, tell: Tell) -> tuple[FunnelFigures, dict[str, LoopFigures], str]:
    """The figures as they are now, with every usual closed loop; the funnel's key. Kept as measurements, too."""
    asked = Asked()
    key = figures.key_of(home, asked, judging)
    for one in (asked, *(Asked(kind="loop", by=field) for field in FIELDS)):
        if measurements.kept(figures.key_of(home, one, judging)) is None:
            computing.make(home, one, tell, acting=SYSTEM)
    kept = measurements.kept(key)
    assert kept is not None
    loops = {}
    for field in FIELDS:
        found = measurements.kept(figures.key_of(home, Asked(kind="loop", by=field), judging))
        assert found is not None
        loops[field] = measurements.loop(found)
    return measurements.funnel(kept), loops, key


def _frozen_body(
    home: Path, month: str, judging: Versions, funnel: FunnelFigures, loops: Mapping[str, LoopFigures]
) -> dict[str, Any]:
    from oarlock.jobs.measuring import measure

    report = plain(measure(home, judging, as_known=funnel.as_known))
    report.pop("queries")
    return {
        "oarlock_closing": FORMAT, "month": month, "as_known": plain(funnel.as_known),
        "lake": figures.lake_mark(home), "funnel": plain(month_slice(funnel, month)),
        "loops": {field: plain(loop_slice(loop, month)) for field, loop in loops.items()}, "report": report,
    }  # fmt: skip


def people_file(home: Path, month: str) -> Path:
    """Whom a closed month counted: (person_id, cycle, stage, at)."""
    return home / "closings" / f"{month}.parquet"


def _keep_people(home: Path, judging: Versions, month: str) -> None:
    """Keep whom the month counted, by id, so that later one can see who is the difference."""
    path = people_file(home, month)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    with opened_with_cache(home, lambda *told: None) as bench:
        computing.lives_ready(home, bench, judging, bench.last_known())
        made = cache_folder(home).resolve() / f"closing-{os.getpid()}.new"
        bench.connection.execute(f"COPY ({_entries(judging, month)}) TO {text(str(made))} (FORMAT parquet)")
    made.replace(path)


def _entries(judging: Versions, month: str) -> str:
    """SELECT of a month's entries from the lives."""
    parts = [
        f"SELECT person_id, cycle, {text(s)} AS stage, {ident(f'{s}_at')} AS at FROM {LIVES} "
        f"WHERE {ident(f'm_{s}')} = {text(month)}"
        for s in judging.stage_keys
    ]
    return " UNION ALL ".join(parts)


def adjust_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `adjust`, for the worker: every closed month beside today's figures."""
    from django.conf import settings

    return {"news": adjust_all(settings.OARLOCK.home, tell, now=clock_now())}


def adjust_all(home: Path, tell: Tell, *, now: datetime) -> int:
    """Compare every closed month with today's figures and note what differs, with its causes; how many are news."""
    months = reads.closed_months()
    if not months:
        return 0
    judging = figures.judges("")
    funnel, loops, _ = measured(home, judging, tell)
    news = 0
    for about in months:
        tell(f"comparing {about.month}", None)
        frozen = reads.frozen(about)
        was = told(frozen.funnel, frozen.loops, about.month)
        found = differences(was, told(funnel, loops, about.month))
        causes = _causes(home, judging, frozen) if found else {}
        each = (Difference(name[:200], *pair, cause_of(name, causes)) for name, pair in found.items())
        news += closings.adjust(about.month, each, acting=SYSTEM, now=now)
    return news


def cause_of(figure: str, causes: Mapping[str, Mapping[str, object]]) -> Mapping[str, object]:
    """The cause for the stage a figure is about; else for the whole month."""
    words = figure.split(".")
    stage = words[2] if words[0] == "loop" and len(words) > 2 else words[1] if len(words) > 1 else ""
    return causes.get(stage, causes[""])


def _causes(home: Path, judging: Versions, frozen: Frozen) -> dict[str, Mapping[str, object]]:
    """By stage ("" = all): who is counted now or no longer, and which facts about them were recorded since."""
    about = frozen.about
    since = [i.id for i in manifest.read(home).imports if i.at > about.closed_at]
    later = [t.number for t in judging.all if t.number > about.version]
    known: dict[str, object] = {"imports": since, "versions": later}
    if not people_file(home, about.month).is_file():
        return {"": known}
    with opened_with_cache(home, lambda *told: None) as bench:
        computing.lives_ready(home, bench, judging, bench.last_known())
        was = cache_folder(home).resolve() / f"was-{os.getpid()}.parquet"
        was.write_bytes(people_file(home, about.month).read_bytes())
        try:
            bench.connection.execute(
                f"CREATE TEMP TABLE moved AS SELECT coalesce(w.person_id, n.person_id) AS person_id, "
                f"coalesce(w.stage, n.stage) AS stage, w.person_id IS NULL AS gained, n.person_id IS NULL AS lost "
                f"FROM read_parquet({text(str(was))}) w FULL JOIN ({_entries(judging, about.month)}) n "
                f"USING (person_id, cycle, stage) WHERE w.at IS DISTINCT FROM n.at"
            )
        finally:
            was.unlink(missing_ok=True)
        causes = {stage: _cause(bench, about, stage) for stage in ("", *judging.stage_keys)}
    return {stage: cause | known for stage, cause in causes.items()}


def _cause(bench: Bench, about: ClosedMonth, stage: str) -> dict[str, object]:
    only = f"WHERE stage = {text(stage)}" if stage else ""
    run = bench.connection.execute
    gained, lost = run(f"SELECT count(*) FILTER (gained), count(*) FILTER (lost) FROM moved {only}").fetchall()[0]
    people = [r[0] for r in run(f"SELECT DISTINCT person_id FROM moved {only} ORDER BY 1").fetchall()]
    facts: dict[str, int] = {}
    for table in FACTS:
        person = "entity_id" if table == "changes" else "person_id"
        kind = "field" if table == "changes" else "kind"
        rows = run(
            f"SELECT {kind}, count(*) FROM {table} WHERE epoch_us(recorded_at) > {micros(about.as_known)} "
            f"AND {person} IN (SELECT person_id FROM moved {only}) GROUP BY 1 ORDER BY 1"
        ).fetchall()
        facts |= {f"{table}: {kind}": number for kind, number in rows}
    names = options(people) if people else "('')"
    merged = run(
        "SELECT count(*) FROM changes WHERE field = 'merged_into' "
        f"AND epoch_us(recorded_at) > {micros(about.as_known)} AND (entity_id IN {names} OR value IN {names})"
    ).fetchall()[0][0]
    return {
        "gained": gained, "lost": lost, "people": people[:PEOPLE], "counted": len(people), "facts": facts,
        "merges": merged, "erased": _erased(people),
    }  # fmt: skip


def _erased(people: list[str]) -> int:
    from oarlock.store.reads.erasures import erased_among

    return erased_among(people)
