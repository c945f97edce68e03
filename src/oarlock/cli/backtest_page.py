"""A back-test as a page: the sentence, entries of both sides, months as bars, what became of whom, sources, load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oarlock.charts import comparing, numerals, verdicts
from oarlock.charts.basis import Basis
from oarlock.charts.names import shown, value
from oarlock.charts.palette import team
from oarlock.cli.pages import drawn, render
from oarlock.loop.figures import Backtest, Load, StageFigures

Plain = dict[str, Any]


def backtest_page(backtest: Backtest) -> str:
    """The whole page."""
    first, *rest = verdicts.of_backtest(backtest)
    moving = comparing.moving_stages(backtest)
    return render(
        "backtest.html",
        Basis(backtest.current, backtest.as_known, backtest.proposed),
        proposed=f"version{numerals.NBSP}{backtest.proposed.version}, of {numerals.day(backtest.proposed.in_force)}",
        verdict=first,
        rest=rest,
        stages=[_stage(was, would) for was, would in backtest.stages],
        charts=[
            {
                "title": shown(s.name),
                "team": team(s.owner),
                "svg": drawn(comparing.proposed_by_month(backtest, s.stage)),
            }
            for s in moving
        ],
        fates=_fates(backtest),
        moving=[_moving(backtest, s) for s in moving],
        load=[_load(x) for x in backtest.load],
        weeks=numerals.plural(backtest.load[0].weeks, "week") if backtest.load else "",
        currency=backtest.current.currency,
        queries=[(shown(name, 200), query) for name, query in backtest.queries.items()],
    )


def _change(was: int, would: int) -> Plain:
    """Two counts with their difference."""
    return {
        "current": numerals.count(was),
        "proposed": numerals.count(would),
        "difference": numerals.signed(would - was),
        "change": numerals.rate_change(was, would),
    }


def _stage(was: StageFigures | None, would: StageFigures | None) -> Plain:
    known = would or was
    assert known is not None, "one of the two sides knows the stage"
    row = {"name": shown(known.name), "team": team(known.owner), "owner": known.owner}
    if was is not None and would is not None:
        return row | _change(was.by_rule, would.by_rule)
    figures = [numerals.count(s.by_rule) if s else numerals.NOTHING for s in (was, would)]
    change = {"difference": numerals.NOTHING, "change": "new" if was is None else "gone"}
    return row | {"current": figures[0], "proposed": figures[1]} | change


def _fates(backtest: Backtest) -> list[Plain]:
    """What became of the added, dropped and kept of the stages that move."""
    names = {s.stage: s for pair in backtest.stages for s in pair if s}
    moved = {f.stage for f in backtest.fates if f.who != "kept" and f.people}
    return [
        {
            "name": shown(names[f.stage].name),
            "team": team(names[f.stage].owner),
            "who": f.who,
            "figures": [numerals.count(n) for n in (f.people, f.with_opportunity, f.won, f.lost)],
            "rate": numerals.percent(f.win_rate),
            "few": f.few and f.win_rate is not None,
            "of": numerals.of(f.won, f.won + f.lost),
            "revenue": numerals.amount(f.revenue),
        }
        for f in backtest.fates
        if f.stage in moved and f.people
    ]


def _moving(backtest: Backtest, stage: StageFigures) -> Plain:
    """One stage by month and by source."""
    months, sources = comparing.by_month(backtest, stage.stage), comparing.by_source(backtest, stage.stage)
    return {
        "name": shown(stage.name),
        "team": team(stage.owner),
        "months": _rows({numerals.month(month): pair for month, pair in months.items()}),
        "sources": _rows({value(source): pair for source, pair in sources.items()}),
    }


def _rows(pairs: Mapping[str, tuple[int, int]]) -> list[Plain]:
    return [{"name": name, **_change(*pair)} for name, pair in pairs.items()]


def _load(load: Load) -> Plain:
    return {
        "owner": "nobody" if load.owner is None else shown(load.owner),
        "none": load.owner is None,
        "means": [numerals.mean(n) for n in (load.current_mean, load.proposed_mean)],
        "most": [numerals.count(n) for n in (load.current_most, load.proposed_most)],
    }
