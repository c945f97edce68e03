"""Figures as the tables of the funnel page show them: words, widths, and the address of each number's explanation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from oarlock.agreement.terms import Terms
from oarlock.charts import numerals
from oarlock.charts.names import short, shown, value
from oarlock.charts.numerals import KINDS, NOTHING, amount, count, of, percent, span
from oarlock.charts.palette import team
from oarlock.charts.period_explanations import period_words
from oarlock.loop.figures import FEW
from oarlock.loop.period_figures import FunnelFigures, Looped, LoopFigures, summed
from oarlock.loop.period_months import months_in
from oarlock.loop.reporting import Shown
from oarlock.web.funnel.choosing import Choice

MOST_ROWS = 60
MOST_REASONS = 7


@dataclass(frozen=True, slots=True)
class Cell:
    """A number with the address that explains it."""

    text: str
    address: str
    fragment: str
    few: bool = False
    open: bool = False
    heat: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice among several."""

    word: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class StageRow:
    """A row of the table of stages."""

    name: str
    team: str
    kind: str
    here: bool
    entered: Cell
    bar: str
    rate: Cell | None
    of: str
    still_open: str
    expected: Cell | None
    median: Cell | None
    p90: str
    note: str


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A stage's balance and what came and went."""

    name: str
    team: str
    balance: Cell
    came: Cell
    left: Cell
    change: str


@dataclass(frozen=True, slots=True)
class LoopTable:
    """The closed loop: heads, rows, sum."""

    by: str
    first: str
    reasons: tuple[str, ...]
    later: tuple[tuple[str, str], ...]
    per: str
    rows: tuple[LoopRow, ...]
    sum: LoopRow | None
    more: str


@dataclass(frozen=True, slots=True)
class LoopRow:
    """A row of the closed loop."""

    value: str
    none: bool
    team: str
    handed: Cell
    acceptance: Cell
    bar: str
    reasons: tuple[Cell, ...]
    lapsed: Cell
    later: tuple[Cell, ...]
    revenue: Cell
    cost: Cell
    per: Cell


class Page:
    """Makes the rows of one choice."""

    def __init__(self, found: FunnelFigures, choice: Choice) -> None:
        self.found, self.choice = found, choice

    def cell(self, figure: str, text: str, *, few: bool = False, value: str = "every", heat: str = "") -> Cell:
        """A number of the page."""
        named = self.choice.of(figure, value)
        here = (self.choice.figure, self.choice.value) == (figure, value)
        return Cell(text, named.address(), named.address("funnel_explained"), few, here, heat)

    def stages(self) -> Iterator[StageRow]:
        """The table of stages."""
        entered = {s.key: self.found.entered(s.key, self.choice.period).entered for s in self.found.stages}
        most = max([1, *entered.values()])
        before: Shown | None = None
        for stage in self.found.stages:
            yield self._stage(stage, before, entered, most)
            before = stage

    def _stage(self, stage: Shown, before: Shown | None, entered: Mapping[str, int], most: int) -> StageRow:
        row = StageRow(
            shown(stage.name, 60), team(stage.owner), KINDS.get(stage.kind, stage.kind),
            stage.key in self.choice.figure.split("."), self.cell(f"entered.{stage.key}", count(entered[stage.key])),
            f"{entered[stage.key] / most * 100:.2f}", None, "", "", None, None, "", self._first_note(stage),
        )  # fmt: skip
        return row if before is None else self._with_step(row, before, stage)

    def _with_step(self, row: StageRow, before: Shown, stage: Shown) -> StageRow:
        step = self.found.step(before.key, stage.key, self.choice.period, self.choice.basis)
        pair = f"{before.key}.{stage.key}"
        few = step.few and bool(step.denominator)
        return replace(
            row, note="", rate=self.cell(f"rate.{pair}", percent(step.rate), few=few),
            of=of(step.numerator, step.denominator),
            still_open=NOTHING if step.still_open is None else count(step.still_open),
            expected=self.cell(f"expected.{pair}", percent(step.expected.get("90"), 0), few=few)
            if step.expected else None,
            median=self.cell(f"time.{pair}", span(step.median_days), few=0 < step.numerator < FEW),
            p90=span(step.p90_days),
        )  # fmt: skip

    def _first_note(self, stage: Shown) -> str:
        """What is to be said of the first stage, which nothing comes before."""
        if stage != self.found.stages[0] or len(self.found.stages) < 2:
            return ""
        following = self.found.stages[1]
        step = self.found.step(stage.key, following.key, self.choice.period, "cohort")
        word = short(following.name, following.key)
        away = count(step.denominator - step.numerator)
        return f"{away} not yet {word}, of whom {count(step.still_open or 0)} may still be"

    def flows(self) -> Iterator[FlowRow]:
        """Balance now, and what came and went in the period."""
        months = months_in(self.found.months, self.choice.period)
        for stage in self.found.stages:
            mine = [f for f in self.found.flows if f.stage == stage.key and (months is None or f.month in months)]
            came, left = sum(f.in_flow for f in mine), sum(f.out_flow for f in mine)
            yield FlowRow(
                shown(stage.name, 60), team(stage.owner),
                self.cell(f"balance.{stage.key}", count(self.found.balance.get(stage.key, 0))),
                self.cell(f"in_flow.{stage.key}", count(came)), self.cell(f"out_flow.{stage.key}", count(left)),
                numerals.signed(came - left),
            )  # fmt: skip

    def deals(self) -> list[tuple[str, str, Cell, str]]:
        """Title, team, cell, note of what was closed in the period."""
        c = next((c for c in self.found.closed if c.period == self.choice.period), None)
        won, lost = (c.won, c.lost) if c else (0, 0)
        few, currency = won + lost < FEW, self.found.agreement.currency
        size = Decimal(repr(c.median_deal)) if c and c.median_deal is not None else None
        return [
            ("Revenue", "joint", self.cell("revenue", numerals.money(c.revenue if c else Decimal(0), currency)),
             f"{count(won)} won"),
            ("Win rate", "sales", self.cell("win_rate", percent(won / (won + lost) if won + lost else None), few=few),
             f"{of(won, won + lost)} won or lost"),
            ("Deal size", "sales", self.cell("deal_size", numerals.money(size, currency), few=won < FEW), "median"),
            ("Cycle", "sales", self.cell("cycle", span(c.median_cycle if c else None), few=won < FEW), "median"),
        ]  # fmt: skip

    def periods(self) -> list[Chip]:
        """The latest months and quarters, the chosen one among them, and the whole."""
        months = [p for p in self.found.periods if p != "all" and "-Q" not in p][:4]
        quarters = [p for p in self.found.periods if "-Q" in p][:2]
        words = list(dict.fromkeys([*reversed(quarters), *reversed(months), self.choice.period, "all"]))
        plain = self.choice.plain()
        return [Chip(self.word(p), replace(plain, period=p).address(), p == self.choice.period) for p in words]

    def word(self, period: str) -> str:
        """`Oct 2026`, `Q3 2026`, `All`."""
        return "All" if period == "all" else period_words(period)

    def bases(self) -> list[Chip]:
        """Cohort and calendar."""
        plain = self.choice.plain()
        words = (("cohort", "Cohort"), ("calendar", "Calendar"))
        return [Chip(word, replace(plain, basis=b).address(), b == self.choice.basis) for b, word in words]

    def filters(self) -> list[Chip]:
        """Each filter that is set, with the address without it."""
        plain = self.choice.plain()
        return [
            Chip(f"{shown(f)}: {value(v or None)}",
                 replace(plain, where=tuple(w for w in plain.where if w != (f, v))).address(), True)
            for f, v in plain.where
        ]  # fmt: skip

    def loop(self, loop: LoopFigures, terms: Terms, names: Mapping[str, str]) -> LoopTable:
        """The closed loop of the period."""
        keys = [s.key for s in self.found.stages]
        place = keys.index(self.found.handed)
        later = self.found.stages[place + 2 :] or self.found.stages[place + 1 :]
        rows = loop.of(self.choice.period, self.choice.basis)
        whole = summed(rows, self.choice.period, self.choice.basis)
        reasons = self._reasons(whole, terms)
        owners = {w: s.owner for s in terms.sources for w in (s.key, *s.recorded_as)} if loop.by == "source" else {}
        made = [self._loop_row(r, reasons, later, owners, names) for r in rows[:MOST_ROWS]]
        handed = self.found.stages[place]
        more = (
            f"The first {MOST_ROWS} of {count(len(rows))} values; the sum and the CSV have all."
            if len(rows) > MOST_ROWS
            else ""
        )
        return LoopTable(
            shown(loop.by), short(handed.name, handed.key), tuple(_reason(r) for r in reasons),
            tuple((short(s.name, s.key), team(s.owner)) for s in later),
            short(later[0].name, later[0].key) if later else "", tuple(made),
            self._loop_row(whole, reasons, later, {}, names, every=True) if rows else None, more,
        )  # fmt: skip

    def _reasons(self, whole: Looped, terms: Terms) -> list[str]:
        """The agreement's reasons in its order, then others by their number; the most common where there are many."""
        agreed = [reason for handoff in terms.handoffs for reason, _ in handoff.reject_reasons]
        others = sorted((r for r in whole.reasons if r not in agreed), key=lambda r: -whole.reasons[r])
        return list(dict.fromkeys([*agreed, *others]))[:MOST_REASONS]

    def _loop_row(
        self, row: Looped, reasons: Sequence[str], later: Sequence[Shown], owners: Mapping[str, str],
        names: Mapping[str, str], every: bool = False,
    ) -> LoopRow:  # fmt: skip
        word = "every" if every else "none" if row.value is None else f"is:{row.value}"

        def cell(what: str, text: str, few: bool = False, heat: str = "") -> Cell:
            return self.cell(f"loop.{what}", text, few=few, value=word, heat=heat)

        told = names.get(row.value or "", value(row.value))
        return LoopRow(
            "All values" if every else shown(told, 60), row.value is None and not every,
            team(owners.get(row.value or "", "joint")),
            cell(f"stage.{self.found.handed}", count(row.entered.get(self.found.handed, 0))),
            cell("acceptance", percent(row.acceptance), few=0 < row.answered < FEW),
            f"{(row.acceptance or 0) * 100:.2f}",
            tuple(cell(f"reason.{r}", _some(row.reasons.get(r, 0)), heat=_heat(row, r)) for r in reasons),
            cell("lapsed", _some(row.lapsed)),
            tuple(cell(f"stage.{s.key}", _some(row.entered.get(s.key, 0))) for s in later),
            cell("revenue", amount(row.revenue) if row.revenue else NOTHING),
            cell("cost", amount(row.cost) if row.cost else NOTHING),
            cell(f"cost_per.{later[0].key}", amount(row.cost_of(later[0].key)) if row.cost else NOTHING)
            if later else cell("cost", NOTHING),
        )  # fmt: skip


def _some(number: int) -> str:
    return count(number) if number else NOTHING


def _reason(key: str) -> str:
    """`Not icp` of `not-icp`."""
    words = shown(key.replace("-", " ").replace("_", " "), 24)
    return words[:1].upper() + words[1:] or "No reason"


def _heat(row: Looped, reason: str) -> str:
    """How much of what was answered went for that reason: a stronger ground from 4, 8 and 12 of 100 on."""
    number = row.reasons.get(reason, 0)
    share = number / row.answered if row.answered and number > 1 else 0
    return "h3" if share >= 0.12 else "h2" if share >= 0.08 else "h1" if share >= 0.04 else ""
