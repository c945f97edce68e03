"""Closed months as pages ask for them: order a closing, order the comparison with today, and say why a figure moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from oarlock.charts.numerals import count, plural
from oarlock.ground.periods import Period, parse_period
from oarlock.ground.problems import UserProblem
from oarlock.jobs import figures
from oarlock.store.reads import closings as reads
from oarlock.store.reads import measurements
from oarlock.store.reads.measurements import UnderWay
from oarlock.store.writes import closings, orders
from oarlock.store.writes.audit import Acting

CLOSE, ADJUST = "close", "adjust"


def closable(month: str, zone: str, now: datetime) -> Period:
    """That month, if it may be closed. UserProblem: no month, not over, or closed."""
    period = parse_period(month, zone)
    if len(month) != len("2026-09") or "-Q" in month:
        raise UserProblem("period-malformed", f"`{month[:20]}` is no month.", "", "Write it as 2026-09.")
    if now < period.end:
        raise UserProblem(
            "not-over", f"{month} is not over.", "Its figures can still change by what happens.",
            f"Close it on {period.next().first.isoformat()} or later.",
        )  # fmt: skip
    if reads.closed_month(month) is not None:
        raise closings.closed_already(month)
    return period


def ask_close(month: str, zone: str, *, acting: Acting, now: datetime) -> str:
    """Order a month to be closed; the order's id."""
    closable(month, zone, now)
    return orders.order(CLOSE, month, {"month": month}, acting=acting, now=now)


def ask_adjustments(home: Path, *, acting: Acting, now: datetime) -> None:
    """Order the closed months to be laid beside today's figures, once for every lake and text they depend on."""
    if figures.lake_mark(home) == "":
        return
    key = figures.key_of(home, figures.Asked(), figures.judges(""))
    known = measurements.under_way(ADJUST, key)
    if known is None:
        orders.order(ADJUST, key, {}, acting=acting, now=now)


def under_way() -> tuple[UnderWay, ...]:
    """Closings and comparisons that wait, are being done, or failed lately."""
    return measurements.lately((CLOSE, ADJUST))


def why(cause: Mapping[str, Any]) -> Iterator[str]:
    """The causes of an adjustment as sentences."""
    if cause.get("gained") or cause.get("lost"):
        yield f"{count(cause['gained'])} counted now who were not, {count(cause['lost'])} no longer counted."
    if cause.get("merges"):
        yield f"{plural(cause['merges'], 'merge')} of duplicates."
    if cause.get("erased"):
        yield f"{plural(cause['erased'], 'person', 'people')} erased on request."
    facts = {name: number for name, number in cause.get("facts", {}).items() if name != "changes: merged_into"}
    if facts:
        told = ", ".join(f"{count(number)} {name}" for name, number in facts.items())
        yield f"Recorded about them since: {told}."
    if cause.get("imports"):
        yield f"{plural(len(cause['imports']), 'import')} since."
    if cause.get("versions"):
        numbers = ", ".join(str(n) for n in cause["versions"])
        yield f"Versions of the agreement adopted since: {numbers}."
    if cause.get("back"):
        yield "It came back to what it was frozen at."
