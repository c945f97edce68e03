"""How long what is over is kept, and letting it go with each night's sweep. Facts and decisions are kept for ever."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from oarlock.store.writes import retaining

ARRIVALS = timedelta(days=30)
"""So long the same arrival sent again is known to be the same."""
NOTICES = timedelta(days=90)
LETTERS = timedelta(days=90)
COUNTS = timedelta(days=2)
"""Counts of requests whose process wrote nothing for so long are those of one that is gone."""


def retain(home: Path, now: datetime) -> dict[str, int]:
    """Let go what is over; how many of each."""
    return {
        "arrivals": retaining.let_arrivals_go(now - ARRIVALS),
        "notices": retaining.let_notices_go(now - NOTICES),
        "letters": retaining.let_letters_go(now - LETTERS),
        "counts": _let_counts_go(home, now - COUNTS),
    }


def _let_counts_go(home: Path, before: datetime) -> int:
    gone = 0
    for file in (home / "run" / "requests").glob("*.json"):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < before.timestamp():
                file.unlink()
                gone += 1
    return gone
