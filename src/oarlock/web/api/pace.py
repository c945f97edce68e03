"""How fast one caller may call: a bucket of calls that fills up again. Kept in the memory of each web process.

So with N processes a caller has N buckets: the limit keeps a runaway program from starving people, no more.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from oarlock.ground.clock import monotonic
from oarlock.ground.problems import UserProblem

BURST = 200
"""Calls at once."""
A_SECOND = 20.0
"""Calls a second after that."""
CALLERS = 10_000
"""How many callers are remembered; beyond, the one who has been silent longest is forgotten."""

_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
_lock = Lock()


class TooFast(UserProblem):
    """Calls came too fast; `wait` seconds until the next one is taken."""

    def __init__(self, wait: float) -> None:
        super().__init__(
            "too-fast", "You call faster than is allowed.", f"{A_SECOND:.0f} calls a second, {BURST} at once.",
            f"Wait {wait:.1f} seconds, then go on.",
        )  # fmt: skip
        self.wait = wait


def take(caller: str, at: float | None = None) -> float | None:
    """Take one call of this caller's; None where there was one, else the seconds to wait. `at`: monotonic seconds."""
    instant = monotonic() if at is None else at
    with _lock:
        left, since = _buckets.pop(caller, (float(BURST), instant))
        left = min(float(BURST), left + max(0.0, instant - since) * A_SECOND)
        enough = left >= 1
        _buckets[caller] = (left - 1 if enough else left, instant)
        while len(_buckets) > CALLERS:
            _buckets.popitem(last=False)
        return None if enough else (1 - left) / A_SECOND


def forget() -> None:
    """Empty every bucket's memory: a test begins anew."""
    with _lock:
        _buckets.clear()
