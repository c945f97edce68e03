"""A back-test for the terminal: the sentence first, then stages, what became of whom, months, sources, load per rep."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from oarlock.charts import numerals, verdicts
from oarlock.charts.basis import Basis
from oarlock.charts.comparing import by_month, by_source, moving_stages
from oarlock.charts.names import value
from oarlock.cli.screen import cell
from oarlock.cli.tables import Sheet, figure, stacked, whose
from oarlock.loop.figures import Backtest, StageFigures

HOW = "all of history"
MONTHS = 18


def backtest_tables(backtest: Backtest) -> RenderableType:
    """Everything a back-test says."""
    return stacked(*_parts(backtest, Basis(backtest.current, backtest.as_known, backtest.proposed)))


def _parts(backtest: Backtest, basis: Basis) -> Iterator[RenderableType]:
    first, *rest = verdicts.of_backtest(backtest)
    yield Text(cell(first, 800), style="bold").append("".join(f"\n{cell(line, 800)}" for line in rest))
    yield _stages(backtest, basis)
    yield _fates(backtest, basis)
    for stage in moving_stages(backtest):
        yield _months(backtest, stage, basis)
        yield _sources(backtest, stage, basis)
    if backtest.load:
        yield _load(backtest, basis)
    yield Text(
        "Counted are entries by a stage's own rule; who only passed it on the way to a later stage is left out.\n"
        "Added: would have entered and did not. Dropped: did and would not have. Kept: both.  ° few cases",
        style="dim",
    )


def _change(was: int, would: int) -> list[str]:
    """Difference and change in percent."""
    return [numerals.signed(would - was), cell(numerals.rate_change(was, would))]


def _stages(backtest: Backtest, basis: Basis) -> Sheet:
    made = Sheet(
        "Entered by its own rule",
        basis.line(HOW),
        "stage",
        "#current",
        "#proposed",
        "#difference",
        "#change",
        "#here now",
        "#proposed",
    )
    for was, would in backtest.stages:
        known = would or was
        assert known is not None, "one of the two sides knows the stage"
        figures = [numerals.count(s.by_rule) if s else numerals.NOTHING for s in (was, would)]
        change = _change(was.by_rule, would.by_rule) if was and would else [numerals.NOTHING, _new(was)]
        here = [numerals.count(s.balance) if s else numerals.NOTHING for s in (was, would)]
        made.row(whose(known.name, known.owner), *figures, *change, *here)
    return made


def _new(was: StageFigures | None) -> str:
    return "new" if was is None else "gone"


def _fates(backtest: Backtest, basis: Basis) -> Sheet:
    revenue = f"#revenue, {backtest.current.currency}"
    columns = ("stage", "who", "#people", "#with a deal", "#won", "#lost", "#win rate", "#that is", revenue)
    made = Sheet("What became of them", basis.line("people, with all their opportunities"), *columns)
    names = {s.stage: s for pair in backtest.stages for s in pair if s}
    moved = {f.stage for f in backtest.fates if f.who != "kept" and f.people}
    for f in backtest.fates:
        if f.stage in moved and f.people:
            stage = names[f.stage]
            made.row(
                whose(stage.name, stage.owner), f.who,
                *(numerals.count(n) for n in (f.people, f.with_opportunity, f.won, f.lost)),
                figure(numerals.percent(f.win_rate), f.few), cell(numerals.of(f.won, f.won + f.lost)),
                numerals.amount(f.revenue),
            )  # fmt: skip
    if not made.rows:
        made.row("nobody is added or dropped", *[""] * 8)
    return made


def _months(backtest: Backtest, stage: StageFigures, basis: Basis) -> Sheet:
    title = f"{cell(stage.name)} by month"
    made = Sheet(title, basis.line("by the month of entry"), "month", "#current", "#proposed", "#difference", "#change")
    for month, (was, would) in list(by_month(backtest, stage.stage).items())[-MONTHS:]:
        made.row(cell(numerals.month(month)), numerals.count(was), numerals.count(would), *_change(was, would))
    return made


def _sources(backtest: Backtest, stage: StageFigures, basis: Basis) -> Sheet:
    made = Sheet(
        f"{cell(stage.name)} by source", basis.line(HOW), "source", "#current", "#proposed", "#difference", "#change"
    )
    for source, (was, would) in by_source(backtest, stage.stage).items():
        made.row(cell(value(source), 30), numerals.count(was), numerals.count(would), *_change(was, would))
    return made


def _load(backtest: Backtest, basis: Basis) -> Sheet:
    columns = ("rep", "#a week, current", "#proposed", "#most in a week, current", "#proposed")
    made = Sheet(
        f"New hand-offs, over {numerals.plural(backtest.load[0].weeks, 'week')}",
        basis.line("by the person's owner"),
        *columns,
    )
    for x in backtest.load:
        means = (numerals.mean(n) for n in (x.current_mean, x.proposed_mean))
        most = (numerals.count(n) for n in (x.current_most, x.proposed_most))
        made.row("nobody" if x.owner is None else cell(x.owner, 24), *means, *most)
    return made
