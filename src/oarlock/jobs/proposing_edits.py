"""Proposed rule edits by order: search history for conditions that would have kept rejected leads out.

make_edits(home, asked, ...)        the worker's side; `asked.by` names the hand-off ("" = the first one)
text_with(terms, stage, condition)  the agreement's text with that condition added to the stage's rule
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import ibis

from oarlock.agreement.terms import Handoff, Terms
from oarlock.ground.clock import monotonic, now
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.jobs.ahead import Line, answer
from oarlock.jobs.cache import opened_with_cache, sweep
from oarlock.jobs.figures import Asked
from oarlock.jobs.ledger_cases import HANDED, cases_ready, handed_schema
from oarlock.jobs.plain import plain
from oarlock.jobs.planning import Planner, shown
from oarlock.jobs.steps import Bench
from oarlock.lifecycle.versions import Versions
from oarlock.loop import edits, edits_values
from oarlock.loop.owed import moment
from oarlock.loop.reporting import Row, agreement_used, number
from oarlock.store.writes import measurements
from oarlock.store.writes.audit import Acting

Tell = Callable[[str, float | None], None]
SCORES = ("engagement", "fit")
COUNTS = "how many rejections"


def make_edits(home: Path, asked: Asked, tell: Tell, *, acting: Acting) -> str:
    """Search and keep; the key."""
    from oarlock.jobs.computing import keep, lives_ready, names_of

    begun, judging = monotonic(), figures.judges(asked.version)
    key = figures.key_of(home, asked, judging)
    handoff = handoff_of(judging.latest, asked.by)
    with opened_with_cache(home, lambda what, share, rows: tell(what, share)) as bench:
        until = figures.as_known_of(asked.as_known, judging) or bench.last_known()
        files = {"lives": lives_ready(home, bench, judging, until)}
        files |= {"handed": cases_ready(home, bench, judging, until)}
        found = _found(bench, judging, handoff, until, tell)
    keep(key, asked, judging, until, {"figures": plain(found), "files": files}, monotonic() - begun, acting=acting)
    sweep(home, measurements.sweep(versions=names_of(judging), acting=acting, now=now()))
    return key


def handoff_of(terms: Terms, key: str) -> Handoff:
    """The hand-off of that key; the first one where none is named. UserProblem `unknown-handoff`."""
    found = next((h for h in terms.handoffs if key in ("", h.key)), None)
    if found is None:
        raise UserProblem(
            "unknown-handoff", f"There is no hand-off `{key[:60]}`.", "The agreement names what is handed over.",
            "Choose one of its hand-offs, or agree on one.",
        )  # fmt: skip
    return found


def _found(bench: Bench, judging: Versions, handoff: Handoff, until: datetime, tell: Tell) -> edits.EditFigures:
    """The edits of one hand-off."""
    terms, words = judging.latest, [reason for reason, _ in handoff.reject_reasons]
    rows = answer(bench, Line(), lambda line: _prepare(Planner(line, until, bench.seen.merges), judging, handoff))[1]
    split = _split(bench)
    paths = [*dict.fromkeys(p for p, _ in edits_values.fields_of(terms))]
    paths += SCORES if edits_values.can_score(terms) else SCORES[:1]
    counted = [] if split is None else _counts(bench, split, words)
    found: tuple[edits.ProposedEdit, ...] = ()
    tried, queries = 0, dict[str, str]()
    if split is not None:
        queries, rows = answer(
            bench, Line(), lambda line: _bins(Planner(line, until, bench.seen.merges), terms, paths, split, words)
        )
        tell("trying conditions", 0.8)
        fields = {p: _parts(rows[p], len(words)) for p in paths}
        found, tried = edits.search(fields, counted)
    return edits.EditFigures(
        agreement_used(judging), until, handoff.key, handoff.at, split, tuple(counted), found, tried, tuple(paths),
        queries,
    )  # fmt: skip


def _prepare(plan: Planner, judging: Versions, handoff: Handoff) -> None:
    """Every hand-off of that key beside what was known when it was offered: the table `beside`."""
    terms = judging.latest
    handed = ibis.table(handed_schema(judging), name=HANDED)
    mine = plan.keep("mine", handed.filter(handed.key == handoff.key))
    values = edits_values.at_offer(plan.lake(), mine, edits_values.fields_of(terms), terms, plan.until)
    chosen = [p for p, _ in edits_values.fields_of(terms)] + [s for s in SCORES if s in values.columns]
    told = mine.select("handoff_id", "offered_at", "answer", "reason", "won_at")
    beside = told.inner_join(values.select("handoff_id", *chosen), "handoff_id")
    plan.keep("beside", beside, "what was known at each offer")


def _split(bench: Bench) -> datetime | None:
    """The first instant of the later part: so many of the hand-offs lie before it."""
    from oarlock.engines.rows_back import instant

    row = bench.connection.execute(
        "SELECT quantile_disc(epoch_us(offered_at), ?) FROM beside WHERE answer IS NOT NULL", [edits.EARLIER]
    ).fetchone()
    return None if row is None or row[0] is None else instant(row[0])


def _counts(bench: Bench, split: datetime, words: Sequence[str]) -> list[edits.ReasonCount]:
    """How often each reason was given, before and after the split."""
    rows = bench.connection.execute(
        "SELECT CASE WHEN answer = 'rejected' THEN coalesce(reason, '') END, offered_at >= CAST(? AS TIMESTAMPTZ),"
        " count(*) FROM beside WHERE answer IS NOT NULL GROUP BY ALL",
        [split.isoformat()],
    ).fetchall()
    answered = sum(n for _, _, n in rows)
    parts = {(reason, later): n for reason, later, n in rows}
    return [
        edits.ReasonCount(
            word, parts.get((word, False), 0) + parts.get((word, True), 0), answered, parts.get((word, False), 0),
            parts.get((word, True), 0),
        )
        for word in words
    ]  # fmt: skip


def _bins(
    plan: Planner, terms: Terms, paths: Sequence[str], split: datetime, words: Sequence[str]
) -> dict[str, str]:  # fmt: skip
    types = dict(edits_values.fields_of(terms)) | dict.fromkeys(SCORES, "number")
    kinds = {"number": "float64", "text": "string", "flag": "boolean"}
    base = {"handoff_id": "string", "offered_at": "timestamp('UTC', 6)", "answer": "string", "reason": "string",
            "won_at": "timestamp('UTC', 6)"}  # fmt: skip
    beside = ibis.table(base | {p: kinds[types[p]] for p in paths}, name="beside")
    queries = {p: edits_values.histogram(beside, p, moment(split), words) for p in paths}
    plan.bring(queries)
    return shown(queries)


def _parts(rows: Sequence[Row], reasons: int) -> edits.Parts:
    earlier: list[edits.Bin] = []
    later: list[edits.Bin] = []
    for row in sorted(rows, key=lambda r: (r["value"] is None, str(r["value"]))):
        (later if row["later"] else earlier).append(_bin(row, reasons))
    return earlier, later


def _bin(row: Mapping[str, object], reasons: int) -> edits.Bin:
    value = row["value"]
    assert value is None or isinstance(value, bool | float | str)
    whys = tuple(number(row[f"r{i}"]) for i in range(reasons))
    return edits.Bin(value, number(row["sent"]), number(row["accepted"]), number(row["won"]), whys)
