"""The kinds of touch the agreement in force gives points for, kept for a few seconds: every event is named by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from oarlock.connectors.segment import Kinds
from oarlock.ground.clock import monotonic
from oarlock.store.reads.versions import in_force, terms_of

FRESH = 5.0


@dataclass(slots=True)
class _Kept:
    kinds: Kinds = field(default_factory=Kinds)
    hash: str = ""
    read_at: float | None = None


_kept = _Kept()
_lock = Lock()


def kinds() -> Kinds:
    """Those of the version in force; none before the first one is."""
    with _lock:
        if _kept.read_at is None or monotonic() - _kept.read_at > FRESH:
            force = in_force()
            if force is not None and force.hash != _kept.hash:
                points = terms_of(force.number, force.hash).scoring.engagement
                _kept.kinds, _kept.hash = Kinds(kind for kind, _ in points), force.hash
            _kept.read_at = monotonic()
        return _kept.kinds
