"""Find the rule that would match what the CRM recorded: try small edits of a stage's rule over history, and keep those
after which record and definition disagree on fewer people.

Every edit is measured like any drift, over the same lake and date; nothing is guessed from a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import ibis

from oarlock.agreement import check, read_text, seal
from oarlock.agreement.edits import Edit, edits_of
from oarlock.agreement.terms import Terms
from oarlock.ground.clock import monotonic
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import opened_with_cache
from oarlock.jobs.figures import Asked
from oarlock.jobs.period_planning import LIVES, lives_schema
from oarlock.jobs.plain import plain
from oarlock.jobs.planning import Planner
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions, recorded_words
from oarlock.loop import drift
from oarlock.loop.figures import DriftCounts
from oarlock.loop.reporting import number
from oarlock.store.writes.audit import Acting

Tell = Callable[[str, float | None], None]
MOST = 12
"""So many edits are tried: each means following everybody through the stages once more."""
SHOWN = 5
WORDS = 3


def make_suggestions(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Try and keep; the key."""
    from oarlock.jobs.computing import keep, lives_ready

    begun, judging, stage = monotonic(), figures.judges(asked.version), asked.by
    key = figures.key_of(home, asked, judging)
    with opened_with_cache(home, lambda what, share, rows: None) as bench:
        until = figures.as_known_of(asked.as_known, judging) or bench.last_known()
        lives = lives_ready(home, bench, judging, until)
        now = _counted(bench, until, judging, stage, followed=True)
        tried = []
        candidates = _candidates(judging.latest, stage, _unknown_words(bench, judging))
        for n, (edit, terms) in enumerate(candidates):
            tell(f"trying: {edit.words}", n / len(candidates))
            changed = Versions.of(*judging.all[:-1], terms)
            tried.append((edit, _counted(bench, until, changed, stage)))
    better = sorted((t for t in tried if _apart(t[1]) < _apart(now)), key=lambda t: (_apart(t[1]), -t[1].both))
    found = [
        {"kind": e.kind, "words": e.words, "text": e.source.decode(), "counts": plain(c)} for e, c in better[:SHOWN]
    ]
    body = {"figures": {"now": plain(now), "found": found, "tried": len(tried)}, "files": {"lives": lives}}
    keep(key, asked, judging, until, body, monotonic() - begun, acting=acting)
    return key


def _candidates(terms: Terms, stage: str, words: Sequence[str]) -> list[tuple[Edit, Terms]]:
    """The edits whose text is a sound agreement, words first, then conditions, then thresholds nearest to now."""
    order = {"word": 0, "condition": 1, "threshold": 2}
    found = []
    for edit in sorted(edits_of(terms.source, stage, words), key=lambda e: order[e.kind]):
        draft = read_text(edit.source)
        if not any(f.level == "error" for f in check(draft)):
            found.append((edit, replace(seal(draft, terms.number), in_force=terms.in_force)))
    return found[:MOST]


def _unknown_words(bench: Bench, judging: Versions) -> list[str]:
    """What the CRM recorded most and no stage or detour knows."""
    words = [w for stage in judging.stages for w in recorded_words(stage)]
    words += [w for detour in judging.latest.detours for w in recorded_words(detour)]
    known = {str(word.value) for word in words}
    rows = bench.connection.execute(
        "SELECT value, count(*) FROM changes WHERE entity = 'person' AND field = 'recorded_stage' "
        "AND value IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200"
    ).fetchall()
    return [value for value, _ in rows if value.lower() not in known][:WORDS]


def _counted(bench: Bench, until: datetime, judging: Versions, stage: str, *, followed: bool = False) -> DriftCounts:
    """The four counts of a stage under these versions; `followed` where their lives are there already."""
    rows = answer(bench, Line(), lambda line: _plan(Planner(line, until, bench.seen.merges), judging, followed))[1]
    row = next((r for r in rows["drift"] if r["stage"] == stage), {})
    counts = (number(row.get(c)) for c in ("both", "different_date", "only_recorded", "only_defined"))
    return DriftCounts(stage, None, *counts)


def _plan(plan: Planner, judging: Versions, followed: bool) -> None:
    lake = plan.lake()
    if followed:
        lives = ibis.table(lives_schema(judging.stage_keys), name=LIVES)
    else:
        lives = plan.lives(lake, judging, "tried")[0]
    plan.bring({"drift": drift.counts(drift.compared(lake, lives, judging, plan.until))})


def _apart(c: DriftCounts) -> int:
    return c.different_date + c.only_recorded + c.only_defined
