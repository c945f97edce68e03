"""The ledger as frozen rows: what each team owed in each period, what it came to, and whether that keeps the promise.

Rates are fractions of 1, speed is working minutes, None means that it cannot be said. A bar is compared exactly, by
whole numbers and decimals; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from oarlock.agreement.owed import Promise
from oarlock.agreement.written import Amount
from oarlock.ground.periods import Period
from oarlock.loop.figures import FEW, AgreementUsed
from oarlock.loop.period_months import KNOWN_TO_ITS_END
from oarlock.loop.promises import DECLARED, MICROSECOND, Declared, Line, Owed
from oarlock.loop.reporting import Row, number, ratio

Status = Literal["kept", "missed", "on track", "at risk", "excused", "nothing", "not owed", "not measured"]
"""How a period stands: over and kept or missed; running and on track or at risk; all of it excused; no case at all; not
promised then; promised, and not measured here."""
MINUTES = {"number": 1, "minutes": 1, "hours": 60}
"""How many minutes a unit of a bar on speed has."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A promise in one period. `bar`: what was owed of it, after what is excused of a count; `pace`: of a running
    count, what is owed by now. `due` cases are not counted yet, `past_due` are counted as missed."""

    period: str
    first: date
    last: date
    running: bool
    version: int
    at_least: Decimal | None
    at_most: Decimal | None
    value: float | None
    numerator: int
    denominator: int | None
    still_open: int
    due: int
    past_due: int
    excused: int
    excuse: str | None
    pace: float | None
    p90: float | None
    status: Status

    @property
    def few(self) -> bool:
        """Too few cases to lean on; a count leans on nothing."""
        return self.denominator is not None and self.denominator < FEW

    @property
    def over(self) -> bool:
        """Whether the period is over and something was owed and counted in it."""
        return not self.running and self.status in ("kept", "missed")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A promise with its periods, newest first. `bar` as it is written now, `kind` as `promises.Line` has it."""

    key: str
    team: str
    metric: str
    means: str
    owner: str | None
    per: str
    kind: str
    bar: str
    excused_when: str | None
    owed_still: bool
    cells: tuple[Cell, ...]

    def cell(self, period: str) -> Cell | None:
        """Its cell of that period."""
        return next((c for c in self.cells if c.period == period), None)

    @property
    def kept(self) -> tuple[int, int]:
        """In how many of the periods that are over it was kept, and of how many."""
        over = [c for c in self.cells if c.over]
        return sum(c.status == "kept" for c in over), len(over)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every promise of both teams, as known at an instant; `declared` are the confirmed excuses that were looked at."""

    agreement: AgreementUsed
    as_known: datetime
    lines: tuple[LedgerLine, ...]
    declared: tuple[Declared, ...] = ()
    queries: dict[str, str] = field(default_factory=dict)

    def line(self, key: str) -> LedgerLine | None:
        """A promise by its key."""
        return next((line for line in self.lines if line.key == key), None)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when: facts until `until`, what ended by `over` is over, and which excuses were agreed on."""

    until: datetime
    over: datetime
    declared: tuple[Declared, ...] = ()

    @classmethod
    def by(cls, until: datetime, now: datetime, declared: Sequence[Declared] = ()) -> Seen:
        """A period is over when it is, and facts are known to about its end, as for months on the funnel page."""
        return cls(until, min(now, until + KNOWN_TO_ITS_END), tuple(declared))


def ledger_line(line: Line, rows: Mapping[str, Row], means: str, seen: Seen, measured: bool) -> LedgerLine:
    """A promise with all its cells; `rows`: its totals by period."""
    cells = tuple(_cell(line, owed, rows.get(owed.period.text, {}), seen, measured) for owed in line.owed)
    return LedgerLine(
        line.key, line.team, line.metric, line.latest.means or means, line.latest.owner, line.per, line.kind,
        bar_words(line.latest), line.latest.excused_when, line.owed[0].promise is not None, cells,
    )  # fmt: skip


def bar_words(promise: Promise) -> str:
    """`at least 75%`, as the agreement has it."""
    ends = (("at least", promise.at_least), ("at most", promise.at_most))
    return " and ".join(f"{word} {amount}" for word, amount in ends if amount is not None)


def _cell(
    line: Line, owed: Owed, row: Row, seen: Seen, measured: bool
) -> Cell:  # fmt: skip
    period, promise = owed.period, owed.promise
    met, missed, past, still, due = (number(row.get(n)) for n in ("met", "missed", "past_due", "open", "due"))
    counts = line.kind == "entered"
    denominator = None if counts else met if line.kind == "speed" else met + missed + past + still
    value = _value(line, row, met, denominator)
    left = _left(promise, period, seen.declared) if counts else Fraction(1)
    least, most = _bars(line, promise, left)
    is_running = seen.over < period.end
    pace = float(least) * _elapsed(period, seen.until) if counts and is_running and least is not None else None
    found = Cell(
        period.text, period.first, period.last, is_running, owed.version, least, most, value, met, denominator, still,
        due, past, number(row.get("excused")), _excuse(promise, left, row), pace, _float(row.get("p90")), "nothing",
    )  # fmt: skip
    can = measured and (least, most) != (None, None)
    return replace(found, status=_status(found, line.kind, promise, can, left))


def _value(line: Line, row: Row, met: int, denominator: int | None) -> float | None:
    if line.kind == "entered":
        return float(met)
    return _float(row.get("median")) if line.kind == "speed" else ratio(met, denominator or 0)


def _bars(line: Line, promise: Promise | None, left: Fraction) -> tuple[Decimal | None, Decimal | None]:
    """The bars in the figure's own unit; a count's bar without the days that are excused."""
    if promise is None:
        return None, None
    return _bar(line, promise.at_least, left), _bar(line, promise.at_most, left)


def _bar(line: Line, amount: Amount | None, left: Fraction) -> Decimal | None:
    if amount is None:
        return None
    if line.kind == "speed":
        minutes = MINUTES.get(amount.unit)
        return None if minutes is None else amount.value * minutes
    wanted = "number" if line.kind == "entered" else "share"
    if amount.unit != wanted:
        return None
    return amount.value * left.numerator / left.denominator if left != 1 else amount.value


def _left(promise: Promise | None, period: Period, declared: Sequence[Declared]) -> Fraction:
    """The part of a period that no confirmed excuse of this promise takes away, by time."""
    if promise is None or not (promise.excused_when or "").startswith(DECLARED):
        return Fraction(1)
    spans = sorted(
        (max(one.begins, period.start), min(one.ends, period.end))
        for one in declared
        if DECLARED + one.excuse == promise.excused_when
    )
    gone, reached = timedelta(0), period.start
    for begins, ends in spans:
        begins = max(begins, reached)
        if ends > begins:
            gone, reached = gone + (ends - begins), ends
    return 1 - Fraction(gone // MICROSECOND, (period.end - period.start) // MICROSECOND)


def _elapsed(period: Period, until: datetime) -> float:
    return max(0.0, min(1.0, (until - period.start) / (period.end - period.start)))


def _excuse(promise: Promise | None, left: Fraction, row: Row) -> str | None:
    """The excuse that took anything out of this period."""
    if promise is None or (left == 1 and not number(row.get("excused"))):
        return None
    return promise.excused_when


def _status(cell: Cell, kind: str, promise: Promise | None, measured: bool, left: Fraction) -> Status:
    if promise is None:
        return "not owed"
    if not measured:
        return "not measured"
    if left <= 0 or (cell.excused and not cell.denominator and cell.denominator is not None):
        return "excused"
    if cell.value is None or cell.denominator == 0:
        return "nothing"
    kept = _keeps(cell, kind)
    if cell.running:
        return "on track" if kept else "at risk"
    return "kept" if kept else "missed"


def _keeps(cell: Cell, kind: str) -> bool:
    """Whether the figure keeps its bars: a rate by its two counts, a running count by its pace."""
    of = cell.denominator if kind not in ("entered", "speed") else None
    figure = Decimal(cell.numerator) if of is not None else Decimal(repr(cell.value))
    least, most = cell.at_least, cell.at_most
    if cell.pace is not None:
        least = Decimal(repr(cell.pace))
    scale = Decimal(1 if of is None else of)
    return (least is None or figure >= least * scale) and (most is None or figure <= most * scale)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float, Decimal)) else None
