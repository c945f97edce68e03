"""A kept back-test, as the figures it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from oarlock.loop.figures import Backtest, Fate, Load, Shift, StageFigures
from oarlock.store.reads.measurements import Kept, agreement_of, kept


def backtest(measured: Kept) -> Backtest:
    """The back-test of a measurement."""
    return _backtest(measured.key, measured.made_at)


@lru_cache(maxsize=12)
def _backtest(key: str, made_at: datetime) -> Backtest:
    found = kept(key)
    assert found is not None, "it was kept a moment ago"
    return backtest_of(found.body["figures"])


def backtest_of(body: Mapping[str, Any]) -> Backtest:
    """Figures of their plain form."""
    return Backtest(
        agreement_of(body["current"]), agreement_of(body["proposed"]), datetime.fromisoformat(body["as_known"]),
        tuple((_stage(was), _stage(would)) for was, would in body["stages"]),
        tuple(Shift(**shift) for shift in body["shifts"]),
        tuple(Fate(**{**fate, "revenue": Decimal(fate["revenue"])}) for fate in body["fates"]),
        tuple(Load(**load) for load in body["load"]), dict(body["queries"]),
    )  # fmt: skip


def _stage(body: Mapping[str, Any] | None) -> StageFigures | None:
    return None if body is None else StageFigures(**body)
