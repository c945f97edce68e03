"""The report for the terminal: the whole first, then stages, conversion, closed loop, opportunities, months."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import RenderableType
from rich.text import Text

from oarlock.charts import numerals
from oarlock.charts.basis import CALENDAR, CLOSING, COHORT, Basis
from oarlock.charts.names import short, value
from oarlock.cli.screen import cell
from oarlock.cli.tables import Sheet, bar, figure, stacked, whose
from oarlock.loop.figures import FEW, Conversion, DealGroup, Flow, Group, Report, StageFigures

MONTHS = 12
"""So many months are shown; page and JSON have all."""
MOST_VALUES = 30
"""So many values of a field are shown; JSON has all."""
MOST_ROWS = 10


def report_tables(report: Report) -> RenderableType:
    """Everything a report says, one table below the other."""
    return stacked(*_parts(report, Basis(report.agreement, report.as_known)))


def _parts(report: Report, basis: Basis) -> Iterator[RenderableType]:
    yield _head(report, basis)
    yield _stages(report, basis)
    if report.conversions:
        yield _conversions(report, basis)
    for field, groups in report.by.items():
        if groups:
            yield _closed_loop(report, field, groups, basis)
    yield _opportunities(report, basis)
    for field, deals in report.opportunities.by.items():
        if deals:
            yield _deals(report, field, deals, basis)
    if report.flows:
        yield _months(report, basis, "Came in, by month", lambda f: f.in_flow)
        yield _months(report, basis, "Here at the end of the month", lambda f: f.balance)
    if report.out_of_order_rows:
        yield _out_of_order(report, basis)
    yield Text(f"° fewer than {FEW} cases: read with care.  ◐ marketing  ◑ sales  ● both", style="dim")


def _head(report: Report, basis: Basis) -> Text:
    people = numerals.plural(report.people, "person", "people")
    head = Text(f"{cell(basis.company)}: the truth about the funnel\n", style="bold")
    head.append(cell(f"Judged by version {basis.judged_by}. As known {basis.known}.", 400) + "\n", style="not bold")
    aside, disorder = numerals.plural(report.quarantined, "row"), numerals.plural(report.out_of_order, "fact")
    head.append(f"{people}; {aside} set aside, {disorder} out of order; {_away(report)}.", style="not bold")
    if report.no_history:
        fields = ", ".join(report.no_history)
        head.append("\n" + cell(f"No history, so judged by today's value: {fields}.", 600), style="not bold")
    return head


def _away(report: Report) -> str:
    """Who is off the funnel, and whether they come back."""
    names = {s.stage: s.name for s in report.stages}
    ways = {a.back_to: a.people for a in report.away if a.people}
    told = [
        f"{numerals.count(people)} away for good" if back is None
        else f"{numerals.count(people)} away until they come back to {cell(names.get(back, back))}"
        for back, people in ways.items()
    ]  # fmt: skip
    return ", ".join(told) or "nobody away on a detour"


def _stages(report: Report, basis: Basis) -> Sheet:
    made = Sheet("Stages", basis.line(COHORT), "|stage", "owner", "#entered", "|", "#skipped into", "#here now")
    most = max((s.entered for s in report.stages), default=0) or 1
    for s in report.stages:
        made.row(
            whose(s.name, s.owner), f"{s.owner}, {numerals.KINDS.get(s.kind, s.kind)}", numerals.count(s.entered),
            bar(s.entered / most, s.owner), numerals.count(s.skipped), numerals.count(s.balance),
        )  # fmt: skip
    return made


def _conversions(report: Report, basis: Basis) -> Sheet:
    columns = ("from → to", "#rate", "#that is", "#still open", "#30 d", "#60 d", "#90 d", "#median", "#9 in 10")
    made = Sheet("Conversion, with what is expected within 30, 60, 90 days", basis.line(COHORT), *columns)
    stages = {s.stage: s for s in report.stages}
    for c in report.conversions:
        made.row(*_conversion(c, stages))
    return made


def _conversion(c: Conversion, stages: dict[str, StageFigures]) -> list[RenderableType]:
    a, b = stages[c.from_], stages[c.to]
    expected = [figure(numerals.percent(rate), c.few) for rate in c.kaplan_meier.values()]
    times = [figure(numerals.span(days), c.numerator < FEW) for days in (c.median_days, c.p90_days)]
    return [
        whose(f"{_short(a)} → {_short(b)}", b.owner), figure(numerals.percent(c.rate), c.few),
        cell(numerals.of(c.numerator, c.denominator)), numerals.count(c.still_open), *expected, *times,
    ]  # fmt: skip


def _short(stage: StageFigures) -> str:
    return short(stage.name, stage.stage)


def _closed_loop(report: Report, field: str, groups: tuple[Group, ...], basis: Basis) -> Sheet:
    stages = report.stages
    last, first = stages[-1], stages[0]
    headers = [f"#{_short(s)}" for s in stages]
    through = [f"#{_short(first)} → {_short(last)}"] if len(stages) > 1 else []
    revenue = f"#revenue, {report.agreement.currency}"
    made = Sheet(f"Closed loop by {cell(field)}", basis.line(COHORT), field, "#people", *headers, *through, revenue)
    for g in groups[:MOST_VALUES]:
        entered = [numerals.count(g.entered.get(s.stage, 0)) for s in stages]
        begun, ended = g.entered.get(first.stage, 0), g.entered.get(last.stage, 0)
        rate = [figure(numerals.percent(ended / begun if begun else None), begun < FEW)] if through else []
        made.row(cell(value(g.value), 34), numerals.count(g.people), *entered, *rate, numerals.amount(g.revenue))
    return _with_rest(made, len(groups))


def _with_rest(made: Sheet, values: int) -> Sheet:
    """Says where the others are."""
    if values > MOST_VALUES:
        made.caption = f"and {values - MOST_VALUES} more: `--json` has all"
    return made


def _opportunities(report: Report, basis: Basis) -> Sheet:
    o, currency = report.opportunities, report.agreement.currency
    columns = ("#won", "#lost", "#open", "#win rate", "#that is", f"#revenue, {currency}", "#deal, mean", "#median",
               "#cycle, mean", "#median")  # fmt: skip
    made = Sheet("Opportunities", basis.line(CLOSING), *columns)
    closed = o.won + o.lost
    made.row(
        *(numerals.count(n) for n in (o.won, o.lost, o.open)),
        figure(numerals.percent(o.win_rate), closed < FEW), cell(numerals.of(o.won, closed)),
        numerals.amount(o.revenue),
        *(figure(numerals.amount(m), o.won < FEW) for m in (o.mean_deal, o.median_deal)),
        *(figure(numerals.span(d), closed < FEW) for d in (o.mean_cycle_days, o.median_cycle_days)),
    )  # fmt: skip
    if o.other_currencies:
        others = ", ".join(numerals.money(m, cell(c, 8)) for c, m in o.other_currencies.items())
        made.caption = cell(f"not in it, for it is other money: {others}", 300)
    return made


def _deals(report: Report, field: str, groups: tuple[DealGroup, ...], basis: Basis) -> Sheet:
    revenue = f"#revenue, {report.agreement.currency}"
    columns = (field, "#won", "#lost", "#open", "#win rate", "#that is", revenue)
    made = Sheet(f"Opportunities by {cell(field)}", basis.line(CLOSING), *columns)
    for g in groups[:MOST_VALUES]:
        closed = g.won + g.lost
        made.row(
            cell(value(g.value), 34), *(numerals.count(n) for n in (g.won, g.lost, g.open)),
            figure(numerals.percent(g.win_rate), closed < FEW), cell(numerals.of(g.won, closed)),
            numerals.amount(g.revenue),
        )  # fmt: skip
    return _with_rest(made, len(groups))


def _months(report: Report, basis: Basis, title: str, figure_of: Callable[[Flow], int]) -> Sheet:
    """Months down, stages across."""
    made = Sheet(title, basis.line(CALENDAR), "month", *(f"#{_short(s)}" for s in report.stages))
    flows = {(f.month, f.stage): figure_of(f) for f in report.flows}
    months = sorted({f.month for f in report.flows})
    for month in months[-MONTHS:]:
        made.row(cell(numerals.month(month)), *(numerals.count(flows.get((month, s.stage), 0)) for s in report.stages))
    if len(months) > MONTHS:
        made.caption = (
            f"the last {MONTHS} of {len(months)} months: `--html FILE` and `--json` have all, and who went out"
        )
    return made


def _out_of_order(report: Report, basis: Basis) -> Sheet:
    zone = report.agreement.time_zone
    made = Sheet("Out of order", basis.line("kept and counted"), "what", "which", "#should come first", "#but happened")
    for row in report.out_of_order_rows[:MOST_ROWS]:
        instants = (cell(numerals.moment(when, zone)) for when in (row.first, row.then))
        made.row(cell(row.what, 40), cell(row.id, 30), *instants)
    if report.out_of_order > MOST_ROWS:
        made.caption = f"{numerals.count(report.out_of_order)} in all"
    return made
