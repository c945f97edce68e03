"""Figures by order: asked for by a page, computed once by a worker, kept under the hash of all they depend on.

    ask(home, asked)   the key; the measurement where it is kept, else the order that will make it
    explained(...)     everything a page or the API shows of one number

Promise: nothing here computes or loads an engine; what is not kept is ordered.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from oarlock.agreement.dependencies import uses
from oarlock.agreement.terms import Terms
from oarlock.charts.period_explanations import Explanation, explain
from oarlock.ground.clock import now as instant_now
from oarlock.ground.problems import UserProblem
from oarlock.ground.zones import end_of_day, zone_of
from oarlock.lifecycle.versions import Versions
from oarlock.loop.numbers import Number
from oarlock.store.reads import closings, measurements, versions
from oarlock.store.reads.closings import Adjusted, ClosedMonth
from oarlock.store.reads.measurements import Kept, UnderWay
from oarlock.store.reads.orders import waiting_of
from oarlock.store.writes import orders
from oarlock.store.writes.audit import SYSTEM, Acting

Kind = Literal["funnel", "loop", "drift", "suggest", "ledger", "sent", "edits", "fairness"]
ORDER = "figures"
"""The kind of order that makes measurements."""
MOST = 30
"""So many measurements one caller may have waiting."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures. `version`: "" is each event by the version in force then, a number is that one for all of history;
    `as_known`: "" is all that was ever recorded, a date the end of that day; `by`: the field of a closed loop."""

    kind: Kind = "funnel"
    version: str = ""
    as_known: str = ""
    where: tuple[tuple[str, str], ...] = ()
    by: str = ""

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Asked:
        """From its plain form."""
        where = tuple((str(f), str(v)) for f, v in body["where"])
        return cls(body["kind"], body["version"], body["as_known"], where, body["by"])

    @property
    def body(self) -> dict[str, object]:
        """Its plain form."""
        return {
            "kind": self.kind, "version": self.version, "as_known": self.as_known, "where": list(map(list, self.where)),
            "by": self.by,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for under `key`: `kept`, or what is under way to it."""

    asked: Asked
    key: str
    kept: Kept | None
    waiting: UnderWay | None


def ask(
    home: Path, asked: Asked, *, acting: Acting, now: datetime, again: bool = False, every: Versions | None = None
) -> Answer:
    """The figures asked for, or the order that will make them. `again` orders anew what failed; `every`: all versions,
    where they were read already.

    UserProblem: an unknown version, a date that is none, no agreement yet, an empty lake.
    """
    judging = judges(asked.version, every)
    as_known_of(asked.as_known, judging)
    if lake_mark(home) == "":
        raise UserProblem(
            "no-facts", "There are no facts yet.", "Nothing was imported into this workspace.",
            "Import files under Records, or run `oarlock import`.",
        )  # fmt: skip
    key = key_of(home, asked, judging)
    found = measurements.kept(key)
    if found is not None and _rows_are_there(home, found):
        return Answer(asked, key, found, None)
    waiting = measurements.under_way(ORDER, key)
    if waiting is None or waiting.state == "done" or (waiting.state == "failed" and again):
        order(key, asked, acting=acting, now=now)
        waiting = measurements.under_way(ORDER, key)
    return Answer(asked, key, None, waiting)


def order(key: str, asked: Asked, *, acting: Acting, now: datetime) -> None:
    """Wish for figures; one who wished for very many waits for those first, or nobody else's would ever be made.

    UserProblem `busy-figures`.
    """
    if acting != SYSTEM and waiting_of(ORDER, acting.actor) >= MOST:
        raise UserProblem(
            "busy-figures", f"{MOST} of your figures are waiting to be computed.", "More are not taken until then.",
            "Wait a little, then ask again.",
        )  # fmt: skip
    orders.order(ORDER, key, asked.body, acting=acting, now=now)


def _rows_are_there(home: Path, kept: Kept) -> bool:
    """A restored workspace has no cache: then figures and rows are made anew, together."""
    return all((home / "cache" / name).is_file() for name in kept.files.values())


def key_of(home: Path, asked: Asked, judging: Versions) -> str:
    """The hash of all that the figures depend on: question, versions, lake, program."""
    hashes = [[t.number, t.hash] for t in judging.all]
    whole = [asked.kind, hashes, asked.as_known, sorted(asked.where), asked.by, lake_mark(home), program()]
    return sha256(json.dumps(whole).encode()).hexdigest()


def judges(version: str, every: Versions | None = None) -> Versions:
    """Which of all versions judge: those in force by now, or the one asked for. UserProblem `unknown-version`.

    A version that is signed and not in force yet shows nobody its stages, its zone or its currency.
    """
    every = every or versions.all_versions()
    if not version:
        return every.in_force_by(instant_now())
    found = next((t for t in every.all if str(t.number) == version), None)
    if found is None:
        raise UserProblem(
            "unknown-version", f"There is no version {version[:20]}.", "", "Choose one of the agreement's versions."
        )
    return Versions.of(found)


def as_known_of(day: str, judging: Versions) -> datetime | None:
    """The end of that day in the agreement's zone; None is all that was ever recorded. UserProblem `bad-date`."""
    if not day:
        return None
    try:
        return end_of_day(date.fromisoformat(day), zone_of(judging.latest.time_zone))
    except (ValueError, OverflowError) as error:
        raise UserProblem("bad-date", f"`{day[:40]}` is not a date.", "", "Write it as 2026-10-31.") from error


def lake_mark(home: Path) -> str:
    """What the lake is at this moment: the hash of its manifest; empty where nothing was ever imported."""
    path = home / "lake" / "manifest.json"
    try:
        return sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


@lru_cache(maxsize=1)
def program() -> str:
    """A hash of the source that makes figures: another release computes anew."""
    import oarlock

    found, root = sha256(), Path(oarlock.__file__).parent
    for room in ("ground", "records", "agreement", "lifecycle", "tables", "loop", "charts", "engines", "jobs"):
        for path in sorted((root / room).rglob("*.py")):
            found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()


@dataclass(frozen=True, slots=True)
class Uses:
    """A term that rests on a number: its name in the agreement, and what kind of term it is."""

    term: str
    kind: str

    @property
    def name(self) -> str:
        """The term without its section: `marketing.mql.entered` of `promises.marketing.mql.entered`."""
        return self.term.partition(".")[2] or self.term


@dataclass(frozen=True, slots=True)
class Whole:
    """All that is shown of one number: its explanation, what it was frozen at, what was learned since, who uses it."""

    explanation: Explanation
    frozen: ClosedMonth | None
    frozen_value: str | None
    adjustments: tuple[Adjusted, ...]
    uses: tuple[Uses, ...]


def explained(kept: Kept, named: Number, loop: Kept | None = None, every: Versions | None = None) -> Whole:
    """Everything of one number of a kept funnel; `loop` where the number is of a closed loop."""
    found = measurements.funnel(kept)
    explanation = explain(found, named, measurements.loop(loop) if loop else None)
    closed = closings.closed_month(named.period) if not found.where else None
    frozen = _frozen_value(closed, named) if closed else None
    since = tuple(a for a in closings.adjustments(named.period) if _about(a.figure, named)) if closed else ()
    terms = judges(str(kept.asked["version"]), every).latest
    return Whole(explanation, closed, frozen, since, used_by(terms, explanation.terms))


def _frozen_value(closed: ClosedMonth, named: Number) -> str | None:
    """The number as it was frozen; None where the closed month has no such figure."""
    frozen = closings.frozen(closed)
    loop = frozen.loops.get(named.by) if named.kind == "loop" else None
    if named.kind == "balance" or (named.kind == "loop" and loop is None):
        return None
    if named.kind == "loop" or all(s in {x.key for x in frozen.funnel.stages} for s in named.stages_named):
        return explain(frozen.funnel, named, loop).value
    return None


def _about(figure: str, named: Number) -> bool:
    """Whether an adjustment is about this number: the figure itself, or the counts a calendar rate is made of."""
    if named.kind == "loop":
        where = "" if named.every else named.by if named.value is None else f"{named.by}={named.value}"
        return figure.startswith("loop.") and (figure == f"{named.figure}.{where}")
    if named.kind in ("rate", "time"):
        return figure in {f"entered.{s}" for s in named.stages_named}
    if named.figure in ("win_rate", "deal_size", "cycle"):
        return figure in ("won", "lost")
    return figure == named.figure


def used_by(terms: Terms, about: Collection[str]) -> tuple[Uses, ...]:
    """The promises, goals, meetings and pay plans that rest on these terms, nearest first."""
    names = dict.fromkeys(name for term in about for name in _spelled(terms, term))
    found = [u for name in names for u in uses(terms, name)]
    wanted = ("promise", "goal", "scorecard", "pay", "hand-off", "meeting")
    return tuple(dict.fromkeys(Uses(u.term, u.kind) for kind in wanted for u in found if u.kind == kind))


def _spelled(terms: Terms, term: str) -> tuple[str, ...]:
    """`handed.accepted_rate` is that metric of every hand-off."""
    if term.startswith("handed."):
        return tuple(f"metrics.{h.key}.{term.removeprefix('handed.')}" for h in terms.handoffs)
    return (term,)
