"""Entrances: as the page lists them, and as the doors look them up at every arrival, from memory a second old."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from oarlock.ground.clock import monotonic
from oarlock.store.keys import signing_seed
from oarlock.store.models import Entrance

FRESH = 1.0
"""Seconds a door may still be open for what was closed in another process."""


@dataclass(frozen=True, slots=True)
class Way:
    """An entrance as it is set. `secrets` are the numbers of a webhook's secrets that hold."""

    id: str
    name: str
    kind: str
    hint: str
    secrets: tuple[int, ...]
    options: Mapping[str, Any]
    made_at: datetime
    used_at: datetime | None
    closed_at: datetime | None


@dataclass(slots=True)
class _Kept:
    by_id: dict[str, Way] = field(default_factory=dict)
    by_hash: dict[str, Way] = field(default_factory=dict)
    read_at: float | None = None


_kept = _Kept()
_lock = Lock()


def entrances() -> tuple[Way, ...]:
    """Every entrance, open ones first, the newest first; at most 500."""
    rows = [_way(one) for one in Entrance.objects.order_by("-made_at", "id")[:500]]
    return tuple(sorted(rows, key=lambda way: way.closed_at is not None))


def entrance(entrance_id: str) -> Way | None:
    """One entrance, closed or not."""
    found = Entrance.objects.filter(pk=entrance_id).first()
    return _way(found) if found else None


def by_key(secret: str) -> Way | None:
    """The open entrance of that write key. Looked up by its hash: a lookup's time tells nothing of use."""
    if not 0 < len(secret) <= 100:
        return None
    return _open().by_hash.get(sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())


def by_id(entrance_id: str, kind: str) -> Way | None:
    """The open entrance of that id and kind."""
    found = _open().by_id.get(entrance_id)
    return found if found is not None and found.kind == kind else None


def secret(entrance_id: str, number: int) -> str:
    """A webhook's secret of that number."""
    return _secret(Path(settings.OARLOCK.home), entrance_id, number)


def forget() -> None:
    """Look anew at the next arrival."""
    with _lock:
        _kept.read_at = None


@lru_cache(maxsize=1024)
def _secret(home: Path, entrance_id: str, number: int) -> str:
    made = hmac.new(signing_seed(home), f"webhook\x1f{entrance_id}\x1f{number}".encode(), sha256).digest()
    return "oars_" + urlsafe_b64encode(made).decode().rstrip("=")


def _open() -> _Kept:
    with _lock:
        if _kept.read_at is None or monotonic() - _kept.read_at > FRESH:
            ways = [(one.hash, _way(one)) for one in Entrance.objects.filter(closed_at=None)]
            _kept.by_id = {way.id: way for _, way in ways}
            _kept.by_hash = {digest: way for digest, way in ways if digest}
            _kept.read_at = monotonic()
        return _kept


def _way(one: Entrance) -> Way:
    return Way(
        one.id, one.name, one.kind, one.hint, tuple(int(n) for n in one.secrets.split()),
        json.loads(one.options or "{}"), one.made_at, one.used_at, one.closed_at,
    )  # fmt: skip
