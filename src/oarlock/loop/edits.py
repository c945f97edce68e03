"""Proposed rule edits: one more condition that would have kept rejected leads out, and what else it would have cost.

A condition is found on the earlier part of history and measured on the later part, which it has never seen. It works
on counts of values (`edits_values.histogram`), so every candidate is measured on every hand-off.

Promises: the same history gives the same edits; what did not hold on the later part says so; few cases say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from oarlock.loop.figures import FEW, AgreementUsed
from oarlock.loop.reporting import ratio

Value = float | str | bool | None
EARLIER = 2 / 3
"""The part of the hand-offs, by time, that conditions are found on."""
MOST_LOST = 0.05
"""A condition that would have cost more of the wins than this is none."""
LEAST_REMOVED = 0.2
"""One that would have kept fewer of the rejected out is none."""
HOLDS_BY = 0.5
"""On the later part it must keep out at least this part of what it kept out on the earlier one."""
MOST_WORDS = 12
"""A list of texts has no more than these."""
SHOWN = 3
"""So many conditions are shown a reason, each on another field."""
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
"""Thresholds are these times a power of ten: numbers people would write."""


@dataclass(frozen=True, slots=True)
class Bin:
    """How many hand-offs had a value: sent, accepted, won with, and rejected for each reason, by its place."""

    value: Value
    sent: int
    accepted: int
    won: int
    rejected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a condition would have removed, of how many: rejections for the reason, wins, acceptances, all sent."""

    rejected: int
    rejected_removed: int
    won: int
    won_removed: int
    accepted: int
    accepted_removed: int
    sent: int
    sent_removed: int

    @property
    def removed(self) -> float | None:
        """The part of the rejections it would have kept out."""
        return ratio(self.rejected_removed, self.rejected)

    @property
    def lost(self) -> float | None:
        """The part of the wins it would have cost."""
        return ratio(self.won_removed, self.won)

    @property
    def few(self) -> bool:
        """Too few rejections or wins to lean on."""
        return self.rejected < FEW or self.won < FEW


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one field: its text in the language of rules, and which values keep it."""

    path: str
    text: str
    low: float | None = None
    high: float | None = None
    among: tuple[str, ...] | None = None
    without: tuple[str, ...] | None = None

    def keeps(self, value: Value) -> bool:
        """Whether it is true of that value. What is unknown is not kept, but by `without`, which says so itself."""
        if self.without is not None:
            return value is None or value not in self.without
        if value is None:
            return False
        if self.among is not None:
            return value in self.among
        number = float(value)
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)


@dataclass(frozen=True, slots=True)
class ProposedEdit:
    """A condition for the stage at which leads are sent: found on the earlier part, measured on the later one."""

    reason: str
    path: str
    text: str
    earlier: Effect
    later: Effect
    tried: int

    @property
    def holds(self) -> bool:
        """Whether the later part bears out what the earlier one promised."""
        if self.later.removed is None or self.earlier.removed is None or (self.later.lost or 0) > 2 * MOST_LOST:
            return False
        return self.later.removed >= HOLDS_BY * self.earlier.removed


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given, of how many answers; `enough` for edits to be looked for."""

    reason: str
    number: int
    answered: int
    earlier: int
    later: int

    @property
    def enough(self) -> bool:
        """Enough cases on both sides."""
        return self.earlier >= FEW and self.later >= FEW // 3


@dataclass(frozen=True, slots=True)
class EditFigures:
    """The edits, best first. `stage` and `handoff`: where they belong; `split`: the first instant of the later part."""

    agreement: AgreementUsed
    as_known: datetime
    handoff: str
    stage: str
    split: datetime | None
    reasons: tuple[ReasonCount, ...]
    edits: tuple[ProposedEdit, ...]
    tried: int
    fields: tuple[str, ...]
    queries: dict[str, str] = field(default_factory=dict)


Parts = tuple[Sequence[Bin], Sequence[Bin]]
"""The values of a field on the earlier and the later part."""


def search(fields: Mapping[str, Parts], reasons: Sequence[ReasonCount]) -> tuple[tuple[ProposedEdit, ...], int]:
    """The edits worth showing, those that hold and keep most rejections out first; and how many were tried."""
    found, tried = [], 0
    for place, reason in enumerate(reasons):
        if not reason.enough:
            continue
        best = []
        for path, (earlier, later) in fields.items():
            measured = [(c, effect(c, earlier, place)) for c in conditions(path, earlier, place)]
            tried += len(measured)
            chosen = max((m for m in measured if _worth(m[1])), key=_score, default=None)
            if chosen is not None:
                condition, before = chosen
                after = effect(condition, later, place)
                edit = ProposedEdit(reason.reason, path, condition.text, before, after, len(measured))
                best.append((_score(chosen), edit))
        found += [edit for _, edit in sorted(best, key=lambda b: (-b[0], b[1].path))[:SHOWN]]
    ordered = sorted(found, key=lambda e: (not e.holds, -e.later.rejected_removed, e.reason, e.path))
    return tuple(ordered), tried


def _worth(e: Effect) -> bool:
    return (e.removed or 0) >= LEAST_REMOVED and (e.lost or 0) <= MOST_LOST and e.won_removed < max(e.won, 1)


def _score(measured: tuple[Condition, Effect]) -> float:
    """Rejections kept out, less what it costs: a win weighs three times, an accepted lead once."""
    e = measured[1]
    return (e.removed or 0.0) - 3 * (e.lost or 0.0) - (ratio(e.accepted_removed, e.accepted) or 0.0)


def effect(condition: Condition, bins: Sequence[Bin], reason: int) -> Effect:
    """What a condition would have removed of these."""
    gone = [b for b in bins if not condition.keeps(b.value)]
    return Effect(
        sum(b.rejected[reason] for b in bins), sum(b.rejected[reason] for b in gone),
        sum(b.won for b in bins), sum(b.won for b in gone),
        sum(b.accepted for b in bins), sum(b.accepted for b in gone),
        sum(b.sent for b in bins), sum(b.sent for b in gone),
    )  # fmt: skip


def conditions(path: str, bins: Sequence[Bin], reason: int) -> Iterator[Condition]:
    """Every condition that is tried on a field."""
    values = [b.value for b in bins if b.value is not None]
    if not values:
        return
    if all(isinstance(v, bool) for v in values):
        yield from (Condition(path, f"{path} = {str(v).lower()}", float(v), float(v)) for v in (True, False))
    elif all(isinstance(v, float | int) for v in values):
        yield from _thresholds(path, bins, reason)
    else:
        yield from _lists(path, bins, reason)


def _thresholds(path: str, bins: Sequence[Bin], reason: int) -> Iterator[Condition]:
    """At least, and at most, each round number between the least and the greatest value of the rejected."""
    mine = sorted(float(b.value) for b in bins if b.value is not None and b.rejected[reason])
    if not mine:
        return
    for number in _round_numbers(mine[0], max(float(b.value) for b in bins if b.value is not None)):
        yield Condition(path, f"{path} >= {_written(number)}", low=number)
        yield Condition(path, f"{path} <= {_written(number)}", high=number)


def _round_numbers(low: float, high: float) -> list[float]:
    """Numbers people would write, above nought and within these."""
    found, power = [], 1.0 if high >= 1 else 0.01
    while power <= high and power < 1e12:
        found += [step * power for step in STEPS if low <= step * power <= high]
        power *= 10
    return sorted({float(f"{n:.3g}") for n in found})


def _written(number: float) -> str:
    return str(round(number)) if number == round(number) else f"{number:g}"


def _lists(path: str, bins: Sequence[Bin], reason: int) -> Iterator[Condition]:
    """Without the values that are rejected most often, one more at a time; and only the values that remain."""
    usual = _rate(bins, reason)
    named = [b for b in bins if isinstance(b.value, str) and _sayable(b.value)]
    worst = sorted(
        (b for b in named if b.rejected[reason] and b.rejected[reason] / b.sent > usual),
        key=lambda b: (-b.rejected[reason] / b.sent, str(b.value)),
    )
    for count in range(1, min(len(worst), MOST_WORDS) + 1):
        gone = tuple(sorted(str(b.value) for b in worst[:count]))
        rest = tuple(sorted(str(b.value) for b in named if b not in worst[:count]))
        yield Condition(path, f"coalesce({path}, '') not in ({_quoted(gone)})", without=gone)
        if 0 < len(rest) <= MOST_WORDS:
            yield Condition(path, f"{path} in ({_quoted(rest)})", among=rest)


def _rate(bins: Sequence[Bin], reason: int) -> float:
    return ratio(sum(b.rejected[reason] for b in bins), sum(b.sent for b in bins)) or 0.0


def _sayable(value: str) -> bool:
    """Whether a text can stand in a rule as it is: outside text is hostile."""
    return 0 < len(value) <= 60 and value.isprintable() and not set(value) & set("'\"\\{}[]#:\n")


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"'{w}'" for w in words)
