"""What each number is: the words, its numerator and denominator, basis, version, as-known date, and the query.

Promise: every figure of a report has exactly one explanation, found under a stable key, whoever shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oarlock.charts import numerals
from oarlock.charts.basis import CALENDAR, CLOSING, COHORT, Basis
from oarlock.charts.names import shown
from oarlock.charts.palette import team
from oarlock.loop.figures import FEW, Conversion, Report, StageFigures


@dataclass(frozen=True, slots=True)
class Explained:
    """One number: `facts` are pairs of a word and what stands under it; `query` is None where none was asked for."""

    key: str
    title: str
    team: str
    value: str
    words: str
    facts: tuple[tuple[str, str], ...]
    query: str | None = None


def of_report(report: Report) -> dict[str, Explained]:
    """Every figure of a report by its key."""
    told = _Teller(report)
    found = [*told.stages(), *told.conversions(), *told.columns(), *told.opportunities(), *told.whole()]
    return {explained.key: explained for explained in found}


class _Teller:
    """Makes the explanations of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.basis = Basis(report.agreement, report.as_known)
        self.stage = {s.stage: s for s in report.stages}

    def _explained(
        self, key: str, title: str, owner: str, value: str, words: str, how: str, query: str, *facts: tuple[str, str]
    ) -> Explained:
        """With what is the same for all: basis, version, as-known date; and the query by its name."""
        common = (("Basis", _capital(how)), ("Version", self.basis.judged_by), ("As known", self.basis.known))
        sql = self.report.queries.get(query)
        return Explained(key, shown(title, 120), team(owner), value, shown(words, 400), (*facts, *common), sql)

    def stages(self) -> Iterator[Explained]:
        """Entered, and there now."""
        for s in self.report.stages:
            entered = numerals.count(s.entered)
            yield self._explained(
                f"entered.{s.stage}", f"{s.name}: entered", s.owner, entered,
                f"How many times somebody entered {s.name}; who comes back counts once more, as another cycle.",
                COHORT, "stages", ("Entered", entered),
                ("Of these skipped", f"{numerals.count(s.skipped)}, by reaching a later stage"),
            )  # fmt: skip
            yield self._explained(
                f"balance.{s.stage}", f"{s.name}: here now", s.owner, numerals.count(s.balance),
                f"How many people stand in {s.name}: they entered it, went no further, and are not away on a detour.",
                "the state on the as-known date", "stages",
            )  # fmt: skip

    def conversions(self) -> Iterator[Explained]:
        """Each pair's rate, the fair estimate, and how long it takes."""
        for c in self.report.conversions:
            yield self._rate(c, self.stage[c.from_], self.stage[c.to])
            yield self._expected(c, self.stage[c.from_], self.stage[c.to])
            yield self._time(c, self.stage[c.from_], self.stage[c.to])

    def _rate(self, c: Conversion, a: StageFigures, b: StageFigures) -> Explained:
        gone = c.denominator - c.numerator - c.still_open
        return self._explained(
            f"rate.{c.from_}.{c.to}", f"{a.name} to {b.name}", b.owner, numerals.percent(c.rate),
            f"Of those who entered {a.name}, how many have entered {b.name} by the as-known date.",
            COHORT, "conversions",
            ("Numerator", f"{numerals.count(c.numerator)} entered {b.name}"),
            ("Denominator", f"{numerals.count(c.denominator)} entered {a.name}"),
            ("The rest", f"{numerals.count(c.still_open)} still open, {numerals.count(gone)} away on a detour"),
            ("Enough cases?", _enough(c.denominator)),
        )  # fmt: skip

    def _expected(self, c: Conversion, a: StageFigures, b: StageFigures) -> Explained:
        days = [(f"Within {d} days", numerals.percent(rate)) for d, rate in c.kaplan_meier.items()]
        return self._explained(
            f"expected.{c.from_}.{c.to}", f"{a.name} to {b.name}: expected", b.owner,
            numerals.percent(c.kaplan_meier.get("90")),
            f"The share of those who entered {a.name} that is expected to enter {b.name} within so many days. "
            "Whoever came only lately counts for as long as they were watched (Kaplan-Meier).",
            COHORT, "kaplan_meier", *days, ("Enough cases?", _enough(c.denominator)),
        )  # fmt: skip

    def _time(self, c: Conversion, a: StageFigures, b: StageFigures) -> Explained:
        return self._explained(
            f"time.{c.from_}.{c.to}", f"{a.name} to {b.name}: time", b.owner, numerals.span(c.median_days),
            f"How long those who went from {a.name} to {b.name} took, by the clock on the wall.",
            COHORT, "conversions",
            ("Half took at most", numerals.span(c.median_days)), ("9 in 10 at most", numerals.span(c.p90_days)),
            ("Cases", f"{numerals.count(c.numerator)} who entered both"), ("Enough cases?", _enough(c.numerator)),
        )  # fmt: skip

    def columns(self) -> Iterator[Explained]:
        """The columns of each closed-loop table: one explanation serves a whole column."""
        for field in self.report.by:
            yield self._explained(
                f"by.{field}", f"Closed loop by {field}", "joint", numerals.plural(len(self.report.by[field]), "value"),
                f"Everybody by their value of {field}: how many entered each stage, and the revenue they brought.",
                COHORT, f"by {field}", ("Revenue", f"in {self.report.agreement.currency}, each opportunity once"),
            )  # fmt: skip
            if field in self.report.opportunities.by:
                yield self._explained(
                    f"deals.{field}", f"Opportunities by {field}", "sales",
                    numerals.plural(len(self.report.opportunities.by[field]), "value"),
                    f"Won, lost and open opportunities by {field}. Win rate is won / (won + lost).",
                    CLOSING, f"opportunities by {field}",
                )  # fmt: skip
        yield self._explained(
            "flows", "By month", "joint", numerals.plural(len({f.month for f in self.report.flows}), "month"),
            "How many came into each stage, went out of it, and were there at the end of the month.",
            CALENDAR, "flows", ("Months", f"of {self.report.agreement.time_zone}"),
        )  # fmt: skip

    def opportunities(self) -> Iterator[Explained]:
        """Win rate, revenue, deal size, cycle."""
        o, currency = self.report.opportunities, self.report.agreement.currency
        closed = o.won + o.lost
        yield self._explained(
            "win_rate", "Win rate", "sales", numerals.percent(o.win_rate),
            "Of the opportunities that were won or lost, how many were won.", CLOSING, "opportunities",
            ("Numerator", f"{numerals.count(o.won)} won"), ("Denominator", f"{numerals.count(closed)} won or lost"),
            ("Open", numerals.count(o.open)), ("Enough cases?", _enough(closed)),
        )  # fmt: skip
        others = ", ".join(numerals.money(amount, shown(name, 8)) for name, amount in o.other_currencies.items())
        yield self._explained(
            "revenue", "Revenue", "joint", numerals.money(o.revenue, currency),
            f"The amounts of all won opportunities in {currency}.", CLOSING, "opportunities",
            ("Won", numerals.count(o.won)), *([("Not in it", f"{others}: another currency")] if others else []),
        )  # fmt: skip
        yield self._explained(
            "deal_size", "Deal size", "sales", numerals.money(o.median_deal, currency),
            "The amount of a won opportunity: half are at most this.", CLOSING, "opportunities",
            ("Mean", numerals.money(o.mean_deal, currency)), ("Enough cases?", _enough(o.won)),
        )  # fmt: skip
        yield self._explained(
            "cycle", "Cycle", "sales", numerals.span(o.median_cycle_days),
            "From the creation of an opportunity to winning it, of the won: half took at most this.",
            CLOSING, "opportunities", ("Mean", numerals.span(o.mean_cycle_days)), ("Enough cases?", _enough(closed)),
        )  # fmt: skip

    def whole(self) -> Iterator[Explained]:
        """What there is in all, and what is wrong with it."""
        r = self.report
        yield self._explained(
            "people", "People", "joint", numerals.count(r.people), "Everybody the lake knows of on the as-known date.",
            "the state on the as-known date", "people",
        )  # fmt: skip
        yield self._explained(
            "quarantined", "Set aside", "joint", numerals.count(r.quarantined),
            "Rows of imported files that could not come in, and have not come in good since. No figure counts them.",
            "all imports so far", "",
        )  # fmt: skip
        yield self._explained(
            "out_of_order", "Out of order", "joint", numerals.count(r.out_of_order),
            "Facts that say something happened before it could have. They are kept and counted like all others.",
            "all facts known on the as-known date", "out_of_order",
        )  # fmt: skip


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _enough(cases: int) -> str:
    """Fewer than `FEW` cases and a number says so."""
    return "yes" if cases >= FEW else f"no: {numerals.count(cases)}, fewer than {FEW}; read with care"
