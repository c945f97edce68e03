"""What each number of the funnel page is: words, numerator and denominator, the rest, period, basis, version, as-known
date, how sure, and the query that made it.

Promise: one number has one explanation, whoever shows it: the page's drawer, the API, a closed month.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from oarlock.charts import numerals
from oarlock.charts.basis import Basis
from oarlock.charts.names import shown, value
from oarlock.charts.numerals import count, money, of, percent, span
from oarlock.charts.palette import team
from oarlock.loop.certainty import wilson
from oarlock.loop.figures import FEW
from oarlock.loop.numbers import Number
from oarlock.loop.period_figures import FunnelFigures, Looped, LoopFigures, Step, summed

BASIS = {
    "cohort": "Cohort, by the month of entering the first stage, followed to the as-known date",
    "calendar": "Calendar, by the month in which it happened",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A count with the words it stands for."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One number, explained. `exact` is the figure unrounded, as text; `terms` the agreement's terms it is about."""

    number: Number
    title: str
    team: str
    value: str
    exact: str | None
    words: str
    numerator: Counted | None
    denominator: Counted | None
    facts: tuple[tuple[str, str], ...]
    cases: int | None
    interval: tuple[float, float] | None
    terms: tuple[str, ...]
    query: str | None

    @property
    def few(self) -> bool:
        """Too few cases to lean on."""
        return self.cases is not None and self.cases < FEW

    @property
    def enough(self) -> str:
        """Whether there are enough cases, in words."""
        if self.cases is None:
            return ""
        sure = ""
        if self.interval is not None:
            low, high = (percent(end, 0) for end in self.interval)
            sure = f": {low} to {high} at 95{numerals.NBSP}%"
        return f"no, {count(self.cases)} are fewer than {FEW}{sure}" if self.few else f"yes{sure}"


def period_words(period: str) -> str:
    """`October 2026`-like words of a period's name."""
    if period == "all":
        return "all of history"
    return f"{period[5:]} {period[:4]}" if "-Q" in period else numerals.month(period)


def explain(found: FunnelFigures, named: Number, loop: LoopFigures | None = None) -> Explanation:
    """The explanation of a number; `loop` where it is of a closed loop."""
    return _Explainer(found, named, loop).explanation()


class _Explainer:
    """Explains one number."""

    def __init__(self, found: FunnelFigures, named: Number, loop: LoopFigures | None) -> None:
        self.found, self.named, self.loop = found, named, loop
        self.basis = Basis(found.agreement, found.as_known)
        self.names = {s.key: shown(s.name, 60) for s in found.stages}
        self.owners = {s.key: s.owner for s in found.stages}
        self.period = period_words(named.period)

    def explanation(self) -> Explanation:
        """By the kind of number."""
        ways = {
            "entered": self.entered, "balance": self.balance, "in_flow": self.flow, "out_flow": self.flow,
            "rate": self.rate, "expected": self.expected, "time": self.time, "loop": self.of_loop,
        }  # fmt: skip
        return ways.get(self.named.kind, self.of_deals)()

    def made(
        self, title: str, owner: str, shown_as: str, exact: object, words: str, query: str, *facts: tuple[str, str],
        numerator: Counted | None = None, denominator: Counted | None = None, terms: tuple[str, ...] = (),
        cases: int | None = None, share: bool = False,
    ) -> Explanation:  # fmt: skip
        """With what is the same for all."""
        interval = wilson(numerator.number, denominator.number) if share and numerator and denominator else None
        queries = (self.loop.queries if self.loop and self.named.kind == "loop" else {}) | dict(self.found.queries)
        return Explanation(
            self.named, title, team(owner), shown_as, None if exact is None else str(exact), words, numerator,
            denominator, (*facts, *self.common()), cases, interval, terms, queries.get(query),
        )  # fmt: skip

    def common(self) -> Iterator[tuple[str, str]]:
        """Period, basis, who is counted, version, as-known date."""
        yield "Period", self.period[:1].upper() + self.period[1:]
        yield "Basis", BASIS[self.named.basis]
        if self.found.where:
            yield "Only", ", ".join(f"{shown(f)} = {value(v or None)}" for f, v in self.found.where)
        yield "Version", self.basis.judged_by
        yield "As known", self.basis.known

    def step(self) -> Step:
        """The step the number is of."""
        a, b = self.named.rest.split(".")
        return self.found.step(a, b, self.named.period, self.named.basis)

    def entered(self) -> Explanation:
        """Entries."""
        stage = self.named.rest
        found = self.found.entered(stage, self.named.period)
        return self.made(
            f"{self.names[stage]}: entered", self.owners[stage], count(found.entered), found.entered,
            f"How many times somebody entered {self.names[stage]} in the period; who comes back counts once more.",
            "entries", ("Of these skipped", f"{count(found.skipped)}, by reaching a later stage"),
            terms=(f"stages.{stage}", f"metrics.{stage}.entered"),
        )  # fmt: skip

    def balance(self) -> Explanation:
        """Who is there."""
        stage = self.named.rest
        there = self.found.balance.get(stage, 0)
        return self.made(
            f"{self.names[stage]}: here now", self.owners[stage], count(there), there,
            f"How many stand in {self.names[stage]} on the as-known date, whatever the period: they entered it, went "
            "no further, and are not away on a detour.", "balance", terms=(f"stages.{stage}",),
        )  # fmt: skip

    def flow(self) -> Explanation:
        """In or out in a period."""
        from oarlock.loop.period_months import months_in

        stage, way = self.named.rest, self.named.kind
        months = months_in(self.found.months, self.named.period) or self.found.months
        flows = [f for f in self.found.flows if f.stage == stage and f.month in months]
        total = sum(f.in_flow if way == "in_flow" else f.out_flow for f in flows)
        words = "came into" if way == "in_flow" else "left"
        how = "" if way == "in_flow" else ", by entering the next stage or on a detour"
        return self.made(
            f"{self.names[stage]}: {words}", self.owners[stage], count(total), total,
            f"How many {words} {self.names[stage]} in the period{how}.", "flows", terms=(f"stages.{stage}",),
        )  # fmt: skip

    def rate(self) -> Explanation:
        """Conversion."""
        s = self.step()
        a, b = self.names[s.from_], self.names[s.to]
        facts = []
        if s.still_open is not None:
            gone = s.denominator - s.numerator - s.still_open
            facts = [("The rest", f"{count(s.still_open)} still open, {count(gone)} away on a detour")]
            words = f"Of those who entered {a} in the period, how many have entered {b} by the as-known date."
        else:
            words = f"Entries into {b} in the period, over entries into {a} in the same period: not the same people."
        return self.made(
            f"{a} to {b}", self.owners[s.to], percent(s.rate), s.rate, words, f"steps {s.basis}", *facts,
            numerator=Counted(s.numerator, f"entered {b}"), denominator=Counted(s.denominator, f"entered {a}"),
            terms=(f"stages.{s.to}", f"stages.{s.from_}", f"metrics.{s.from_}.to.{s.to}"), cases=s.denominator,
            share=s.basis == "cohort",
        )  # fmt: skip

    def expected(self) -> Explanation:
        """The fair estimate."""
        s = self.step()
        a, b = self.names[s.from_], self.names[s.to]
        days = [(f"Within {d} days", percent(rate)) for d, rate in s.expected.items()]
        return self.made(
            f"{a} to {b}: expected", self.owners[s.to], percent(s.expected.get("90")), s.expected.get("90"),
            f"The share of those who entered {a} in the period that is expected to enter {b} within 90 days. Whoever "
            "came only lately counts for as long as they were watched (Kaplan-Meier).", "expected", *days,
            numerator=Counted(s.numerator, f"entered {b}"), denominator=Counted(s.denominator, f"entered {a}"),
            terms=(f"metrics.{s.from_}.to.{s.to}",), cases=s.denominator,
        )  # fmt: skip

    def time(self) -> Explanation:
        """How long it took."""
        s = self.step()
        a, b = self.names[s.from_], self.names[s.to]
        return self.made(
            f"{a} to {b}: time", self.owners[s.to], span(s.median_days), s.median_days,
            f"How long those who went from {a} to {b} took, by the clock on the wall.", f"steps {s.basis}",
            ("Half took at most", span(s.median_days)), ("9 in 10 at most", span(s.p90_days)),
            denominator=Counted(s.numerator, "entered both"), cases=s.numerator,
            terms=(f"stages.{s.from_}", f"stages.{s.to}"),
        )  # fmt: skip

    def of_deals(self) -> Explanation:
        """Opportunities closed in the period."""
        c = next((c for c in self.found.closed if c.period == self.named.period), None)
        won, lost = (c.won, c.lost) if c else (0, 0)
        currency = self.found.agreement.currency
        rate = won / (won + lost) if won + lost else None
        deal = money(Decimal(repr(c.median_deal)) if c and c.median_deal is not None else None, currency)
        told = {
            "win_rate": ("Win rate", percent(rate), rate, "Of the opportunities closed in the period, those won."),
            "revenue": ("Revenue", money(c.revenue if c else None, currency), c.revenue if c else None,
                        f"The amounts of the opportunities won in the period, in {currency}."),
            "deal_size": ("Deal size", deal, c.median_deal if c else None,
                          "The amount of a won opportunity: half are at most this."),
            "cycle": ("Cycle", span(c.median_cycle if c else None), c.median_cycle if c else None,
                      "From creating an opportunity to winning it, of those won then: half took at most this."),
        }  # fmt: skip
        title, text, exact, words = told[self.named.figure]
        owner = "joint" if self.named.figure == "revenue" else "sales"
        return self.made(
            title, owner, text, exact, words, "closed", numerator=Counted(won, "won"),
            denominator=Counted(won + lost, "won or lost"), cases=won + lost,
            share=self.named.figure == "win_rate", terms=(f"metrics.{_METRIC[self.named.figure]}",),
        )  # fmt: skip

    def of_loop(self) -> Explanation:
        """A cell of the closed loop."""
        assert self.loop is not None, "asked with its loop"
        rows = self.loop.of(self.named.period, self.named.basis)
        if self.named.every:
            row = summed(rows, self.named.period, self.named.basis)
        else:
            row = next(
                (r for r in rows if r.value == self.named.value), summed((), self.named.period, self.named.basis)
            )
        who = "All values" if self.named.every else value(self.named.value)
        where = f"{shown(self.named.by)}: {who}"
        return self.cell(row, where)

    def cell(self, row: Looped, where: str) -> Explanation:
        """By what is counted."""
        kind, _, name = self.named.rest.partition(".")
        query = f"loop {self.named.basis}"
        handed = self.names[self.found.handed]
        followed = f" of those who entered {handed} in the period" if self.named.basis == "cohort" else " in the period"
        if kind == "acceptance":
            return self.made(
                f"Accepted of answered, {where}", "sales", percent(row.acceptance), row.acceptance,
                f"Of the hand-offs that were accepted, rejected or lapsed{followed}, how many were accepted.", query,
                ("The rest", f"{count(row.rejected)} rejected, {count(row.lapsed)} lapsed"),
                numerator=Counted(row.accepted, "accepted"), denominator=Counted(row.answered, "answered or lapsed"),
                cases=row.answered, share=True, terms=self.handoff_terms("accepted_rate"),
            )  # fmt: skip
        if kind == "stage":
            entered = row.entered.get(name, 0)
            return self.made(
                f"{self.names[name]}, {where}", self.owners[name], count(entered), entered,
                f"Entries into {self.names[name]}{followed}.", query, terms=(f"stages.{name}",),
            )  # fmt: skip
        if kind in ("cost_per", "revenue", "cost"):
            return self.cell_money(row, where, followed)
        return self.cell_count(row, where, followed)

    def cell_count(self, row: Looped, where: str, followed: str) -> Explanation:
        """Answers, reasons and wins."""
        kind, _, name = self.named.rest.partition(".")
        query = f"loop {self.named.basis}"
        number = row.reasons.get(name, 0) if kind == "reason" else {
            "accepted": row.accepted, "rejected": row.rejected, "lapsed": row.lapsed, "won": row.won,
        }[kind]  # fmt: skip
        title = f"Rejected: {shown(name) or 'no reason'}" if kind == "reason" else kind.capitalize()
        return self.made(
            f"{title}, {where}", "sales", count(number), number,
            f"{'Opportunities' if kind == 'won' else 'Hand-offs by their last answer'}{followed}.", query,
            ("Of", of(number, row.answered) + " answered or lapsed" if kind != "won" else count(number)),
            terms=self.handoff_terms("accepted_rate"),
        )  # fmt: skip

    def cell_money(self, row: Looped, where: str, followed: str) -> Explanation:
        """Revenue, cost, cost per entry."""
        kind, _, name = self.named.rest.partition(".")
        query, currency = f"loop {self.named.basis}", self.found.agreement.currency
        if kind == "cost_per":
            cost = row.cost_of(name)
            return self.made(
                f"Cost per {self.names[name]}, {where}", "marketing", money(cost, currency), cost,
                "What the period's campaigns cost, shared by the values of the people each campaign brought, over "
                f"entries into {self.names[name]}{followed}.", query, ("Cost", money(row.cost, currency)),
                denominator=Counted(row.entered.get(name, 0), f"entered {self.names[name]}"),
            )  # fmt: skip
        exact = row.revenue if kind == "revenue" else row.cost
        words = (
            f"The amounts of the opportunities won{followed}." if kind == "revenue" else
            "What campaigns cost in the period, shared by the values of the people each campaign brought."
        )  # fmt: skip
        return self.made(
            f"{kind.capitalize()}, {where}", "joint" if kind == "revenue" else "marketing", money(exact, currency),
            exact, words, query, ("Won", count(row.won)),
        )  # fmt: skip

    def handoff_terms(self, ending: str) -> tuple[str, ...]:
        """The hand-off's metric, by the stage it is at."""
        return (f"stages.{self.found.handed}", f"handed.{ending}")


_METRIC = {"revenue": "revenue", "win_rate": "win_rate", "deal_size": "deal_size", "cycle": "cycle_days"}
