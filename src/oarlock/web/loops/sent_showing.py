"""What became of the leads sent, as the page shows it: rows by a field, reasons as bars, edits in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from oarlock.agreement.terms import Terms
from oarlock.charts.names import shown, value
from oarlock.charts.numerals import NBSP, NOTHING, amount, count, of, percent
from oarlock.charts.palette import team
from oarlock.charts.promise_explanations import period_name
from oarlock.loop.edits import EditFigures, ProposedEdit
from oarlock.loop.figures import FEW
from oarlock.loop.reasons import REASON, Sent, SentFigures, total
from oarlock.web.funnel.showing import Cell, Chip
from oarlock.web.loops.choosing import Choice

MOST_ROWS = 60
MOST_REASONS = 7
LATER = ("returned", "worked", "converted", "won")
HEAT = ((0.12, "h3"), (0.08, "h2"), (0.04, "h1"))
"""From which share of what was answered on a reason's cell has a stronger ground."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    value: str
    none: bool
    team: str
    offered: Cell
    acceptance: Cell
    of: str
    bar: str
    reasons: tuple[Cell, ...]
    lapsed: Cell
    open: Cell
    later: tuple[Cell, ...]
    revenue: Cell


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason of all leads sent: how often, and what part of the rejections."""

    name: str
    cell: Cell
    share: str
    width: str


@dataclass(frozen=True, slots=True)
class EditShown:
    """A proposed edit in words, with what it would have done on either part."""

    number: int
    reason: str
    condition: str
    holds: bool
    few: bool
    lead: str
    later: tuple[tuple[str, str, str], ...]
    earlier: tuple[tuple[str, str, str], ...]
    tried: int


class Page:
    """Makes the parts of the page."""

    def __init__(self, found: SentFigures, choice: Choice, terms: Terms, names: Mapping[str, str]) -> None:
        self.found, self.choice, self.terms, self.names = found, choice, terms, names
        self.rows = found.of(choice.period)
        self.whole = total(self.rows, choice.period)
        agreed = [reason for handoff in terms.handoffs for reason, _ in handoff.reject_reasons]
        others = sorted((r for r in self.whole.reasons if r not in agreed), key=lambda r: -self.whole.reasons[r])
        self.reasons = list(dict.fromkeys([*agreed, *others]))[:MOST_REASONS]

    def heads(self) -> list[str]:
        """The reasons as heads of columns."""
        return [reason_words(r) for r in self.reasons]

    def table(self) -> list[Row]:
        """Every value, most sent first."""
        return [self._row(r) for r in self.rows[:MOST_ROWS]]

    def sum(self) -> Row:
        """All together."""
        return self._row(self.whole, every=True)

    def _row(self, row: Sent, every: bool = False) -> Row:
        word = "every" if every else "none" if row.value is None else f"is:{row.value}"

        def cell(what: str, text: str, few: bool = False, heat: str = "") -> Cell:
            named = self.choice.of(what, word)
            here = (self.choice.figure, self.choice.value) == (what, word)
            return Cell(text, named.address(), named.address("sent_explained"), few, here, heat)

        told = "All leads" if every else shown(self.names.get(row.value or "", value(row.value)), 60)
        return Row(
            told, row.value is None and not every, "joint" if every else self._team(row.value),
            cell("offered", count(row.counts["offered"])),
            cell("acceptance", percent(row.acceptance), few=row.few and bool(row.answered)),
            of(row.counts["accepted"], row.answered), f"{(row.acceptance or 0) * 100:.2f}",
            tuple(cell(REASON + r, _some(row.reasons.get(r, 0)), heat=_heat(row, r)) for r in self.reasons),
            cell("lapsed", _some(row.counts["lapsed"])), cell("open", _some(row.counts["open"])),
            tuple(cell(what, _some(row.counts[what])) for what in LATER),
            cell("revenue", amount(row.revenue) if row.revenue else NOTHING),
        )  # fmt: skip

    def _team(self, said: str | None) -> str:
        owners = {w: s.owner for s in self.terms.sources for w in (s.key, *s.recorded_as)}
        return team(owners.get(said or "", "joint")) if self.found.by == "source" else "joint"

    def bars(self) -> list[Bar]:
        """The reasons of all rejections, most common first."""
        rejected = self.whole.counts["rejected"]
        most = max([1, *self.whole.reasons.values()])
        ordered = sorted(self.whole.reasons.items(), key=lambda r: (-r[1], r[0]))
        cells = dict(zip(self.reasons, self._row(self.whole, every=True).reasons, strict=True))
        return [
            Bar(reason_words(r), cells[r], percent(n / rejected, 0), f"{n / most * 100:.2f}")
            for r, n in ordered if r in self.reasons
        ]  # fmt: skip

    def periods(self) -> list[Chip]:
        """The latest months and quarters, the chosen one among them, and the whole."""
        months = [p for p in self.found.periods if p != "all" and "-Q" not in p][:4]
        quarters = [p for p in self.found.periods if "-Q" in p][:3]
        words = list(dict.fromkeys([*reversed(quarters), *reversed(months), self.choice.period, "all"]))
        plain = self.choice.plain()
        return [
            Chip("All" if p == "all" else period_name(p), replace(plain, period=p).address(), p == self.choice.period)
            for p in words
        ]


def edits_shown(found: EditFigures) -> list[EditShown]:
    """The edits, best first."""
    return [_edit(n, e, found) for n, e in enumerate(found.edits)]


def _edit(number: int, e: ProposedEdit, found: EditFigures) -> EditShown:
    said = next((r for r in found.reasons if r.reason == e.reason), None)
    share = percent(said.number / said.answered, 0) if said and said.answered else NOTHING
    lead = (
        f"{share} of all answers were {reason_words(e.reason).lower()}. Adding this would have kept "
        f"{percent(e.later.removed, 0)} of these out, and {percent(e.later.lost, 0)} of the wins."
    )
    return EditShown(
        number, reason_words(e.reason), e.text, e.holds, e.later.few, lead, _effects(e, later=True),
        _effects(e, later=False), e.tried,
    )  # fmt: skip


def _effects(e: ProposedEdit, *, later: bool) -> tuple[tuple[str, str, str], ...]:
    it = e.later if later else e.earlier
    parts = (
        (f"{reason_words(e.reason)}, kept out", it.rejected_removed, it.rejected),
        ("Wins lost", it.won_removed, it.won),
        ("Accepted leads lost", it.accepted_removed, it.accepted),
        ("All leads kept out", it.sent_removed, it.sent),
    )
    return tuple((word, percent(n / d if d else None, 0) + ("°" if d < FEW else ""), of(n, d)) for word, n, d in parts)


def reason_words(key: str) -> str:
    """`Not icp` of `not-icp`."""
    words = shown(key.replace("-", " ").replace("_", " "), 24)
    return words[:1].upper() + words[1:] or f"No{NBSP}reason"


def _some(number: int) -> str:
    return count(number) if number else NOTHING


def _heat(row: Sent, reason: str) -> str:
    number = row.reasons.get(reason, 0)
    share = number / row.answered if row.answered and number > 1 else 0
    return next((word for least, word in HEAT if share >= least), "")


def lines_of(found: SentFigures, period: str) -> tuple[tuple[str, ...], Sequence[tuple[object, ...]]]:
    """The view of a period as columns and lines of a file."""
    rows = found.of(period)
    whys = sorted({r for row in rows for r in row.reasons})
    kinds = ("offered", "accepted", "rejected", "lapsed", "open", "returned", "worked", "converted", "won")
    columns = (found.by, "period", *kinds, *(f"rejected: {w}" for w in whys), "revenue")
    return columns, [
        (r.value, r.period, *(r.counts[k] for k in kinds), *(r.reasons.get(w, 0) for w in whys), r.revenue)
        for r in rows
    ]
