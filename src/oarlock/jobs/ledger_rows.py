"""The hand-offs behind a number of the ledger or of the marketing view, page by page, newest first: read, not computed.

Promise: a page costs one bounded query; what a reader says (period, value, cursor) is data and never SQL text.
"""

from __future__ import annotations

# ruff: noqa: S608  (nothing of a reader's reaches the SQL)
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from oarlock.jobs.cache import has_rows, relation
from oarlock.jobs.rows import PAGE, Page, fetched, gone, three, time_of
from oarlock.loop.period_months import months_in
from oarlock.loop.promises import COUNTED
from oarlock.loop.reasons import SentFigures


@dataclass(frozen=True, slots=True)
class OwedRow:
    """One case of a promise. `handoff_id` None: a person's life, not a hand-off."""

    person_id: str
    handoff_id: str | None
    cycle: int | None
    at: datetime | None
    state: str
    minutes: float | None
    excuse: str | None


@dataclass(frozen=True, slots=True)
class SentRow:
    """One hand-off with what became of it."""

    person_id: str
    handoff_id: str
    offered_at: datetime | None
    owner: str | None
    answer: str | None
    reason: str | None
    answered_at: datetime | None
    ended: str
    won_at: datetime | None


PARTS: Mapping[str, str] = {
    "met": "excuse IS NULL AND state = 'met'",
    "counted": "excuse IS NULL AND list_contains($counted, state)",
    "missed": "excuse IS NULL AND state = 'missed'",
    "past due": "excuse IS NULL AND state = 'past due'",
    "open": "excuse IS NULL AND state = 'open'",
    "due": "excuse IS NULL AND state = 'due'",
    "excused": "excuse IS NOT NULL",
    "all": "true",
}
"""Which cases of a promise and period a list is of."""


def owed_rows(
    home: Path, cases: str, line: str, period: str, part: str = "all", *, after: str = "", limit: int = PAGE
) -> Page[OwedRow]:  # fmt: skip
    """The cases of a promise in a period. UserProblem `stale-rows` where the cache let them go."""
    if not has_rows(home, cases):
        raise gone()
    where = ["line = $line", "period = $period", PARTS.get(part, "true")]
    given: dict[str, Any] = {"line": line, "period": period}
    if part == "counted":
        given["counted"] = list(COUNTED)
    who = "coalesce(handoff_id, '') || '~' || person_id || '~' || coalesce(cycle, 0)"
    more, spans = _after("at", who, after)
    rows = fetched(
        home,
        f'SELECT person_id, handoff_id, cycle, epoch_us("at"), state, minutes, excuse, {who} '
        f"FROM {relation(home, cases)} WHERE {' AND '.join([*where, *more])} "
        f'ORDER BY epoch_us("at") DESC, {who} DESC LIMIT {limit + 1}',
        given | spans,
    )
    found = tuple(OwedRow(r[0], r[1], r[2], time_of(r[3]), r[4], r[5], r[6]) for r in rows[:limit])
    return Page(found, f"{rows[limit - 1][3]}~~{rows[limit - 1][7]}" if len(rows) > limit else None)


OUTCOMES: Mapping[str, str] = {
    "offered": "true",
    "answered": "answer IS NOT NULL",
    "accepted": "answer = 'accepted'",
    "rejected": "answer = 'rejected'",
    "lapsed": "answer = 'lapsed'",
    "open": "answer IS NULL",
    "returned": "answer = 'accepted' AND returned_at IS NOT NULL",
    "worked": "answer = 'accepted' AND work_done_at IS NOT NULL",
    "converted": "converted_at IS NOT NULL",
    "won": "won_at IS NOT NULL",
}
"""Which hand-offs stand behind each outcome of the marketing view; `loop.reasons.outcomes` counts the same."""


def sent_rows(
    home: Path, sent: str, found: SentFigures, what: str, period: str, *, value: str | None = None, every: bool = True,
    after: str = "", limit: int = PAGE,
) -> Page[SentRow]:  # fmt: skip
    """The hand-offs behind a number of the view; `what` is an outcome or `reason:<word>`."""
    if not has_rows(home, sent):
        raise gone()
    where, given = [OUTCOMES.get(what, "answer = 'rejected' AND coalesce(reason, '') = $reason")], dict[str, Any]()
    if what not in OUTCOMES:
        given["reason"] = what.partition(":")[2]
    if not every:
        where.append("value IS NULL" if value is None else "value = $value")
        given |= {} if value is None else {"value": value}
    months = months_in(found.months, period)
    if months is not None:
        where.append("month IN (SELECT unnest($months))")
        given["months"] = list(months)
    more, spans = _after("offered_at", "handoff_id", after)
    rows = fetched(
        home,
        "SELECT person_id, handoff_id, epoch_us(offered_at), owner, answer, reason, epoch_us(answered_at), "
        f"{_ENDED}, epoch_us(won_at) FROM {relation(home, sent)} WHERE {' AND '.join([*where, *more])} "
        f"ORDER BY epoch_us(offered_at) DESC, handoff_id DESC LIMIT {limit + 1}",
        given | spans,
    )
    page = tuple(_sent(r) for r in rows[:limit])
    return Page(page, f"{rows[limit - 1][2]}~~{rows[limit - 1][1]}" if len(rows) > limit else None)


def _sent(row: tuple[Any, ...]) -> SentRow:
    person, handoff, offered, owner, answer, reason, answered, ended, won = row
    return SentRow(person, handoff, time_of(offered), owner, answer, reason, time_of(answered), ended, time_of(won))


_ENDED = (
    "CASE WHEN converted_at IS NOT NULL THEN 'converted' WHEN recycled_at IS NOT NULL THEN 'recycled' "
    "WHEN returned_at IS NOT NULL THEN 'returned' ELSE coalesce(answer, 'open') END"
)


def _after(at: str, who: str, cursor: str) -> tuple[list[str], dict[str, Any]]:
    """What keeps a page behind its cursor: an instant, and which row of that instant."""
    if not cursor:
        return [], {}
    micros, _, row = three(cursor)
    return [f'(epoch_us("{at}"), {who}) < ($after_at, $after_row)'], {"after_at": micros, "after_row": row}
