"""The rows behind a number, page by page, newest first: read from the cache by the locked DuckDB, nothing computed.

    behind(home, kept, number, ...)   lives behind a figure of the funnel or of a closed loop
    drifted(home, kept, ...)          people on whom record and definition disagree

Promise: a page costs one bounded query; what a reader says (period, value, cursor) is data and never SQL text.
"""

from __future__ import annotations

# ruff: noqa: S608  (names of stages come from the signed agreement and pass engines.sql)
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

import duckdb

from oarlock.engines.duck import connect
from oarlock.engines.rows_back import instant
from oarlock.engines.sql import ident
from oarlock.ground.problems import UserProblem
from oarlock.jobs.cache import cache_folder, has_rows, relation
from oarlock.loop.numbers import OF_STEP, Number
from oarlock.loop.period_figures import FunnelFigures
from oarlock.loop.period_months import months_in

PAGE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One life behind a number: when the stage was entered, when the next one, why, when it left on a detour."""

    person_id: str
    cycle: int
    at: datetime | None
    then: datetime | None
    left_at: datetime | None
    because: str | None


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One person and stage, compared; `by` and `origin` of the change that recorded it."""

    person_id: str
    stage: str
    verdict: str
    recorded_at: datetime | None
    defined_at: datetime | None
    days_apart: float | None
    owner: str | None
    source: str | None
    by: str | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows, and the cursor of those that follow (None = these are the last)."""

    rows: tuple[T, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class _Query:
    """Which lives: FROM and WHERE with their parameters, and the columns shown as at, then, because."""

    source: str
    where: tuple[str, ...]
    given: Mapping[str, Any]
    at: str
    then: str
    because: str


def behind(
    home: Path, lives: str, found: FunnelFigures, number: Number, *, answers: str = "", values: str = "",
    after: str = "", limit: int = PAGE,
) -> Page[LifeRow]:  # fmt: skip
    """The rows behind a number, `limit` from the cursor on. UserProblem `stale-rows` where the cache let them go."""
    query = _query(home, lives, found, number, answers, values)
    where, given = [*query.where], dict(query.given)
    if after:
        # The first part says no more than the second, but lets whole groups of rows be passed over.
        where.append(f"{query.at} <= CAST(make_timestamp($after_at) AS TIMESTAMP WITH TIME ZONE)")
        where.append(f"(epoch_us({query.at}), person_id, cycle) < ($after_at, $after_person, $after_cycle)")
        given |= dict(zip(("after_at", "after_person", "after_cycle"), _cursor(after), strict=True))
    rows = fetched(
        home,
        f"SELECT person_id, cycle, epoch_us({query.at}), epoch_us({query.then}), epoch_us(left_at), {query.because} "
        f"FROM {query.source} WHERE {' AND '.join(where) or 'true'} "
        f"ORDER BY {query.at} DESC, person_id DESC, cycle DESC LIMIT {limit + 1}",
        given,
    )
    lives_found = [LifeRow(r[0], r[1], time_of(r[2]), time_of(r[3]), time_of(r[4]), r[5]) for r in rows]
    more = f"{rows[limit - 1][2]}~{rows[limit - 1][1]}~{rows[limit - 1][0]}" if len(rows) > limit else None
    return Page(tuple(lives_found[:limit]), more)


def _query(home: Path, lives: str, found: FunnelFigures, number: Number, answers: str, values: str) -> _Query:
    if number.kind == "loop":
        return _loop_query(home, lives, found, number, answers, values)
    if not has_rows(home, lives):
        raise gone()
    a, b = number.stages(found)
    where, given = _in_period(found, a, number.period)
    at, then = _column(a, "at"), _column(b, "at") if b else "NULL::TIMESTAMPTZ"
    if number.kind == "balance":
        where, given = [f"{at} IS NOT NULL", "left_at IS NULL"], {}
        where += [f"{then} IS NULL"] if b else []
    elif b and number.basis == "calendar" and number.kind in OF_STEP:
        where, given = _in_period(found, b, number.period)
        at, then = then, at
    elif b and number.kind == "time":
        where.append(f"{then} IS NOT NULL")
    return _Query(relation(home, lives), tuple(where), given, at, then, _column(a, "because"))


def _loop_query(home: Path, lives: str, found: FunnelFigures, number: Number, answers: str, values: str) -> _Query:
    if not all(name and has_rows(home, name) for name in (lives, answers, values)):
        raise gone()
    what = number.what
    given: dict[str, Any] = {}
    where: list[str] = []
    if not number.every:
        where.append("value IS NULL" if number.value is None else "value = $value")
        given = {} if number.value is None else {"value": number.value}
    valued = f"LEFT JOIN {relation(home, values)} AS valued USING (person_id)"
    if what.startswith("stage:"):
        stage = what.removeprefix("stage:")
        entered = found.handed if number.basis == "cohort" else stage
        more, spans = _in_period(found, entered, number.period)
        where += [*more, f"{_column(stage, 'at')} IS NOT NULL"]
        source = f"{relation(home, lives)} AS followed {valued}"
        return _Query(source, tuple(where), given | spans, _column(stage, "at"), _column(found.handed, "at"),
                      _column(stage, "because"))  # fmt: skip
    kind, _, reason = what.partition(":")
    where.append("kind IN ('accepted', 'rejected', 'lapsed')" if kind == "answered" else "kind = $kind")
    given |= {} if kind == "answered" else {"kind": "rejected" if kind == "reason" else kind}
    if kind == "reason":
        where.append("coalesce(reason, '') = $reason")
        given |= {"reason": reason}
    months = months_in(found.months, number.period)
    if months is not None:
        where.append(f"{ident(number.basis)} IN (SELECT unnest($months))")
        given |= {"months": list(months)}
    elif number.basis == "cohort":
        where.append("cohort IS NOT NULL")
    lived = f"JOIN {relation(home, lives)} AS followed USING (person_id, cycle)"
    source = f"{relation(home, answers)} AS answered {lived} {valued}"
    at = _column(found.handed, "at")
    because = "kind || CASE WHEN reason IS NULL THEN '' ELSE ', ' || reason END"
    return _Query(source, tuple(where), given, at, "NULL::TIMESTAMPTZ", because)


def _in_period(found: FunnelFigures, stage: str, period: str) -> tuple[list[str], dict[str, Any]]:
    months = months_in(found.months, period)
    if months is None:
        return [f"{_column(stage, 'at')} IS NOT NULL"], {}
    return [f"{ident(f'm_{stage}')} IN (SELECT unnest($months))"], {"months": list(months)}


def _column(stage: str, ending: str) -> str:
    return ident(f"{stage}_{ending}")


def drifted(
    home: Path, compared: str, *, stage: str = "", verdict: str = "", field: str = "", value: str | None = None,
    after: str = "", limit: int = PAGE,
) -> Page[DriftRow]:  # fmt: skip
    """Rows of a drift that disagree (or have that verdict), newest first; `field` is owner, source or origin."""
    if not has_rows(home, compared):
        raise gone()
    where = ["verdict = $verdict" if verdict else "verdict <> 'both'"]
    given: dict[str, Any] = {"verdict": verdict} if verdict else {}
    if stage:
        where, given = [*where, "stage = $stage"], given | {"stage": stage}
    if field in ("owner", "source", "origin"):
        where.append(f"{field} IS NULL" if value is None else f"{field} = $value")
        given |= {} if value is None else {"value": value}
    when = "coalesce(epoch_us(coalesce(recorded_at, defined_at)), 0)"
    if after:
        at, stage_after, person = three(after)
        where.append(f"({when}, person_id, stage) < ($after_at, $after_person, $after_stage)")
        given |= {"after_at": at, "after_person": person, "after_stage": stage_after}
    rows = fetched(
        home,
        "SELECT person_id, stage, verdict, epoch_us(recorded_at), epoch_us(defined_at), days_apart, owner, source, "
        f'"by", origin, {when} FROM {relation(home, compared)} WHERE {" AND ".join(where)} '
        f"ORDER BY {when} DESC, person_id DESC, stage DESC LIMIT {limit + 1}",
        given,
    )
    found = [DriftRow(r[0], r[1], r[2], time_of(r[3]), time_of(r[4]), *r[5:10]) for r in rows]
    more = f"{rows[limit - 1][10]}~{rows[limit - 1][1]}~{rows[limit - 1][0]}" if len(rows) > limit else None
    return Page(tuple(found[:limit]), more)


def fetched(home: Path, select: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a SELECT over kept files. UserProblem `stale-rows` where the cache let them go."""
    with _opened(cache_folder(home), os.getpid()).cursor() as cursor:
        try:
            return cursor.execute(select, dict(given)).fetchall()
        except duckdb.IOException as error:
            raise gone() from error


@lru_cache(maxsize=2)
def _opened(folder: Path, process: int) -> duckdb.DuckDBPyConnection:
    """One locked connection a process, kept open, for opening takes longer than most pages; asked through cursors."""
    return connect([folder])


def _cursor(text: str) -> tuple[int, str, int]:
    at, cycle, person = three(text)
    try:
        return at, person, _counted(cycle)
    except ValueError as error:
        raise _bad_cursor() from error


def three(text: str) -> tuple[int, str, str]:
    """Microseconds, a word, and a person, which may hold anything and so comes last."""
    at, _, rest = text.partition("~")
    word, _, person = rest.partition("~")
    try:
        return _counted(at), word, person
    except ValueError as error:
        raise _bad_cursor() from error


def _counted(text: str) -> int:
    """A number eight bytes hold. ValueError where it is none."""
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError("too large")
    return int(text)


def every_page(read: Any) -> Iterator[Any]:
    """All rows of a reader of pages (`read(after) -> Page`), for an export."""
    page = read("")
    yield from page.rows
    while page.following:
        page = read(page.following)
        yield from page.rows


def time_of(micros: int | None) -> datetime | None:
    """The instant of so many microseconds; None of None."""
    return None if micros is None else instant(micros)


def _bad_cursor() -> UserProblem:
    return UserProblem("bad-cursor", "This is no place in the list.", "", "Start again from the list's first page.")


def gone() -> UserProblem:
    """What is said where rows were let go."""
    return UserProblem(
        "stale-rows", "The rows behind this number were let go.", "They are a cache and can be made anew.",
        "Load the funnel again: the figures and their rows are computed once more.",
    )  # fmt: skip
