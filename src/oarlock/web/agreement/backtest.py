"""A back-test as a page shows it: the sentence first, who leaves, stays and enters, what became of them, the load."""

from __future__ import annotations

from dataclasses import dataclass

from oarlock.charts import numerals, verdicts
from oarlock.charts.comparing import by_source, moving_stages
from oarlock.charts.names import shown, value
from oarlock.loop.figures import Backtest, Fate, Load, StageFigures
from oarlock.store.reads.backtests import backtest
from oarlock.store.reads.measurements import Drawn, Kept

ROWS = ("people", "with_opportunity", "won", "lost")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of words and figures, ready to be shown."""

    name: str
    team: str
    cells: tuple[str, ...]
    few: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """Who leaves, stays and enters a stage, as widths of a bar of 440."""

    leave: int
    stay: int
    enter: int
    leave_wide: float
    stay_wide: float
    enter_at: float
    enter_wide: float


@dataclass(frozen=True, slots=True)
class Moving:
    """One stage the proposal moves."""

    name: str
    team: str
    bar: Bar | None
    fates: tuple[Row, ...]
    sources: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole back-test."""

    sentences: tuple[str, ...]
    stages: tuple[Row, ...]
    moving: tuple[Moving, ...]
    load: tuple[Row, ...]
    weeks: str
    charts: tuple[Drawn, ...]
    currency: str
    kept: Kept


WIDE = 440.0


def shown_of(kept: Kept) -> Shown:
    """The figures of a kept back-test as words and rows."""
    found = backtest(kept)
    return Shown(
        tuple(verdicts.of_backtest(found)), tuple(_stage(was, would) for was, would in found.stages),
        tuple(_moving(found, stage) for stage in moving_stages(found)), tuple(_load(one) for one in found.load),
        numerals.plural(found.load[0].weeks, "week") if found.load else "", kept.charts, found.current.currency, kept,
    )  # fmt: skip


def _stage(was: StageFigures | None, would: StageFigures | None) -> Row:
    known = would or was
    assert known is not None, "one of the two sides knows the stage"
    if was is None or would is None:
        figures = [numerals.count(one.by_rule) if one else numerals.NOTHING for one in (was, would)]
        return Row(shown(known.name), known.owner, (*figures, numerals.NOTHING, "new" if was is None else "gone"))
    return Row(shown(known.name), known.owner, _change(was.by_rule, would.by_rule))


def _change(was: int, would: int) -> tuple[str, ...]:
    return (
        numerals.count(was), numerals.count(would), numerals.signed(would - was), numerals.rate_change(was, would)
    )  # fmt: skip


def _moving(found: Backtest, stage: StageFigures) -> Moving:
    fates = {fate.who: fate for fate in found.fates if fate.stage == stage.stage}
    rows = tuple(Row(value(name), stage.owner, _change(*pair)) for name, pair in by_source(found, stage.stage).items())
    return Moving(shown(stage.name), stage.owner, _bar(fates), _fates(fates), rows)


def _bar(fates: dict[str, Fate]) -> Bar | None:
    people = {who: fates[who].people if who in fates else 0 for who in ("dropped", "kept", "added")}
    whole = sum(people.values())
    if not whole:
        return None
    wide = {who: WIDE * number / whole for who, number in people.items()}
    return Bar(
        people["dropped"], people["kept"], people["added"], round(wide["dropped"], 1), round(wide["kept"], 1),
        round(wide["dropped"] + wide["kept"], 1), round(wide["added"], 1),
    )  # fmt: skip


def _fates(fates: dict[str, Fate]) -> tuple[Row, ...]:
    """What became of them, a row a question, in the order leave, stay, enter."""
    sides = [fates.get(who) for who in ("dropped", "kept", "added")]
    counted = [
        Row(words, "sales", tuple(numerals.count(_of(fate, n)) for fate in sides))
        for n, words in ((1, "With a deal"), (2, "Became customer"), (3, "Lost"))
    ]
    rates = tuple(numerals.percent(fate.win_rate) if fate else numerals.NOTHING for fate in sides)
    money = tuple(numerals.amount(fate.revenue) if fate else numerals.NOTHING for fate in sides)
    few = any(fate is not None and fate.few for fate in sides)
    return (*counted, Row("Win rate", "sales", rates, few), Row("Revenue", "joint", money))


def _of(fate: Fate | None, which: int) -> int:
    if fate is None:
        return 0
    return (fate.people, fate.with_opportunity, fate.won, fate.lost)[which]


def _load(one: Load) -> Row:
    means = [numerals.mean(number) for number in (one.current_mean, one.proposed_mean)]
    most = [numerals.count(number) for number in (one.current_most, one.proposed_most)]
    return Row("nobody" if one.owner is None else shown(one.owner), "sales", (*means, *most))
