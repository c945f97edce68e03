"""The ledger of promises: what each team owed in each period, case by case, and what was kept. Tables in, tables out.

    lines_of(versions, until)   every promise that was owed lately, with the periods it is measured in
    cases(lines, ...)           one row a case: which promise and period, how it stands, what excuses it
    totals(cases)               one row a promise and period

A case stands as `met`, `missed`, `past due` (missed, and still to be done), `open` (counted, may still be met) or `due`
(not counted yet). An excused case leaves numerator and denominator and is counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from oarlock.agreement.metrics import metrics_of
from oarlock.agreement.owed import Promise
from oarlock.agreement.terms import Terms
from oarlock.agreement.written import Team
from oarlock.ground.periods import Period, parse_period
from oarlock.ground.zones import zone_of
from oarlock.lifecycle.versions import Versions
from oarlock.loop.owed import moment

SHOWN = {"day": 14, "week": 13, "month": 6, "quarter": 4, "year": 3}
"""So many periods are shown beside the running one, by the period a promise is owed in."""
MOST = 400
"""Of a period asked for, at most so many parts."""
MICROSECOND = timedelta(microseconds=1)
USUAL = "month"
"""The period of a promise that names none."""
STATES = ("met", "missed", "past due", "open", "due")
COUNTED = ("met", "missed", "past due", "open")
"""The states of cases that stand in the denominator."""
OVER, LATE = "volume_over_capacity", "offered_late"
DECLARED = "declared "
"""What begins the name of an excuse that people declare."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise in one period, by the version that was in force when the period began; None: not owed then."""

    period: Period
    promise: Promise | None
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """A promise with its periods, newest first. `key` names it: team, metric and period."""

    team: Team
    metric: str
    per: str
    latest: Promise
    owed: tuple[Owed, ...]

    @property
    def key(self) -> str:
        """Its name in figures and addresses."""
        return f"{self.team}.{self.metric}.{self.per}"

    @property
    def kind(self) -> str:
        """Which way it is measured: `entered`, `to`, `accepted_rate`, `accept_met`, `work_met`, `speed`; else ``."""
        head, _, last = self.metric.rpartition(".")
        if "." in head and head.endswith(".to"):
            return "to"
        return last if head and last in ("entered", "accepted_rate", "accept_met", "work_met", "speed") else ""

    @property
    def subject(self) -> str:
        """The stage or hand-off it is about."""
        return self.metric.partition(".to.")[0] if self.kind == "to" else self.metric.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Declared:
    """An excuse that one team declared for a time and the other confirmed."""

    excuse: str
    begins: datetime
    ends: datetime


def lines_of(versions: Versions, until: datetime, within: Period | None = None) -> tuple[Line, ...]:
    """Every promise of the versions in force within the periods shown (or `within` one that is asked for), those still
    owed first, team by team."""
    found: dict[tuple[Team, str, str], Promise] = {}
    for terms in reversed([t for t in versions.all if t.in_force_from <= until or t is versions.all[0]]):
        for team, promises in terms.promises.by_team:
            for promise in promises:
                found.setdefault((team, promise.metric, promise.per or USUAL), promise)
    made = [_line(key, promise, versions, until, within) for key, promise in found.items()]
    return tuple(line for line in made if any(o.promise for o in line.owed))


def _line(
    key: tuple[Team, str, str], promise: Promise, versions: Versions, until: datetime, within: Period | None
) -> Line:
    team, metric, per = key
    owed = []
    for period in periods(per, until, versions.latest.time_zone, within):
        terms = judging(versions, period)
        same = (p for p in dict(terms.promises.by_team)[team] if (p.metric, p.per or USUAL) == (metric, per))
        owed.append(Owed(period, next(same, None), terms.number))
    return Line(team, metric, per, promise, tuple(owed))


def judging(versions: Versions, period: Period) -> Terms:
    """The version in force when the period began. The first one known also judges what came before it."""
    return versions.at(period.start)


def periods(per: str, until: datetime, zone: str, within: Period | None = None) -> tuple[Period, ...]:
    """The running period of that kind and those before it that are shown, newest first; or those that begin within
    the one asked for, or hold it."""
    last = until if within is None else min(until, within.end - MICROSECOND)
    found = [running(per, last, zone)]
    while len(found) <= SHOWN[per] if within is None else found[-1].first > within.first and len(found) < MOST:
        found.append(found[-1].previous())
    if within is not None and len(found) > 1 and found[-1].first < within.first:
        found.pop()
    return tuple(found)


def running(per: str, at: datetime, zone: str) -> Period:
    """The day, ISO week, month, quarter or year in which an instant lies."""
    day = at.astimezone(zone_of(zone)).date()
    year, week, _ = day.isocalendar()
    names = {
        "day": day.isoformat(), "week": f"{year}-W{week:02}", "month": f"{day:%Y-%m}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}", "year": f"{day.year}",
    }  # fmt: skip
    return parse_period(names[per], zone)


def cases(
    lines: Sequence[Line], handed: ir.Table, lives: ir.Table, until: datetime, declared: Sequence[Declared] = ()
) -> ir.Table | None:
    """line, period, handoff_id, person_id, cycle, at, state, minutes, excuse of every case; None where nothing that is
    owed is measured. `handed`: one row a hand-off with its clocks (`jobs.ledger_cases`)."""
    parts = [_excused(line, _of(line, handed, lives, until), declared) for line in lines if measured(line, lives)]
    return ibis.union(*parts) if parts else None


def measured(line: Line, lives: ir.Table) -> bool:
    """Whether this can be measured here: the metrics of stages that are there, and those of hand-offs."""
    stages = line.metric.split(".to.") if line.kind == "to" else [line.subject]
    of_stages = line.kind in ("entered", "to")
    return bool(line.kind) and (not of_stages or all(f"{s}_at" in lives.columns for s in stages))


def _of(line: Line, handed: ir.Table, lives: ir.Table, until: datetime) -> ir.Table:
    """at, state, minutes of every case of a promise, whatever its period."""
    if line.kind in ("entered", "to"):
        return _of_stage(line, lives)
    rows = handed.filter(handed.key == line.subject)
    ways = {"accepted_rate": _accepted, "accept_met": _answered, "work_met": _worked, "speed": _touched}
    return ways[line.kind](rows, moment(until))


def _of_stage(line: Line, lives: ir.Table) -> ir.Table:
    first = line.subject if line.kind == "entered" else line.metric.partition(".to.")[0]
    rows = lives.filter(lives[f"{first}_at"].notnull())
    state: ir.Value = ibis.literal("met")
    if line.kind == "to":
        reached = rows[f"{line.metric.partition('.to.')[2]}_at"].notnull()
        state = ibis.cases((reached, "met"), (rows.left_at.isnull(), "open"), else_="missed")
    made = rows.mutate(handoff_id=ibis.null("string"), over_capacity=ibis.literal(False),
                       offered_late=ibis.literal(False))  # fmt: skip
    return _case(made, rows[f"{first}_at"], state)


def _accepted(rows: ir.Table, now: ir.Value) -> ir.Table:
    """Of all answers and lapses, in the period of the answer."""
    rows = rows.filter(rows.answer.notnull())
    return _case(rows, rows.answered_at, ibis.ifelse(rows.answer == "accepted", "met", "missed"))


def _answered(rows: ir.Table, now: ir.Value) -> ir.Table:
    """Accepted or rejected by the first limit, in the period of the offer."""
    rows = rows.filter(rows.accept_due_at.notnull())
    in_time = rows.answer.isin(["accepted", "rejected"]) & (rows.answered_at <= rows.accept_due_at)
    state = ibis.cases(
        (in_time.fill_null(False), "met"),
        (rows.answer.notnull(), "missed"),
        (rows.accept_due_at < now, "past due"),
        else_="due",
    )
    return _case(rows, rows.offered_at, state)


def _worked(rows: ir.Table, now: ir.Value) -> ir.Table:
    """Of those that were to be worked: touched and worked within both limits, in the period of the offer."""
    limits = rows.touch_due_at.notnull() | rows.work_due_at.notnull()
    rows = rows.filter((rows.answer != "rejected").fill_null(True), limits)
    touched = _by(rows.touch_due_at, rows.first_touch_at)
    worked = _by(rows.work_due_at, rows.work_done_at)
    late = _late(rows.touch_due_at, rows.first_touch_at, now) | _late(rows.work_due_at, rows.work_done_at, now)
    over = rows.work_done_at.notnull() | rows.returned_at.notnull() | rows.recycled_at.notnull()
    state = ibis.cases((touched & worked, "met"), (late & over, "missed"), (late, "past due"), else_="due")
    return _case(rows, rows.offered_at, state)


def _by(due: ir.Value, done: ir.Value) -> ir.BooleanValue:
    """Done by its limit, or there is no limit."""
    return due.isnull() | (done <= due).fill_null(False)


def _late(due: ir.Value, done: ir.Value, now: ir.Value) -> ir.BooleanValue:
    """Not done by a limit that is over."""
    return (due < ibis.coalesce(done, now)).fill_null(False)


def _touched(rows: ir.Table, now: ir.Value) -> ir.Table:
    """Working minutes to the first sales activity, in the period of the offer."""
    return _case(rows, rows.offered_at, ibis.ifelse(rows.speed_minutes.notnull(), "met", "due"), rows.speed_minutes)


def _case(rows: ir.Table, at: ir.Value, state: ir.Value, minutes: ir.Value | None = None) -> ir.Table:
    return rows.select(
        "handoff_id", "person_id", "cycle", "over_capacity", "offered_late", at=at, state=state,
        minutes=ibis.null("float64") if minutes is None else minutes,
    )  # fmt: skip


def _excused(line: Line, rows: ir.Table, declared: Sequence[Declared]) -> ir.Table:
    """The cases within the periods in which it was owed, each with its period and what excuses it there."""
    ways = [(_within(rows["at"], o.period.start, o.period.end), ibis.literal(o.period.text)) for o in line.owed]
    rows = rows.mutate(period=ibis.cases(*ways, else_=ibis.null("string")))
    owed = [o for o in line.owed if o.promise]
    rows = rows.filter(rows.period.isin([o.period.text for o in owed]))
    excuses = [
        (rows.period.isin([o.period.text for o in owed if o.promise and o.promise.excused_when == word]) & holds,
         ibis.literal(word))
        for word, holds in _holding(line, rows, declared)
    ]  # fmt: skip
    excuse = ibis.cases(*excuses, else_=ibis.null("string")) if excuses else ibis.null("string")
    return rows.select(
        "period", "handoff_id", "person_id", "cycle", "at", "state", "minutes", line=ibis.literal(line.key),
        excuse=excuse,
    )  # fmt: skip


def _holding(line: Line, rows: ir.Table, declared: Sequence[Declared]) -> list[tuple[str, ir.BooleanValue]]:
    """Each excuse that its versions name, and for which cases it holds."""
    found: list[tuple[str, ir.BooleanValue]] = []
    for word in sorted({o.promise.excused_when for o in line.owed if o.promise and o.promise.excused_when}):
        if word == OVER:
            found.append((word, rows.over_capacity))
        elif word == LATE:
            found.append((word, rows.offered_late))
        for one in declared:
            if word == DECLARED + one.excuse:
                found.append((word, _within(rows["at"], one.begins, one.ends)))
    return found


def _within(at: ir.Value, start: datetime, end: datetime) -> ir.BooleanValue:
    return (at >= moment(start)) & (at < moment(end))


def totals(cases: ir.Table) -> ir.Table:
    """line, period, a count a state, excused, median and p90 of the minutes: what is excused stands in no other."""
    owed = cases.excuse.isnull()
    return cases.group_by("line", "period").agg(
        **{s.replace(" ", "_"): cases.count(where=owed & (cases.state == s)) for s in STATES},
        excused=cases.count(where=~owed),
        median=cases.minutes.quantile(0.5, where=owed), p90=cases.minutes.quantile(0.9, where=owed),
    )  # fmt: skip


def words_of(line: Line, terms: Terms) -> str:
    """What its metric counts, in words."""
    known = metrics_of([s.key for s in terms.stages], [h.key for h in terms.handoffs])
    return known[line.metric].means if line.metric in known else ""
