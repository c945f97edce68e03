"""What became of the leads that were sent: by source, campaign, owner or month, and by reason where they were rejected.

Tables in, tables out, then frozen rows. A hand-off is counted in the month of its offer, whenever the rest happened, so
that every row is one set of leads followed to the as-known date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from oarlock.ground.periods import Period
from oarlock.loop.cohorts import by_period
from oarlock.loop.deals import MONEY
from oarlock.loop.figures import FEW, AgreementUsed
from oarlock.loop.funnel import month_of
from oarlock.loop.period_figures import quarter_of
from oarlock.loop.reporting import Row, money, number, ratio, text

SENT_BY = ("source", "campaign", "owner", "month")
"""What the view can be read by without a field of one's own; `owner` is who had the hand-off last."""
OUTCOMES = ("offered", "accepted", "rejected", "lapsed", "open", "returned", "worked", "converted", "won")
"""What is counted of every row. Answers exclude one another and `open`; what follows an acceptance may add up."""
REASON = "reason:"


def valued(handed: ir.Table, by: str, people: ir.Table | None, months: Sequence[Period]) -> ir.Table:
    """The hand-offs with `value` and `month`. `people`: (person_id, value), where the value is the person's."""
    rows = handed.mutate(month=month_of(handed.offered_at, months))
    if people is None:
        return rows.mutate(value=rows.owner if by == "owner" else rows.month)
    return rows.left_join(people, "person_id").drop("person_id_right")


def sent(valued: ir.Table) -> ir.Table:
    """(value, period, <outcome>.., revenue)."""
    rows = by_period(valued, "month")
    said = outcomes(rows)
    return rows.group_by("value", "period").agg(
        **{name: rows.count(where=holds) for name, holds in said.items()}, revenue=rows.revenue.cast(MONEY).sum()
    )


def outcomes(rows: ir.Table) -> dict[str, ir.BooleanValue]:
    """Of which rows each outcome is said."""
    answer = rows.answer.fill_null("")
    accepted = answer == "accepted"
    return {
        "offered": ibis.literal(True), "accepted": accepted, "rejected": answer == "rejected",
        "lapsed": answer == "lapsed", "open": answer == "", "returned": accepted & rows.returned_at.notnull(),
        "worked": accepted & rows.work_done_at.notnull(), "converted": rows.converted_at.notnull(),
        "won": rows.won_at.notnull(),
    }  # fmt: skip


def reasons(valued: ir.Table) -> ir.Table:
    """(value, period, reason, number): rejections."""
    rows = by_period(valued.filter((valued.answer == "rejected").fill_null(False)), "month")
    return rows.group_by("value", "period", reason=rows.reason.fill_null("")).agg(number=lambda t: t.count())


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the leads of one value (None = has none) that were sent in a period."""

    value: str | None
    period: str
    counts: dict[str, int]
    reasons: dict[str, int]
    revenue: Decimal

    @property
    def answered(self) -> int:
        """The denominator of acceptance."""
        return sum(self.counts[word] for word in ("accepted", "rejected", "lapsed"))

    @property
    def acceptance(self) -> float | None:
        """Accepted / (accepted + rejected + lapsed)."""
        return ratio(self.counts["accepted"], self.answered)

    @property
    def few(self) -> bool:
        """Too few answers to lean on."""
        return self.answered < FEW


@dataclass(frozen=True, slots=True)
class SentFigures:
    """The view by one field: every value and period."""

    agreement: AgreementUsed
    as_known: datetime
    by: str
    months: tuple[str, ...]
    rows: tuple[Sent, ...]
    queries: dict[str, str] = field(default_factory=dict)

    @property
    def periods(self) -> tuple[str, ...]:
        """Every period there is, newest first: months, then quarters, then the whole."""
        quarters = dict.fromkeys(quarter_of(m) for m in reversed(self.months))
        return (*reversed(self.months), *quarters, "all")

    def of(self, period: str) -> tuple[Sent, ...]:
        """The rows of one period, most sent first."""
        return tuple(r for r in self.rows if r.period == period)

    def one(self, period: str, value: str | None, every: bool) -> Sent:
        """One value's row, or that of all together; nobody there is all noughts."""
        rows = [r for r in self.of(period) if every or r.value == value]
        return total(rows, period) if every or not rows else rows[0]


def total(rows: Sequence[Sent], period: str) -> Sent:
    """All values together."""
    whys = dict.fromkeys(w for r in rows for w in r.reasons)
    return Sent(
        None, period, {word: sum(r.counts[word] for r in rows) for word in OUTCOMES},
        {w: sum(r.reasons.get(w, 0) for r in rows) for w in whys}, sum((r.revenue for r in rows), Decimal(0)),
    )  # fmt: skip


def sent_rows(counted: Sequence[Row], why: Sequence[Row]) -> tuple[Sent, ...]:
    """Rows of `sent` and `reasons`, put together."""
    found: dict[tuple[str | None, str], dict[str, int]] = {}
    for r in sorted(why, key=lambda r: str(r["reason"])):
        found.setdefault((text(r["value"]), str(r["period"])), {})[str(r["reason"])] = number(r["number"])
    made = [_sent(r, found) for r in counted]
    return tuple(sorted(made, key=lambda s: (s.period, -s.counts["offered"], s.value is None, s.value or "")))


def _sent(row: Row, why: Mapping[tuple[str | None, str], dict[str, int]]) -> Sent:
    value, period = text(row["value"]), str(row["period"])
    counts = {word: number(row[word]) for word in OUTCOMES}
    return Sent(value, period, counts, why.get((value, period), {}), money(row["revenue"]))
