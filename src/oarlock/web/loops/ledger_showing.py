"""The ledger as its page shows it: two sides, tables of periods, and the address of each number's explanation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oarlock.agreement.terms import Terms
from oarlock.charts.names import shown
from oarlock.charts.numerals import count, of, short_month
from oarlock.charts.promise_explanations import STATUS, figure, period_name
from oarlock.loop.promises_kept import Cell, Ledger, LedgerLine
from oarlock.web.loops.choosing import Choice

SIDES = (
    ("marketing", "Marketing owes sales"), ("sales", "Sales owes marketing"), ("joint", "Both owe the company"),
)  # fmt: skip
EACH = {"day": "by day", "week": "by week", "month": "by month", "quarter": "by quarter", "year": "by year"}
DOTS = {"kept": "kept", "missed": "missed", "excused": "excused", "on track": "open", "at risk": "open"}
"""The dot of a period, by its status; others have none."""
HISTORY = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with the address that explains it, and its status as shape and word."""

    text: str
    address: str
    fragment: str
    st: str
    word: str
    missed: bool
    few: bool
    here: bool
    note: str


@dataclass(frozen=True, slots=True)
class Item:
    """A promise on its side: what is owed, how it stands now, and how the last periods went."""

    key: str
    name: str
    bar: str
    now: Figure
    period: str
    so: str
    why: str
    dots: tuple[tuple[str, str], ...]
    meter: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one team owes, and how many of its promises stand well."""

    team: str
    title: str
    kept: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A promise in a table: its periods, oldest first."""

    team: str
    name: str
    sub: str
    bar: str
    kept: str
    cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """All promises that are owed over one kind of period."""

    per: str
    title: str
    heads: tuple[tuple[str, bool], ...]
    groups: tuple[tuple[str, str, tuple[Row, ...]], ...]


class Page:
    """Makes the parts of the page."""

    def __init__(self, ledger: Ledger, choice: Choice, terms: Terms) -> None:
        self.ledger, self.choice = ledger, choice
        self.names = {s.key: s.name for s in terms.stages} | {h.key: h.name or h.key for h in terms.handoffs}
        self.people = {p.key: p.name for p in terms.leadership.people}

    def sides(self) -> Iterator[Side]:
        """Both teams, always; what both owe only where there is something."""
        for team, title in SIDES:
            lines = [line for line in self.ledger.lines if line.team == team and line.owed_still]
            if lines or team != "joint":
                well = sum(line.cells[0].status in ("kept", "on track") for line in lines)
                kept = f"{well} of {len(lines)} stand well" if lines else "nothing is promised"
                yield Side(team, title, kept, tuple(self._item(line) for line in lines))

    def _item(self, line: LedgerLine) -> Item:
        cell = line.cells[0]
        past = [(DOTS[c.status], c) for c in reversed(line.cells[: HISTORY + 1]) if c.status in DOTS]
        dots = tuple((kind, f"{period_name(c.period)}: {STATUS[c.status][1].lower()}") for kind, c in past)
        return Item(
            line.key, self.title(line), line.bar, self.figure(line, cell), period_name(cell.period), _so(line, cell),
            _why(line, cell), dots, f"{_met(cell) * 100:.1f}",
        )  # fmt: skip

    def tables(self) -> Iterator[Table]:
        """One a kind of period, with every promise that is or was owed over it."""
        for per in EACH:
            lines = [line for line in self.ledger.lines if line.per == per]
            if lines:
                cells = tuple(reversed(lines[0].cells))
                heads = tuple((_head(c), c.running) for c in cells)
                groups = tuple(
                    (team, title, tuple(self._row(line) for line in lines if line.team == team))
                    for team, title in SIDES
                    if any(line.team == team for line in lines)
                )
                yield Table(per, EACH[per], heads, groups)

    def _row(self, line: LedgerLine) -> Row:
        kept, over = line.kept
        sub = " · ".join(part for part in (line.metric, self.people.get(line.owner or "", "")) if part)
        cells = tuple(self.figure(line, cell) for cell in reversed(line.cells))
        told = f"{kept} of {over}" if over else "–"
        return Row(line.team, self.title(line), sub, line.bar, told, cells)

    def figure(self, line: LedgerLine, cell: Cell) -> Figure:
        """A number of the page."""
        named = self.choice.of(line.key, period=cell.period)
        here = (self.choice.figure, self.choice.period) == (line.key, cell.period)
        st, word = STATUS[cell.status]
        return Figure(
            figure(line, cell) if cell.status not in ("not owed", "not measured") else "–", named.address(),
            named.address("promise_explained"), st, word, cell.status == "missed", cell.few and bool(cell.denominator),
            here, _note(cell),
        )  # fmt: skip

    def title(self, line: LedgerLine) -> str:
        """What is promised, in a few words."""
        subject = line.metric.partition(".to.")[0] if line.kind == "to" else line.metric.rpartition(".")[0]
        name = shown(self.names.get(subject, subject), 60)
        later = self.names.get(line.metric.partition(".to.")[2], "")
        ways = {
            "entered": f"{name}: entered", "to": f"{name} to {shown(later, 40)}", "accepted_rate": "Hand-offs accepted",
            "accept_met": "Hand-offs answered in time", "work_met": "Leads worked as agreed", "speed": "Speed to lead",
        }  # fmt: skip
        return ways.get(line.kind, shown(line.metric, 60))


def _head(cell: Cell) -> str:
    if "-W" in cell.period:
        return str(int(cell.period[6:]))
    return short_month(cell.period) if len(cell.period) == 7 and "Q" not in cell.period else period_name(cell.period)


def _met(cell: Cell) -> float:
    """How far along the bar a figure is, at most the whole."""
    if cell.denominator:
        return cell.numerator / cell.denominator
    return min(1.0, cell.numerator / float(cell.at_least)) if cell.at_least else 0.0


def _so(line: LedgerLine, cell: Cell) -> str:
    """What stands beside the figure: its counts."""
    if line.kind == "entered":
        owed = f"{float(cell.at_least):,.0f}" if cell.at_least is not None else "–"
        pace = f"; {cell.pace:,.0f} by now" if cell.pace is not None else ""
        return f"of {owed} owed{pace}"
    if line.kind == "speed":
        return f"median of {count(cell.numerator)}"
    return of(cell.numerator, cell.denominator) if cell.denominator is not None else ""


def _why(line: LedgerLine, cell: Cell) -> str:
    """What is not counted, or excused, in the running period."""
    parts = [
        f"{count(cell.due)} due, not counted yet" if cell.due else "",
        f"{count(cell.past_due)} past due" if cell.past_due else "",
        f"{count(cell.excused)} excused: {(cell.excuse or '').replace('_', ' ')}" if cell.excused else "",
        "part of it excused" if cell.excuse and not cell.excused else "",
        "this metric is not measured here" if cell.status == "not measured" else "",
    ]
    return " · ".join(part for part in parts if part)


def _note(cell: Cell) -> str:
    return "e" if cell.excuse else ""


def parts_of(line: LedgerLine, cell: Cell) -> Sequence[tuple[str, str, int]]:
    """The lists of cases behind a cell: which, in words, how many."""
    counted = cell.numerator if cell.denominator is None else cell.denominator
    missed = 0 if cell.denominator is None else counted - cell.numerator - cell.past_due - cell.still_open
    found = [("all", "every case", counted + cell.due + cell.excused), ("counted", "counted", counted),
             ("met", "met", cell.numerator), ("missed", "missed", missed), ("past due", "past due", cell.past_due),
             ("open", "may still be met", cell.still_open), ("due", "due, not counted yet", cell.due),
             ("excused", "excused", cell.excused)]  # fmt: skip
    return [part for part in found if part[2] or part[0] == "all"]
