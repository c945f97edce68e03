"""The one module that reads the clock. Every other function takes `now` as an argument.

Promises: `now` is aware and in UTC; `monotonic` never goes back and says nothing about the date.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds since an arbitrary start, for progress and rates."""
    return time.monotonic()
