"""What is to be run for a funnel by period and its closed loops: expressions of the measuring rooms, made into steps.

The lives are computed once for a set of versions, an as-known date and a lake, with each stage's month and the values
people most often ask for; they are kept as a file (`LIVES`), and whatever else is asked of them starts from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import ibis
import ibis.expr.types as ir

from oarlock.ground.periods import Period
from oarlock.jobs.planning import Planner, handed_off, shown
from oarlock.lifecycle.versions import Versions
from oarlock.loop import cohorts, deals, funnel, happenings
from oarlock.loop.fields import FOR_PEOPLE, people_by, resolve
from oarlock.tables.lake import Lake
from oarlock.tables.texts import TIME_TYPE

LIVES = "lives"
"""The name of the kept lives, as a table and in the queries people read."""
YEARS = 20
FIELDS = ("source", "campaign", "landing_page", "owner")
"""What the closed loop can be read by without asking for a field of one's own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compute. `where`: field and value pairs people must have; `by`: fields of closed loops; `funnel`: the
    figures by period too, or only the loops."""

    versions: Versions
    where: tuple[tuple[str, str], ...]
    by: tuple[str, ...]
    funnel: bool = True

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages in order."""
        return self.versions.stage_keys

    @property
    def handed(self) -> str:
        """The stage people are handed over at; the first one where nothing says which."""
        return (handed_off(self.versions, self.stages) or [self.stages[0]])[0]


@dataclass(frozen=True, slots=True)
class Planned:
    """What is known when all steps are planned: months, queries as people read them, and by field the kept values."""

    months: tuple[Period, ...]
    queries: dict[str, str]
    values: dict[str, str]


def lives_schema(stages: Sequence[str]) -> ibis.Schema:
    """The columns of the kept lives."""
    columns = {"person_id": "string", "cycle": "int64", "began_at": TIME_TYPE, "left_at": TIME_TYPE}
    for stage in stages:
        columns |= {f"{stage}_at": TIME_TYPE, f"{stage}_because": "string", f"{stage}_recorded_at": TIME_TYPE}
        columns |= {f"m_{stage}": "string"}
    return ibis.schema(columns)


def plan_lives(plan: Planner, versions: Versions) -> None:
    """Compute the lives and keep them as LIVES."""
    stages = versions.stage_keys
    made, _ = plan.lives(plan.lake(), versions, "followed")
    months = plan.months(_lately(plan, made), versions.latest.time_zone)
    dated = cohorts.dated(made, stages, months)
    plan.keep(LIVES, dated.select(*lives_schema(stages)))
    plan.drop(["followed"])


def plan_periods(plan: Planner, wanted: Wanted) -> Planned:
    """The steps of the figures by period, from lives that are there as LIVES. UserProblem: a field nobody has."""
    versions, stages, until = wanted.versions, wanted.stages, plan.until
    zone, currency = versions.latest.time_zone, versions.latest.currency
    lake, whole = plan.lake(), ibis.table(lives_schema(stages), name=LIVES)
    months = plan.months(_begun(plan, lake, whole), zone)
    lives = _chosen(plan, lake, whole, wanted)
    known = deals.known_deals(lake, until, currency)
    if wanted.where:
        known = known.semi_join(_people(plan, lake, wanted), "person_id")
    known = plan.keep("known_deals", known)
    queries: dict[str, ir.Table] = _by_period(plan, lake, lives, known, wanted, months) if wanted.funnel else {}
    plan.bring(queries)
    told, values = shown(queries), {}
    if wanted.by:
        answered = plan.keep("answers", happenings.answers(lake, lives, wanted.handed, months, until))
        paid = plan.keep("paid", happenings.won(lake, known, lives, wanted.handed, months))
        for n, field in enumerate(wanted.by):
            values[field] = plan_loop(plan, lake, lives, answered, paid, field, n, wanted, months, told)
    return Planned(months, told, values)


def _begun(plan: Planner, lake: Lake, lives: ir.Table) -> ir.Table:
    """(began_at) of all that is put into months: lives, closed opportunities, costs. What lies longer ago than YEARS
    is counted in the whole alone: one wrong date must not make a thousand months."""
    closed = lake.opportunities.filter(lake.opportunities.status != "open").select(began_at="closed_at")
    rows = ibis.union(lives.select("began_at"), closed, lake.campaign_costs.select(began_at="at"))
    return _lately(plan, rows)


def _lately(plan: Planner, rows: ir.Table) -> ir.Table:
    """What began in the last YEARS."""
    return rows.filter(rows.began_at >= ibis.literal(plan.until - YEARS * timedelta(days=366), type=TIME_TYPE))


def _by_period(
    plan: Planner, lake: Lake, lives: ir.Table, known: ir.Table, wanted: Wanted, months: Sequence[Period]
) -> dict[str, ir.Table]:
    stages = wanted.stages
    steps = plan.keep("steps", cohorts.steps(lives, stages)) if len(stages) > 1 else None
    queries = {
        "entries": cohorts.entries(lives, stages),
        "balance": funnel.stage_counts(lives, stages),
        "flows": cohorts.flows(lives, stages, months),
        "closed": happenings.closings(lake, known, months),
    }
    if steps is not None:
        queries |= {"steps cohort": cohorts.cohort(steps), "steps calendar": cohorts.calendar(steps)}
        queries["expected"] = cohorts.expected(lives, stages, plan.until)
    return queries


def plan_loop(
    plan: Planner, lake: Lake, lives: ir.Table, answered: ir.Table, paid: ir.Table, field: str, n: int,
    wanted: Wanted, months: Sequence[Period], told: dict[str, str],
) -> str:  # fmt: skip
    """The steps of the closed loop by one field; the name under which everybody's value is kept."""
    terms = wanted.versions.latest
    source = resolve(field, terms, FOR_PEOPLE)
    if source is None:
        raise _of_deals(field)
    values = plan.keep(f"values_{n}", people_by(lake, source, plan.until))
    only = _people(plan, lake, wanted) if wanted.where else None
    spent = happenings.costs(lake, values, months, plan.until, terms, only)
    each = happenings.happenings(lives, answered, paid, spent, values, wanted.stages, wanted.handed)
    each = plan.keep(f"happenings_{n}", each)
    queries = {f"loop {basis} {field}": happenings.looped(each, basis) for basis in ("cohort", "calendar")}
    plan.bring(queries)
    told |= shown(queries)
    return f"values_{n}"


def _chosen(plan: Planner, lake: Lake, whole: ir.Table, wanted: Wanted) -> ir.Table:
    """The lives of those who have the values asked for."""
    if not wanted.where:
        return whole
    return plan.keep("chosen", whole.semi_join(_people(plan, lake, wanted), "person_id"))


def _people(plan: Planner, lake: Lake, wanted: Wanted) -> ir.Table:
    """(person_id) of everybody with the values asked for."""
    found: ir.Table | None = None
    for field, value in wanted.where:
        source = resolve(field, wanted.versions.latest, FOR_PEOPLE)
        if source is None:
            raise _of_deals(field)
        rows = people_by(lake, source, plan.until)
        rows = rows.filter(rows.value.isnull() if value == "" else rows.value == value).select("person_id")
        found = rows if found is None else found.semi_join(rows, "person_id")
    assert found is not None
    return found


def _of_deals(field: str) -> Exception:
    from oarlock.ground.problems import UserProblem

    return UserProblem(
        "unknown-field", f"`{field}` is a field of opportunities, not of people.", "",
        "Choose a field of people or of their account.",
    )  # fmt: skip
