"""Routing tried out: past hand-offs of the lake routed again under a proposed text, and one lead's path in advance.

    reroute(home, judging, proposed, period, progress) -> Rerouted

Every lead is seen as it was known when it was offered: its fields then, and no fact that was recorded later. The text
that was in force is replayed too, so that the two differ by their words alone: turns begin from nothing in both, and
nobody counts as let go. The lake knows no absences but those of the texts; who has others gives them as `away`.
"""

# ruff: noqa: S608  (names of columns and tables are our own)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from oarlock.agreement.terms import Handoff, Terms, WorkingSpan
from oarlock.engines.rows_back import fetch
from oarlock.ground.intervals import Interval, micros
from oarlock.ground.periods import Period, parse_period
from oarlock.ground.problems import UserProblem
from oarlock.ground.spans import Span
from oarlock.ground.working_time import elapsed
from oarlock.ground.zones import zone_of
from oarlock.jobs.leads_then import Found, lives_then
from oarlock.jobs.steps import Bench, Progress, opened, silent
from oarlock.lifecycle.judging import Moment
from oarlock.lifecycle.life import Life
from oarlock.lifecycle.versions import Versions
from oarlock.routing import Lead, Roster, looking
from oarlock.routing.plan import Plan, plan_of
from oarlock.routing.replay import Past, Replay, Speeds, again

LAST_QUARTER = "last-quarter"


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A period's leads under the text that was in force at its end, and under a proposed one; `as_known` is when the
    lake ends."""

    period: Period
    as_known: datetime
    then: Terms
    proposed: Terms
    current: Replay
    would: Replay

    @property
    def moved(self) -> int:
        """Leads that the proposed text gives to somebody else than the text in force does."""
        return sum(a.would != b.would for a, b in zip(self.current.leads, self.would.leads, strict=True))


Absences = Mapping[str, tuple[Interval, ...]]


def nobody(since: datetime) -> Absences:
    """Nobody is away but by the texts."""
    return {}


def reroute(
    home: Path, judging: Versions, proposed: Terms, period: str, *, away: Callable[[datetime], Absences] = nobody,
    progress: Progress = silent,
) -> Rerouted:  # fmt: skip
    """The hand-offs that were offered in that period, routed again. UserProblem where there were none."""
    with opened(home, progress) as bench:
        until = bench.last_known()
        within = _period(period, until, judging.latest.time_zone)
        progress("reading hand-offs", None, None)
        offered = _offered(bench, within)
        if not offered:
            raise UserProblem(
                "nothing-was-offered", f"No hand-off was offered in {within}.",
                "Only leads that were handed over can be routed again.", "Name another period, such as 2026-Q3.",
            )  # fmt: skip
        then = judging.at(within.end - timedelta(microseconds=1))
        lives = lives_then(bench, offered, judging, (then, proposed), progress)
        progress("routing again", None, None)
        speeds, roster = _speeds(offered, then, proposed), Roster(absences=away(within.start))
        current, would = (again(_past(offered, lives, terms), terms, roster, speeds) for terms in (then, proposed))
        return Rerouted(within, until, then, proposed, current, would)


def _period(written: str, until: datetime, zone: str) -> Period:
    """A period as it is written anywhere, or the quarter before the one in which the lake ends."""
    if written.lower() != LAST_QUARTER:
        return parse_period(written, zone)
    day = until.astimezone(zone_of(zone)).date()
    return parse_period(f"{day.year}-Q{(day.month + 2) // 3}", zone).previous()


def _offered(bench: Bench, within: Period) -> list[dict[str, Any]]:
    """One row a hand-off offered in the period: to whom, when answered and by whom, when it ended."""
    ended = "('converted', 'rejected', 'lapsed', 'returned', 'recycled')"
    bench.connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE asked AS
        SELECT * FROM (
            SELECT handoff_id, min(person_id) AS person_id, min("at") FILTER (kind = 'offered') AS offered_at,
                arg_min("to", "at") FILTER (kind = 'offered') AS owner,
                min("at") FILTER (kind IN ('accepted', 'rejected')) AS answered_at,
                arg_min("by", "at") FILTER (kind IN ('accepted', 'rejected')) AS answered_by,
                max("at") FILTER (kind = 'reassigned') AS moved_at,
                min("at") FILTER (kind IN {ended}) AS ended_at
            FROM handoff_events GROUP BY handoff_id)
        WHERE epoch_us(offered_at) >= {micros(within.start)} AND epoch_us(offered_at) < {micros(within.end)}""")
    times = ("offered_at", "answered_at", "moved_at", "ended_at")
    return fetch(bench.connection, "SELECT * FROM asked ORDER BY offered_at, handoff_id", times)


def _past(offered: Sequence[Found], lives: Mapping[str, Life], terms: Terms) -> list[Past]:
    """The leads as these terms see them."""
    users, past = plan_of(terms).users, []
    for row in offered:
        at, life = row["offered_at"], lives[row["handoff_id"]]
        lead = Lead(row["person_id"], life.values.get("account.owner_id"), life.values.get("person.source"))
        look = looking(Moment(at, terms, life.values, life.touches, life.activities))
        held = row["ended_at"] and row["ended_at"] - at
        past.append(Past(row["handoff_id"], at, lead, look, users.get(row["owner"], row["owner"]), held))
    return past


def _speeds(offered: Sequence[Found], then: Terms, proposed: Terms) -> Speeds:
    """How long answers took in the time the promise counts: each answerer's own working hours, or plain time."""
    was, would = _limit(then), _limit(proposed)
    working = was[1] if was else would[1] if would else True
    took: dict[str, list[timedelta]] = defaultdict(list)
    plan = plan_of(then)
    for row in offered:
        if row["answered_at"] is None:
            continue
        user = plan.users.get(row["answered_by"], row["answered_by"]) or "?"
        began = row["moved_at"] if row["moved_at"] and row["moved_at"] <= row["answered_at"] else row["offered_at"]
        took[user].append(_took(plan, user, began, row["answered_at"], working))
    return Speeds(took, was[0] if was else None, would[0] if would and would[1] == working else None)


def _took(plan: Plan, user: str, began: datetime, answered: datetime, working: bool) -> timedelta:
    member = plan.members.get(user)
    if not working or member is None or member.calendar is None:
        return answered - began
    return elapsed(member.calendar, began, answered)


def _limit(terms: Terms) -> tuple[timedelta, bool] | None:
    """The time to accept of the first hand-off that has one, and whether it counts working time; a limit in business
    days has no length of its own, so nothing is said of it."""
    term: Handoff | None = next((h for h in terms.handoffs if h.accept_within), None)
    within: WorkingSpan | None = term.accept_within if term else None
    if within is None or (within.working and within.unit in ("days", "weeks")):
        return None
    return Span(within.amount, within.unit, within.working).length, within.working
