"""What is done without anybody asking: a literal table, and a look at it that every worker takes each minute.

    check(home, now)   order whatever this minute's, this night's or this version's turn is and was not ordered yet

Promises: one order a turn, however many workers look; a turn that nobody was awake for is taken up when somebody wakes,
the last one alone; what was ordered is work like any other, done by any worker, and twice is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from oarlock.ground.clock import now as instant_now
from oarlock.jobs import cache, computing, figures
from oarlock.jobs.exporting import waits
from oarlock.jobs.figures import Asked
from oarlock.jobs.period_planning import FIELDS
from oarlock.jobs.retaining import retain
from oarlock.store.reads import closings, versions
from oarlock.store.reads.versions import InForce
from oarlock.store.writes import measurements, orders, sweeping
from oarlock.store.writes.audit import SYSTEM
from oarlock.store.writes.clocks import any_runs
from oarlock.store.writes.feeds import named as feeds_named
from oarlock.store.writes.orders import Order

Tell = Callable[[str, float | None], None]
Every = timedelta | Literal["night", "version"]
LOOK_EVERY = 60.0
"""Seconds between two looks of one worker."""
NIGHT = 2
"""The hour of the agreement's zone from which on a new night's work is due."""
NEWLY = timedelta(days=7)
"""So long after its date a version is new. Afterwards its order may be swept, and the nights have done what it did."""
KEPT = timedelta(days=30)
"""Finished orders are kept so long."""


@dataclass(frozen=True, slots=True)
class Recurring:
    """A kind of order and how often it comes: a span of time, once a night, or once when a version comes into force.

    `wanted` says whether there is anything to do in this workspace; it is asked before anything is ordered.
    """

    kind: str
    every: Every
    wanted: Callable[[Path, InForce | None], bool]


def _facts_wait(home: Path, judges: InForce | None) -> bool:
    return waits()


def _months_are_closed(home: Path, judges: InForce | None) -> bool:
    return _can_count(home, judges) and bool(closings.closed_months())


def _can_count(home: Path, judges: InForce | None) -> bool:
    return judges is not None and figures.lake_mark(home) != ""


def _always(home: Path, judges: InForce | None) -> bool:
    return True


def _clocks_run(home: Path, judges: InForce | None) -> bool:
    return any_runs()


def _calendars_are_named(home: Path, judges: InForce | None) -> bool:
    return feeds_named()


EVERY: tuple[Recurring, ...] = (
    Recurring("export", timedelta(minutes=5), _facts_wait),
    Recurring("adjust", "night", _months_are_closed),
    Recurring("refresh", "night", _can_count),
    Recurring("redate", "version", _clocks_run),
    Recurring("refresh", "version", _can_count),
    Recurring("feeds", timedelta(minutes=15), _calendars_are_named),
    Recurring("sweep", "night", _always),
)
"""Everything that happens by itself, in the order in which it is ordered where several are due at once."""


def check(home: Path, now: datetime) -> tuple[str, ...]:
    """Order what is due; the ids of the orders that are new. Costs one query a line where nothing is."""
    judges = versions.in_force(now)
    made = []
    for one in EVERY:
        turn = turn_of(one.every, now, judges)
        if turn and not orders.made(one.kind, turn) and one.wanted(home, judges):
            made.append(orders.once(one.kind, turn, {}, acting=SYSTEM, now=now))
    return tuple(id for id in made if id is not None)


def turn_of(every: Every, now: datetime, judges: InForce | None) -> str:
    """The name of the turn it is: `2026-11-22T01:25` (UTC), the night's date, `version 3`; empty where it is none's."""
    if isinstance(every, timedelta):
        start = now.astimezone(UTC) - (now - datetime(1970, 1, 1, tzinfo=UTC)) % every
        return f"{start:%Y-%m-%dT%H:%M}"
    if every == "version":
        return f"version {judges.number}" if judges and now - judges.since < NEWLY else ""
    local = now.astimezone(ZoneInfo(judges.time_zone if judges else "UTC"))
    return (local.date() if local.hour >= NIGHT else local.date() - timedelta(days=1)).isoformat()


def refresh_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `refresh`: ask for the usual figures of the versions in force, so that they stand in the morning.

    Where everybody stands needs no order when a version comes into force: it judges what happens from then on, and
    every later fact is judged by it as it comes in.
    """
    from django.conf import settings

    tell("asking for figures", None)
    wanted = (Asked(), Asked("drift"), *(Asked("loop", by=field) for field in FIELDS))
    answers = [figures.ask(settings.OARLOCK.home, one, acting=SYSTEM, now=instant_now(), again=True) for one in wanted]
    return {"asked": len(answers), "kept": sum(a.kept is not None for a in answers)}


def sweep_order(order: Order, tell: Tell) -> Mapping[str, object]:
    """The order `sweep`: let go what nobody will look at again: measurements, sessions, old orders, and the like."""
    from django.conf import settings

    tell("sweeping", None)
    home, at = settings.OARLOCK.home, instant_now()
    return {**sweep(home, at), **retain(home, at)}


def sweep(home: Path, now: datetime) -> dict[str, int]:
    """Sweep; how many went, by what they were."""
    gone = {
        "orders": sweeping.let_orders_go(now - KEPT, acting=SYSTEM),
        "sessions": sweeping.let_sessions_go(now, acting=SYSTEM),
    }
    if versions.in_force(now) is not None:
        used = measurements.sweep(versions=computing.names_of(figures.judges("")), acting=SYSTEM, now=now)
        gone["files"] = cache.sweep(home, used)
    return gone
