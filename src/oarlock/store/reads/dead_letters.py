"""Letters that could not be taken in, and how much came in at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from oarlock.store.models import Arrival, DeadLetter, Entrance

SIZE = 100
DOORS = {"segment": "events", "leads": "leads", "form": "form", "hook": "webhook"}


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter. `door` in words, `entrance` its name (a member's leads have none)."""

    id: str
    door: str
    entrance: str
    source: str
    at: datetime
    code: str
    reason: str
    state: str
    body: str
    by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of one state, the newest first, at most `SIZE` of `count`; `codes` counts the open ones by reason."""

    rows: tuple[LetterRow, ...]
    count: int
    codes: tuple[tuple[str, int], ...]


def letters(state: str = "open", code: str = "") -> Letters:
    """The newest letters of that state, of one reason or of all."""
    chosen = DeadLetter.objects.filter(state=state) if state else DeadLetter.objects.all()
    chosen = chosen.filter(code=code) if code else chosen
    rows = list(chosen.order_by("-at", "id")[:SIZE])
    names = _names({row.source for row in rows})
    codes = DeadLetter.objects.filter(state="open").values_list("code").annotate(n=Count("pk")).order_by("-n", "code")
    return Letters(tuple(_row(row, names) for row in rows), chosen.count(), tuple(codes[:20]))


def letter(letter_id: str) -> LetterRow | None:
    """One letter."""
    row = DeadLetter.objects.filter(pk=letter_id).first()
    return _row(row, _names({row.source})) if row else None


def arrived_since(now: datetime, span: timedelta) -> int:
    """How many arrivals were taken in since then; more than 100,000 are told as that."""
    return Arrival.objects.filter(at__gte=now - span)[:100_001].count()


def _names(sources: set[str]) -> dict[str, str]:
    ids = {source.rpartition(":")[2] for source in sources}
    return dict(Entrance.objects.filter(pk__in=ids).values_list("pk", "name"))


def _row(row: DeadLetter, names: dict[str, str]) -> LetterRow:
    kind, _, entrance = row.source.partition(":")
    return LetterRow(
        row.id, DOORS.get(kind, kind), names.get(entrance, ""), row.source, row.at, row.code, row.reason, row.state,
        row.body, row.by, row.answered_at,
    )  # fmt: skip
