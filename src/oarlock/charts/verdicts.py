"""The sentence that comes before the tables: what a back-test or a drift amounts to, with its counts.

Promise: no rate without its two counts, and too few cases are said to be too few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from oarlock.charts.names import short, shown
from oarlock.charts.numerals import count, of, percent, plural, rate_change
from oarlock.loop.figures import FEW, Backtest, Drift, DriftCounts, Fate, StageFigures


def of_backtest(backtest: Backtest) -> list[str]:
    """One sentence a stage that changes, the one that changes most first; one sentence where none does."""
    changed = sorted(_changed(backtest), key=lambda pair: -abs(pair[1].by_rule - pair[0].by_rule))
    told = [_change(was, would, backtest.fates) for was, would in changed]
    told += [f"{shown(s.name)} would be new, with {count(s.by_rule)} entered." for s in _only(backtest, new=True)]
    told += [f"{shown(s.name)} would be gone; {count(s.by_rule)} had entered it." for s in _only(backtest, new=False)]
    return told or ["The proposal would have changed nothing: every stage entered by the same people."]


def _changed(backtest: Backtest) -> Iterable[tuple[StageFigures, StageFigures]]:
    for was, would in backtest.stages:
        if (
            was is not None
            and would is not None
            and (was.by_rule != would.by_rule or _moved(backtest.fates, was.stage))
        ):
            yield was, would


def _moved(fates: Iterable[Fate], stage: str) -> bool:
    return any(f.stage == stage and f.who != "kept" and f.people for f in fates)


def _only(backtest: Backtest, *, new: bool) -> list[StageFigures]:
    """Stages that only one side knows."""
    pairs = (pair if new else pair[::-1] for pair in backtest.stages)
    return [would for was, would in pairs if was is None and would is not None]


def _change(was: StageFigures, would: StageFigures, fates: Iterable[Fate]) -> str:
    name, difference = short(would.name, would.stage), would.by_rule - was.by_rule
    if difference:
        more, change = "more" if difference > 0 else "fewer", rate_change(was.by_rule, would.by_rule)
        counts = f"{count(would.by_rule)} instead of {count(was.by_rule)}"
        head = f"Under the proposal {count(abs(difference))} {more} would have entered {name} ({change}, {counts})"
    else:
        head = f"Under the proposal as many would have entered {name} ({count(was.by_rule)}), but others"
    found = {f.who: f for f in fates if f.stage == would.stage and f.people}
    told = [_fate(found[who]) for who in ("dropped", "added", "kept") if who in found]
    return f"{head}; {', '.join(told)}." if told else f"{head}."


def _fate(fate: Fate) -> str:
    """`the dropped (312) won 3 of 40 closed deals`."""
    closed = fate.won + fate.lost
    deals = f"won {of(fate.won, closed)} closed {'deal' if closed == 1 else 'deals'}" if closed else "closed no deal"
    few = " (too few to lean on)" if closed and fate.few else ""
    return f"the {fate.who} ({count(fate.people)}) {deals}{few}"


def of_drift(drift: Drift, names: Mapping[str, str]) -> list[str]:
    """The stage where record and definition are furthest apart, and how many agree over all."""
    if not drift.stages:
        return ["There is nothing to compare: nobody has a recorded or a defined stage."]
    if not any(c.both + c.different_date + c.only_recorded for c in drift.stages):
        return [
            "The CRM recorded no stage that the agreement knows, so there is nothing to lay beside the definition.",
            "Import its stage field as `recorded_stage`, and say under `recorded_as` what it calls each stage.",
        ]
    worst = max(drift.stages, key=apart)
    total = sum(map(everybody, drift.stages))
    same = sum(c.both for c in drift.stages)
    head = f"Record and definition agree in {of(same, total)} cases ({percent(same / total if total else None)})."
    if not apart(worst):
        return [head]
    name = shown(names.get(worst.stage, worst.stage))
    told = [
        f"{count(worst.only_recorded)} only the CRM recorded",
        f"{count(worst.only_defined)} only the definition gives",
        f"{count(worst.different_date)} are in both on different dates",
    ]
    return [head, f"Furthest apart at {name}: {', '.join(told)}; {plural(worst.both, 'person', 'people')} in both."]


def apart(counts: DriftCounts) -> int:
    """How many are not the same on both sides."""
    return counts.different_date + counts.only_recorded + counts.only_defined


def everybody(counts: DriftCounts) -> int:
    """How many either side knows of."""
    return counts.both + apart(counts)


def share_apart(counts: DriftCounts) -> float | None:
    """How many of those in either are not the same in both, as a fraction."""
    return apart(counts) / everybody(counts) if everybody(counts) else None


def few(counts: DriftCounts) -> bool:
    """Too few people to lean on the share."""
    return everybody(counts) < FEW
