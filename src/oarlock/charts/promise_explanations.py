"""What each number of the ledger of promises and of the marketing view is: words, numerator and denominator, period,
basis, version, as-known date, how sure, and the query that made it.

Promise: one number has one explanation, whoever shows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from oarlock.charts import numerals
from oarlock.charts.basis import Basis
from oarlock.charts.names import shown, value
from oarlock.charts.numerals import NBSP, count, money, percent, plural
from oarlock.charts.palette import team
from oarlock.charts.period_explanations import Counted, Explanation, period_words
from oarlock.loop.certainty import wilson
from oarlock.loop.numbers import Number
from oarlock.loop.promises_kept import Cell, Ledger, LedgerLine
from oarlock.loop.reasons import REASON, Sent, SentFigures

STATUS = {
    "kept": ("ok", "Kept"),
    "missed": ("off", "Missed"),
    "on track": ("run", "On track"),
    "at risk": ("risk", "At risk"),
    "excused": ("frozen", "Excused"),
    "nothing": ("due", "No case"),
    "not owed": ("due", "Not owed"),
    "not measured": ("due", "Not measured"),
}
"""Status -> shape and word."""
BASES = {
    "entered": "Calendar, by the instant of entering the stage",
    "to": "Cohort, by the instant of entering the first stage, followed to the as-known date",
    "accepted_rate": "Calendar, by the instant of the answer",
    "accept_met": "Cohort, by the instant of the offer, followed to the as-known date",
    "work_met": "Cohort, by the instant of the offer, followed to the as-known date",
    "speed": "Cohort, by the instant of the offer, followed to the as-known date",
}
COUNTED = {
    "to": ("entered the later stage", "entered the first stage in the period"),
    "accepted_rate": ("accepted", "accepted, rejected or lapsed in the period"),
    "accept_met": ("answered within the limit", "offered in the period and answered, or past their limit"),
    "work_met": ("touched and worked within both limits", "accepted, and worked or past a limit"),
}
"""What stands in numerator and denominator, by the way a promise is measured."""
OUTCOME_WORDS = {
    "offered": "Leads handed over", "accepted": "Accepted", "rejected": "Rejected", "lapsed": "Lapsed: nobody answered",
    "open": "Not answered yet", "returned": "Given back after they had been accepted",
    "worked": "Worked as agreed, in time or late", "converted": "Became what the hand-off was for",
    "won": "Won: a deal with the person closed after the hand-over", "revenue": "Money of the deals won",
    "acceptance": "Accepted, of all that were accepted, rejected or lapsed",
}  # fmt: skip


def period_name(period: str) -> str:
    """`October 2026`, `week 46 of 2026`, `2026`."""
    if "-W" in period:
        return f"week{NBSP}{int(period[6:])} of{NBSP}{period[:4]}"
    return period if len(period) in (4, 10) else period_words(period)


def figure(line: LedgerLine, cell: Cell | None) -> str:
    """A cell's figure as it is shown."""
    if cell is None or cell.value is None:
        return numerals.NOTHING
    if line.kind == "entered":
        return count(cell.numerator)
    return f"{cell.value:,.0f}{NBSP}min" if line.kind == "speed" else percent(cell.value)


def explain_promise(ledger: Ledger, line: LedgerLine, cell: Cell) -> Explanation:
    """The explanation of a promise in a period."""
    numerator = denominator = None
    if line.kind in COUNTED:
        met, of = COUNTED[line.kind]
        numerator, denominator = Counted(cell.numerator, met), Counted(cell.denominator or 0, of)
    elif line.kind:
        words = "entries" if line.kind == "entered" else "hand-offs that were touched"
        numerator = Counted(cell.numerator, words)
    return Explanation(
        Number(f"promise.{line.key}", cell.period, "calendar"), f"{line.metric}, {period_name(cell.period)}",
        team(line.team), figure(line, cell), None if cell.value is None else str(cell.value),
        f"{line.means[:1].upper()}{line.means[1:]}.", numerator, denominator, tuple(_facts(ledger, line, cell)),
        cell.denominator, _interval(line, cell), (f"promises.{line.team}.{line.metric}", f"metrics.{line.metric}"),
        _queries(ledger.queries),
    )  # fmt: skip


def _interval(line: LedgerLine, cell: Cell) -> tuple[float, float] | None:
    return wilson(cell.numerator, cell.denominator) if line.kind in COUNTED and cell.denominator else None


def _queries(queries: dict[str, str]) -> str | None:
    return "\n\n".join(f"-- {name}\n{query}" for name, query in queries.items()) or None


def _facts(ledger: Ledger, line: LedgerLine, cell: Cell) -> Iterator[tuple[str, str]]:
    yield "Promised", promised(line, cell)
    yield "Stands", STATUS[cell.status][1]
    if line.kind == "speed" and cell.p90 is not None:
        yield "Nine in ten", f"within {cell.p90:,.0f} working minutes"
    if cell.pace is not None:
        yield "By now", f"{cell.pace:,.0f} are owed, by the part of the period that is over"
    for word, number in (("Due, not counted yet", cell.due), ("Past due, counted as missed", cell.past_due),
                         ("May still be met", cell.still_open)):  # fmt: skip
        if number:
            yield word, count(number)
    if cell.excuse:
        said = plural(cell.excused, "case") + " left out" if cell.excused else "the bar counts the other days only"
        yield "Excused", f"{cell.excuse.replace('_', ' ')}: {said}"
    name = period_name(cell.period)
    yield "Period", f"{name[:1].upper()}{name[1:]}, {numerals.day(cell.first)} to {numerals.day(cell.last)}"
    yield "Basis", BASES.get(line.kind, "Not measured here")
    basis = Basis(ledger.agreement, ledger.as_known)
    yield "Version", f"{cell.version} owed it; judged by {basis.judged_by}"
    yield "As known", basis.known


def promised(line: LedgerLine, cell: Cell) -> str:
    """What was owed in that period: `at least 75%`."""
    ends = (("at least", cell.at_least), ("at most", cell.at_most))
    return " and ".join(f"{word} {_bar(line, bar)}" for word, bar in ends if bar is not None) or "nothing"


def _bar(line: LedgerLine, bar: Decimal) -> str:
    if line.kind == "entered":
        return f"{bar:,.0f}"
    return f"{bar:,.0f} working minutes" if line.kind == "speed" else percent(float(bar), 0)


def explain_sent(found: SentFigures, row: Sent, what: str, every: bool) -> Explanation:
    """The explanation of a number of the marketing view: `offered`, `acceptance`, `reason:student`, `revenue`..."""
    reason = what.removeprefix(REASON) if what.startswith(REASON) else None
    words = OUTCOME_WORDS.get(what, f"Rejected because: {shown(reason or 'no reason given', 40)}")
    number, of = _counts(row, what, reason)
    shares = what not in ("offered", "revenue")
    numerator = Counted(number, words[:1].lower() + words[1:])
    denominator = Counted(of, "answered" if what == "acceptance" else "handed over in the period") if shares else None
    told = _shown_as(found, row, what, number)
    basis = Basis(found.agreement, found.as_known)
    part = ("Share", percent(number / of if of else None))
    facts = (
        ("Of", "All leads sent" if every else f"{found.by.replace('_', ' ')} = {value(row.value)}"),
        part if shares and what != "acceptance" else ("Counted", "hand-offs"),
        ("Period", period_name(row.period)),
        ("Basis", "Cohort, by the month of the offer, followed to the as-known date"),
        ("Version", basis.judged_by),
        ("As known", basis.known),
    )  # fmt: skip
    return Explanation(
        Number(f"sent.{what}", row.period, "cohort", found.by, row.value, every), words.partition(":")[0], "marketing"
        if what != "rejected" and reason is None else "sales", told, None, f"{words}.", numerator, denominator, facts,
        of if shares else None, wilson(number, of) if shares and of else None, (),
        _queries(found.queries),
    )  # fmt: skip


def _counts(row: Sent, what: str, reason: str | None) -> tuple[int, int]:
    if reason is not None:
        return row.reasons.get(reason, 0), row.counts["offered"]
    if what == "acceptance":
        return row.counts["accepted"], row.answered
    return row.counts["won" if what == "revenue" else what], row.counts["offered"]


def _shown_as(found: SentFigures, row: Sent, what: str, number: int) -> str:
    if what == "revenue":
        return money(row.revenue, found.agreement.currency)
    return percent(row.acceptance) if what == "acceptance" else count(number)
