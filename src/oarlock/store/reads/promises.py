"""Kept ledgers, what became of the leads sent, and proposed edits, as the figures they were; and declared excuses.

A body never changes under its key, so what was read once is kept in the process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from oarlock.loop.edits import EditFigures, Effect, ProposedEdit, ReasonCount
from oarlock.loop.promises import Declared
from oarlock.loop.promises_kept import Cell, Ledger, LedgerLine
from oarlock.loop.reasons import Sent, SentFigures
from oarlock.store.models import Excused
from oarlock.store.reads.measurements import Kept, agreement_of, kept


def ledger(measured: Kept) -> Ledger:
    """A ledger."""
    return _ledger(measured.key, measured.made_at)


@lru_cache(maxsize=8)
def _ledger(key: str, made_at: datetime) -> Ledger:
    return ledger_of(_figures(key))


def _figures(key: str) -> Mapping[str, Any]:
    """The figures kept under a key that is known to be there."""
    found = kept(key)
    assert found is not None, "whoever asks has just read it"
    body: Mapping[str, Any] = found.body["figures"]
    return body


def ledger_of(body: Mapping[str, Any]) -> Ledger:
    """A ledger of its plain form."""
    lines = (LedgerLine(**{**line, "cells": tuple(_cell(c) for c in line["cells"])}) for line in body["lines"])
    declared = tuple(
        Declared(d["excuse"], datetime.fromisoformat(d["begins"]), datetime.fromisoformat(d["ends"]))
        for d in body["declared"]
    )
    known = datetime.fromisoformat(body["as_known"])
    return Ledger(agreement_of(body["agreement"]), known, tuple(lines), declared, dict(body["queries"]))


def _cell(body: Mapping[str, Any]) -> Cell:
    days = {name: date.fromisoformat(body[name]) for name in ("first", "last")}
    bars = {name: None if body[name] is None else Decimal(body[name]) for name in ("at_least", "at_most")}
    return Cell(**{**body, **days, **bars})


def sent(measured: Kept) -> SentFigures:
    """What became of the leads sent, by one field."""
    return _sent(measured.key, measured.made_at)


@lru_cache(maxsize=12)
def _sent(key: str, made_at: datetime) -> SentFigures:
    return sent_of(_figures(key))


def sent_of(body: Mapping[str, Any]) -> SentFigures:
    """Figures of their plain form."""
    rows = tuple(Sent(**{**row, "revenue": Decimal(row["revenue"])}) for row in body["rows"])
    known = datetime.fromisoformat(body["as_known"])
    return SentFigures(
        agreement_of(body["agreement"]), known, body["by"], tuple(body["months"]), rows, dict(body["queries"])
    )


def edits(measured: Kept) -> EditFigures:
    """Proposed rule edits."""
    body = measured.body["figures"]
    found = tuple(
        ProposedEdit(**{**e, "earlier": Effect(**e["earlier"]), "later": Effect(**e["later"])}) for e in body["edits"]
    )
    split = None if body["split"] is None else datetime.fromisoformat(body["split"])
    return EditFigures(
        agreement_of(body["agreement"]), datetime.fromisoformat(body["as_known"]), body["handoff"], body["stage"],
        split, tuple(ReasonCount(**r) for r in body["reasons"]), found, body["tried"], tuple(body["fields"]),
        dict(body["queries"]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExcuseRow:
    """An excuse somebody declared: `confirmed` None while the other team has not answered."""

    id: str
    excuse: str
    begins: datetime
    ends: datetime
    why: str
    declared_at: datetime
    declared_by: str
    declarer: str
    answered_at: datetime | None
    answerer: str | None
    confirmed: bool | None


_COLUMNS = (
    "id", "excuse", "begins", "ends", "why", "declared_at", "declared_by_id", "declared_by__name", "answered_at",
    "answered_by__name", "confirmed",
)  # fmt: skip
MOST = 100


def excuses() -> tuple[ExcuseRow, ...]:
    """The latest excuses, newest first."""
    rows = Excused.objects.order_by("-declared_at", "-id").values_list(*_COLUMNS)[:MOST]
    return tuple(ExcuseRow(*row) for row in rows)


def confirmed() -> tuple[Declared, ...]:
    """Every excuse both teams agreed on, in order of time."""
    rows = Excused.objects.filter(confirmed=True).order_by("begins", "id")
    return tuple(Declared(*row) for row in rows.values_list("excuse", "begins", "ends"))
